"""``webhooks``: deliveries a second of one courier process, beside PostgreSQL and a receiver on the same machine.

Everything is as in production: claimed, opened, signed v1 and v1a, posted, attempts logged, settled. What waits is put
into the outbox at once; the courier is running and empty when it comes.
"""

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final
from uuid import UUID

import harness
import servers
from harness import Outcome, Size, Watch
from station import CHANCE, CLOCK, ORIGIN, Station, station

from laborvoice.crypto.at_rest import sealed_to
from laborvoice.crypto.suites import OURS, key_pair
from laborvoice.domain import Value
from laborvoice.domain.endpoint import SECRET_SIZE, secret_purpose
from laborvoice.domain.event import Event, body, of_party
from laborvoice.domain.facts import OfBand
from laborvoice.domain.ids import EndpointId, EventId, PartyId, ReleaseId, SupplierId

ENDPOINTS: Final = (50, 1_000, 5_000)
HOSTS: Final = 250
"""Loopback addresses that stand for as many hosts: connections are kept by host."""
HEALTHY: Final = 300
SLOW: Final = 600
MASTER: Final = bytes(32)
PAUSE: Final = 0.02
PATIENCE: Final = 120.0
TICKS: Final = os.sysconf("SC_CLK_TCK")
MICRO: Final = 1_000_000
LATER: Final = timedelta(hours=12)
_STATS: Final = slice(11, 13)


_COLUMNS: Final = ("id", "event_id", "endpoint_id", "state", "attempts", "replay", "next_attempt_at")


class Field(Value, frozen=True):
    """Endpoints of one party, the first so many of them on at a time, one that is slow, and events told to nobody."""

    one: Station
    endpoints: tuple[EndpointId, ...]
    slow: EndpointId
    events: tuple[EventId, ...]
    settings: Mapping[str, str]

    async def clear(self, active: int) -> None:
        """Nothing is there to be sent; so many endpoints are on, and the slow one."""
        await self.one.sql(
            "TRUNCATE outbox.attempt, outbox.delivery",
            f"""UPDATE outbox.endpoint e SET last_served = 0, off_told = NOT n.switched,
                    state = CASE WHEN n.switched THEN 'active' ELSE 'disabled' END
                FROM (SELECT id, url LIKE '%/slow' OR description::integer < {active} FROM outbox.endpoint)
                    AS n (id, switched)
                WHERE n.id = e.id""",
            "VACUUM ANALYZE outbox.endpoint",
        )

    async def put(self, endpoints: Sequence[EndpointId], count: int, when: datetime, attempts: int = 0) -> None:
        """So many deliveries, the endpoints in turn. Those tried already stand for others than the untried."""
        rows = [
            (
                UUID(bytes=CHANCE.bytes(16), version=4),
                self.events[at % len(self.events)].uuid,
                endpoints[at % len(endpoints)].uuid,
                "due",
                attempts,
                attempts > 0,
                when,
            )
            for at in range(count)
        ]
        await self.one.copy("outbox.delivery", _COLUMNS, rows)
        await self.one.sql("SELECT pg_notify('outbox_due', '')")

    async def drain(self, active: int, count: int) -> float:
        """Deliveries a second from the moment that ``count`` of them begin to be there."""
        await self.one.sql("DELETE FROM outbox.delivery WHERE state = 'done'")
        with Watch() as watch:
            await self.put(self.endpoints[:active], count, CLOCK.now())
            await self._until(f"SELECT count(*) >= {count} FROM outbox.delivery WHERE state = 'done'")
        return count / watch.seconds

    async def p99(self, active: int, count: int, *, dead: bool) -> float:
        """Seconds until 99 of 100 deliveries to healthy endpoints had ended; the slow one's were there first."""
        await self.clear(active)
        if dead:
            await self.put((self.slow,), SLOW, CLOCK.now())
            await self._until("SELECT EXISTS (SELECT FROM outbox.delivery WHERE state = 'leased')")
        began = CLOCK.now()
        await self.put(self.endpoints[:active], count, began)
        healthy = f"FROM outbox.attempt WHERE endpoint_id <> '{self.slow.uuid}'"
        await self._until(f"SELECT count(*) >= {count} {healthy}")
        at = await self.one.sql(f"SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY at) {healthy}")
        seconds: float = (at - began).total_seconds()
        return seconds

    async def _until(self, reached: str) -> None:
        deadline = CLOCK.monotonic() + PATIENCE
        while not await self.one.sql(reached):
            if CLOCK.monotonic() > deadline:
                raise RuntimeError("The courier does not deliver.")
            await CLOCK.sleep(PAUSE)


async def bench(size: Size) -> Outcome:
    counts = [min(active, size.pick(5_000, 5_000, 100)) for active in ENDPOINTS]
    count, middle = size.pick(10_000, 1_200, 100), counts[1]
    async with _field(counts[-1], max(count, SLOW)) as field:
        with servers.courier(field.settings) as pid:
            costs: list[float] = []
            rates = await harness.interleaved({str(n): _drain(field, n, count, pid, costs) for n in counts})
            p99 = await harness.interleaved(
                {
                    "alone": partial(field.p99, min(HEALTHY, middle), count, dead=False),
                    "dead": partial(field.p99, min(HEALTHY, middle), count, dead=True),
                }
            )
            without, with_waiting = await _deferred(field, middle, count, size.pick(200_000, 200_000, 1_000))
        with servers.courier(field.settings, stubbed=True) as pid:
            stubbed = (await harness.interleaved({"stub": _drain(field, middle, count, pid, [])}))["stub"]
    rows = [
        *((f"{int(n):,} endpoints", f"{harness.spread(found)}/s") for n, found in rates.items()),
        ("processor time of a delivery", f"{median(costs):,.0f} us"),
        ("with the HTTP call left out", f"{harness.spread(stubbed)}/s"),
        ("healthy p99 of a burst, nobody slow", f"{median(p99['alone']):.2f} s"),
        ("healthy p99 of a burst, one slow", f"{median(p99['dead']):.2f} s"),
        ("with retries waiting for later", f"{harness.spread(with_waiting)}/s, without {harness.spread(without)}/s"),
    ]
    ratios = {
        "vs_stub": median(rates[str(middle)]) / median(stubbed),
        "dead_endpoint_p99": harness.ratio(p99["dead"], p99["alone"]),
        "deferred_drain": median(with_waiting) / median(without),
    }
    return Outcome(ratios=ratios, per_second=min(median(found) for found in rates.values()), rows=rows)


def _drain(field: Field, active: int, count: int, pid: int, costs: list[float]) -> harness.Measure:
    async def measure() -> float:
        await field.clear(active)
        before = _processor_seconds(pid)
        rate = await field.drain(active, count)
        costs.append((_processor_seconds(pid) - before) / count * MICRO)
        return rate

    return measure


async def _deferred(field: Field, active: int, count: int, waiting: int) -> tuple[list[float], list[float]]:
    """Without and with ``waiting`` retries of the same endpoints for later. Loading takes long: it is done once."""
    await field.clear(active)
    without = [await field.drain(active, count) for _ in range(2)]
    await field.clear(active)
    await field.put(field.endpoints[:active], waiting, CLOCK.now() + LATER, attempts=3)
    await field.one.sql("VACUUM ANALYZE outbox.delivery")
    loaded = [await field.drain(active, count) for _ in range(3)]
    await field.clear(active)
    without.append(await field.drain(active, count))
    return without, loaded


def _processor_seconds(pid: int) -> float:
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[_STATS]
    return sum(map(int, spent)) / TICKS


@asynccontextmanager
async def _field(endpoints: int, events: int) -> AsyncGenerator[Field]:
    async with station() as one:
        with servers.receiver() as port:
            party = PartyId.draw(CHANCE.bytes(16))
            await one.sql(f"INSERT INTO registry.party VALUES ('{party.uuid}', 'brand', 'A brand', 'NL', '2026-01-01')")
            lanes = tuple(EndpointId.draw(CHANCE.bytes(16)) for _ in range(endpoints + 1))
            urls = [f"http://127.0.0.{1 + at % HOSTS}:{port}/hook" for at in range(endpoints)]
            await put_endpoints(one, party, lanes, (*urls, f"http://127.0.0.{HOSTS + 1}:{port}/slow"))
            told = await put_events(one, party, events)
            yield Field(one=one, endpoints=lanes[:-1], slow=lanes[-1], events=told, settings=settings(one))


def settings(one: Station) -> Mapping[str, str]:
    return {
        "home": str(one.folder),
        "database_url": one.dsn("courier"),
        "courier_keys": MASTER.hex(),
        "origin": ORIGIN,
        "contact_url": ORIGIN,
        "egress_allow": "127.0.0.0/8",
    }


async def put_endpoints(one: Station, party: PartyId, lanes: Sequence[EndpointId], urls: Sequence[str]) -> None:
    """As if subscribed and verified long ago. The place of each stands in a column that deliveries do not touch."""
    public, today = key_pair(MASTER, OURS).public, CLOCK.now().date()
    await one.copy(
        "outbox.endpoint",
        ("id", "party_id", "url", "types", "state", "created_on", "url_changed_on", "description"),
        [
            (lane.uuid, party.uuid, url, ["*"], "active", today, today, str(at))
            for at, (lane, url) in enumerate(zip(lanes, urls, strict=True))
        ],
    )
    secrets = [sealed_to(public, secret_purpose(lane, 1), CHANCE.bytes(SECRET_SIZE)) for lane in lanes]
    await one.copy(
        "outbox.endpoint_secret",
        ("endpoint_id", "version", "secret_sealed"),
        [(lane.uuid, 1, secret) for lane, secret in zip(lanes, secrets, strict=True)],
    )


async def put_events(where: Station, party: PartyId, count: int) -> tuple[EventId, ...]:
    events = [_event(party) for _ in range(count)]
    await where.copy(
        "outbox.event",
        ("id", "type", "audience", "resource", "facts", "occurred_on", "sequence", "body", "expanded"),
        [
            (
                each.id.uuid,
                each.type,
                each.audience,
                each.resource,
                "{}",
                each.occurred_on,
                1,
                body(each, 1, ORIGIN),
                True,
            )
            for each in events
        ],
    )
    return tuple(each.id for each in events)


def _event(party: PartyId) -> Event:
    supplier, release = SupplierId.draw(CHANCE.bytes(16)), ReleaseId.draw(CHANCE.bytes(16))
    return Event(
        id=EventId.draw(CHANCE.bytes(16)),
        type="score.band_changed",
        audience=of_party(party),
        resource=supplier,
        facts=OfBand(supplier=supplier, period="2026-Q3", release=release),
        period="2026-Q3",
        occurred_on=CLOCK.now(),
    )


if __name__ == "__main__":
    harness.main("webhooks", bench)

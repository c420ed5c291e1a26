"""``make soak``: ten minutes at 70 % of what this machine takes, with mixes, a close and deliveries going on.

Capacity is measured here, first: two minutes in which so many phones stand at the door that it is never without one,
while what came before is mixed: a minute has filled the spool. Idle is the same door with hardly anyone at it.
"""

import argparse
import asyncio
import itertools
import json
import sys
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import ballots
import close
import harness
import load
import msgspec
import servers
import webhooks
from station import (
    BITS,
    CHANCE,
    CLOCK,
    HOST,
    MASTER,
    ORIGIN,
    PERIOD,
    POLICY,
    Box,
    Station,
    commit_seconds,
    open_period,
    station,
)

from laborvoice.client.worker.envelope import seal
from laborvoice.crypto import framing, work
from laborvoice.domain import Value
from laborvoice.domain.ids import EndpointId, PartyId
from laborvoice.domain.period import Period
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.pipeline import rotate
from laborvoice.store.database import Database
from laborvoice.workers import processes

SHARE: Final = 0.7
MINUTES: Final = 10
CLOSE_IN: Final = 4
"""The minute in which the period before is closed."""
SUPPLIERS: Final = 4
OLD_SUPPLIERS, OLD_EACH = 100, 200
CONCERNS: Final = 2_000
DELIVERIES: Final = 2_000
"""A minute."""
ENDPOINTS: Final = 50
IDLE_RATE, IDLE_SECONDS = 5.0, 15.0
WARM_RATE: Final = 500.0
PHONES: Final = 1_500
"""Each waits a tick of 250 ms at least, so that together they could send 6,000 envelopes a second."""
FILL_SECONDS, CAPACITY_SECONDS = 60.0, 120.0
RSS_MOST, P99_MOST = 1.05, 3.0
UNREAD: Final = slice(1_000, 1_064)
"""Inside the sealed ballot part, which nobody opens where there is no vote."""
PAGE: Final = 4_096
PATIENCE: Final = 180.0
BEFORE: Final = Period.at(PERIOD.begin - timedelta(days=1), "quarter")


class Minute(Value, frozen=True):
    rate: float
    p99: float
    bad: int
    memory: Mapping[str, int]


class Field(Value, frozen=True):
    one: Station
    port: int
    pids: Mapping[str, int]
    hooks: webhooks.Field

    def memory(self) -> dict[str, int]:
        """Resident bytes of each process."""
        return {name: int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE for name, pid in self.pids.items()}


async def soak(minutes: int) -> int:
    """The exit code."""
    async with station() as one, AsyncExitStack() as stack:
        await _old_period(one)
        box = await open_period(one, SUPPLIERS)
        await one.sql(f"UPDATE ballot.period_state SET state = 'burned' WHERE period = '{BEFORE.label}'")
        stock = _stock(box)
        field = await stack.enter_async_context(_field(one, stock))
        idle = load.lasting(field.port, requests(stock), IDLE_RATE, IDLE_SECONDS)
        load.closed(field.port, requests(stock), PHONES, FILL_SECONDS)
        capacity = load.closed(field.port, requests(stock), PHONES, CAPACITY_SECONDS).rate
        await _mixed(one)
        rate = SHARE * capacity
        harness.note(
            f"Idle p99 {idle.p99 * 1000:.0f} ms. It takes {capacity:,.0f}/s; now {minutes} minutes at {rate:,.0f}/s."
        )
        found, arriving = list[Minute](), requests(stock)
        for number in range(1, minutes + 1):
            await _deliver(field.hooks, number)
            if number == min(CLOSE_IN, minutes):
                await _close(one)
            result = load.lasting(field.port, arriving, rate, 60.0)
            found.append(Minute(rate=result.rate, p99=result.p99, bad=result.bad, memory=field.memory()))
            harness.note(_line(number, found[-1]))
        return _tell(idle.p99, capacity, found, await _faults(field), commit_seconds(one.folder))


def _stock(box: Box) -> Sequence[bytes]:
    trusted = ballots.trusted_by(box.phones[0])
    return [seal(trusted, None, None, BITS, CHANCE) for _ in range(CONCERNS)]


def requests(stock: Sequence[bytes]) -> Iterator[bytes]:
    """Without end, no two alike: concerns whose unread part is drawn anew, with the work done again."""
    for sealed in itertools.cycle(stock):
        body = bytearray(sealed)
        body[UNREAD] = CHANCE.bytes(UNREAD.stop - UNREAD.start)
        nonce = work.find(work.work_digest_envelope(bytes(body)), BITS)
        body[framing.WORK_NONCE_AT : framing.WORK_NONCE_AT + framing.WORK_NONCE_SIZE] = nonce
        yield load.request("/v1/envelopes", "application/octet-stream", bytes(body))


async def _mixed(one: Station) -> None:
    """What stood at the door meanwhile is no load of the minutes that are measured."""
    deadline = CLOCK.monotonic() + PATIENCE
    while await one.sql("SELECT EXISTS (SELECT FROM ballot.spool)") and CLOCK.monotonic() < deadline:
        await CLOCK.sleep(1)


async def _deliver(hooks: webhooks.Field, number: int) -> None:
    """Each minute to every endpoint other events than before."""
    turned = msgspec.structs.replace(hooks, events=hooks.events[number:] + hooks.events[:number])
    await turned.put(hooks.endpoints, DELIVERIES, CLOCK.now())


async def _close(one: Station) -> None:
    """The period before was forgotten; now the vault finds it open and past its end."""
    await one.sql(f"UPDATE ballot.period_state SET state = 'open' WHERE period = '{BEFORE.label}'")


async def _faults(field: Field) -> list[str]:
    """What is not done, or not right, a while after the end."""
    one = field.one
    waiting = {
        "envelopes that are not mixed": "SELECT count(*) FROM ballot.spool",
        "deliveries that are not made": "SELECT count(*) FROM outbox.delivery WHERE state <> 'done'",
        "periods that are not burned": "SELECT count(*) FROM ballot.period_state"
        f" WHERE period = '{BEFORE.label}' AND state <> 'burned'",
        "suppliers that are not counted": f"SELECT {OLD_SUPPLIERS} - count(*) FROM release.ledger"
        f" WHERE period = '{BEFORE.label}'",
    }
    deadline = CLOCK.monotonic() + PATIENCE
    while (left := {what: await one.sql(sql) for what, sql in waiting.items()}) and any(left.values()):
        if CLOCK.monotonic() > deadline:
            break
        await CLOCK.sleep(1)
    return [f"{number} {what}" for what, number in left.items() if number]


def _tell(idle: float, capacity: float, found: Sequence[Minute], faults: list[str], commit: float) -> int:
    second, last = found[min(1, len(found) - 1)], found[-1]
    grown = {name: last.memory[name] / second.memory[name] for name in second.memory}
    p99 = max(one.p99 for one in found) / idle
    bad = sum(one.bad for one in found)
    print(harness.machine())
    print(f"one write to disk {commit * 1000:.2f} ms; capacity {capacity:,.0f}/s, soaked at {found[0].rate:,.0f}/s")
    lines = [
        (f"answers that were no 202: {bad}", bad == 0),
        *(
            (f"memory of {name}, last minute over second: {ratio:.3f} (at most {RSS_MOST})", ratio <= RSS_MOST)
            for name, ratio in grown.items()
        ),
        (f"p99 of the worst minute over idle: {p99:.2f} (at most {P99_MOST})", p99 <= P99_MOST),
        *((fault, False) for fault in faults),
    ]
    for text, holds in lines:
        print(f"{'holds ' if holds else 'MISSED'}  {text}")
    ratios = {"p99": round(p99, 3), "bad": bad, **{f"rss_{name}": round(ratio, 3) for name, ratio in grown.items()}}
    print(
        json.dumps(
            {"name": "soak", "ratios": ratios, "per_second": round(found[0].rate, 1), "machine": harness.machine()}
        )
    )
    return 0 if all(holds for _, holds in lines) else 1


def _line(number: int, one: Minute) -> str:
    memory = "  ".join(f"{name} {size / 2**20:.0f} MB" for name, size in one.memory.items())
    return f"minute {number:>2}   {one.rate:,.0f}/s   p99 {one.p99 * 1000:.0f} ms   refused {one.bad}   {memory}"


def _door(one: Station) -> Mapping[str, str]:
    return {"home": str(one.folder), "intake_origin": ORIGIN, "database_url": one.dsn("intake")}


@asynccontextmanager
async def _field(one: Station, stock: Sequence[bytes]) -> AsyncGenerator[Field]:
    """Intake, vault and courier, once each has been at work, so that its memory has grown to what it needs."""
    async with AsyncExitStack() as stack:
        intake = stack.enter_context(servers.started("intake", _door(one)))
        keyring = {"keyring": str(one.folder / "keyring"), "master_key": MASTER.hex(), "pow_bits": str(BITS)}
        vault = stack.enter_context(servers.vault({**_door(one), **keyring, "database_url": one.dsn("vault")}))
        hooks = await _hooks(one, stack.enter_context(servers.receiver()))
        courier = stack.enter_context(servers.courier(hooks.settings))
        load.lasting(intake.port, requests(stock), WARM_RATE, 2.0)
        yield Field(
            one=one,
            port=intake.port,
            pids={"intake": intake.pid, "vault": vault, "courier": courier},
            hooks=hooks,
        )


async def _hooks(one: Station, port: int) -> webhooks.Field:
    party = PartyId.draw(CHANCE.bytes(16))
    await one.sql(f"INSERT INTO registry.party VALUES ('{party.uuid}', 'brand', 'A brand', 'NL', '2026-01-01')")
    lanes = tuple(EndpointId.draw(CHANCE.bytes(16)) for _ in range(ENDPOINTS + 1))
    urls = [f"http://127.0.0.{1 + at}:{port}/hook" for at in range(ENDPOINTS + 1)]
    await webhooks.put_endpoints(one, party, lanes, urls)
    told = await webhooks.put_events(one, party, DELIVERIES)
    return webhooks.Field(one=one, endpoints=lanes[:-1], slow=lanes[-1], events=told, settings=webhooks.settings(one))


async def _old_period(one: Station) -> None:
    """A period whose end has passed, with ballots in its box and its key in the keyring."""
    keyring = DirectoryKeyring(one.folder / "keyring", MASTER, CHANCE)
    rotate.prepare(keyring, CHANCE)
    deployment = rotate.Deployment(
        origin=HOST, kind="quarter", policy=POLICY, pow_bits=BITS, exit_url=ORIGIN, drafts=False
    )
    async with Database.open(one.dsn("vault"), size=2) as vault:
        with processes(1) as workers:
            await rotate.rotate(vault, keyring, workers, CHANCE, deployment, PERIOD.begin - timedelta(days=1))
    old = close.Field(one=one, root=keyring.load(f"box/{BEFORE.label}").data, period=BEFORE)
    await old.fill(OLD_SUPPLIERS, OLD_EACH)


def main() -> None:
    parser = argparse.ArgumentParser(prog="soak")
    parser.add_argument("--minutes", type=int, default=MINUTES)
    chosen = parser.parse_args()
    sys.exit(asyncio.run(soak(chosen.minutes)))


if __name__ == "__main__":
    main()

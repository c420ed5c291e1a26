"""``urgent``: from the answer to a call for help until an open inbox says that it is there, at default settings.

The worst moment to send one is right after the mix has turned its switch: the call waits a whole minute then, and each
round sends at that moment. Intake, vault and portal are the real processes; what the inbox is told by is its stream.
"""

import json
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from time import perf_counter
from typing import Any, Final

import ballots
import harness
import load
import servers
from harness import Outcome, Size
from station import BITS, CHANCE, CLOCK, MASTER, ORIGIN, Box, Station, open_period, station

from laborvoice.client.worker.envelope import Message, seal
from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import PERMITTED
from laborvoice.pipeline import enrol
from laborvoice.store.database import Database

MOST_SECONDS: Final = 70.0
PATIENCE: Final = 200.0
ROUNDS: Final = 3
LOOK: Final = 0.02
_CONVERSATION: Final = 32
_STREAM: Final = "/v1/events/stream?cursor=now&types=inbox.heartbeat"


class Field(Value, frozen=True):
    one: Station
    box: Box
    intake: int
    portal: int
    secret: str


async def bench(size: Size) -> Outcome:
    async with _field() as field:
        took = [await _round(field) for _ in range(size.pick(ROUNDS, 1, 1))]
    rows = [
        ("sent right after a mix began", f"{', '.join(f'{one:.1f}' for one in took)} s (at most {MOST_SECONDS:.0f})")
    ]
    return Outcome(ratios={"visible": max(took) / MOST_SECONDS}, per_second=1 / max(took), rows=rows)


async def _round(field: Field) -> float:
    """Seconds."""
    trusted = ballots.trusted_by(field.box.phones[0])
    call = Message(kind="urgent", text="The exits are locked.", language="en", conversation=CHANCE.bytes(_CONVERSATION))
    envelope = load.request("/v1/envelopes", "application/octet-stream", seal(trusted, None, call, BITS, CHANCE))
    with _beats(field) as beats:
        before = next(beats)
        lane = await field.one.sql("SELECT live FROM ballot.spool_switch")
        while await field.one.sql("SELECT live FROM ballot.spool_switch") == lane:
            await CLOCK.sleep(LOOK)
        if load.closed(field.intake, [envelope], 1, PATIENCE).good != 1:
            raise RuntimeError("The call was not taken.")
        began = perf_counter()
        while next(beats) == before:
            if perf_counter() - began > PATIENCE:
                raise TimeoutError("The call does not come.")
        return perf_counter() - began


@contextmanager
def _beats(field: Field) -> Generator[Generator[str]]:
    """The cursor that each beat of an open inbox names."""
    with socket.create_connection((servers.LOOPBACK, field.portal), PATIENCE) as line:
        head = f"GET {_STREAM} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {field.secret}\r\n\r\n"
        line.sendall(head.encode())
        with line.makefile("rb") as answer:

            def told() -> Generator[str]:
                for row in answer:
                    if row.startswith(b"data: "):
                        said: dict[str, Any] = json.loads(row.removeprefix(b"data: "))
                        yield said["data"]["cursor"]
                raise ConnectionError("The stream ended.")

            yield told()


@asynccontextmanager
async def _field() -> AsyncGenerator[Field]:
    async with station() as one:
        box = await open_period(one, 1)
        party = PartyId.of(await one.sql("SELECT id FROM registry.party WHERE kind = 'watchdog'"))
        async with Database.open(one.dsn("portal"), size=1) as portal:
            wanted = enrol.KeyWanted(party=party, scopes=PERMITTED["watchdog"])
            secret = (await enrol.api_key(portal, CLOCK, CHANCE, wanted)).secret
        door = {"home": str(one.folder), "intake_origin": ORIGIN}
        keyring = {"keyring": str(one.folder / "keyring"), "master_key": MASTER.hex(), "pow_bits": str(BITS)}
        with ExitStack() as stack:
            intake = stack.enter_context(servers.role("intake", {**door, "database_url": one.dsn("intake")}))
            stack.enter_context(servers.vault({**door, **keyring, "database_url": one.dsn("vault")}))
            served = stack.enter_context(servers.role("portal", _portal(one)))
            yield Field(one=one, box=box, intake=intake, portal=served, secret=secret)


def _portal(one: Station) -> dict[str, str]:
    return {
        "home": str(one.folder),
        "database_url": one.dsn("portal"),
        "intake_origin": ORIGIN,
        "origin": ORIGIN,
        "session_key": "0" * 64,
        "export_key": "0" * 64,
    }


if __name__ == "__main__":
    harness.main("urgent", bench)

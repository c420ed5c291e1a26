"""An outbox full of deliveries, and couriers in processes of their own, whose clocks may run ahead."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg

from laborvoice.chance import SystemChance
from laborvoice.crypto.at_rest import sealed_to
from laborvoice.crypto.suites import OURS, key_pair
from laborvoice.domain.endpoint import secret_purpose
from laborvoice.domain.ids import EndpointId

MASTER = bytes(range(32))
TODAY = date(2026, 1, 1)

CHILD = """
import asyncio, json, signal, sys
from datetime import timedelta
from laborvoice import loop
from laborvoice.bootstrap.courier import open_courier
from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.settings import load

class Ahead(SystemClock):
    def now(self):
        return super().now() + timedelta(seconds=float(sys.argv[2]))

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_courier(load("courier", json.loads(sys.argv[1]), {}), Ahead(), SystemChance()) as parts:
        await loop.run(parts.beats, Ahead(), stop)

asyncio.run(main())
"""

_EVENTS = """
WITH fresh AS (
    INSERT INTO outbox.event (id, type, audience, resource, facts, occurred_on, sequence, body, expanded)
    SELECT gen_random_uuid(), 'release.published', 'party:x', 'x', '{}', now(), n, '{"id":"x"}', true
    FROM generate_series(1, $2) n RETURNING id
)
INSERT INTO outbox.delivery (id, event_id, endpoint_id, state, next_attempt_at)
SELECT gen_random_uuid(), id, $1, 'due', now() - interval '1 day' FROM fresh"""


async def query(database: Any, statement: str, *args: Any) -> list[Any]:
    """As superuser."""
    connection = await asyncpg.connect(database.superuser)
    try:
        return list(await connection.fetch(statement, *args))
    finally:
        await connection.close()


async def fill(database: Any, url: str, endpoints: int, each: int) -> None:
    """So many endpoints of one URL, with so many deliveries due to each."""
    public = key_pair(MASTER, OURS).public
    for _ in range(endpoints):
        one = EndpointId.draw(SystemChance().bytes(16))
        await query(
            database,
            """INSERT INTO outbox.endpoint (id, party_id, url, types, state, created_on, url_changed_on)
                VALUES ($1, $1, $2, '{*}', 'active', $3, $3)""",
            one.uuid,
            url,
            TODAY,
        )
        sealed = sealed_to(public, secret_purpose(one, 1), bytes(32))
        await query(database, "INSERT INTO outbox.endpoint_secret VALUES ($1, 1, $2)", one.uuid, sealed)
        await query(database, _EVENTS, one.uuid, each)


@asynccontextmanager
async def courier(database: Any, ahead: float = 0) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Killed at the end, unless it ended."""
    settings = {
        "LABORVOICE_HOME": "/nonexistent",
        "LABORVOICE_DATABASE_URL": database.dsn("courier"),
        "LABORVOICE_COURIER_KEYS": MASTER.hex(),
        "LABORVOICE_ORIGIN": "https://voice.example",
        "LABORVOICE_CONTACT_URL": "https://voice.example/contact",
        "LABORVOICE_EGRESS_ALLOW": "127.0.0.0/8",
    }
    started = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, json.dumps(settings), str(ahead))
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()

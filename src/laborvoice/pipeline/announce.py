"""Announce: the courier writes down its public keys, to which portals seal and with which receivers verify."""

from laborvoice.clock import Clock
from laborvoice.crypto.signing import public_of
from laborvoice.crypto.suites import KeyPair
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import courier_key, endpoint_key
from laborvoice.webhooks.signing import endpoint_seed


async def introduce(database: Database, pair: KeyPair) -> None:
    """At start: from then on secrets are sealed to this key."""
    await database.run("introduce", lambda db: courier_key.put(db, pair.suite, pair.public))


async def announce(database: Database, clock: Clock, master: bytes) -> None:
    """The v1a keys of endpoints that have none listed yet."""
    today = clock.now().date()

    async def step(db: Connection) -> None:
        missing = await endpoint_key.missing(db)
        if missing:
            public = [public_of(endpoint_seed(master, one.endpoint_id, one.version)) for one in missing]
            await endpoint_key.put(db, missing, public, today)

    await database.run("announce", step)

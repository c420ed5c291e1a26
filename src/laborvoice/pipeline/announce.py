"""Announce: the courier writes down its public keys, to which portals seal and with which receivers verify."""

from datetime import timedelta
from typing import Final

from laborvoice.clock import Clock
from laborvoice.crypto.signing import public_of
from laborvoice.crypto.suites import KeyPair
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import courier_key, endpoint_key
from laborvoice.webhooks.signing import endpoint_seed

LISTED_AHEAD: Final = timedelta(days=8)
"""A key is listed 7 days before it is used, and days are whole: so an eighth."""


async def introduce(database: Database, pair: KeyPair, *, mails: bool = False) -> None:
    """At start: from then on secrets are sealed to this key. ``mails``: there is a relay for notices."""
    await database.run("introduce", lambda db: courier_key.put(db, pair.suite, pair.public, mails=mails))


async def announce(database: Database, clock: Clock, master: bytes) -> None:
    """The v1a keys of every endpoint: the first at once, each next one ahead of its time; the old ones end."""
    today = clock.now().date()

    async def step(db: Connection) -> None:
        missing = await endpoint_key.missing(db)
        if missing:
            public = [public_of(endpoint_seed(master, one.endpoint_id, one.version)) for one in missing]
            since = [today if one.first else today + LISTED_AHEAD for one in missing]
            await endpoint_key.put(db, missing, public, since)
        await endpoint_key.fade(db, today)
        await endpoint_key.thin(db, today)

    await database.run("announce", step)

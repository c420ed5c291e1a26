"""What phones read: the signed manifest and its parts, as the vault stored them."""

import re
from datetime import date
from typing import Final

from laborvoice.crypto import manifest as signed
from laborvoice.crypto.framing import unb64
from laborvoice.domain.manifest import ANY
from laborvoice.errors import NotFound
from laborvoice.store.ballot import manifest, part
from laborvoice.store.database import Connection, Database

_LOCATOR: Final = re.compile(r"[0-9A-Z]{6}")


async def current(database: Database, today: date) -> bytes:
    """Gzip; raises NotFound before the first manifest."""

    async def step(db: Connection) -> bytes | None:
        return await manifest.current_body(db, today)

    return _found(await database.run("manifest", step))


async def numbered(database: Database, seq: int, today: date) -> bytes:
    """Gzip; raises NotFound for a number that is not there or has not begun."""

    async def step(db: Connection) -> bytes | None:
        return await manifest.body(db, seq, today)

    return _found(await database.run("manifest", step))


async def locator_part(database: Database, locator: str, today: date) -> bytes:
    """The part for this locator; for one nobody has, the part for ``any``, which is as long."""
    wanted = locator if _LOCATOR.fullmatch(locator) else ANY

    async def step(db: Connection) -> bytes | None:
        return await part.current(db, wanted, today)

    return _found(await database.run("part", step))


async def fingerprint(database: Database, today: date) -> bytes | None:
    """Of the key that signed the manifest that counts today; None before the first."""

    async def step(db: Connection) -> bytes | None:
        return await manifest.current_body(db, today)

    body = await database.run("manifest", step)
    return None if body is None else signed.fingerprint(unb64(signed.decode_manifest(body).sigs[0].key))


async def is_fresh(database: Database, today: date) -> bool:
    """Whether there is a manifest that counts today and has not ended."""

    async def step(db: Connection) -> bool:
        found = await manifest.current(db, today)
        return found is not None and today <= found.not_after

    return await database.run("fresh", step)


async def begun(database: Database, today: date) -> date | None:
    """The day since which the manifest that counts today counts; None before the first."""

    async def step(db: Connection) -> manifest.Stored | None:
        return await manifest.current(db, today)

    found = await database.run("begun", step)
    return None if found is None else found.not_before


def _found(body: bytes | None) -> bytes:
    if body is None:
        raise NotFound
    return body

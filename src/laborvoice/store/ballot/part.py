"""The parts of the two latest manifests, as they are served."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.manifest import ANY
from laborvoice.store.database import Connection


class Body(Value, frozen=True):
    body: bytes


_PUT: Final = """-- ballot.part.put
-- roles: vault
INSERT INTO ballot.part (seq, locator, body)
SELECT $1, locator, body FROM unnest($2::text[], $3::bytea[]) AS t (locator, body) ON CONFLICT DO NOTHING"""


async def put(db: Connection, seq: int, locators: Sequence[str], bodies: Sequence[bytes]) -> None:
    """In the transaction that puts their manifest."""
    await db.execute(_PUT, seq, locators, bodies)


_DROP_BEFORE: Final = """-- ballot.part.drop_before
-- roles: vault
DELETE FROM ballot.part WHERE seq < $1"""


async def drop_before(db: Connection, seq: int) -> None:
    await db.execute(_DROP_BEFORE, seq)


_CURRENT: Final = """-- ballot.part.current
-- roles: intake, vault
SELECT body FROM ballot.part
WHERE seq = (SELECT seq FROM ballot.manifest WHERE not_before <= $2 ORDER BY seq DESC LIMIT 1)
AND locator IN ($1, $3) ORDER BY locator = $3 LIMIT 1"""


async def current(db: Connection, locator: str, today: date) -> bytes | None:
    """The part of this locator in the manifest that counts today; that for ``any`` where there is none."""
    return await db.value(bytes, _CURRENT, locator, today, ANY)


_OF: Final = """-- ballot.part.of
-- roles: intake, vault
SELECT body FROM ballot.part WHERE seq = $1"""


def of(db: Connection, seq: int, *, ahead: int) -> AsyncIterator[Body]:
    """All parts of a manifest, ``ahead`` at a time."""
    return db.stream(Body, _OF, seq, ahead=ahead)

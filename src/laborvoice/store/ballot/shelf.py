"""The shelf: stories waiting, sealed, until enough have come to go out together."""

from collections.abc import Sequence
from typing import Final

from laborvoice.store.database import Connection

_PUT: Final = """-- ballot.shelf.put
-- roles: vault
INSERT INTO ballot.shelf (sealed) SELECT unnest($1::bytea[])"""


async def put(db: Connection, sealed: Sequence[bytes]) -> None:
    await db.execute(_PUT, sealed)


_ALL: Final = """-- ballot.shelf.all_sealed
-- roles: vault
SELECT sealed FROM ballot.shelf"""


async def all_sealed(db: Connection) -> list[bytes]:
    return await db.values(bytes, _ALL)


_CLEAR: Final = """-- ballot.shelf.clear
-- roles: vault
TRUNCATE ballot.shelf"""


async def clear(db: Connection) -> None:
    await db.execute(_CLEAR)

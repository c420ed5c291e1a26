"""Partitions of the ballot box, made and dropped through the owner's functions; rows end by TRUNCATE or DROP alone."""

from typing import Final, Literal

from laborvoice.store.database import Connection

Family = Literal["seen", "spent", "invite_use", "box", "tray", "mailbox"]
Shuffled = Literal["spent", "box", "invite_use"]

_MAKE: Final = """-- ballot.partition.make
-- roles: vault
SELECT ballot.make_partition($1, $2, $3)::text"""


async def make(db: Connection, family: Family, value: str) -> None:
    """Does nothing where it is there. ``value`` is a period, a week, or for ``seen`` a mix key's id in hex."""
    await db.execute(_MAKE, family, value, family == "seen")


_DROP: Final = """-- ballot.partition.drop
-- roles: vault
SELECT ballot.drop_partition($1, $2)::text"""


async def drop(db: Connection, family: Family, value: str) -> None:
    await db.execute(_DROP, family, value)


_CLEAR_STRAY: Final = """-- ballot.partition.clear_stray
-- roles: vault
TRUNCATE ballot.seen_default"""


async def clear_stray(db: Connection) -> None:
    """Forget what was seen under keys that are none of ours: nothing opens under them, nothing else would end it."""
    await db.execute(_CLEAR_STRAY)


_RESHUFFLE: Final = """-- ballot.partition.reshuffle
-- roles: vault
SELECT ballot.reshuffle($1, $2, $3)::text"""


async def reshuffle(db: Connection, family: Shuffled, value: str, salt: bytes) -> None:
    """Rewrite the partition in an order that only ``salt`` explains; it is forgotten. Ages the hashes of invite_use."""
    await db.execute(_RESHUFFLE, family, value, salt)

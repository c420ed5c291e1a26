"""Partitions of the ballot box, made and dropped through the owner's functions; rows end by TRUNCATE or DROP alone."""

from typing import Final, Literal

from laborvoice.crypto.framing import sha256
from laborvoice.store.database import Connection

_DIGITS: Final = 16
"""Of the hash by which a partition is named."""

Family = Literal["seen", "spent", "invite_use", "box", "tray", "mailbox"]
Shuffled = Literal["spent", "box", "invite_use"]

OF_PERIOD: Final[tuple[Family, ...]] = ("box", "tray", "spent", "invite_use")
"""Those with a partition for each period: made ahead of it, dropped when it burns."""

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


_STRAY: Final = """-- ballot.partition.stray
-- roles: vault
SELECT family FROM (VALUES ('seen', EXISTS (SELECT FROM ballot.seen_default)),
    ('spent', EXISTS (SELECT FROM ballot.spent_default)),
    ('invite_use', EXISTS (SELECT FROM ballot.invite_use_default)),
    ('box', EXISTS (SELECT FROM ballot.box_default)), ('tray', EXISTS (SELECT FROM ballot.tray_default)),
    ('mailbox', EXISTS (SELECT FROM ballot.mailbox_default))) AS v (family, held) WHERE held ORDER BY family"""


async def stray(db: Connection) -> list[str]:
    """Families with rows for which no partition was made in time: no burn would end them."""
    return await db.values(str, _STRAY)


def name_of(family: Family, value: str) -> str:
    """The table that ``make`` makes."""
    return f"{family}_{sha256(value.encode()).hex()[:_DIGITS]}"


_RESHUFFLE: Final = """-- ballot.partition.reshuffle
-- roles: vault
SELECT ballot.reshuffle($1, $2, $3)::text"""


async def reshuffle(db: Connection, family: Shuffled, value: str, salt: bytes) -> None:
    """Rewrite the partition in an order that only ``salt`` explains; it is forgotten. Ages the hashes of invite_use."""
    await db.execute(_RESHUFFLE, family, value, salt)

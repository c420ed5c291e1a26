"""Tries to read what no door may read: how a demonstration, or a doubter, sees that the database refuses."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, LiteralString

from laborvoice.store.database import DENIED, Database

_SPOOL: Final = """-- ballot.reach.spool
-- roles: vault
SELECT lane FROM ballot.spool LIMIT 1"""
_SEEN: Final = """-- ballot.reach.seen
-- roles: vault
SELECT digest FROM ballot.seen LIMIT 1"""
_SPENT: Final = """-- ballot.reach.spent
-- roles: vault
SELECT tag FROM ballot.spent LIMIT 1"""
_INVITE: Final = """-- ballot.reach.invite
-- roles: vault
SELECT code_hash FROM ballot.invite LIMIT 1"""
_INVITE_USE: Final = """-- ballot.reach.invite_use
-- roles: vault
SELECT use FROM ballot.invite_use LIMIT 1"""
_REQUEST: Final = """-- ballot.reach.exchange_request
-- roles: vault
SELECT request_hash FROM ballot.exchange_request LIMIT 1"""
_ANSWER: Final = """-- ballot.reach.exchange_answer
-- roles: vault
SELECT request_hash FROM ballot.exchange_answer LIMIT 1"""
_BOX: Final = """-- ballot.reach.box
-- roles: vault
SELECT id FROM ballot.box LIMIT 1"""
_TRAY: Final = """-- ballot.reach.tray
-- roles: vault
SELECT id FROM ballot.tray LIMIT 1"""
_SHELF: Final = """-- ballot.reach.shelf
-- roles: vault
SELECT sealed FROM ballot.shelf LIMIT 1"""

BALLOTS: Final[Mapping[str, LiteralString]] = MappingProxyType(
    {
        "spool": _SPOOL,
        "seen": _SEEN,
        "spent": _SPENT,
        "invite": _INVITE,
        "invite_use": _INVITE_USE,
        "exchange_request": _REQUEST,
        "exchange_answer": _ANSWER,
        "box": _BOX,
        "tray": _TRAY,
        "shelf": _SHELF,
    }
)
"""Every table that holds a ballot, an invite or an exchange."""


async def readable(database: Database) -> frozenset[str]:
    """Those of BALLOTS that this role can read: none, for a door."""
    return frozenset([table for table, sql in BALLOTS.items() if await _reads(database, sql)])


async def _reads(database: Database, sql: LiteralString) -> bool:
    try:
        await database.run("reach", lambda db: db.execute(sql))
    except DENIED:
        return False
    return True

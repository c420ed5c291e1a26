"""Resets of a second factor that one person has asked for: another must too."""

from datetime import datetime
from typing import Final

from laborvoice.domain.ids import UserId
from laborvoice.store.database import Connection

_ASK: Final = """-- access.totp_reset.ask
-- roles: portal
INSERT INTO access.totp_reset (user_id, asked_by, until) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET asked_by = excluded.asked_by, until = excluded.until"""


async def ask(db: Connection, user: UserId, by: UserId, until: datetime) -> None:
    await db.execute(_ASK, user, by, until)


_ASKED: Final = """-- access.totp_reset.asked
-- roles: portal
SELECT asked_by FROM access.totp_reset WHERE user_id = $1 AND until > $2 FOR UPDATE"""


async def asked(db: Connection, user: UserId, moment: datetime) -> UserId | None:
    """By whom, where that still counts."""
    return await db.value(UserId, _ASKED, user, moment)


_DONE: Final = """-- access.totp_reset.done
-- roles: portal
DELETE FROM access.totp_reset WHERE user_id = $1"""


async def done(db: Connection, user: UserId) -> None:
    await db.execute(_DONE, user)

"""Sessions: of each only a digest of its id."""

from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId, SessionId, UserId
from laborvoice.domain.party import PartyKind, Role
from laborvoice.store.database import Connection


class Session(Value, frozen=True):
    """Until ``proved`` it opens nothing but the door to the second factor. ``began_at`` is a full hour."""

    digest: bytes
    id: SessionId
    user_id: UserId
    proved: bool
    began_at: datetime
    idle_until: datetime
    ends_at: datetime


class Holder(Value, frozen=True):
    """Whose session it is."""

    id: SessionId
    user_id: UserId
    party_id: PartyId
    kind: PartyKind
    role: Role
    name: str
    second_factor: bool
    idle_until: datetime


class Listed(Value, frozen=True):
    id: SessionId
    began_at: datetime
    ends_at: datetime


_PUT: Final = """-- access.session.put
-- roles: portal
INSERT INTO access.session (digest, id, user_id, proved, began_at, idle_until, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)"""


async def put(db: Connection, one: Session) -> None:
    times = (one.began_at, one.idle_until, one.ends_at)
    await db.execute(_PUT, one.digest, one.id, one.user_id, one.proved, *times)


_HOLDER: Final = """-- access.session.holder
-- roles: portal
SELECT s.id, s.user_id, u.party_id, p.kind, u.role, u.name, u.totp_sealed IS NOT NULL AS second_factor, s.idle_until
FROM access.session s JOIN access.user u ON u.id = s.user_id JOIN registry.party p ON p.id = u.party_id
WHERE s.digest = $1 AND s.proved AND s.idle_until > $2 AND s.ends_at > $2"""


async def holder(db: Connection, digest: bytes, moment: datetime) -> Holder | None:
    """None where there is none such that is proved and goes on."""
    return await db.first(Holder, _HOLDER, digest, moment)


_HALF: Final = """-- access.session.half
-- roles: portal
SELECT user_id FROM access.session WHERE digest = $1 AND NOT proved AND idle_until > $2"""


async def half(db: Connection, digest: bytes, moment: datetime) -> UserId | None:
    """Who has given her password, and not yet her code."""
    return await db.value(UserId, _HALF, digest, moment)


_USED: Final = """-- access.session.used
-- roles: portal
UPDATE access.session SET idle_until = $2 WHERE id = $1 AND idle_until < $2"""


async def used(db: Connection, session: SessionId, idle_until: datetime) -> None:
    await db.execute(_USED, session, idle_until)


_OF_USER: Final = """-- access.session.of_user
-- roles: portal
SELECT id, began_at, ends_at FROM access.session
WHERE user_id = $1 AND proved AND idle_until > $2 AND ends_at > $2 ORDER BY id"""


async def of_user(db: Connection, user: UserId, moment: datetime) -> list[Listed]:
    return await db.fetch(Listed, _OF_USER, user, moment)


_COUNT: Final = """-- access.session.count
-- roles: portal
SELECT count(*) FROM access.session WHERE proved AND idle_until > $1 AND ends_at > $1"""


async def count(db: Connection, moment: datetime) -> int:
    """How many go on, of whomever."""
    return await db.one_value(int, _COUNT, moment)


_END: Final = """-- access.session.end
-- roles: portal
DELETE FROM access.session WHERE digest = $1"""


async def end(db: Connection, digest: bytes) -> None:
    await db.execute(_END, digest)


_REVOKE: Final = """-- access.session.revoke
-- roles: portal
DELETE FROM access.session WHERE id = $1 AND user_id = $2"""


async def revoke(db: Connection, session: SessionId, user: UserId) -> bool:
    """False where it is none of hers."""
    return bool(await db.changed(_REVOKE, session, user))


_END_ALL: Final = """-- access.session.end_all
-- roles: portal
DELETE FROM access.session WHERE user_id = $1"""


async def end_all(db: Connection, user: UserId) -> None:
    await db.execute(_END_ALL, user)


_PURGE: Final = """-- access.session.purge
-- roles: portal
DELETE FROM access.session WHERE user_id = $1 AND (ends_at <= $2 OR idle_until <= $2)"""


async def purge(db: Connection, user: UserId, moment: datetime) -> None:
    """Those of hers that are over."""
    await db.execute(_PURGE, user, moment)

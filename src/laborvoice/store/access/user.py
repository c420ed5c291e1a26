"""Users: people of a party, and how each proves who she is."""

from datetime import date, datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId, UserId
from laborvoice.domain.party import Role
from laborvoice.domain.patience import Tries
from laborvoice.store.database import REFUSED, Connection


class User(Value, frozen=True):
    """``active``: she has set a password."""

    id: UserId
    party_id: PartyId
    name: str
    role: Role
    active: bool
    second_factor: bool
    created_on: date


class NewUser(Value, frozen=True):
    """``login``: the name as it is compared."""

    id: UserId
    party_id: PartyId
    name: str
    login: str
    role: Role
    created_on: date


class Proofs(Value, frozen=True):
    """What she is judged by. ``totp_step`` is the last that was used."""

    id: UserId
    party_id: PartyId
    role: Role
    password: str
    totp_sealed: bytes | None
    totp_step: int
    failures: int
    retry_at: datetime | None

    @property
    def tries(self) -> Tries:
        return Tries(failures=self.failures, retry_at=self.retry_at)


_PUT: Final = """-- access.user.put
-- roles: portal
INSERT INTO access.user (id, party_id, name, login, role, created_on) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (login) DO NOTHING"""


async def put(db: Connection, user: NewUser) -> bool:
    """False where the name is another's."""
    return bool(await db.changed(_PUT, user.id, user.party_id, user.name, user.login, user.role, user.created_on))


_ONE: Final = """-- access.user.one
-- roles: portal
SELECT id, party_id, name, role, password IS NOT NULL AS active, totp_sealed IS NOT NULL AS second_factor, created_on
FROM access.user WHERE id = $1 AND ($2::uuid IS NULL OR party_id = $2)"""


async def one(db: Connection, user: UserId, within: PartyId | None = None) -> User:
    """Raises NotFound; of a user outside the party ``within`` too."""
    return await db.one(User, _ONE, user, within)


_PAGE: Final = """-- access.user.page
-- roles: portal
SELECT id, party_id, name, role, password IS NOT NULL AS active, totp_sealed IS NOT NULL AS second_factor, created_on
FROM access.user
WHERE ($1::uuid IS NULL OR party_id = $1) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"""


async def page(db: Connection, party: PartyId | None, after: UserId | None, limit: int) -> list[User]:
    """Without a party, of all."""
    return await db.fetch(User, _PAGE, party, after, limit)


_HELD: Final = """-- access.user.held
-- roles: portal
SELECT id, party_id, name, role, password IS NOT NULL AS active, totp_sealed IS NOT NULL AS second_factor, created_on
FROM access.user WHERE party_id = (SELECT party_id FROM access.user WHERE id = $1) ORDER BY id FOR UPDATE"""


async def held(db: Connection, user: UserId) -> list[User]:
    """Her and all of her party, whom nobody else changes until this transaction ends. Empty where she is not there."""
    return await db.fetch(User, _HELD, user)


_PROOFS: Final = """-- access.user.proofs
-- roles: portal
SELECT id, party_id, role, password, totp_sealed, totp_step, failures, retry_at
FROM access.user WHERE login = $1 AND password IS NOT NULL FOR UPDATE"""


async def proofs(db: Connection, login: str) -> Proofs | None:
    """Held until this transaction ends."""
    return await db.first(Proofs, _PROOFS, login)


_PROOFS_OF: Final = """-- access.user.proofs_of
-- roles: portal
SELECT id, party_id, role, password, totp_sealed, totp_step, failures, retry_at
FROM access.user WHERE id = $1 AND password IS NOT NULL FOR UPDATE"""


async def proofs_of(db: Connection, user: UserId) -> Proofs:
    """Held until this transaction ends. Raises NotFound."""
    return await db.one(Proofs, _PROOFS_OF, user)


_FAILED: Final = """-- access.user.failed
-- roles: portal
UPDATE access.user SET failures = $2, retry_at = $3 WHERE id = $1"""


async def failed(db: Connection, user: UserId, failures: int, retry_at: datetime | None) -> None:
    await db.execute(_FAILED, user, failures, retry_at)


_STEPPED: Final = """-- access.user.stepped
-- roles: portal
UPDATE access.user SET totp_step = $2 WHERE id = $1"""


async def stepped(db: Connection, user: UserId, step: int) -> None:
    """The code of ``step`` is used up, and all before."""
    await db.execute(_STEPPED, user, step)


_SET_HASHED: Final = """-- access.user.set_secret
-- roles: portal
UPDATE access.user SET password = $2, failures = 0, retry_at = NULL WHERE id = $1"""


async def set_secret(db: Connection, user: UserId, password: str) -> None:
    await db.execute(_SET_HASHED, user, password)


_SET_NAME: Final = """-- access.user.set_name
-- roles: portal
UPDATE access.user SET name = $2, login = $3 WHERE id = $1"""


async def set_name(db: Connection, user: UserId, name: str, login: str) -> bool:
    """False where the name is another's: the transaction is then good for nothing."""
    try:
        await db.execute(_SET_NAME, user, name, login)
    except REFUSED:
        return False
    return True


_SET_TOTP: Final = """-- access.user.set_totp
-- roles: portal
UPDATE access.user SET totp_sealed = $2, totp_step = $3 WHERE id = $1"""


async def set_totp(db: Connection, user: UserId, sealed: bytes, step: int) -> None:
    """``step`` is used up: it proved that she has it."""
    await db.execute(_SET_TOTP, user, sealed, step)


_FORGET_TOTP: Final = """-- access.user.forget_totp
-- roles: portal
WITH codes AS (DELETE FROM access.recovery_code WHERE user_id = $1)
UPDATE access.user SET totp_sealed = NULL WHERE id = $1"""


async def forget_totp(db: Connection, user: UserId) -> None:
    """Her recovery codes go too."""
    await db.execute(_FORGET_TOTP, user)


_SET_ROLE: Final = """-- access.user.set_role
-- roles: portal
UPDATE access.user SET role = $2 WHERE id = $1"""


async def set_role(db: Connection, user: UserId, role: Role) -> None:
    await db.execute(_SET_ROLE, user, role)


_REMOVE: Final = """-- access.user.remove
-- roles: portal
DELETE FROM access.user WHERE id = $1"""


async def remove(db: Connection, user: UserId) -> None:
    """With her go her sessions, links, codes and the keys that she made."""
    await db.execute(_REMOVE, user)

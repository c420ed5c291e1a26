"""Principals: who a credential stands for."""

from datetime import date, datetime

from laborvoice.domain import Value
from laborvoice.domain.audit import Actor
from laborvoice.domain.ids import KeyId, PartyId, SessionId, UserId
from laborvoice.domain.party import MATRIX, PERMITTED, SECOND_FACTOR, PartyKind, Role, Scope
from laborvoice.store.access import key as keys
from laborvoice.store.access import session as sessions
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry.sight import Sight


class Principal(Value, frozen=True):
    """A key of a party, or a person of it in a session. ``scopes``: what it may do at this moment, its kind considered.

    ``used_on`` is the last day on which the key was used before now. ``maker``: the person herself, or who made the
    key. ``unproved``: she still has to set up the second
    factor that her role must have, and may do nothing else.
    """

    party: PartyId
    kind: PartyKind
    scopes: frozenset[Scope]
    key: KeyId | None = None
    used_on: date | None = None
    maker: UserId | None = None
    session: SessionId | None = None
    user: UserId | None = None
    role: Role | None = None
    name: str = ""
    unproved: bool = False
    idle_until: datetime | None = None

    def sight(self, today: date) -> Sight:
        return Sight(kind=self.kind, party=self.party, today=today)

    @property
    def actor(self) -> Actor:
        """As the audit log names it."""
        return Actor(party=self.party, by=self.user or self.key)

    @property
    def person(self) -> UserId:
        """Of an operation for people."""
        if self.user is None:
            raise LookupError("the operation is for keys too")
        return self.user

    @property
    def own_session(self) -> SessionId:
        """Of an operation for people."""
        if self.session is None:
            raise LookupError("the operation is for keys too")
        return self.session

    @property
    def credential(self) -> str:
        """The id of the key or session."""
        return str(self.key or self.session)


async def by_key(database: Database, digest: bytes, today: date) -> Principal | None:
    """None for a key that does not exist or has expired."""
    return _of_key(await database.run("principal", lambda db: keys.holder(db, digest, today)))


async def by_key_id(database: Database, key: KeyId, scopes: frozenset[str], today: date) -> Principal | None:
    """Of a token: of the key's scopes those that the token has too."""

    async def step(db: Connection) -> keys.Holder | None:
        return await keys.holder_of(db, key, today)

    return _of_key(await database.run("principal", step), scopes)


async def by_session(database: Database, digest: bytes, now: datetime) -> Principal | None:
    """None for one that does not exist, is over, or waits for a second factor."""
    found = await database.run("principal", lambda db: sessions.holder(db, digest, now))
    if found is None:
        return None
    return Principal(
        party=found.party_id,
        kind=found.kind,
        scopes=MATRIX[found.role],
        session=found.id,
        user=found.user_id,
        maker=found.user_id,
        role=found.role,
        name=found.name,
        unproved=found.role in SECOND_FACTOR and not found.second_factor,
        idle_until=found.idle_until,
    )


def _of_key(found: keys.Holder | None, wanted: frozenset[str] | None = None) -> Principal | None:
    """Never more than its kind may, and than whoever made it may now."""
    if found is None:
        return None
    held = found.scopes & (PERMITTED[found.kind] if found.role is None else MATRIX[found.role])
    scopes = held if wanted is None else held & wanted
    return Principal(
        party=found.party_id,
        kind=found.kind,
        scopes=scopes,
        key=found.id,
        used_on=found.used_on,
        maker=found.creator_id,
    )

"""Accounts: who is signed in, the users of a party, their sessions, its keys, and the parties themselves."""

from datetime import date, datetime

from msgspec import UNSET, UnsetType

from laborvoice.crypto.credential import Mode
from laborvoice.domain import Value
from laborvoice.domain.ids import KeyId, PartyId, SessionId, UserId
from laborvoice.domain.party import Party, PartyKind, Role, Scope
from laborvoice.store.access import key, recovery_code, session, user
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import party as parties
from laborvoice.views import given
from laborvoice.views.principals import Principal


class MeView(Value, frozen=True):
    """A key has no ``user``, ``name`` and ``role``."""

    party: PartyId
    kind: PartyKind
    scopes: tuple[str, ...]
    key: KeyId | UnsetType = UNSET
    user: UserId | UnsetType = UNSET
    name: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    csrf: str | UnsetType = UNSET
    second_factor_required: bool | UnsetType = UNSET


class UserView(Value, frozen=True):
    id: UserId
    party: PartyId
    name: str
    role: Role
    state: str
    second_factor: bool
    created_on: date


class SessionView(Value, frozen=True):
    id: SessionId
    current: bool
    began_at: datetime
    ends_at: datetime


class ApiKeyView(Value, frozen=True):
    id: KeyId
    label: str
    mode: Mode
    last4: str
    scopes: tuple[Scope, ...]
    expires_on: date
    created_on: date
    used_on: date | UnsetType = UNSET
    creator: UserId | UnsetType = UNSET


class PartyView(Value, frozen=True):
    id: PartyId
    kind: PartyKind
    name: str
    country: str
    created_on: date


class OwnView(Value, frozen=True):
    """What a person sees of her own account."""

    user: UserView
    party: PartyView
    codes_left: int
    sessions: tuple[SessionView, ...]


def me(principal: Principal, csrf: str) -> MeView:
    scopes = tuple(sorted(principal.scopes))
    if principal.user is None:
        return MeView(party=principal.party, kind=principal.kind, scopes=scopes, key=given(principal.key))
    return MeView(
        party=principal.party,
        kind=principal.kind,
        scopes=scopes,
        user=principal.user,
        name=principal.name,
        role=given(principal.role),
        csrf=csrf,
        second_factor_required=principal.unproved,
    )


async def own(database: Database, principal: Principal, who: UserId, now: datetime) -> OwnView:
    async def step(db: Connection) -> OwnView:
        return OwnView(
            user=user_view(await user.one(db, who)),
            party=party_view(await parties.by_id(db, principal.party)),
            codes_left=await recovery_code.left(db, who),
            sessions=tuple(_session(one, principal) for one in await session.of_user(db, who, now)),
        )

    return await database.run("account", step)


async def sessions(database: Database, principal: Principal, who: UserId, now: datetime) -> tuple[SessionView, ...]:
    rows = await database.run("sessions", lambda db: session.of_user(db, who, now))
    return tuple(_session(one, principal) for one in rows)


def seen(principal: Principal) -> PartyId | None:
    """Whose users she may see: her own party's; an operator those of all."""
    return None if principal.kind == "operator" else principal.party


async def users(database: Database, within: PartyId | None, after: UserId | None, limit: int) -> tuple[UserView, ...]:
    """Without a party, of all."""
    return tuple(map(user_view, await database.run("users", lambda db: user.page(db, within, after, limit))))


async def one_user(database: Database, within: PartyId | None, who: UserId) -> UserView:
    """Raises NotFound."""
    return user_view(await database.run("user", lambda db: user.one(db, who, within)))


async def keys(database: Database, party: PartyId, after: KeyId | None, limit: int) -> tuple[ApiKeyView, ...]:
    return tuple(map(key_view, await database.run("keys", lambda db: key.page(db, party, after, limit))))


async def one_key(database: Database, party: PartyId, one: KeyId) -> ApiKeyView:
    """Raises NotFound."""
    return key_view(await database.run("key", lambda db: key.one(db, one, party)))


async def all_parties(database: Database, after: PartyId | None, limit: int) -> tuple[PartyView, ...]:
    return tuple(map(party_view, await database.run("parties", lambda db: parties.page(db, after, limit))))


async def one_party(database: Database, one: PartyId) -> PartyView:
    """Raises NotFound."""
    return party_view(await database.run("party", lambda db: parties.by_id(db, one)))


def user_view(one: user.User) -> UserView:
    return UserView(
        id=one.id,
        party=one.party_id,
        name=one.name,
        role=one.role,
        state="active" if one.active else "invited",
        second_factor=one.second_factor,
        created_on=one.created_on,
    )


def key_view(one: key.Listed) -> ApiKeyView:
    return ApiKeyView(
        id=one.id,
        label=one.label,
        mode=one.mode,
        last4=one.last4,
        scopes=one.scopes,
        expires_on=one.expires_on,
        created_on=one.created_on,
        used_on=given(one.used_on),
        creator=given(one.creator_id),
    )


def _session(one: session.Listed, principal: Principal) -> SessionView:
    return SessionView(id=one.id, current=one.id == principal.session, began_at=one.began_at, ends_at=one.ends_at)


def party_view(one: Party) -> PartyView:
    return PartyView(id=one.id, kind=one.kind, name=one.name, country=one.country, created_on=one.created_on)

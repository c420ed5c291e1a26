"""Appoint: who is a user of a party and in which role; one-time links; a second factor removed by two people."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from laborvoice.chance import Chance
from laborvoice.crypto import credential
from laborvoice.domain import Value
from laborvoice.domain.audit import Act, Actor, ActsAction
from laborvoice.domain.ids import PartyId, UserId
from laborvoice.domain.party import ADMINS, ROLES, Party, PartyKind, Role, folded, spaced
from laborvoice.errors import BadField, LastAdmin, NotFound, TwoPersonRule
from laborvoice.store.access import audit, one_time_link, session, totp_reset, user
from laborvoice.store.database import Connection
from laborvoice.store.outbox import notice
from laborvoice.store.registry import party as parties

LINK_LASTS: Final = timedelta(hours=24)
ASKED_LASTS: Final = timedelta(hours=24)
TAKEN: Final = "Another user has this name."
_ID_BYTES: Final = 16


class Wanted(Value, frozen=True):
    party: PartyId
    name: str
    role: Role


class Linked(Value, frozen=True):
    """``link`` is the secret part of a one-time link, shown this once."""

    user: user.User
    link: str
    until: datetime


async def invite_in(db: Connection, now: datetime, chance: Chance, wanted: Wanted, by: Actor | None) -> Linked:
    """Raises NotFound where there is no such party, BadField: a role of another kind of party, or a name taken."""
    party = await parties.by_id(db, wanted.party)
    _check(wanted.role, party.kind)
    row = user.NewUser(
        id=UserId.draw(chance.bytes(_ID_BYTES)),
        party_id=party.id,
        name=spaced(wanted.name),
        login=folded(wanted.name),
        role=wanted.role,
        created_on=now.date(),
    )
    if not await user.put(db, row):
        raise BadField("/name", TAKEN)
    return await _link(db, now, chance, await user.one(db, row.id), ("user.invited", by))


FIRST: Final[Mapping[PartyKind, Role]] = {
    "brand": "brand_admin",
    "watchdog": "watchdog_admin",
    "operator": "operator_admin",
}
"""Who lets the others of a new party in."""


class First(Value, frozen=True):
    """An operator whom a command makes. ``organisation`` and ``country`` are of a party that is not there yet."""

    name: str
    organisation: str
    country: str


async def operator_in(db: Connection, now: datetime, chance: Chance, first: First) -> Linked:
    """Of the operator's party, which is made where there is none. Raises BadField where the name is taken."""
    party = await parties.first_of(db, "operator")
    if party is None:
        party = Party(
            id=PartyId.draw(chance.bytes(_ID_BYTES)),
            kind="operator",
            name=first.organisation,
            country=first.country,
            created_on=now.date(),
        )
        await parties.put(db, party)
    wanted = Wanted(party=party.id, name=first.name, role="operator_admin")
    return await invite_in(db, now, chance, wanted, None)


async def reset_in(
    db: Connection, now: datetime, chance: Chance, who: UserId, within: PartyId | None, by: Actor
) -> Linked:
    """A new link; her sessions end at once, her second factor stays. Raises NotFound outside ``within``."""
    found = await user.one(db, who, within)
    await session.end_all(db, who)
    return await _link(db, now, chance, found, ("user.reset", by))


async def change_role_in(
    db: Connection,
    now: datetime,
    who: UserId,
    wanted: Callable[[user.User], Role],
    within: PartyId | None,
    by: Actor,
) -> user.User:
    """``wanted`` is asked with what she is now, and may refuse. Her sessions end: the next one has the new role.

    Raises NotFound, BadField, LastAdmin.
    """
    role = wanted(await user.one(db, who, within))
    found = await _spared(db, who, within, role)
    party = await parties.by_id(db, found.party_id)
    _check(role, party.kind)
    await user.set_role(db, who, role)
    await session.end_all(db, who)
    await audit.record(db, now, Act(action="user.changed", actor=by, object=who, facts={"role": role}))
    return await user.one(db, who)


async def remove_in(db: Connection, now: datetime, who: UserId, within: PartyId | None, by: Actor) -> None:
    """With her go sessions, links, the keys that she made and her address for mails. Raises NotFound, LastAdmin."""
    await _spared(db, who, within, None)
    await user.remove(db, who)
    await notice.remove(db, who)
    await audit.record(db, now, Act(action="user.removed", actor=by, object=who))


async def reset_totp_in(
    db: Connection, now: datetime, who: UserId, within: PartyId | None, by: tuple[Actor, UserId]
) -> bool:
    """False: asked for, another person must do the same within a day. True: her second factor and codes are gone.

    Raises NotFound; TwoPersonRule where the same person comes again, or she herself.
    """
    actor, person = by
    found = await user.one(db, who, within)
    if found.id == person:
        raise TwoPersonRule("You cannot remove your own second factor: two others must.")
    # Held: of two at once one asks and the other decides.
    await user.proofs_of(db, who)
    asked = await totp_reset.asked(db, who, now)
    if asked == person:
        raise TwoPersonRule
    if asked is None:
        await totp_reset.ask(db, who, person, now + ASKED_LASTS)
        await audit.record(db, now, Act(action="totp.reset", actor=actor, object=who, facts={"step": "asked"}))
        return False
    await totp_reset.done(db, who)
    await user.forget_totp(db, who)
    await session.end_all(db, who)
    await audit.record(db, now, Act(action="totp.reset", actor=actor, object=who, facts={"step": "done"}))
    return True


async def _spared(db: Connection, who: UserId, within: PartyId | None, role: Role | None) -> user.User:
    """Whom nobody else changes meanwhile. Raises LastAdmin where without her, or with ``role``, no admin is left."""
    every = {one.id: one for one in await user.held(db, who)}
    found = every.get(who)
    if found is None or (within is not None and found.party_id != within):
        raise NotFound
    others = any(one.role in ADMINS and one.active for one in every.values() if one.id != who)
    if found.role in ADMINS and found.active and role not in ADMINS and not others:
        raise LastAdmin
    return found


async def _link(
    db: Connection, now: datetime, chance: Chance, found: user.User, act: tuple[ActsAction, Actor | None]
) -> Linked:
    made = credential.make_token(chance.bytes(credential.TOKEN_BYTES))
    until = now.replace(second=0, microsecond=0) + LINK_LASTS
    await one_time_link.put(db, found.id, credential.credential_hash(made), until)
    action, by = act
    await audit.record(db, now, Act(action=action, actor=by, object=found.id, facts={"role": found.role}))
    return Linked(user=found, link=made, until=until)


def _check(role: Role, kind: PartyKind) -> None:
    if role not in ROLES[kind]:
        raise BadField("/role", f"A party of this kind has no {role.replace('_', ' ')}.")

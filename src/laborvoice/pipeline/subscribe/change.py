"""Change: an owner edits an endpoint, switches it off and on, rotates its keys, or takes it away.

What each step is given is held, and what it gives back is how the row stands then.
"""

from datetime import date, datetime, timedelta

import msgspec

from laborvoice.chance import Chance
from laborvoice.domain.endpoint import CHALLENGE_SIZE, OFF_UNTIL_VERIFIED, OLD_SECRETS_MAX, NewEndpoint
from laborvoice.domain.ids import EndpointId, PartyId
from laborvoice.errors import BadField, Conflict
from laborvoice.pipeline.subscribe import Owned, challenge, fitting, new_secret
from laborvoice.store.database import Connection
from laborvoice.store.outbox import endpoint_secret, subscription
from laborvoice.store.registry.sight import Sight


async def held(db: Connection, party: PartyId, endpoint: EndpointId) -> Owned:
    """Until the transaction ends nobody else changes it. Raises NotFound, also for another party's."""
    return await subscription.held(db, party, endpoint)


async def remove_in(db: Connection, one: Owned) -> None:
    """With its secrets, keys, deliveries, attempts and recoveries."""
    await subscription.delete(db, one.id)


def as_wanted(one: Owned) -> NewEndpoint:
    """What its owner asked for, to be changed."""
    return NewEndpoint(
        url=one.url,
        types=one.types,
        suppliers=one.suppliers,
        description=one.description,
        fifo=one.fifo,
        headers=one.extra,
    )


async def revise_in(
    db: Connection, now: datetime, chance: Chance, viewer: Sight, one: Owned, wanted: NewEndpoint
) -> Owned:
    """``wanted.url`` as it is stored: another one has to be verified, at once or when the endpoint is switched on.

    Raises BadField, NotFound for a supplier the viewer does not see.
    """
    types = await fitting(db, viewer, wanted.types, wanted.suppliers)
    changed = msgspec.structs.replace(
        one,
        types=types,
        suppliers=wanted.suppliers,
        description=wanted.description,
        headers=msgspec.json.encode(wanted.headers).decode(),
        fifo=wanted.fifo,
    )
    if wanted.url == one.url:
        await subscription.change(db, changed)
        return changed
    moved = msgspec.structs.replace(changed, url=wanted.url, challenge=chance.bytes(CHALLENGE_SIZE))
    if one.state == "disabled":
        await subscription.change(db, moved)
        return moved
    return await prove_again_in(db, now, chance, moved)


async def disable_in(db: Connection, today: date, one: Owned) -> Owned:
    """What waits for it stays. Nothing where it is off already."""
    if one.state == "disabled":
        return one
    off = msgspec.structs.replace(one, state="disabled", reason="manual", disabled_on=today, verify_wanted=False)
    await subscription.change(db, off)
    return off


def must_prove(one: Owned, today: date) -> bool:
    """Whether it is verified before it is on: it never was at this URL, or was off for 30 days."""
    return one.challenge is not None or (one.disabled_on or today) + OFF_UNTIL_VERIFIED <= today


async def enable_in(db: Connection, now: datetime, chance: Chance, one: Owned) -> Owned:
    """Active, or pending where it has to be verified first. Nothing where it is not off."""
    if one.state != "disabled":
        return one
    if must_prove(one, now.date()):
        return await prove_again_in(db, now, chance, one)
    on = msgspec.structs.replace(one, state="active", reason=None, disabled_on=None)
    await subscription.change(db, on)
    return on


async def prove_again_in(db: Connection, now: datetime, chance: Chance, one: Owned) -> Owned:
    """Pending, with a new challenge on the way."""
    pending = msgspec.structs.replace(
        one,
        state="pending",
        reason=None,
        disabled_on=None,
        url_changed_on=now.date(),
        challenge=chance.bytes(CHALLENGE_SIZE),
        verify_tries=0,
        verify_wanted=True,
    )
    await challenge(db, now, chance, pending)
    await subscription.change(db, pending)
    return pending


def check_pending(one: Owned) -> None:
    """Raises Conflict where it does not wait to be verified."""
    if one.state != "pending":
        raise Conflict("The endpoint does not wait to be verified.")


async def prove_in(db: Connection, one: Owned, shown: bytes) -> Owned:
    """Its owner posts the challenge that the receiver of this pending one was sent. Raises BadField for another."""
    if shown != one.challenge:
        raise BadField("/challenge", "This is not the challenge that was sent last.")
    active = msgspec.structs.replace(one, state="active", challenge=None, verify_tries=0, verify_wanted=False)
    await subscription.change(db, active)
    return active


async def rotate_in(db: Connection, now: datetime, chance: Chance, one: Owned, overlap: timedelta) -> tuple[Owned, str]:
    """A new secret, shown this once, and a new key of the courier's; the old ones sign on for ``overlap``.

    Of those there are at most ten. Raises Conflict before a courier ever ran.
    """
    rotated = msgspec.structs.replace(one, version=one.version + 1)
    await endpoint_secret.fade(db, one.id, now + overlap)
    await endpoint_secret.thin(db, one.id, now, one.version - OLD_SECRETS_MAX)
    secret = await new_secret(db, chance, rotated)
    await subscription.change(db, rotated)
    return rotated, secret

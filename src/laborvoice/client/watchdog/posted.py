"""The public halves of a watchdog's keys at the portal: whose they are, which are there, which phones seal to."""

from datetime import date
from typing import Final, Literal

import msgspec

from laborvoice.client.portal import Portal
from laborvoice.client.watchdog.keyfile import Keys
from laborvoice.crypto.framing import any_set, b64
from laborvoice.domain import Value, ids
from laborvoice.domain.ids import PartyId
from laborvoice.errors import Conflict

State = Literal["phones use it", "waiting for its month or a manifest"]
_ACTIVE: Final[State] = "phones use it"
_WAITING: Final[State] = "waiting for its month or a manifest"


class _Month(Value, frozen=True):
    until: date
    sign_key: str
    active: bool


class _Posted(Value, frozen=True):
    months: tuple[_Month, ...]


class _Me(Value, frozen=True):
    party: PartyId
    kind: str


def party(portal: Portal) -> PartyId:
    """Raises Conflict for a key that is no watchdog's."""
    me = msgspec.json.decode(portal.get("/v1/me").body, type=_Me, dec_hook=ids.decode)
    if me.kind != "watchdog":
        raise Conflict("Messages are sealed to watchdogs alone, and this key is none's.")
    return me.party


def states(portal: Portal) -> dict[tuple[date, str], State]:
    """By the last day of the month and the signing key."""
    return {(one.until, one.sign_key): _ACTIVE if one.active else _WAITING for one in _months(portal)}


def post(portal: Portal, keys: Keys, today: date) -> int:
    """How many months were posted: those that have not ended. Raises Conflict where all have, or it is another's."""
    if party(portal) != keys.party:
        raise Conflict("The key file is another party's.")
    months = [month for month in keys.months if month.until >= today]
    if not months:
        raise Conflict("All months of this file have ended: make that of a new year.")
    portal.post("/v1/keys", {"sign_key": b64(keys.sign_key), "months": months})
    return len(months)


def check(portal: Portal, keys: Keys) -> None:
    """Raises Conflict unless phones know the signing key: else they would show no reply."""
    ours = b64(keys.sign_key)
    if not any_set(keys.seed) or not any(one.active and one.sign_key == ours for one in _months(portal)):
        raise Conflict("Phones do not know the signing key of this file now: they would show no reply.")


def _months(portal: Portal) -> tuple[_Month, ...]:
    return msgspec.json.decode(portal.get("/v1/keys").body, type=_Posted).months

"""What is sent of help numbers and of watchdogs' keys."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from laborvoice.api.portal.campaign_body import Languages
from laborvoice.api.portal.supplier_body import Text
from laborvoice.crypto.framing import unb64
from laborvoice.domain import Inbound
from laborvoice.domain.ids import PartyId
from laborvoice.domain.manifest import PublicKey
from laborvoice.domain.party import HelpNumber, WatchdogKey

Phone = Annotated[str, Meta(min_length=2, max_length=40, pattern=r"^[+0-9][0-9 ()./*#-]*$")]
Base64 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+$", max_length=4000)]


class NumberWanted(Inbound, frozen=True):
    name: Text
    number: Phone
    hours: Text
    languages: Languages
    checked_on: date


Numbers = Annotated[tuple[NumberWanted, ...], Meta(max_length=20)]


class KeyWanted(Inbound, frozen=True):
    suite: Annotated[int, Meta(ge=1, le=2)]
    kid: Base64
    pk: Base64


class MonthWanted(Inbound, frozen=True):
    until: date
    keys: Annotated[tuple[KeyWanted, ...], Meta(min_length=1, max_length=2)]
    own: Base64


class KeysWanted(Inbound, frozen=True):
    """``replace``: in place of the keys of these months, whose private halves are lost."""

    sign_key: Base64
    months: Annotated[tuple[MonthWanted, ...], Meta(min_length=1, max_length=12)]
    replace: bool = False


def numbers_of(country: str, numbers: tuple[NumberWanted, ...]) -> list[HelpNumber]:
    """In this order."""
    return [
        HelpNumber(
            country=country,
            place=place,
            name=one.name,
            number=one.number,
            hours=one.hours,
            languages=one.languages,
            checked_on=one.checked_on,
        )
        for place, one in enumerate(numbers)
    ]


def months_of(party: PartyId, body: KeysWanted) -> list[WatchdogKey]:
    """Raises Malformed for what is no base64url."""
    return [
        WatchdogKey(
            party=party,
            until=one.until,
            sign_key=unb64(body.sign_key),
            keys=tuple(PublicKey(suite=key.suite, kid=key.kid, pk=key.pk) for key in one.keys),
            own=unb64(one.own),
        )
        for one in body.months
    ]

"""Parties: brands, watchdogs and operators, and what a watchdog is responsible for (design, domain 5)."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal
from uuid import UUID

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId, SupplierId
from laborvoice.domain.manifest import PublicKey

PartyKind = Literal["brand", "watchdog", "operator"]

EVERYWHERE: Final = "all"
DIVISION_DIGITS: Final = 2


Scope = Literal["suppliers:read", "scores:read", "operator:read"]
"""What an API key may do."""

PERMITTED: Final[dict[PartyKind, frozenset[Scope]]] = {
    "brand": frozenset({"suppliers:read", "scores:read"}),
    "watchdog": frozenset({"suppliers:read", "scores:read"}),
    "operator": frozenset({"suppliers:read", "scores:read", "operator:read"}),
}
"""The most that a key of a party may hold; everything else is denied."""


class Party(Value, frozen=True):
    id: PartyId
    kind: PartyKind
    name: str
    country: str
    created_on: date


class Jurisdiction(Value, frozen=True):
    """One row of a watchdog's responsibility.

    ``scope`` = ``all``, a country (``BD``), an ISIC division of a country (``BD-14``), or one supplier: the UUID inside
    its public id, so that a query can compare it.
    """

    watchdog: PartyId
    name: str
    scope: str
    duty: bool


class WatchdogKey(Value, frozen=True):
    """The public halves of one month; ``own`` is the watchdog's signature over them."""

    party: PartyId
    until: date
    sign_key: bytes
    keys: tuple[PublicKey, ...]
    own: bytes


class HelpNumber(Value, frozen=True):
    """A number a worker can call; ``place`` is its rank in the country, from 0."""

    country: str
    place: int
    name: str
    number: str
    hours: str
    languages: tuple[str, ...]
    checked_on: date


def supplier_scope(supplier: SupplierId) -> str:
    return str(supplier.uuid)


def scopes_over(supplier: SupplierId, country: str, isic: Sequence[str]) -> tuple[frozenset[str], ...]:
    """The scopes that hold a supplier, in groups from the most specific to ``all``."""
    divisions = frozenset(f"{country}-{code[:DIVISION_DIGITS]}" for code in isic)
    return frozenset({supplier_scope(supplier)}), divisions, frozenset({country}), frozenset({EVERYWHERE})


def is_scope(text: str) -> bool:
    """Whether ``text`` has one of the four forms."""
    country, dash, division = text.partition("-")
    if text == EVERYWHERE:
        return True
    if _is_country(country):
        return not dash or (len(division) == DIVISION_DIGITS and division.isascii() and division.isdigit())
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_country(text: str) -> bool:
    return len(text) == len("BD") and text.isascii() and text.isalpha() and text.isupper()

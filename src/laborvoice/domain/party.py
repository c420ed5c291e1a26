"""Parties: brands, watchdogs and operators, and what a watchdog is responsible for (design, domain 5)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final, Literal
from uuid import UUID

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId, SupplierId
from laborvoice.domain.manifest import PublicKey

PartyKind = Literal["brand", "watchdog", "operator"]

EVERYWHERE: Final = "all"
DIVISION_DIGITS: Final = 2
SLOTS: Final = 2
MORE_SLOTS: Final = 3
"""How many watchdogs a message is sealed to."""


Scope = Literal[
    "suppliers:read",
    "suppliers:write",
    "scores:read",
    "cases:read",
    "cases:write",
    "messages:read",
    "messages:write",
    "campaigns:read",
    "campaigns:write",
    "endpoints:read",
    "endpoints:write",
    "events:read",
    "exports:read",
    "exports:write",
    "admin:read",
    "admin:write",
    "operator:read",
    "operator:write",
    "audit:read",
]
"""What an API key, or a user by her role, may do (design, api 3)."""

Role = Literal["brand_viewer", "brand_admin", "watchdog_handler", "watchdog_admin", "operator_admin", "auditor"]

ROLES: Final[Mapping[PartyKind, tuple[Role, ...]]] = {
    "brand": ("brand_viewer", "brand_admin"),
    "watchdog": ("watchdog_handler", "watchdog_admin"),
    "operator": ("operator_admin", "auditor"),
}
"""Of each kind of party. The auditor is the operator's: she reads all that an operator reads, and changes nothing."""

ADMINS: Final[frozenset[Role]] = frozenset({"brand_admin", "watchdog_admin", "operator_admin"})
SECOND_FACTOR: Final[frozenset[Role]] = frozenset(
    {"brand_admin", "watchdog_handler", "watchdog_admin", "operator_admin", "auditor"}
)
"""Who must have one."""

_ALL: Final[frozenset[Scope]] = frozenset({"suppliers:read", "scores:read", "endpoints:read"})
_EVENTS: Final[frozenset[Scope]] = frozenset({"events:read"})
_CASES: Final[frozenset[Scope]] = frozenset({"cases:read", "cases:write"})
_MESSAGES: Final[frozenset[Scope]] = frozenset({"messages:read", "messages:write"})
_EXPORTS: Final[frozenset[Scope]] = frozenset({"exports:read", "exports:write"})
_ADMIN: Final[frozenset[Scope]] = frozenset({"admin:read", "admin:write", "audit:read"})

MATRIX: Final[Mapping[Role, frozenset[Scope]]] = {
    "brand_viewer": _ALL | _EVENTS | _EXPORTS | frozenset[Scope]({"cases:read"}),
    "brand_admin": _ALL
    | _EVENTS
    | _EXPORTS
    | _CASES
    | _ADMIN
    | frozenset[Scope]({"suppliers:write", "endpoints:write"}),
    "watchdog_handler": _ALL | _EVENTS | _EXPORTS | _CASES | _MESSAGES | frozenset[Scope]({"campaigns:read"}),
    "watchdog_admin": _ALL
    | _EVENTS
    | _EXPORTS
    | _CASES
    | _MESSAGES
    | _ADMIN
    | frozenset[Scope]({"suppliers:write", "campaigns:read", "campaigns:write", "endpoints:write"}),
    "operator_admin": _ALL
    | _EVENTS
    | _ADMIN
    | frozenset[Scope]({"suppliers:write", "campaigns:read", "campaigns:write", "operator:read", "operator:write"}),
    "auditor": _ALL | _EXPORTS | frozenset[Scope]({"campaigns:read", "admin:read", "operator:read", "audit:read"}),
}
"""What each role may do (design, api 3); everything else is denied. A key has at most what its maker's role has."""

PERMITTED: Final[Mapping[PartyKind, frozenset[Scope]]] = {
    kind: frozenset(scope for role in roles for scope in MATRIX[role]) for kind, roles in ROLES.items()
}
"""The most that a key of a party may hold."""


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


def spaced(name: str) -> str:
    """A person's name as it is shown, however many spaces were typed."""
    return " ".join(name.split())


def folded(name: str) -> str:
    """A person's name as it is compared: whoever types it need not mind capitals or spaces around it."""
    return spaced(name).casefold()


def supplier_scope(supplier: SupplierId) -> str:
    return str(supplier.uuid)


def scopes_over(supplier: SupplierId, country: str, isic: Sequence[str]) -> tuple[frozenset[str], ...]:
    """The scopes that hold a supplier, in groups from the most specific to ``all``."""
    divisions = frozenset(f"{country}-{code[:DIVISION_DIGITS]}" for code in isic)
    return frozenset({supplier_scope(supplier)}), divisions, frozenset({country}), frozenset({EVERYWHERE})


def responsible(
    scopes: Sequence[frozenset[str]], rows: Sequence[Jurisdiction], keyed: Collection[PartyId]
) -> tuple[int, tuple[Jurisdiction, ...]]:
    """Slots, and the watchdogs of the most specific scope that has one with a valid key; those on duty first."""
    for scope in scopes:
        named = {one.watchdog: one for one in rows if one.scope in scope and one.watchdog in keyed}
        if named:
            slots = SLOTS if len(named) <= SLOTS else MORE_SLOTS
            return slots, tuple(sorted(named.values(), key=lambda one: (not one.duty, one.watchdog))[:slots])
    return SLOTS, ()


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

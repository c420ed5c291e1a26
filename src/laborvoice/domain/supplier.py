"""Suppliers: sites where people work, and the numbers by which others know them (design, domain 5)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId, SupplierKey

SupplierKind = Literal["factory", "farm", "vessel", "recruiter", "other"]
Engagement = Literal["ok", "restricted", "prohibited"]
Scheme = Literal["os_id", "lei", "gln", "imo"]

OS_ID_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_OS_ID_LENGTH: Final = 15
_OS_ID_COUNTRY: Final = 2
_OS_ID_DIGITS: Final = 7
_LEI_LENGTH: Final = 20
_LEI_MODULUS: Final = 97
_GLN_LENGTH: Final = 13
_IMO_LENGTH: Final = 7
_BASE: Final = 10


class Identifier(Value, frozen=True):
    """``checked`` says whether its check digit fits: what was imported is kept even where it does not."""

    scheme: Scheme
    value: str
    checked: bool


class Profile(Value, frozen=True):
    """What is said of a site. ``isic`` are classes of revision 4, ``products`` codes of HS 6.

    ``identifiers`` maps a scheme to its value, the OS ID included.
    """

    name: str
    address: str
    country: str
    kind: SupplierKind
    native_name: str | None = None
    lat: float | None = None
    lng: float | None = None
    isic: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    workers_min: int | None = None
    workers_max: int | None = None
    parent: str | None = None
    min_age: int | None = None
    engagement: Engagement = "ok"
    closed: bool = False
    synthetic: bool = False
    identifiers: Mapping[Scheme, str] = {}


class Filter(Value, frozen=True):
    """Narrows a list.

    ``sector`` begins an ISIC code, ``q`` is looked for in the names or is the OS ID; ``after`` is where the page before
    ended: a name and an id. ``band`` is that of the newest score the viewer sees, or of the one of ``period``.
    ``updated_since``: what changed on that day or later. ``raised``: the keys of those whose band the viewer sees as at
    least high.
    """

    country: str | None = None
    kind: str | None = None
    sector: str | None = None
    q: str | None = None
    band: str | None = None
    period: str | None = None
    updated_since: date | None = None
    after: tuple[str, SupplierId] | None = None
    raised: tuple[SupplierKey, ...] = ()


class Supplier(Value, frozen=True):
    """One row, key included: no answer may hold it. ``identifiers`` are ``scheme:value``, the OS ID left out."""

    supplier_id: SupplierKey
    public_id: SupplierId
    os_id: str | None
    name: str
    native_name: str | None
    address: str
    country: str
    lat: float | None
    lng: float | None
    kind: SupplierKind
    isic: tuple[str, ...]
    products: tuple[str, ...]
    identifiers: tuple[str, ...]
    workers_min: int | None
    workers_max: int | None
    min_age: int | None
    engagement: Engagement
    closed: bool
    merged_into: SupplierKey | None
    synthetic: bool
    created_on: date
    updated_on: date
    parent: str | None = None
    historical_os_ids: tuple[str, ...] = ()


def profile_of(row: Supplier) -> Profile:
    """What is said of it now."""
    said: dict[Scheme, str] = {one.scheme: one.value for one in identifiers(row.os_id, row.identifiers)}
    return Profile(
        name=row.name,
        address=row.address,
        country=row.country,
        kind=row.kind,
        native_name=row.native_name,
        lat=row.lat,
        lng=row.lng,
        isic=row.isic,
        products=row.products,
        workers_min=row.workers_min,
        workers_max=row.workers_max,
        parent=row.parent,
        min_age=row.min_age,
        engagement=row.engagement,
        closed=row.closed,
        synthetic=row.synthetic,
        identifiers=said,
    )


def workforce(least: int | None, most: int | None) -> int | None:
    """The midpoint, or the one that is known."""
    if least is None or most is None:
        return most if least is None else least
    return (least + most) // 2


def normal(value: str) -> str:
    """As an identifier is stored: upper case, without spaces and hyphens."""
    return value.replace(" ", "").replace("-", "").upper()


def checks(scheme: Scheme, value: str) -> bool:
    """Whether the check digit of a normal ``value`` fits. Anything else is wrong, never an error."""
    return value.isascii() and _CHECKS[scheme](value)


def spelled(identifiers: Mapping[Scheme, str]) -> tuple[str, ...]:
    """As they are stored. An OS ID has a column of its own: here it is where its check digit does not fit."""
    said = [(scheme, normal(value)) for scheme, value in sorted(identifiers.items())]
    return tuple(f"{scheme}:{value}" for scheme, value in said if scheme != "os_id" or not checks("os_id", value))


def identifiers(os_id: str | None, others: tuple[str, ...]) -> tuple[Identifier, ...]:
    known = (("os_id", os_id), *(other.partition(":")[::2] for other in others))
    return tuple(
        Identifier(scheme=scheme, value=value, checked=checks(scheme, value))
        for name, value in known
        if value is not None and (scheme := _SCHEMES.get(name)) is not None
    )


def _os_id(value: str) -> bool:
    head, digits, tail = value[:2], value[_OS_ID_COUNTRY : _OS_ID_COUNTRY + _OS_ID_DIGITS], value[-6:]
    if len(value) != _OS_ID_LENGTH or not head.isalpha() or not digits.isdigit():
        return False
    if any(letter not in OS_ID_ALPHABET for letter in tail):
        return False
    total = sum(map(ord, head)) + sum(map(OS_ID_ALPHABET.index, value[_OS_ID_COUNTRY:-1]))
    return value[-1] == OS_ID_ALPHABET[total % len(OS_ID_ALPHABET)]


def _lei(value: str) -> bool:
    if len(value) != _LEI_LENGTH or not value.isalnum():
        return False
    return int("".join(str(int(letter, 36)) for letter in value)) % _LEI_MODULUS == 1


def _gln(value: str) -> bool:
    if len(value) != _GLN_LENGTH or not value.isdigit():
        return False
    digits = [int(letter) for letter in reversed(value)]
    return (digits[0] + 3 * sum(digits[1::2]) + sum(digits[2::2])) % _BASE == 0


def _imo(value: str) -> bool:
    if len(value) != _IMO_LENGTH or not value.isdigit():
        return False
    total = sum(int(letter) * weight for letter, weight in zip(value, range(_IMO_LENGTH, 1, -1), strict=False))
    return int(value[-1]) == total % _BASE


_CHECKS: Final[Mapping[Scheme, Callable[[str], bool]]] = {"os_id": _os_id, "lei": _lei, "gln": _gln, "imo": _imo}
_SCHEMES: Final[Mapping[str, Scheme]] = {scheme: scheme for scheme in _CHECKS}

"""Cells: one row of a sheet, read cell by cell; each fault becomes a remark that says what to do."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeVar, get_args

from laborvoice.domain import Value
from laborvoice.domain.link import TIER_MAX, Disclosure
from laborvoice.domain.supplier import Profile, Scheme, SupplierKind, checks, normal

T = TypeVar("T")

TEXT_MAX: Final = 500
_IDENTIFIER_MAX: Final = 40
_SAID: Final = 40
_WORKERS_MAX: Final = 10_000_000
_LAT_MAX: Final = 90.0
_LNG_MAX: Final = 180.0
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE: Final = re.compile(r"\s+")
_RANGE: Final = re.compile(r"(\d[\d,. ]*)(?:\s*(?:-|\u2013|to)\s*(\d[\d,. ]*)|(\+))?")
_ISIC: Final = re.compile(r"\d{2,4}")
_HS: Final = re.compile(r"\d{6}")
_SEPARATORS: Final = re.compile(r"[|;,]")
_NO: Final = frozenset({"", "false", "no", "n", "0"})
_YES: Final = frozenset({"true", "yes", "y", "1"})
_SCHEMES: Final[tuple[Scheme, ...]] = get_args(Scheme)
_KINDS: Final[Mapping[str, SupplierKind]] = {kind: kind for kind in get_args(SupplierKind)}
_DISCLOSED: Final[Mapping[str, Disclosure]] = {one: one for one in get_args(Disclosure)}

COLUMNS: Final[Mapping[str, str]] = {
    "country": "country",
    "country_code": "country",
    "name": "name",
    "facility_name": "name",
    "address": "address",
    "native_name": "native_name",
    "native_language_name": "native_name",
    "lat": "lat",
    "latitude": "lat",
    "lng": "lng",
    "longitude": "lng",
    "kind": "kind",
    "isic": "isic",
    "isic_4": "isic",
    "products": "products",
    "hs": "products",
    "number_of_workers": "number_of_workers",
    "workers_min": "workers_min",
    "workers_max": "workers_max",
    "parent": "parent",
    "parent_company": "parent",
    "closed": "closed",
    "is_closed": "closed",
    **{scheme: scheme for scheme in _SCHEMES},
    "tier": "tier",
    "role": "role",
    "from": "from",
    "to": "to",
    "source": "source",
    "disclosure": "disclosure",
}
"""What a column may be called, and what it is to us."""


class Remark(Value, frozen=True):
    """``value`` is what stands there, for whoever sent it; ``detail`` says what to do."""

    row: int
    column: str
    detail: str
    value: str = ""


class Terms(Value, frozen=True):
    """What a brand says of its purchases. ``from_day`` is None where it does not say."""

    tier: int
    role: str
    source: str
    disclosure: Disclosure
    from_day: date | None
    to_day: date | None


class Cells:
    """``refused``: why there is no supplier in this row; ``warned``: what was left out, or kept though it is odd."""

    def __init__(self, row: int, given: Mapping[str, str]) -> None:
        self.row = row
        self._given = given
        self.refused: list[Remark] = []
        self.warned: list[Remark] = []

    def get(self, column: str) -> str:
        return self._given.get(column, "")

    def text(self, column: str, *, required: bool = False) -> str | None:
        """One line of at most 500 characters. Where it must be there, its row is refused without it."""
        found = _SPACE.sub(" ", self.get(column)).strip()
        fault = _text_fault(found) if found else ("Fill in this cell." if required else "")
        if not fault:
            return found or None
        self._tell(self.refused if required else self.warned, column, fault)
        return None

    def read(self, column: str, kind: Callable[[str], T | None], advice: str) -> T | None:
        """What ``kind`` makes of a cell; with a warning none, where it makes nothing of it."""
        found = self.get(column)
        made = kind(found) if found else None
        if found and made is None:
            self._tell(self.warned, column, advice)
        return made

    def refuse(self, column: str, advice: str) -> None:
        self._tell(self.refused, column, advice)

    def warn(self, column: str, advice: str) -> None:
        self._tell(self.warned, column, advice)

    def _tell(self, remarks: list[Remark], column: str, detail: str) -> None:
        shown = self.get(column).encode("utf-8", errors="replace").decode("utf-8")
        remarks.append(Remark(row=self.row, column=column, detail=detail, value=_CONTROL.sub(" ", shown)[:_SAID]))


def profile(cells: Cells, countries: Mapping[str, str]) -> Profile | None:
    """None where it is refused. A check digit that does not fit is kept: whoever imports may not be its author."""
    country = countries.get(_SPACE.sub(" ", cells.get("country")).strip().casefold())
    if country is None:
        cells.refuse("country", "Write the ISO code of two letters, such as BD, or the English name.")
    name, address = cells.text("name", required=True), cells.text("address", required=True)
    if country is None or name is None or address is None:
        return None
    least, most = _workers(cells)
    lat, lng = _place(cells)
    return Profile(
        name=name,
        address=address,
        country=country,
        kind=cells.read("kind", lambda text: _KINDS.get(text.casefold()), f"Write one of: {', '.join(_KINDS)}.")
        or "factory",
        native_name=cells.text("native_name"),
        lat=lat,
        lng=lng,
        isic=cells.read("isic", lambda text: _codes(text, _ISIC), "Write ISIC classes of 2 to 4 digits.") or (),
        products=cells.read("products", lambda text: _codes(text, _HS), "Write HS codes of 6 digits.") or (),
        workers_min=least,
        workers_max=most,
        parent=cells.text("parent"),
        closed=cells.read("closed", _yes_or_no, "Write yes or no.") or False,
        identifiers=_identifiers(cells),
    )


def terms(cells: Cells) -> Terms:
    tier = cells.read("tier", lambda text: _within(text, TIER_MAX), f"Write a number from 1 to {TIER_MAX}.")
    disclosed: Disclosure | None = cells.read(
        "disclosure", lambda text: _DISCLOSED.get(text.casefold()), "Write public or private."
    )
    began, ended = (cells.read(name, _day, "Write the day like 2026-01-31.") for name in ("from", "to"))
    if began and ended and ended < began:
        cells.warn("to", "It is before `from`: it was left out.")
        ended = None
    return Terms(
        tier=tier or 1,
        role=cells.text("role") or "not said",
        source=cells.text("source") or "imported",
        disclosure=disclosed or "private",
        from_day=began,
        to_day=ended,
    )


def _text_fault(text: str) -> str:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return "These letters are not UTF-8. Save the file as CSV UTF-8."
    if _CONTROL.search(text):
        return "There is a character here that cannot be shown. Type the text again."
    return f"At most {TEXT_MAX} characters." if len(text) > TEXT_MAX else ""


def _identifiers(cells: Cells) -> dict[Scheme, str]:
    found: dict[Scheme, str] = {}
    for scheme in _SCHEMES:
        value = normal(cells.get(scheme))
        if not value:
            continue
        if len(value) > _IDENTIFIER_MAX or not value.isascii() or not value.isalnum():
            cells.warn(scheme, "This is no such number: it was left out.")
            continue
        if not checks(scheme, value):
            cells.warn(scheme, "The check digit does not fit: one of the characters is wrong. It was kept as it is.")
        found[scheme] = value
    return found


def _workers(cells: Cells) -> tuple[int | None, int | None]:
    advice = "Write a number, or two with a hyphen between them."
    told = cells.read("number_of_workers", _numbers, advice) or (None, None)
    least = cells.read("workers_min", lambda text: _within(text, _WORKERS_MAX, 0), advice)
    most = cells.read("workers_max", lambda text: _within(text, _WORKERS_MAX, 0), advice)
    least, most = told[0] if least is None else least, told[1] if most is None else most
    if least is not None and most is not None and most < least:
        cells.warn("workers_max", "The larger number comes second: both were left out.")
        return None, None
    return least, most


def _numbers(text: str) -> tuple[int | None, int | None] | None:
    """``1,200``, ``100-200`` and ``5000+``."""
    found = _RANGE.fullmatch(text.strip().casefold())
    if found is None:
        return None
    least, most = (_within(part or "", _WORKERS_MAX, 0) for part in found.group(1, 2))
    if least is None or (found[2] and most is None):
        return None
    return least, None if found[3] else (least if most is None else most)


def _place(cells: Cells) -> tuple[float | None, float | None]:
    """Both or none: half a place is nowhere."""
    lat = cells.read("lat", lambda text: _degrees(text, _LAT_MAX), "Write degrees from -90 to 90, with a point.")
    lng = cells.read("lng", lambda text: _degrees(text, _LNG_MAX), "Write degrees from -180 to 180, with a point.")
    return (lat, lng) if lat is not None and lng is not None else (None, None)


def _degrees(text: str, most: float) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if -most <= found <= most else None


def _within(text: str, most: int, least: int = 1) -> int | None:
    plain = text.strip().replace(",", "").replace(" ", "").replace(".", "")
    return int(plain) if plain.isascii() and plain.isdigit() and least <= int(plain[:9]) <= most else None


def _codes(text: str, pattern: re.Pattern[str]) -> tuple[str, ...] | None:
    """Numbers apart from what stands around them."""
    found = [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
    return tuple(dict.fromkeys(found)) if all(pattern.fullmatch(part) for part in found) else None


def _yes_or_no(text: str) -> bool | None:
    said = text.casefold()
    return said in _YES if said in _YES | _NO else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

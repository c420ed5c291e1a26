"""Exports: which there are, what one is asked for with, the tables they are made of, and the manifest beside them."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Final, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta

from laborvoice.domain import Inbound, Value, ids
from laborvoice.domain.ids import ExportId, PartyId, ReleaseId, SupplierId
from laborvoice.domain.party import Scope
from laborvoice.domain.policy import PolicyName
from laborvoice.domain.score import Band
from laborvoice.domain.supplier import SupplierKind
from laborvoice.errors import BadField

ExportKind = Literal["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10"]
ExportFormat = Literal["csv", "json", "html"]
ExportState = Literal["asked", "ready", "failed"]
KINDS: Final[tuple[ExportKind, ...]] = get_args(ExportKind)
TITLES: Final[dict[ExportKind, str]] = {
    "E1": "Site sheet",
    "E2": "Portfolio",
    "E3": "ESRS S2",
    "E4": "ILO indicators of forced labour",
    "E5": "Case register",
    "E6": "Corrective actions",
    "E7": "Documentation log",
    "E8": "Information pack",
    "E9": "You said, we did",
    "E10": "Method",
}
KEPT: Final = timedelta(days=7)
MANIFEST: Final = "manifest.json"
OF_CASES: Final = frozenset({"E5", "E6", "E9"})
"""Made from cases: they have no period, and no filter but a supplier."""
_WHOLE: Final = frozenset({"E7", "E10"})
"""About no supplier: they have neither filter nor period."""
NEEDS: Final[Mapping[ExportKind, Scope]] = {
    "E5": "cases:read",
    "E6": "cases:read",
    "E7": "audit:read",
    "E9": "cases:read",
}
"""What one must hold to ask for them and to fetch them, beside what is for exports."""

Cell: TypeAlias = str | int | float | None
Cells: TypeAlias = tuple[Cell, ...]


class Narrow(Inbound, frozen=True, omit_defaults=True):
    """Of the suppliers that can be seen, only these."""

    supplier: SupplierId | None = None
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] | None = None
    kind: SupplierKind | None = None
    sector: Annotated[str, Meta(pattern=r"^[0-9]{2,4}$")] | None = None
    band: Band | None = None


class Wanted(Value, frozen=True):
    """``period``: its releases, else the newest of each supplier. ``cases``: whether whoever asked may read cases."""

    kind: ExportKind
    format: ExportFormat
    period: str | None
    narrow: Narrow
    cases: bool = False

    def __post_init__(self) -> None:
        """Raises BadField."""
        if self.kind == "E1" and self.narrow.supplier is None:
            raise BadField("/filter/supplier", "A site sheet is about one supplier: name it.")
        if self.kind in _WHOLE | OF_CASES and self.period is not None:
            raise BadField("/period", "This export is about no period.")
        if self.kind in _WHOLE and self.narrow != Narrow():
            raise BadField("/filter", "This export is about no supplier.")
        if self.kind in OF_CASES and self.narrow != Narrow(supplier=self.narrow.supplier):
            raise BadField("/filter", "Of cases, only those of one supplier can be chosen.")


class Basis(Value, frozen=True):
    """A release that rows are made from, or one that was withheld."""

    release: ReleaseId
    withheld: bool
    period: str
    ended: date
    policy: PolicyName
    questionnaire: str


class Page(Value, frozen=True):
    """Some rows, and what they are made from."""

    rows: tuple[Cells, ...]
    basis: tuple[Basis, ...] = ()


class Table(Value, frozen=True):
    """``name`` is a word for names of files."""

    name: str
    title: str
    columns: tuple[str, ...]


class Section(Value, frozen=True):
    """A table, and its rows as they come."""

    table: Table
    pages: AsyncIterator[Page]


class File(Value, frozen=True):
    name: str
    bytes: int
    sha256: str
    rows: int


class Manifest(Value, frozen=True):
    """What an export is and rests on. ``key``: the public half, base64, of that which signed it."""

    export: ExportId
    kind: ExportKind
    made_on: date
    party: PartyId
    method: str
    policy: tuple[str, ...]
    questionnaires: tuple[str, ...]
    periods: tuple[str, ...]
    cut_off: date | None
    filters: dict[str, str]
    files: tuple[File, ...]
    releases: tuple[ReleaseId, ...]
    withheld: tuple[ReleaseId, ...]
    limits: tuple[str, ...]
    key: str


def filters(wanted: Wanted) -> dict[str, str]:
    """As the manifest says them: what was left out is not there."""
    told = {} if wanted.period is None else {"period": wanted.period}
    return {**told, **msgspec.convert(msgspec.to_builtins(wanted.narrow, enc_hook=ids.encode), dict[str, str])}


def text(manifest: Manifest, signature: str | None = None) -> bytes:
    """The file: names sorted, one space of indent, ASCII; without a signature what is signed."""
    said = msgspec.to_builtins(manifest, enc_hook=ids.encode)
    whole = said if signature is None else {**said, "signature": signature}
    return json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n"

"""What is said of a file that was imported: to a brand, only what can be said without knowing any supplier."""

from collections.abc import Iterable
from datetime import date

from msgspec import UNSET, UnsetType

from laborvoice.domain import Value
from laborvoice.domain.candidate import Candidate, Sorted
from laborvoice.domain.cells import Remark
from laborvoice.domain.ids import PartyId
from laborvoice.domain.link import Typed
from laborvoice.domain.party import PartyKind
from laborvoice.domain.sheet import Line, Sheet
from laborvoice.pipeline.link import Claim


class Noted(Value, frozen=True):
    """``detail`` says what to do; what stands in the cell is not said back."""

    row: int
    column: str
    detail: str


class Reviewed(Value, frozen=True):
    row: int
    candidates: tuple[Candidate, ...]


class ImportDone(Value, frozen=True):
    """``claimed`` of a brand's file; ``created``, ``matched`` and ``review`` of any other."""

    warnings: tuple[Noted, ...]
    rejected: tuple[Noted, ...]
    created: int | UnsetType = UNSET
    matched: int | UnsetType = UNSET
    review: tuple[Reviewed, ...] | UnsetType = UNSET
    claimed: int | UnsetType = UNSET


def done(sheet: Sheet, found: Sorted, kind: PartyKind) -> ImportDone:
    """Candidates are for operators."""
    return ImportDone(
        created=len(found.new),
        matched=found.matched,
        review=tuple(
            Reviewed(row=one.row, candidates=one.candidates if kind == "operator" else ()) for one in found.review
        ),
        warnings=_noted(sheet.warnings),
        rejected=_noted(sheet.rejected),
    )


def claimed(sheet: Sheet) -> ImportDone:
    return ImportDone(claimed=len(sheet.lines), warnings=_noted(sheet.warnings), rejected=_noted(sheet.rejected))


def claims_of(sheet: Sheet, brand: PartyId, today: date) -> list[Claim]:
    return [_claim(line, brand, today) for line in sheet.lines]


def _claim(line: Line, brand: PartyId, today: date) -> Claim:
    deal = line.terms
    began = deal.from_day or (today if deal.to_day is None else min(today, deal.to_day))
    return Claim(
        party=brand,
        typed=Typed(profile=line.profile),
        tier=deal.tier,
        role=deal.role,
        from_day=began,
        to_day=deal.to_day,
        source=deal.source,
        disclosure=deal.disclosure,
    )


def _noted(remarks: Iterable[Remark]) -> tuple[Noted, ...]:
    return tuple(Noted(row=one.row, column=one.column, detail=one.detail) for one in remarks)

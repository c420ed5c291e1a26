"""Candidates: which known sites a description may mean, and what to do with the rows of a sheet."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.matching import SURE, Face, Index, face
from laborvoice.domain.sheet import Line
from laborvoice.domain.supplier import Profile, Scheme, checks, normal


class Known(Value, frozen=True):
    """A site of the registry and what it is known by. ``identifiers`` as in ``Supplier``."""

    supplier_id: SupplierKey
    public_id: SupplierId
    name: str
    native_name: str | None
    address: str
    country: str
    os_id: str | None
    historical_os_ids: tuple[str, ...]
    identifiers: tuple[str, ...]


class Candidate(Value, frozen=True, omit_defaults=True):
    """A site, or a row of the same file. ``match`` is from 0.5 to 1."""

    match: float
    name: str
    address: str
    country: str
    id: SupplierId | None = None
    row: int | None = None


class Review(Value, frozen=True):
    """A row that may be one of these sites: somebody decides."""

    row: int
    name: str
    candidates: tuple[Candidate, ...]


class Sorted(Value, frozen=True):
    """``new`` are to be made; ``matched``: how many are there already."""

    new: tuple[Line, ...]
    matched: int
    review: tuple[Review, ...]


Sites = Index[Candidate]


def face_of(profile: Profile) -> Face:
    return face(profile.country, (profile.name, profile.native_name or ""), profile.address, ids(profile.identifiers))


def ids(identifiers: Mapping[Scheme, str]) -> frozenset[str]:
    """Those whose check digits fit: the others are no evidence."""
    return frozenset(
        f"{scheme}:{normal(value)}" for scheme, value in identifiers.items() if checks(scheme, normal(value))
    )


def sites(known: Iterable[Known]) -> Sites:
    index: Sites = Index()
    for one in known:
        index.add(_face(one), _candidate(one))
    return index


def likely(index: Sites, one: Face) -> tuple[Candidate, ...]:
    """The likeliest first."""
    return tuple(_at(score, site) for score, site in index.best(one))


def sort(lines: Sequence[Line], known: Sequence[Known], anyway: Collection[int]) -> Sorted:
    """Each row against the sites and the rows before it. ``anyway``: of those to be looked at, rows to be made."""
    index = sites(known)
    new: list[Line] = []
    review: list[Review] = []
    for line in lines:
        looks = face_of(line.profile)
        found = likely(index, looks)
        if not found or (line.row in anyway and found[0].match <= SURE):
            new.append(line)
            index.add(looks, _row(line))
        elif found[0].match <= SURE:
            review.append(Review(row=line.row, name=line.profile.name, candidates=found))
    return Sorted(new=tuple(new), matched=len(lines) - len(new) - len(review), review=tuple(review))


def _face(one: Known) -> Face:
    old = frozenset(f"os_id:{os_id}" for os_id in (one.os_id, *one.historical_os_ids) if os_id is not None)
    others = frozenset(text for text in one.identifiers if not text.startswith("os_id:") and _fits(text))
    return face(one.country, (one.name, one.native_name or ""), one.address, old | others)


def _fits(text: str) -> bool:
    name, _, value = text.partition(":")
    schemes: dict[str, Scheme] = {"lei": "lei", "gln": "gln", "imo": "imo"}
    return name in schemes and checks(schemes[name], value)


def _candidate(one: Known) -> Candidate:
    return Candidate(match=1.0, name=one.name, address=one.address, country=one.country, id=one.public_id)


def _row(line: Line) -> Candidate:
    site = line.profile
    return Candidate(match=1.0, name=site.name, address=site.address, country=site.country, row=line.row)


def _at(score: float, site: Candidate) -> Candidate:
    return Candidate(
        match=round(score, 4), name=site.name, address=site.address, country=site.country, id=site.id, row=site.row
    )

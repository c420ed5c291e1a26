"""The portfolio: all suppliers of a viewer, the strongest evidence first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Country, Cursor, Sector, Words, common
from laborvoice.api.portal.outbound import paged
from laborvoice.api.portal.pages import html
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.party import PartyKind
from laborvoice.domain.score import Band
from laborvoice.domain.supplier import SupplierKind, checks, normal
from laborvoice.views import case_list, portfolio, terms
from laborvoice.views.portfolio import Listed
from laborvoice.views.roster import Narrow, Order, Roster, Rosters, State, Summary
from laborvoice.views.scores import NoScore, PublishedScore, WithheldScore
from laborvoice.views.terms import PeriodView
from laborvoice.web import places
from laborvoice.web.forms import Form

ROWS: Final = 30
BEGIN: Final = 3
ORDERS: Final[dict[Order, str]] = {
    "low": "lower bound",
    "score": "score",
    "change": "change",
    "name": "name",
}
_ORDERED: Final[Mapping[Order, str]] = {
    "low": "lower bound: the strongest evidence first",
    "score": "score",
    "change": "change: the clearest worsening first",
    "name": "name",
}
_KINDS: Final = ("factory", "farm", "vessel", "recruiter", "other")
_BANDS: Final = ("severe", "high", "moderate", "low")
_STATES: Final = ("published", "withheld", "none")
_OS_ID_LENGTH: Final = 15
_COUNTRY: Final = 2
_COMING: Final = frozenset({"open", "closing"})
_MISTYPED: Final = "That looks like an OS ID, but its last character does not fit: one of the characters is wrong."


class Hint(Value, frozen=True):
    """What to do first, and where; ``href`` is empty where another does it."""

    text: str
    href: str = ""


_BEGIN_WITH: Final[Mapping[PartyKind, Hint]] = {
    "brand": Hint(text="Claim the suppliers you buy from; they appear once a claim is confirmed.", href="/links"),
    "watchdog": Hint(text="The operator says which suppliers you are responsible for."),
    "operator": Hint(text="Import the first suppliers.", href="/admin/suppliers/import"),
}


class PortfolioQuery(Inbound, frozen=True):
    country: Country | None = None
    sector: Sector | None = None
    kind: SupplierKind | None = None
    band: Band | None = None
    q: Words | None = None
    state: State | None = None
    order: Order = "low"
    cursor: Cursor | None = None


@get(
    "/suppliers",
    opt={
        OPERATION: Operation(
            id="page_suppliers",
            summary="Portfolio",
            text="Suppliers with their scores.",
            tag="pages",
            page=True,
            menu="Suppliers",
            scopes=("suppliers:read", "scores:read"),
            query=PortfolioQuery,
            answers=(html.PAGE,),
            problems=common("invalid-cursor"),
        )
    },
)
async def show_suppliers(
    request: Request[Any, Any, Any],
    parts: NamedDependency[PortalParts],
    cursors: NamedDependency[Cursors],
    rosters: NamedDependency[Rosters],
) -> Response[bytes]:
    found = await chosen(request, parts, cursors, rosters)
    return html.page(
        request,
        "suppliers.html",
        total=found.total,
        begin=_published(found.begin),
        closes=closing(await terms.periods(parts.database)),
        cases=await _cases(request, parts),
        begin_with=_BEGIN_WITH[visits.of(request).principal.kind],
        **found.choices,
        **_grouped(found.rows),
    )


async def _cases(request: Request[Any, Any, Any], parts: PortalParts) -> case_list.Sums | None:
    """None of who may not read cases, or has none ever."""
    principal, now = visits.of(request).principal, parts.clock.now()
    if "cases:read" not in principal.scopes:
        return None
    return await case_list.sums(parts.database, principal.sight(now.date()), now)


class Chosen(Value, frozen=True):
    """A page of suppliers as chosen: ``begin`` are the first of all, whatever was chosen; ``choices`` fill the form."""

    total: Summary
    begin: tuple[Listed, ...]
    rows: tuple[Listed, ...]
    choices: dict[str, object]


async def chosen(request: Request[Any, Any, Any], parts: PortalParts, cursors: Cursors, rosters: Rosters) -> Chosen:
    visit = visits.of(request)
    query = visit.query(PortfolioQuery)
    sight = visit.principal.sight(parts.clock.now().date())
    roster = await rosters.of(parts.database, sight)
    path: str = request.scope["path"]
    of = List(party=visit.principal.party, path=path, filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, tuple[int, float | str, SupplierId])
    found = roster.page(query.order, _narrow(query), after, ROWS + 1)
    placed, cursor = paged(cursors, of, found, ROWS, lambda pair: pair[0])
    wanted = [one for _, one in placed]
    first = [one for _, one in roster.page("low", Narrow(), None, BEGIN)]
    listed = await portfolio.listed(parts.database, sight, list(dict.fromkeys([*first, *wanted])))
    rows = {row.id: row for row in listed}
    policies = portfolio.policies(listed)
    return Chosen(
        total=roster.summary,
        begin=tuple(rows[one.public_id] for one in first if one.public_id in rows),
        rows=tuple(rows[one.public_id] for one in wanted if one.public_id in rows),
        choices={
            "form": _form(query),
            "next": _next(path, query, cursor),
            "policies": policies,
            **_choices(roster, query),
        },
    )


def closing(periods: Iterable[PeriodView]) -> PeriodView | None:
    """The period whose numbers come next."""
    return min((one for one in periods if one.state in _COMING), key=lambda one: one.close, default=None)


def _narrow(query: PortfolioQuery) -> Narrow:
    return Narrow(
        country=query.country,
        kind=query.kind,
        sector=query.sector,
        band=query.band,
        q=query.q,
        state=query.state,
    )


def _form(query: PortfolioQuery) -> Form:
    """A mistyped OS ID is said: nothing would be found, and nobody would know why."""
    given = {name: str(value) for name, value in msgspec.structs.asdict(query).items() if value is not None}
    looked = normal(query.q or "")
    mistyped = len(looked) == _OS_ID_LENGTH and looked[_COUNTRY:9].isdigit() and not checks("os_id", looked)
    return Form(values=given, faults={"q": _MISTYPED} if mistyped else {})


def _choices(roster: Roster, query: PortfolioQuery) -> dict[str, object]:
    return {
        "countries": _options(roster.countries, places.country),
        "sectors": _options(roster.sectors, places.industry),
        "kinds": _options(_KINDS),
        "bands": _options(_BANDS),
        "states": _options(_STATES),
        "orders": tuple(ORDERS.items()),
        "ordered": _ORDERED[query.order],
        "narrowed": _narrow(query) != Narrow(),
    }


def _options(values: Iterable[str], named: Callable[[str], str] = str) -> tuple[tuple[str, str], ...]:
    return (("", "any"), *((value, named(value)) for value in values))


def _next(path: str, query: PortfolioQuery, cursor: str | None) -> str:
    if cursor is None:
        return ""
    given = {name: value for name, value in msgspec.structs.asdict(query).items() if value is not None}
    return f"{path}?{urlencode({**given, 'cursor': cursor})}"


def _published(rows: Iterable[Listed]) -> list[Listed]:
    return [row for row in rows if isinstance(row.score, PublishedScore)]


def _grouped(rows: Sequence[Listed]) -> dict[str, list[Listed]]:
    return {
        "scored": _published(rows),
        "withheld": [row for row in rows if isinstance(row.score, WithheldScore)],
        "nothing": [row for row in rows if isinstance(row.score, NoScore)],
    }

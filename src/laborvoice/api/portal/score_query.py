"""The door to many scores at once: of a list of suppliers, or of those a filter leaves."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from litestar import Request, Response, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import JSON, OPERATION, Answer, Content, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import examples, inbound, outbound, tables
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Country, Cursor, PeriodLabel, Sector, Words, common
from laborvoice.api.problems import Pointed, Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.score import Band
from laborvoice.domain.supplier import Filter, SupplierKind
from laborvoice.views import scores
from laborvoice.views.scores import Rated

Many = Annotated[int, Meta(ge=1, le=500)]
Asked = Annotated[tuple[Annotated[str, Meta(max_length=100)], ...], Meta(min_length=1, max_length=500)]


class ScoreFilter(Inbound, frozen=True):
    """What suppliers are, and which band their score is in. Nothing that a worker said or is can be asked for."""

    country: Country | None = None
    kind: SupplierKind | None = None
    sector: Sector | None = None
    band: Band | None = None
    q: Words | None = None


class ScoresWanted(Inbound, frozen=True):
    """Either ``suppliers`` or ``filter``; ``sort``, ``limit`` and ``cursor`` belong to a filter."""

    suppliers: Asked | None = None
    filter: ScoreFilter | None = None
    period: PeriodLabel | None = None
    sort: Literal["name", "score"] = "name"
    limit: Many = 50
    cursor: Cursor | None = None


class RatedList(Value, frozen=True):
    data: tuple[Rated, ...]
    next_cursor: str | None
    has_more: bool


@post(
    "/v1/scores/query",
    status_code=HTTPStatus.OK,
    opt={
        OPERATION: Operation(
            id="query_scores",
            summary="Read many scores",
            text="Of up to 500 suppliers, in the order asked for, or of those that a filter leaves, by name or highest"
            " score first. Suppliers you may not see are left out, like those that do not exist. Nothing is changed:"
            " an Idempotency-Key has no effect.",
            tag="scores",
            scopes=("scores:read",),
            keyed=False,
            body=Content(shape=ScoresWanted, example=examples.WANTED),
            answers=(
                Answer(
                    status=200,
                    text="The scores: as JSON, as a table, or one JSON object a line.",
                    contents=(
                        Content(shape=RatedList, example=examples.RATED_LIST),
                        Content(media=tables.CSV, example=examples.CSV),
                        Content(media=tables.NDJSON, example=examples.NDJSON),
                    ),
                    headers={"Next-Cursor": "Where the next page begins, for tables and lines."},
                ),
            ),
            problems=common("malformed-json", "invalid-cursor", "invalid-body", "unsupported-media-type"),
        )
    },
)
async def query_scores(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    wanted = await inbound.body(request, ScoresWanted)
    _judge(wanted)
    if wanted.filter is not None:
        rated, cursor = await _filtered(visit, parts, cursors, wanted, wanted.filter)
    else:
        rated, cursor = await _listed(visit, parts, wanted.suppliers or (), wanted.period), None
    headers = {} if cursor is None else {"Next-Cursor": cursor}
    if visit.media == JSON:
        told = RatedList(data=rated, next_cursor=cursor, has_more=cursor is not None)
        return outbound.plain(outbound.encoded(told), headers={**headers, "Vary": "Accept"})
    return outbound.plain(tables.WRITERS[visit.media](rated), visit.media, {**headers, "Vary": "Accept"})


def _judge(wanted: ScoresWanted) -> None:
    if (wanted.suppliers is None) == (wanted.filter is None):
        raise _refused("", "Either suppliers or filter is needed.")
    if wanted.suppliers is not None and wanted.cursor is not None:
        raise _refused("/cursor", "A cursor belongs to a filter.")


def _refused(pointer: str, detail: str) -> Refusal:
    return Refusal("invalid-body", faults=(Pointed(pointer=pointer, detail=detail),))


async def _listed(
    visit: visits.Visit, parts: PortalParts, suppliers: tuple[str, ...], period: str | None
) -> tuple[Rated, ...]:
    """What is no id is left out like an id that nobody has."""
    ids = [found for text in suppliers if (found := _parsed(text)) is not None]
    sight = visit.principal.sight(parts.clock.now().date())
    return await scores.of_suppliers(parts.database, sight, ids, period)


def _parsed(text: str) -> SupplierId | None:
    try:
        return SupplierId.parse(text)
    except ValueError:
        return None


async def _filtered(
    visit: visits.Visit, parts: PortalParts, cursors: Cursors, wanted: ScoresWanted, asked: ScoreFilter
) -> tuple[tuple[Rated, ...], str | None]:
    of = List(party=visit.principal.party, path="/v1/scores/query", filters=wanted)
    narrow = _narrow(asked, wanted.period)
    sight = visit.principal.sight(parts.clock.now().date())
    if wanted.sort == "score":
        place = None if wanted.cursor is None else cursors.read(of, wanted.cursor, tuple[float, SupplierId])
        ranked = await scores.by_score(parts.database, sight, narrow, place, wanted.limit + 1)
        shown, cursor = outbound.paged(cursors, of, ranked, wanted.limit, lambda row: row[1])
        return tuple(rated for rated, _ in shown), cursor
    after = None if wanted.cursor is None else cursors.read(of, wanted.cursor, tuple[str, SupplierId])
    named = await scores.by_name(parts.database, sight, _narrow(asked, wanted.period, after), wanted.limit + 1)
    listed, cursor = outbound.paged(cursors, of, named, wanted.limit, lambda row: row[1])
    return tuple(rated for rated, _ in listed), cursor


def _narrow(asked: ScoreFilter, period: str | None, after: tuple[str, SupplierId] | None = None) -> Filter:
    return Filter(
        country=asked.country,
        kind=asked.kind,
        sector=asked.sector,
        band=asked.band,
        q=asked.q,
        period=period,
        after=after,
    )

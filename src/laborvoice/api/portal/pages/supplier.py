"""One supplier: how bad and how sure, what is behind it, what moves; then everything it rests on."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.portal import inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import SUPPLIER, common
from laborvoice.api.portal.pages import html
from laborvoice.api.portal.pages.case import DESK
from laborvoice.api.portal.pages.suppliers import closing
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.policy import STANDARD
from laborvoice.errors import NotFound
from laborvoice.views import case_list, dossier, terms
from laborvoice.views.dossier import Dossier
from laborvoice.views.scores import NoScore, PublishedScore, ScoreView
from laborvoice.views.terms import ConditionView
from laborvoice.web import drawn

SVG: Final = "image/svg+xml"
SCOPES: Final = ("suppliers:read", "scores:read")

_ADVICE: Final[Mapping[str, str]] = {
    "severe": "Act now, with those who work there. Ask a watchdog to look, and what your orders have to do with it.",
    "high": "Ask the supplier for its plan, and ask what your own prices and lead times have to do with it.",
    "moderate": "Look at what is named most, and watch the next period.",
    "low": "Keep the channel open: what is not told now may be told later.",
}
_AXES: Final = (20, 40, 60, 80, 100)
_FEW: Final = "See that cards reach more people, from hands they trust: then more can be said."
_NONE: Final = "Ask a watchdog responsible here for a campaign, if there is none."


@get(
    "/suppliers/{supplier:str}",
    opt={
        OPERATION: Operation(
            id="page_supplier",
            summary="Supplier",
            text="A supplier with its score.",
            tag="pages",
            page=True,
            scopes=SCOPES,
            path={"supplier": SUPPLIER},
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_supplier(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    found = await _found(request, parts)
    principal, now = visits.of(request).principal, parts.clock.now()
    sight, reads = principal.sight(now.date()), "cases:read" in principal.scopes
    cases = await case_list.of_supplier(parts.database, sight, now, found.supplier.id) if reads else None
    return html.page(
        request,
        "supplier.html",
        one=found,
        labels=labels(parts.conditions),
        policy=found.policies[0] if found.policies else STANDARD,
        closes=closing(await terms.periods(parts.database)),
        ended=_ended(found, now.date()),
        advice=_advice(found.score),
        cases=cases,
        opens=principal.scopes.issuperset(DESK),
        **_behind(found.score),
    )


@get(
    "/suppliers/{supplier:str}/{chart:str}",
    opt={
        OPERATION: Operation(
            id="page_chart",
            summary="Chart",
            text="A chart as a file.",
            tag="pages",
            page=True,
            scopes=SCOPES,
            path={"supplier": SUPPLIER, "chart": PathPart(text="Which chart.", example="trend.svg")},
            answers=(Answer(status=200, text="The chart.", contents=(Content(media=SVG),)),),
            problems=common("not-found"),
        )
    },
)
async def show_chart(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    found = await _found(request, parts)
    chart: str = request.path_params["chart"]
    if chart == "trend.svg":
        return outbound.plain(drawn.trend("t", found.supplier.name, found.course).alone(), SVG)
    if chart == "gauge.svg" and isinstance(found.score, PublishedScore):
        return outbound.plain(drawn.gauge("g", found.supplier.name, found.score, found.previous).alone(), SVG)
    raise NotFound


def labels(conditions: tuple[ConditionView, ...]) -> dict[str, str]:
    return {one.code.value: one.label for one in conditions}


async def _found(request: Request[Any, Any, Any], parts: PortalParts) -> Dossier:
    sight = visits.of(request).principal.sight(parts.clock.now().date())
    return await dossier.of(parts.database, sight, inbound.path_id(request, "supplier", SupplierId))


def _ended(one: Dossier, today: date) -> bool:
    """Whether no link goes on: nothing newer will be seen."""
    links = one.supplier.links
    return bool(links) and all(link.state == "ended" or (link.to or today) < today for link in links)


def _advice(score: ScoreView) -> str:
    if isinstance(score, PublishedScore):
        return _ADVICE[score.override.band if score.override else score.band]
    return _NONE if isinstance(score, NoScore) else _FEW


def _behind(score: ScoreView) -> dict[str, object]:
    """What raises the score, how far, and what changed."""
    if not isinstance(score, PublishedScore):
        return {"raising": (), "moves": (), "changes": {}, "most": 0.0, "axis": 100}
    changes: dict[str, str] = {one.condition: one.direction for one in score.trend.conditions}
    return {
        "raising": tuple(part for part in score.because if part.contribution > 0),
        "moves": [one for one in score.trend.conditions if one.direction != "no clear change"],
        "changes": changes,
        "most": max((abs(part.contribution) for part in score.because), default=0.0),
        "axis": _axis(max((part.high for part in score.because), default=1.0)),
    }


def _axis(most: float) -> int:
    """In percent, the shortest that holds what is drawn."""
    return next(one for one in _AXES if 100 * most <= one)

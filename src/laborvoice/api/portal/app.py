"""The portal app: what brands, watchdogs and operators, and their systems, may ask."""

from http import HTTPStatus
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from laborvoice import __version__, log
from laborvoice.api import openapi
from laborvoice.api.auth import Doorkeeper
from laborvoice.api.openapi import Info
from laborvoice.api.paging import Cursors
from laborvoice.api.portal import contract, health, releases, score_query, scores, suppliers, terms
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.contract import Contract
from laborvoice.api.portal.frame import frame
from laborvoice.api.portal.judge import judge
from laborvoice.api.portal.pages import api_docs
from laborvoice.api.problems import MEDIA_TYPE, Pointed, Refusal, full, of
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.errors import LaborvoiceError

RETRY_SECONDS: Final = 5

INFO: Final = Info(
    title="laborvoice portal",
    version=__version__,
    text="Risk scores of suppliers, made from what their workers answered anonymously, and what they rest on."
    " Every number is arithmetic on releases: noised totals of one supplier and one closed period, written once.",
    tags={
        "suppliers": "Sites where people work.",
        "scores": "What method lv-score/1 makes of releases.",
        "releases": "The single source of every number.",
        "terms": "What the numbers mean.",
        "service": "The service itself.",
    },
)

HANDLERS: Final = (
    suppliers.list_suppliers,
    suppliers.get_supplier,
    releases.list_releases,
    releases.get_release,
    scores.get_score,
    scores.list_scores,
    score_query.query_scores,
    terms.list_conditions,
    terms.list_periods,
    terms.get_policy,
    health.get_health,
    contract.get_openapi,
    contract.get_docs,
    contract.get_problem,
)


def create_portal_app(parts: PortalParts) -> ASGIApp:
    cursors = Cursors(parts.cursor_secret)

    def refused(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        return _problem(parts.origin, request, error)

    told = _contract()
    app = Litestar(
        route_handlers=list(HANDLERS),
        guards=[judge(Doorkeeper(parts))],
        dependencies={
            "parts": Provide(lambda: parts, sync_to_thread=False),
            "cursors": Provide(lambda: cursors, sync_to_thread=False),
            "contract": Provide(lambda: told, sync_to_thread=False),
        },
        exception_handlers={Exception: refused, HTTPException: refused},
        openapi_config=None,
        logging_config=None,
    )
    return frame(app, openapi.operations(HANDLERS), parts)


def document() -> bytes:
    """The checked-in contract. It needs no parts: handlers carry what they say of themselves."""
    return openapi.render(openapi.document(openapi.operations(HANDLERS), INFO))


def _contract() -> Contract:
    found = openapi.document(openapi.operations(HANDLERS), INFO)
    return Contract(document=openapi.render(found), page=api_docs.page(found), policy=api_docs.policy())


def _problem(origin: str, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What the client is told; of what no table knows, nothing but the id under which it is logged."""
    problem = of(error)
    headers = {name.decode(): value.decode() for name, value in _headers(error)}
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.write(log.Event.FAILED, error=error)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    body = full(problem, origin, visits.of(request).request_id, _detail(error), _faults(error))
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def _headers(error: Exception) -> tuple[tuple[bytes, bytes], ...]:
    return error.headers if isinstance(error, Refusal) else ()


def _detail(error: Exception) -> str:
    """Our own words only: those of litestar quote the path."""
    if isinstance(error, Refusal):
        return error.detail
    return str(error) if isinstance(error, LaborvoiceError) else ""


def _faults(error: Exception) -> tuple[Pointed, ...]:
    return error.faults if isinstance(error, Refusal) else ()

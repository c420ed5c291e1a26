"""The portal app: what brands, watchdogs and operators, and their systems, may ask."""

from http import HTTPStatus
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from laborvoice import log
from laborvoice.api import openapi
from laborvoice.api.auth import Doorkeeper, SignIn
from laborvoice.api.paging import Cursors
from laborvoice.api.portal import event_contract
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.contract import Contract
from laborvoice.api.portal.doors import HANDLERS, INFO
from laborvoice.api.portal.event_stream import Streams
from laborvoice.api.portal.exports import Asking
from laborvoice.api.portal.frame import frame
from laborvoice.api.portal.judge import judge
from laborvoice.api.portal.pages import api_docs, html, sign_in, wrong
from laborvoice.api.portal.pages.listed import PAGES
from laborvoice.api.portal.probes import Probes
from laborvoice.api.problems import MEDIA_TYPE, Pointed, Refusal, Said, full, of
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.candidate import Candidate
from laborvoice.errors import BadField, LaborvoiceError, ProbableDuplicate
from laborvoice.views.roster import Rosters

RETRY_SECONDS: Final = 5


def create_portal_app(parts: PortalParts) -> ASGIApp:
    cursors = Cursors(parts.cursor_secret)

    def refused(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        return _problem(parts.origin, request, error)

    told, doorkeeper = _contract(), Doorkeeper(parts)
    rosters, asking = Rosters(parts.clock), Asking(parts.clock, parts.processes)
    probes, streams = Probes(parts.clock, parts.processes), Streams(parts.processes)
    app = Litestar(
        route_handlers=[*HANDLERS, *PAGES],
        guards=[judge(doorkeeper)],
        dependencies={
            "parts": Provide(lambda: parts, sync_to_thread=False),
            "cursors": Provide(lambda: cursors, sync_to_thread=False),
            "doorkeeper": Provide(lambda: doorkeeper, sync_to_thread=False),
            "contract": Provide(lambda: told, sync_to_thread=False),
            "probes": Provide(lambda: probes, sync_to_thread=False),
            "streams": Provide(lambda: streams, sync_to_thread=False),
            "rosters": Provide(lambda: rosters, sync_to_thread=False),
            "asking": Provide(lambda: asking, sync_to_thread=False),
        },
        exception_handlers={Exception: refused, HTTPException: refused},
        openapi_config=None,
        logging_config=None,
        opt={html.MENU: html.menu(PAGES)},
    )
    return frame(app, openapi.operations((*HANDLERS, *PAGES)), parts)


def document() -> bytes:
    """The checked-in contract. It needs no parts: handlers carry what they say of themselves."""
    return openapi.render(_whole())


def _whole() -> dict[str, Any]:
    return {**openapi.document(openapi.operations(HANDLERS), INFO), "webhooks": event_contract.webhooks()}


def _contract() -> Contract:
    found = _whole()
    return Contract(document=openapi.render(found), page=api_docs.page(found), policy=api_docs.policy())


def _problem(origin: str, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What the client is told; of what no table knows, nothing but the id under which it is logged."""
    if isinstance(error, SignIn):
        return sign_in.first(request, error)
    problem = of(error)
    headers = {name.decode(): value.decode() for name, value in _headers(error)}
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.write(log.Event.FAILED, error=error)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    visit = visits.of(request)
    if visit.html:
        headers |= html.HEADERS
        body = wrong.page(problem, visit.request_id, html.frame(request))
        return Response(body, status_code=problem.status, media_type=html.HTML, headers=headers)
    body = full(problem, origin, visit.request_id, _said(error))
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def _headers(error: Exception) -> tuple[tuple[bytes, bytes], ...]:
    return error.headers if isinstance(error, Refusal) else ()


def _said(error: Exception) -> Said:
    """Where it is a Refusal, what that says; of an error of ours, its own words."""
    named = error.error if isinstance(error, Refusal) else ""
    return Said(detail=_detail(error), faults=_faults(error), candidates=_candidates(error), error=named)


def _detail(error: Exception) -> str:
    """Our own words only: those of litestar quote the path."""
    if isinstance(error, Refusal):
        return error.detail
    return str(error) if isinstance(error, LaborvoiceError) else ""


def _candidates(error: Exception) -> tuple[Candidate, ...]:
    """What is probably meant, of a duplicate: whoever raises it names them only to those who may know."""
    found = error.candidates if isinstance(error, ProbableDuplicate) else ()
    return tuple(one for one in found if isinstance(one, Candidate))


def _faults(error: Exception) -> tuple[Pointed, ...]:
    if isinstance(error, BadField):
        return (Pointed(pointer=error.pointer, detail=str(error)),)
    return error.faults if isinstance(error, Refusal) else ()

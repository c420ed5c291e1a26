"""A release with what it cost, and how the number beside it was made."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation, PathPart
from laborvoice.api.portal import inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.pages import html
from laborvoice.api.portal.pages.supplier import labels
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.framing import sha256
from laborvoice.domain.ids import ReleaseId
from laborvoice.views import made

RELEASE: Final = PathPart(text="Id of a release.", example="rel_4jfhky32628wfaybwzv7f5tadw", shape=ReleaseId)


@get(
    "/releases/{release:str}",
    opt={
        OPERATION: Operation(
            id="page_release",
            summary="Release",
            text="A release with what it cost.",
            tag="pages",
            page=True,
            scopes=("scores:read",),
            path={"release": RELEASE},
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_release(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    sight = visits.of(request).principal.sight(parts.clock.now().date())
    found = await made.entry(parts.database, sight, inbound.path_id(request, "release", ReleaseId))
    digest = sha256(outbound.encoded(found.release)).hex()
    return html.page(request, "release.html", one=found, digest=digest, labels=labels(parts.conditions))


@get(
    "/releases/{release:str}/method",
    opt={
        OPERATION: Operation(
            id="page_method",
            summary="Method",
            text="How a number is made.",
            tag="pages",
            page=True,
            scopes=("scores:read",),
            path={"release": RELEASE},
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_method(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    sight = visits.of(request).principal.sight(parts.clock.now().date())
    found = await made.method(parts.database, sight, inbound.path_id(request, "release", ReleaseId))
    return html.page(request, "method.html", one=found, origin=parts.origin, labels=labels(parts.conditions))

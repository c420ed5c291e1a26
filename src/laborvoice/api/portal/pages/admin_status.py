"""The operator's first page: what is well, what to look at, what to do, and which keys phones go by."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal.common import common
from laborvoice.api.portal.pages import html
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.views import operation, signed_keys


@get(
    "/admin",
    opt={
        OPERATION: Operation(
            id="page_status",
            summary="Status",
            text="A line a matter, each with its remedy.",
            tag="pages",
            page=True,
            menu="Status",
            scopes=("operator:read",),
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_status(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    lines = await operation.lines(parts.database, parts.clock.now())
    return html.page(request, "admin/status.html", lines=lines)


@get(
    "/admin/keys",
    opt={
        OPERATION: Operation(
            id="page_admin_keys",
            summary="Keys that phones go by",
            text="The manifest, its window, those before it, and what waits for the next.",
            tag="pages",
            page=True,
            menu="Manifest",
            scopes=("operator:read", "campaigns:read"),
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_admin_keys(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    keys = await signed_keys.shown(parts.database, parts.clock.now().date())
    return html.page(request, "admin/keys.html", keys=keys)

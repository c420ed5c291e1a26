"""The start: each role's own first page."""

from typing import Any

from litestar import Request, Response, get

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal.common import common
from laborvoice.api.portal.pages import html


@get(
    "/",
    opt={
        OPERATION: Operation(
            id="page_home",
            summary="Start",
            text="Goes to the first page of the role.",
            tag="pages",
            page=True,
            scopes=("suppliers:read",),
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_home(request: Request[Any, Any, Any]) -> Response[bytes]:
    menu = html.frame(request).menu
    return html.see(menu[0].href if menu else "/docs")

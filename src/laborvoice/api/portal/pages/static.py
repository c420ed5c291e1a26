"""The door to static files of pages: they change their names with their bytes, so they are kept for ever."""

from typing import Any, Final

from litestar import Request, Response, get

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.portal import outbound
from laborvoice.api.portal.common import public
from laborvoice.errors import NotFound
from laborvoice.web import files

KEPT: Final = "public, max-age=31536000, immutable"


@get(
    files.FOLDER + "{name:str}",
    opt={
        OPERATION: Operation(
            id="get_static",
            summary="A file of the pages",
            text="Style and script, named by what they hold.",
            tag="pages",
            page=True,
            path={"name": PathPart(text="Name of a file.", example="portal.0123456789abcdef.css")},
            answers=(
                Answer(
                    status=200,
                    text="The file.",
                    contents=tuple(Content(media=media) for media in files.TYPES),
                ),
            ),
            problems=public("not-found"),
        )
    },
)
async def get_static(request: Request[Any, Any, Any]) -> Response[bytes]:
    found = files.by_name().get(request.path_params["name"])
    if found is None:
        raise NotFound
    return outbound.plain(found.body, found.media, {"Cache-Control": KEPT})

"""The door to static files of pages: they change their names with their bytes, so they are kept for ever."""

from typing import Any, Final

from litestar import Request, Response, get

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.portal import outbound
from laborvoice.api.portal.common import public
from laborvoice.errors import NotFound
from laborvoice.web import files, modules

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


@get(
    files.FOLDER + "{release:str}/{path:path}",
    opt={
        OPERATION: Operation(
            id="get_module",
            summary="A browser module of the pages",
            text="Under the name of the whole set, so that modules find each other.",
            tag="pages",
            page=True,
            path={
                "release": PathPart(text="Name of the set.", example="0123456789abcdef"),
                "path": PathPart(text="Where it lies in it.", example="watchdog/keys.mjs"),
            },
            answers=(Answer(status=200, text="The module.", contents=(Content(media=modules.MEDIA),)),),
            problems=public("not-found"),
        )
    },
)
async def get_module(request: Request[Any, Any, Any]) -> Response[bytes]:
    part = request.path_params
    found = modules.by_path().get(str(part["path"]).removeprefix("/"))
    if found is None or part["release"] != modules.release():
        raise NotFound
    return outbound.plain(found, modules.MEDIA, {"Cache-Control": KEPT})

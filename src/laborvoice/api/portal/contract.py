"""Doors to the contract itself: the OpenAPI document, the page that shows it, and a page for each problem."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import JSON, OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.portal import outbound
from laborvoice.api.portal.common import public
from laborvoice.api.portal.pages import problem
from laborvoice.api.problems import TABLE
from laborvoice.domain import Value
from laborvoice.errors import NotFound

HTML = "text/html"


class Contract(Value, frozen=True):
    """The document and its page, made once when the app is."""

    document: bytes
    page: bytes
    policy: str


@get(
    "/v1/openapi.json",
    opt={
        OPERATION: Operation(
            id="get_openapi",
            summary="Read this document",
            text="OpenAPI 3.1.0.",
            tag="service",
            answers=(Answer(status=200, text="The document.", contents=(Content(shape=dict[str, Any]),)),),
            problems=public(),
        )
    },
)
async def get_openapi(contract: NamedDependency[Contract]) -> Response[bytes]:
    return outbound.plain(contract.document, JSON)


@get(
    "/docs",
    opt={
        OPERATION: Operation(
            id="get_docs",
            summary="Read this document as a page",
            text="Static, without a script, font or picture from another host.",
            tag="service",
            answers=(Answer(status=200, text="The page.", contents=(Content(media=HTML),)),),
            problems=public(),
        )
    },
)
async def get_docs(contract: NamedDependency[Contract]) -> Response[bytes]:
    return outbound.plain(contract.page, HTML, {"Content-Security-Policy": contract.policy})


@get(
    "/problems/{code:str}",
    opt={
        OPERATION: Operation(
            id="get_problem",
            summary="Read what a problem means",
            text="The page that the `type` of a problem leads to.",
            tag="service",
            path={"code": PathPart(text="Code of a problem.", example="not-found")},
            answers=(Answer(status=200, text="The page.", contents=(Content(media=HTML),)),),
            problems=public("not-found"),
        )
    },
)
async def get_problem(request: Request[Any, Any, Any]) -> Response[bytes]:
    found = TABLE.get(request.path_params["code"])
    if found is None:
        raise NotFound
    return outbound.plain(problem.page(found), HTML)

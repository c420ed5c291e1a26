"""The door that says the process is there. It asks no database."""

from litestar import Response, get

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import outbound
from laborvoice.api.portal.common import public

TEXT = "text/plain"
OK = b"ok\n"


@get(
    "/healthz",
    opt={
        OPERATION: Operation(
            id="get_health",
            summary="Is the process there",
            text="Says so without asking the database.",
            tag="service",
            answers=(Answer(status=200, text="It is.", contents=(Content(media=TEXT, example="ok\n"),)),),
            problems=public(),
        )
    },
)
async def get_health() -> Response[bytes]:
    return outbound.plain(OK, TEXT)

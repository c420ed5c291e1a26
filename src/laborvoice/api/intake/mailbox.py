"""The mailbox door: one bucket, always as many bytes, for who holds a receipt and for who does not (design, api 1)."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from laborvoice.api import problems
from laborvoice.api.hygiene import NO_BODY, Door
from laborvoice.bootstrap.intake import IntakeParts
from laborvoice.errors import Busy, Malformed
from laborvoice.views import mailbox

BYTES: Final = "application/octet-stream"
DOOR: Final = Door(methods={"GET": NO_BODY}, query=frozenset({"prefix"}))
READS: Final = 64
"""At the same time: there is no other gate, since there is nobody to know."""


class Seats:
    """How many may read just now."""

    def __init__(self, free: int) -> None:
        self._free = free

    @contextmanager
    def taken(self) -> Generator[None]:
        """Raises Busy where none is free."""
        if self._free == 0:
            raise Busy
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


def route(parts: IntakeParts) -> HTTPRouteHandler:
    seats = Seats(READS)

    @get("/v1/mailbox", operation_id="getMailbox", media_type=BYTES)
    async def read(prefix: FromQuery[str] = "") -> Response[bytes]:
        """All that lies in the bucket, and filler up to 64 items or the next multiple."""
        with seats.taken():
            try:
                return Response(await mailbox.bucket(parts.database, prefix, parts.gate.mailbox_bits))
            except Malformed:
                problem = problems.TABLE["invalid-parameter"]
                return Response(problems.bare(problem), status_code=problem.status, media_type=problems.MEDIA_TYPE)

    return read

"""The least that litestar can do with an envelope: read it and answer."""

from typing import Any

from litestar import Litestar, Request, post


@post("/v1/envelopes", status_code=202)
async def receive(request: Request[Any, Any, Any]) -> None:
    await request.body()


app = Litestar([receive], openapi_config=None, logging_config=None)

"""The workers' client: the page and its files, bytes that are fixed when the process starts (design, api 1, web 7)."""

from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from laborvoice.api.hygiene import NO_BODY, Door, Headers
from laborvoice.bootstrap.intake import IntakeParts
from laborvoice.errors import NotFound
from laborvoice.web import worker

GZIP: Final = {"Content-Encoding": "gzip"}
DOCUMENT: Final = {
    **GZIP,
    "Content-Security-Policy": worker.policy(),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Integrity-Policy": "blocked-destinations=(script)",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=(), "
    "ch-ua=(), ch-ua-mobile=(), ch-ua-platform=()",
}
"""Without the last three each request says once more which browser and phone it is, at a hundred bytes a time."""
SERVICE_WORKER: Final = "/sw.js"
WHOLE_SITE: Final = {"Service-Worker-Allowed": "/"}
"""What delivers a locked copy belongs to the page, which lies above it."""
ASSET_FIXED: Final[Headers] = (
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)
"""No more: they come with every file, over the slowest of lines."""
PAGE_DOOR: Final = Door(methods={"GET": NO_BODY})
ASSET_DOOR: Final = Door(methods={"GET": NO_BODY}, fixed=ASSET_FIXED)


def routes(parts: IntakeParts) -> list[HTTPRouteHandler]:
    files, release = worker.served(), worker.release()

    @get("/", operation_id="getClient", media_type=worker.HTML)
    async def page() -> Response[bytes]:
        """The workers' client."""
        found = await parts.page.file()
        return Response(found.body, headers=DOCUMENT)

    @get("/a/{named:str}/{path:path}", operation_id="getClientFile")
    async def asset(named: FromPath[str], path: FromPath[str]) -> Response[bytes]:
        """A file of the client of this release."""
        found = files.get(path.lstrip("/")) if named == release else None
        if found is None:
            raise NotFound
        headers = {**GZIP, **WHOLE_SITE} if path.endswith(SERVICE_WORKER) else GZIP
        return Response(found.body, media_type=found.media, headers=headers)

    @get("/audio/{language:str}/{named:str}", operation_id="getSpokenText")
    async def sound(language: FromPath[str], named: FromPath[str]) -> Response[bytes]:
        """A text as somebody has spoken it, or the sizes of all that there are."""
        found = parts.sounds.get(f"{language}/{named}")
        if found is None:
            raise NotFound
        return Response(found.body, media_type=found.media)

    return [page, asset, sound]

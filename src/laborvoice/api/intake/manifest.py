"""What every phone reads before it sends: the manifest, its parts, and how much work is wanted."""

from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from laborvoice.bootstrap.intake import IntakeParts
from laborvoice.views import manifest

GZIP: Final = {"Content-Encoding": "gzip"}
JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
TEXT: Final = "text/plain"


def routes(parts: IntakeParts) -> list[HTTPRouteHandler]:
    @get("/v1/manifest", operation_id="getManifest", media_type=JSON)
    async def current() -> Response[bytes]:
        """The signed manifest that counts today; always gzip."""
        return Response(await manifest.current(parts.database, parts.clock.now().date()), headers=GZIP)

    @get("/v1/manifests/{seq:int}", operation_id="getManifestBySeq", media_type=JSON)
    async def numbered(seq: FromPath[int]) -> Response[bytes]:
        """An earlier manifest, or the current one, by its number; always gzip."""
        return Response(await manifest.numbered(parts.database, seq, parts.clock.now().date()), headers=GZIP)

    @get("/v1/manifest/{part:str}", operation_id="getPart", media_type=BYTES)
    async def locator_part(part: FromPath[str]) -> Response[bytes]:
        """The part of a locator; every part is equally long, and an unknown locator gets that of ``any``."""
        return Response(await manifest.locator_part(parts.database, part, parts.clock.now().date()))

    @get("/v1/work", operation_id="getWork", media_type=TEXT)
    async def wanted() -> Response[bytes]:
        """How many bits of work are wanted now, as two digits."""
        return Response(f"{parts.gate.wanted:02d}".encode())

    @get("/healthz", operation_id="getHealth", media_type=TEXT)
    async def health() -> Response[bytes]:
        """The process answers."""
        return Response(b"ok\n")

    return [current, numbered, locator_part, wanted, health]

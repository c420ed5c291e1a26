"""The app for phones: no cookie, no credential, no address, and no answer that tells one worker from another."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.types import ASGIApp

from laborvoice import log
from laborvoice.api import problems
from laborvoice.api.hygiene import NO_BODY, Body, Door, Rules, hygiene
from laborvoice.api.intake import client, envelopes, exchanges, mailbox, manifest
from laborvoice.bootstrap.intake import IntakeParts
from laborvoice.crypto.exchange import REQUEST_SIZE
from laborvoice.crypto.framing import ENVELOPE_SIZE

PASSES: Final = frozenset({b"content-type", b"content-length", b"content-encoding", b"transfer-encoding", b"accept"})
HIDES: Final = frozenset({b"server", b"date", b"etag", b"last-modified", b"vary", b"set-cookie", b"allow"})
FIXED: Final = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
RETRY_LEAST: Final = 3
RETRY_MOST: Final = 15

_OCTETS: Final = frozenset({b"application/octet-stream"})
_READ: Final = Door(methods={"GET": NO_BODY})
_DOORS: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "/": client.PAGE_DOOR,
        "/v1/mailbox": mailbox.DOOR,
        "/v1/manifest": _READ,
        "/v1/work": _READ,
        "/healthz": _READ,
        "/v1/envelopes": Door(methods={"POST": Body(media=_OCTETS, least=ENVELOPE_SIZE, most=ENVELOPE_SIZE)}),
        "/v1/exchanges": Door(methods={"POST": Body(media=_OCTETS, least=REQUEST_SIZE, most=REQUEST_SIZE)}),
    }
)
_FILE: Final = re.compile(r"/a/[0-9a-f]{1,64}(?:/[a-zA-Z0-9_-][a-zA-Z0-9._-]*){1,4}")
_SOUND: Final = re.compile(r"/audio/[a-zA-Z-]{2,8}/[a-z0-9_]{1,40}\.(?:ogg|m4a|json)")
_READ_BELOW: Final = re.compile(r"/v1/manifest/[^/]+|/v1/manifests/[0-9]{1,9}")


def find(path: str) -> Door | None:
    door = _DOORS.get(path)
    if door is None and _READ_BELOW.fullmatch(path):
        return _READ
    if door is None and (_FILE.fullmatch(path) or _SOUND.fullmatch(path)):
        return client.ASSET_DOOR
    return door


RULES: Final = Rules(
    find=find, passes=PASSES, fixed=FIXED, refusal=problems.bare, hides=HIDES, closes=frozenset({"POST"})
)


def create_intake_app(parts: IntakeParts) -> ASGIApp:
    def failed(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        problem = problems.of(error)
        headers: dict[str, str] = {}
        if problem.status == problems.TABLE["internal"].status:
            log.write(log.Event.FAILED, error=error)
        if problem.status == problems.TABLE["busy"].status:
            # Full queue or lost database: one answer for both.
            problem = problems.TABLE["busy"]
            parts.gate.was_busy()
            headers["Retry-After"] = str(RETRY_LEAST + parts.chance.below(RETRY_MOST - RETRY_LEAST + 1))
        return Response(
            problems.bare(problem), status_code=problem.status, media_type=problems.MEDIA_TYPE, headers=headers
        )

    app = Litestar(
        route_handlers=[
            envelopes.route(parts),
            exchanges.route(parts),
            mailbox.route(parts),
            *manifest.routes(parts),
            *client.routes(parts),
        ],
        exception_handlers={Exception: failed},
        logging_config=None,
        openapi_config=None,
        debug=False,
    )
    return hygiene(app, RULES)

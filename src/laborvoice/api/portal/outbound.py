"""What goes out: JSON, lists with their next page, validators."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response

from laborvoice.api import caching
from laborvoice.api.openapi import JSON
from laborvoice.api.paging import Cursors, List
from laborvoice.domain import ids

T = TypeVar("T")

Asked = Request[Any, Any, Any]

_MATCH: Final = "if-none-match"


def encoded(value: object) -> bytes:
    return msgspec.json.encode(value, enc_hook=ids.encode)


def plain(body: bytes, media: str = JSON, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    return Response(body, media_type=media, headers=dict(headers or {}))


def cached(request: Asked, value: object, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """With a strong validator, or 304 without a body where the client has these bytes."""
    body = encoded(value)
    tag = caching.etag(body)
    told = {"ETag": tag, "Cache-Control": caching.CONTROL, "Vary": caching.VARY, **(headers or {})}
    if caching.matches(request.headers.get(_MATCH, ""), tag):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, media_type=JSON, headers=told)
    return plain(body, headers=told)


def paged(
    cursors: Cursors, of: List, rows: Sequence[T], limit: int, key: Callable[[T], object]
) -> tuple[tuple[T, ...], str | None]:
    """``rows`` hold one more than ``limit`` where there is a next page; the cursor stands behind the last one shown."""
    shown = tuple(rows[:limit])
    return shown, cursors.make(of, key(shown[-1])) if len(rows) > limit else None


def next_link(request: Asked, cursor: str | None) -> dict[str, str]:
    """Of a GET: the same request, from ``cursor`` on (RFC 8288)."""
    if cursor is None:
        return {}
    query: bytes = request.scope["query_string"]
    pairs = [pair for pair in parse_qsl(query.decode("ascii")) if pair[0] != "cursor"]
    return {"Link": f'<{request.scope["path"]}?{urlencode([*pairs, ("cursor", cursor)])}>; rel="next"'}

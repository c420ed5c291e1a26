"""What comes in: parameters, JSON and types, read strictly and judged in our own words."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request

from laborvoice.api.problems import Pointed, Refusal
from laborvoice.domain import Inbound, ids
from laborvoice.domain.ids import Id
from laborvoice.errors import NotFound

K = TypeVar("K", bound=Id)
B = TypeVar("B", bound=Inbound)

_WHERE: Final = re.compile(r" - at (?:`key` in )?`\$(.*)`\Z", re.DOTALL)
_STEP: Final = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*?)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`")
_EXPECTED: Final = re.compile(r"Expected [^\n]{1,200}\Z")
_DONE: Final = b"done"
_COMMA: Final = b"%2C"
_QUALITY: Final = re.compile(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)


def path_id(request: Request[Any, Any, Any], name: str, kind: type[K]) -> K:
    """A malformed id is as missing as one that nobody has."""
    try:
        return kind.parse(request.path_params[name])
    except ValueError:
        raise NotFound from None


def of_form(raw: bytes) -> tuple[bytes, str]:
    """A form sends what was left blank too: that is left out; what was ticked several times becomes one, with commas.

    Apart from the rest: the code of what was just done.
    """
    given: dict[bytes, bytes] = {}
    for name, _, value in (pair.partition(b"=") for pair in raw.split(b"&")):
        if value:
            given[name] = given[name] + _COMMA + value if name in given else value
    done = given.pop(_DONE, b"")
    return b"&".join(name + b"=" + value for name, value in given.items()), done.decode("latin-1")


def query(raw: bytes, kind: type[B]) -> B:
    """Raises Refusal: a parameter unknown, said twice, or of a value that is not allowed."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=bool(raw), errors="strict")
    except ValueError:
        raise Refusal("invalid-parameter", "The query string is not percent-encoded UTF-8.") from None
    names = [name for name, _ in pairs]
    known = {field.encode_name for field in msgspec.structs.fields(kind)}
    wrong = dict.fromkeys(name for name in names if name not in known or names.count(name) > 1)
    if wrong:
        raise Refusal(
            "unknown-parameter",
            faults=tuple(
                Pointed(pointer=f"?{name}", detail="It is repeated." if name in known else "There is none such.")
                for name in wrong
            ),
        )
    try:
        return msgspec.convert(dict(pairs), kind, strict=False, dec_hook=ids.decode)
    except msgspec.ValidationError as error:
        where, what = _fault(str(error))
        raise Refusal(
            "invalid-parameter", faults=(Pointed(pointer=f"?{where.removeprefix('/')}", detail=what),)
        ) from None


async def body(request: Request[Any, Any, Any], kind: type[B]) -> B:
    """Raises Refusal: no JSON, a key twice, or another form; unknown fields are refused."""
    return fitted(parsed(await request.body()), kind)


def fitted(value: object, kind: type[B]) -> B:
    """What was parsed, as one of our structs. Raises Refusal."""
    try:
        return msgspec.convert(value, kind, dec_hook=ids.decode)
    except msgspec.ValidationError as error:
        where, what = _fault(str(error))
        raise Refusal("invalid-body", faults=(Pointed(pointer=where, detail=what),)) from None


def parsed(raw: bytes) -> object:
    """Msgspec takes UTF-8 and numbers strictly but keeps the last of equal keys; the standard library shows all."""
    try:
        msgspec.json.decode(raw)
        return json.loads(raw, object_pairs_hook=_unique)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Refusal("malformed-json") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _fault(message: str) -> tuple[str, str]:
    """Pointer and words of one of msgspec's messages. What could quote the client is not handed on."""
    place = _WHERE.search(message)
    words = message[: place.start()] if place else message
    steps = _STEP.findall(place[1]) if place else []
    pointer = "".join(f"/{name or index}" for name, index in steps)
    unknown = _UNKNOWN.match(words)
    if unknown is not None:
        return f"{pointer}/{_escaped(unknown[1])}", "There is no such field."
    if _MISSING.match(words) or _EXPECTED.match(words):
        return pointer, f"{words}."
    return pointer, "The value is not one of those allowed."


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def accepted(header: str, offered: Sequence[str]) -> str:
    """The type the client likes best, of equals the first offered. Raises Refusal where it takes none.

    Nothing where nothing is offered: an answer without a body fits everyone.
    """
    ranges = [_range(text) for text in header.split(",") if text.strip()]
    if not ranges or not offered:
        return next(iter(offered), "")
    best = max(offered, key=lambda media: _liking(media, ranges))
    if _liking(best, ranges) <= 0:
        raise Refusal("not-acceptable", f"Offered: {', '.join(offered)}.")
    return best


def _range(text: str) -> tuple[str, float]:
    media, *parameters = text.split(";")
    found = [match for parameter in parameters if (match := _QUALITY.fullmatch(parameter))]
    return media.strip().lower(), float(found[-1][1]) if found else 1.0


def _liking(media: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The most specific range decides (RFC 9110 12.5.1)."""
    for wanted in (media, f"{media.partition('/')[0]}/*", "*/*"):
        for one, quality in ranges:
            if one == wanted:
                return quality
    return 0.0

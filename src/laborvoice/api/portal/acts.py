"""Acts: what changes something, done once however often it is sent, and only to what its author has read.

A door that posts::

    @post("/v1/links", opt={OPERATION: Operation(id="claim_link", once=True, ...)})
    async def claim_link(request, parts) -> Response[bytes]:
        wanted = await inbound.body(request, LinkWanted)
        step = lambda db: link.claim_in(db, parts.clock, parts.chance, claim)
        return await acts.done(request, parts, step, acts.created("/v1/links/{id}"))

``once=True`` on the Operation makes ``Idempotency-Key`` required (IK in the design); other posts with scopes take it if
it is sent, and run the same way. ``keyed=False`` is for a post that writes nothing or may not be remembered. The header
and its problems are in the contract by themselves; a door whose answer holds a secret names ``secret-already-shown``.

The last argument makes a ``pipeline.once.Reply`` of what the step gave back: ``told(status)`` for its JSON, ``created``
for 201 with Location, ``acts.nothing`` for 204, or any function; ``Reply(secret_at="/v1/endpoints/end_…")`` says that
the body holds a secret.

A door that changes what was read has ``match=True`` on its Operation, and its body is a merge patch::

    body=Content(media=MERGE, shape=LinkChange, example=...)         # in the Operation
    patch = await acts.patch(request)                                # before the step, so that no row waits for it
    await acts.done(request, parts, lambda db: link.change_in(db, one, acts.unchanged(request), patch.on), acts.told())

``change_in`` holds the row, calls ``unchanged(view)`` with the representation as GET shows it, and then
``patch.on(LinkChange(tier=1, ...))``: the present values with the patch applied. Null takes a member away: it then has
its default, and where there is none the patch is refused. What either raises undoes the step.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

import msgspec
from litestar import Response

from laborvoice.api import caching
from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.framing import sha256
from laborvoice.domain import Inbound, ids
from laborvoice.pipeline import once
from laborvoice.pipeline.once import Keyed, Reply, Step

T = TypeVar("T")
B = TypeVar("B", bound=Inbound)

KEY: Final = "idempotency-key"
MATCH: Final = "if-match"
_REPLAYED: Final = {"Idempotent-Replayed": "true"}
_RETRY: Final = (b"retry-after", b"1")
_VISIBLE: Final = re.compile(r'"([\x21\x23-\x7e]{1,128})"|([\x21\x23-\x7e]{1,128})')
_FORM: Final = "Idempotency-Key is 1 to 128 visible ASCII characters, in quotes or without."


async def done(request: Asked, parts: PortalParts, step: Step[T], reply: Callable[[T], Reply]) -> Response[bytes]:
    """The act, once for its key; without a key, where none is required, as often as it is sent."""
    operation: Operation = request.route_handler.opt[OPERATION]
    key = _key(request, operation)
    if not key:
        return _response(reply(await parts.database.run(operation.id, step)))
    keyed = Keyed(
        party=visits.of(request).principal.party, key=key, fingerprint=_fingerprint(request, await request.body())
    )
    outcome = await once.once(parts.database, parts.clock.now(), keyed, step, reply)
    match outcome:
        case Reply():
            return _response(outcome)
        case once.Replayed():
            return _response(outcome.reply, _REPLAYED)
        case once.Refused():
            raise _refusal(parts.origin, outcome)


def told(status: int = HTTPStatus.OK) -> Callable[[object], Reply]:
    """What the step gave back, as JSON."""
    return lambda value: Reply(status=status, body=outbound.encoded(value))


def created(at: str) -> Callable[[Any], Reply]:
    """201 with the made thing as JSON; ``at`` is its path, such as ``/v1/links/{id}``."""
    return lambda value: Reply(
        status=HTTPStatus.CREATED, body=outbound.encoded(value), headers=(("Location", at.format(id=value.id)),)
    )


def nothing(_: object) -> Reply:
    """204."""
    return Reply(status=HTTPStatus.NO_CONTENT)


def if_match(request: Asked, etag: str) -> None:
    """Raises Refusal: it names no state of the resource, or another than the present one (RFC 9110 13.1.1)."""
    sent = request.headers.get(MATCH, "").strip()
    if not sent:
        raise Refusal("if-match-required")
    if not caching.matches_strongly(sent, etag):
        raise Refusal("stale")


def unchanged(request: Asked) -> Callable[[object], None]:
    """For a step: called with the present representation, as GET shows it. It raises as ``if_match`` does."""
    return lambda view: if_match(request, caching.etag(outbound.encoded(view)))


class Patch:
    """A merge patch (RFC 7396)."""

    def __init__(self, value: object) -> None:
        self._value = value

    def on(self, present: B) -> B:
        """``present`` with the patch applied, judged as a whole. Raises Refusal."""
        return inbound.fitted(_merged(msgspec.to_builtins(present, enc_hook=ids.encode), self._value), type(present))


async def patch(request: Asked) -> Patch:
    """Raises Refusal where the body is no JSON."""
    return Patch(inbound.parsed(await request.body()))


def _merged(target: object, patch: object) -> object:
    members = _members(patch)
    if members is None:
        return patch
    found = {**(_members(target) or {})}
    for name, value in members.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _merged(found.get(name), value)
    return found


def _members(value: object) -> dict[str, object] | None:
    """Of what JSON made; None of anything but an object."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _key(request: Asked, operation: Operation) -> str:
    """Raises Refusal. Nothing where none was sent and none is needed."""
    sent = request.headers.getall(KEY, [])
    if not sent or not operation.heeds_key(request.method):
        if operation.once:
            raise Refusal("idempotency-key-required", _FORM)
        return ""
    found = _VISIBLE.fullmatch(sent[0]) if len(sent) == 1 else None
    if found is None:
        raise Refusal("invalid-parameter", _FORM)
    return found[1] or found[2]


def _fingerprint(request: Asked, body: bytes) -> bytes:
    """Of all that makes this request another one."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    query: bytes = request.scope["query_string"]
    head = (request.method.encode(), request.scope["path"].encode(), query, media.encode())
    return sha256(b"".join(sha256(part) for part in (*head, body)))


def _response(reply: Reply, more: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        reply.body, status_code=reply.status, media_type=reply.media, headers={**dict(reply.headers), **(more or {})}
    )


def _refusal(origin: str, refused: once.Refused) -> Refusal:
    if refused.why == "reused":
        return Refusal("idempotency-key-reused")
    if refused.why == "in progress":
        return Refusal("idempotency-in-progress", headers=(_RETRY,))
    url = origin + refused.path
    return Refusal(
        "secret-already-shown",
        f"It was made by the first request, at {url}; its secret is not kept.",
        headers=((b"location", url.encode()),),
    )

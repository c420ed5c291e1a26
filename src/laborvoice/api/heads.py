"""Headers by which a client says that a request is the same as before, or to what state it belongs (design, api 2)."""

from typing import Final

from laborvoice.api.shapes import Schema

_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same for every sending of one request, in quotes or without. A repeat within 24 hours is"
    " answered as the first was, with `Idempotent-Replayed: true`. What was refused did nothing and is not kept.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 130, "pattern": '^("[!#-~]{1,128}"|[!#-~]{1,128})$'},
    "example": "b1c5e0a4-5f0e-4d3b-9c39-0e3a5f6f2a11",
}
_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the state that you read, or `*` for any.",
    "schema": {"type": "string", "minLength": 1},
    "example": "*",
}


def parameters(*, keyed: bool, once: bool, match: bool) -> list[Schema]:
    """As in OpenAPI."""
    return [*([{**_KEY, "required": once}] if keyed else []), *([_MATCH] if match else [])]


def problems(*, keyed: bool, once: bool, match: bool) -> tuple[str, ...]:
    """What can be wrong with them."""
    return (
        *(("idempotency-key-reused", "idempotency-in-progress") if keyed else ()),
        *(("idempotency-key-required",) if once else ()),
        *(("if-match-required", "stale") if match else ()),
    )

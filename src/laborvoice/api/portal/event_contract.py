"""What we promise receivers: the JSON Schema of each event, and the ``webhooks`` of the OpenAPI document."""

from typing import Any, Final

import msgspec

from laborvoice.api.portal import endpoint_examples as examples
from laborvoice.domain import ids
from laborvoice.domain.event import BODIES
from laborvoice.domain.facts import KINDS, TYPES, EventType

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REF: Final = "{name}"
_HEADERS: Final = {
    "webhook-id": "Id of the event: the same in every attempt, replay and poll.",
    "webhook-timestamp": "Seconds since 1970, of this attempt.",
    "webhook-signature": "v1 (HMAC-SHA256) and v1a (Ed25519) signatures, of each key that is good.",
}


def schema(kind: EventType) -> dict[str, Any]:
    """Draft 2020-12, as OpenAPI 3.1 has it. Fields may be added: what is not listed is to be ignored."""
    shape = BODIES[kind]
    _, parts = msgspec.json.schema_components([shape], schema_hook=ids.schema, ref_template=_REF)
    whole = parts[shape.__name__]
    properties = {**whole["properties"], "data": parts[whole["properties"]["data"]["$ref"]]}
    return {**whole, "properties": properties}


def alone(kind: EventType) -> dict[str, Any]:
    """The same, for who has no OpenAPI around it."""
    return {"$schema": DIALECT, **schema(kind)}


def webhooks() -> dict[str, Any]:
    """By type, as OpenAPI has them."""
    return {kind: {"post": _webhook(kind)} for kind in TYPES}


def _webhook(kind: EventType) -> dict[str, Any]:
    said = KINDS[kind].said
    return {
        "operationId": f"on_{kind.replace('.', '_')}",
        "summary": kind,
        "description": said,
        "tags": ["events"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema(kind), "example": examples.EVENTS[kind]}},
        },
        "responses": {
            "2XX": {"description": "You have it. Nothing of the body is read but what a challenge asks for."}
        },
    }

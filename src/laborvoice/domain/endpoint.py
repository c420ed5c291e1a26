"""Endpoints: where a party has its events sent (design, webhooks 7)."""

import base64
from typing import Annotated, Final, Literal

from msgspec import Meta

from laborvoice.domain import Inbound, Value
from laborvoice.domain.event import EventType
from laborvoice.domain.ids import EndpointId

EVERY_TYPE: Final = "*"
ENDPOINTS_MAX: Final = 20
"""Of one party."""
SECRET_SIZE: Final = 32
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the prefix, not a secret
FIRST_VERSION: Final = 1

Wanted = EventType | Literal["*"]


class NewEndpoint(Inbound, frozen=True):
    """What a party asks for. ``*`` stands for every type, those to come included."""

    url: Annotated[str, Meta(max_length=2048)]
    types: Annotated[tuple[Wanted, ...], Meta(min_length=1, max_length=64)]


class Subscribed(Value, frozen=True):
    """``secret`` is shown this once: only the courier can read what is stored."""

    endpoint: EndpointId
    url: str
    types: tuple[Wanted, ...]
    secret: str


def secret_purpose(endpoint: EndpointId, version: int) -> str:
    """What a sealed secret is bound to: it opens for no other endpoint, and for no later version."""
    return f"webhook-secret {endpoint} {version}"


def write_secret(secret: bytes) -> str:
    """As Standard Webhooks spells it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()

"""Endpoints: where a party has its events sent (design, webhooks 7)."""

import base64
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from laborvoice.domain import Inbound, Value
from laborvoice.domain.facts import KINDS, EventType
from laborvoice.domain.ids import EndpointId, SupplierId
from laborvoice.domain.party import PartyKind

EVERY_TYPE: Final = "*"
ENDPOINTS_MAX: Final = 20
"""Of one party."""
SUPPLIERS_MAX: Final = 500
SECRET_SIZE: Final = 32
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the prefix, not a secret
PUBLIC_PREFIX: Final = "whpk_"
FIRST_VERSION: Final = 1
OLD_SECRETS_MAX: Final = 10
CHALLENGE_SIZE: Final = 32
OFF_UNTIL_VERIFIED: Final = timedelta(days=30)
"""Off for so long, an endpoint is verified again before it is on."""
RECOVER_SPAN: Final = timedelta(days=30)

EndpointState = Literal["pending", "active", "disabled"]
Reason = Literal["gone", "auto", "manual"]
"""Why it is disabled: it answered 410, it failed for 120 hours, its owner said so."""

DeliveryState = Literal["due", "leased", "done", "dead", "parked"]

Wanted = EventType | Literal["*"]
HeaderName = Annotated[str, Meta(pattern="^x-[a-z0-9-]{1,60}$")]
HeaderValue = Annotated[str, Meta(pattern=r"^[\x21-\x7e]([\x20-\x7e]{0,498}[\x21-\x7e])?$")]
Url = Annotated[str, Meta(max_length=2048)]
Types = Annotated[tuple[Wanted, ...], Meta(min_length=1, max_length=64)]
Suppliers = Annotated[tuple[SupplierId, ...], Meta(min_length=1, max_length=SUPPLIERS_MAX)]
Headers = Annotated[Mapping[HeaderName, HeaderValue], Meta(max_length=5)]
Description = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class NewEndpoint(Inbound, frozen=True):
    """What a party asks for. ``*`` stands for every type, those to come included.

    ``suppliers``: of events that name a supplier, only these. ``fifo``: one at a time, in order. ``headers``: sent with
    each request. A change is a merge patch of this.
    """

    url: Url
    types: Types
    suppliers: Suppliers | None = None
    description: Description = ""
    fifo: bool = False
    headers: Headers = msgspec.field(default_factory=dict[str, str])


class Subscribed(Value, frozen=True):
    """``secret`` is shown this once: only the courier can read what is stored."""

    endpoint: EndpointId
    url: str
    types: tuple[Wanted, ...]
    secret: str


def misfit(kind: PartyKind, types: Sequence[Wanted]) -> int | None:
    """The place of the first type that such a party never hears of; None where there is none."""
    for place, wanted in enumerate(types):
        if wanted != EVERY_TYPE and kind not in KINDS[wanted].hearers:
            return place
    return None


def secret_purpose(endpoint: EndpointId, version: int) -> str:
    """What a sealed secret is bound to: it opens for no other endpoint, and for no later version."""
    return f"webhook-secret {endpoint} {version}"


def write_secret(secret: bytes) -> str:
    """As Standard Webhooks spells it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def write_public(public: bytes) -> str:
    """As Standard Webhooks spells it."""
    return PUBLIC_PREFIX + base64.b64encode(public).decode()

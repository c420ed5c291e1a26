"""Events: what is told to whom, and the exact bytes of it: ids, enums and a URL (design, webhooks 1)."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

from laborvoice.domain import Value, ids
from laborvoice.domain.ids import EventId, PartyId, ReleaseId, SupplierId

EventType = Literal["release.published", "release.withheld", "score.changed", "score.band_changed"]
TYPES: Final[tuple[EventType, ...]] = get_args(EventType)

SUPPLIER_PREFIX: Final = "supplier:"
PARTY_PREFIX: Final = "party:"
SCHEMA_VERSION: Final = 1
BODY_MAX: Final = 4_096
"""Bytes of a body. Nothing in it is free text, so a body is far smaller."""


Label = Annotated[str, Meta(pattern=r"^\d{4}-(Q[1-4]|0[1-9]|1[0-2])$")]
OurUrl = Annotated[str, Meta(pattern="^https?://[^/]+/v1/")]


class OfRelease(Value, frozen=True):
    """The facts of every event that follows from a release."""

    supplier: SupplierId
    period: Label
    release: ReleaseId


class Event(Value, frozen=True):
    """Written in the transaction of its fact. ``audience`` as ``of_supplier`` or ``of_party`` make it.

    ``resource`` is the id that ``sequence`` counts for. It leaves when its ``period``, if it has one, is counted, and
    not before ``not_before``.
    """

    id: EventId
    type: EventType
    audience: str
    resource: str
    facts: OfRelease
    period: str | None
    occurred_on: datetime
    not_before: datetime | None = None


def of_supplier(supplier: SupplierId) -> str:
    """The audience of brands with a confirmed link and of watchdogs who cover the supplier."""
    return SUPPLIER_PREFIX + supplier


def of_party(party: PartyId) -> str:
    """The audience of one party."""
    return PARTY_PREFIX + party


class Data(OfRelease, frozen=True):
    url: OurUrl


class Body(Value, frozen=True):
    """What a receiver gets."""

    id: EventId
    type: EventType
    timestamp: Annotated[datetime, Meta(tz=True)]
    schema_version: int
    sequence: int
    data: Data


def rounded(moment: datetime) -> datetime:
    """Down to the day, UTC, as for everything derived from a release."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def body(event: Event, sequence: int, origin: str) -> bytes:
    """Compact JSON, encoded once: sent, signed and polled as these bytes. ``origin``: https://host."""
    facts = event.facts
    data = Data(supplier=facts.supplier, period=facts.period, release=facts.release, url=origin + _path(event))
    told = Body(
        id=event.id,
        type=event.type,
        timestamp=rounded(event.occurred_on),
        schema_version=SCHEMA_VERSION,
        sequence=sequence,
        data=data,
    )
    return msgspec.json.encode(told, enc_hook=ids.encode)


def _path(event: Event) -> str:
    if event.type in {"release.published", "release.withheld"}:
        return f"/v1/releases/{event.facts.release}"
    return f"/v1/suppliers/{event.facts.supplier}/score?period={event.facts.period}"

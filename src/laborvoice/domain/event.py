"""Events: what is told to whom, and the exact bytes of it: ids, enums and a URL (design, webhooks 1)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from msgspec import Meta

from laborvoice.domain import Value, ids
from laborvoice.domain.facts import KINDS, TYPES, EventType, Facts, Whole
from laborvoice.domain.ids import EndpointId, EventId, PartyId, SupplierId

SUPPLIER_PREFIX: Final = "supplier:"
PARTY_PREFIX: Final = "party:"
ENDPOINT_PREFIX: Final = "endpoint:"
SCHEMA_VERSION: Final = 1
BODY_MAX: Final = 4_096
"""Bytes of a body. Nothing in it is free text, so a body is far smaller."""

OurUrl = Annotated[str, Meta(pattern="^https?://[^/]+/v1/", extra_json_schema={"format": "uri"})]


class Event(Value, frozen=True):
    """Written in the transaction of its fact. ``audience`` as ``of_supplier`` or one of its kin makes it.

    ``resource`` is the id that ``sequence`` counts for. It leaves when its ``period``, if it has one, is counted, and
    not before ``not_before``.
    """

    id: EventId
    type: EventType
    audience: str
    resource: str
    facts: Facts
    period: str | None
    occurred_on: datetime
    not_before: datetime | None = None


def of_supplier(supplier: SupplierId) -> str:
    """The audience of brands with a confirmed link and of watchdogs who cover the supplier."""
    return SUPPLIER_PREFIX + supplier


def of_party(party: PartyId) -> str:
    """The audience of one party."""
    return PARTY_PREFIX + party


def of_endpoint(endpoint: EndpointId) -> str:
    """The audience of one endpoint, its party's others and its feed left out."""
    return ENDPOINT_PREFIX + endpoint


class Body(Value, frozen=True):
    """What a receiver gets, whatever its type; ``BODIES`` has the exact struct of each."""

    id: EventId
    type: EventType
    timestamp: Annotated[datetime, Meta(tz=True)]
    schema_version: int
    sequence: int
    data: msgspec.Raw


def _struct(name: str, *fields: tuple[str, Any], base: type[Value] = Value) -> type[Value]:
    made = msgspec.defstruct(name, fields, bases=(base,), frozen=True, kw_only=True, module=__name__)
    return cast("type[Value]", made)


def _camel(kind: EventType) -> str:
    return "".join(part.capitalize() for part in kind.replace("_", ".").split("."))


def _data(kind: EventType) -> type[Value]:
    """The facts and, where there is something to read on, its URL."""
    facts = KINDS[kind].facts
    return _struct(f"{_camel(kind)}Data", ("url", OurUrl), base=facts) if KINDS[kind].path else facts


_DATA: Final[Mapping[EventType, type[Value]]] = {kind: _data(kind) for kind in TYPES}
_LITERAL: Final[Any] = Literal


def _body(kind: EventType) -> type[Value]:
    return _struct(
        f"{_camel(kind)}Event",
        ("id", EventId),
        ("type", _LITERAL[kind]),
        ("timestamp", Annotated[datetime, Meta(tz=True)]),
        ("schema_version", Literal[1]),
        ("sequence", Whole),
        ("data", _DATA[kind]),
    )


BODIES: Final[Mapping[EventType, type[Value]]] = {kind: _body(kind) for kind in TYPES}
"""The struct of each type: its JSON Schema is what we promise receivers."""


def rounded(moment: datetime) -> datetime:
    """Down to the day, UTC, as for everything derived from a release."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _told(kind: EventType, moment: datetime) -> datetime:
    if KINDS[kind].daily:
        return rounded(moment)
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def body(event: Event, sequence: int, origin: str) -> bytes:
    """Compact JSON, encoded once: sent, signed and polled as these bytes. ``origin``: https://host."""
    facts, path = msgspec.structs.asdict(event.facts), KINDS[event.type].path
    url = {"url": origin + path.format_map(facts)} if path else {}
    make: Any = BODIES[event.type]
    data: Any = _DATA[event.type]
    told = make(
        id=event.id,
        type=event.type,
        timestamp=_told(event.type, event.occurred_on),
        schema_version=SCHEMA_VERSION,
        sequence=sequence,
        data=data(**facts, **url),
    )
    return msgspec.json.encode(told, enc_hook=ids.encode)

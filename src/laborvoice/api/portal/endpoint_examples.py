"""Examples of the contract around endpoints and events: made up, and of the very structs that answer."""

from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from laborvoice.domain.endpoint import SECRET_SIZE, NewEndpoint, write_secret
from laborvoice.domain.event import Event, body, of_party
from laborvoice.domain.facts import (
    KINDS,
    TYPES,
    Anchored,
    Beat,
    CaseDue,
    CaseMoved,
    EventType,
    Facts,
    Merged,
    OfBand,
    OfCase,
    OfExport,
    OfLink,
    OfPetition,
    OfRelease,
    OfStatement,
    OfSupplier,
    OfTest,
    OfTrouble,
    OfVerify,
)
from laborvoice.domain.ids import (
    CaseId,
    DeliveryId,
    EndpointId,
    EventId,
    ExportId,
    JobId,
    LinkId,
    PartyId,
    PetitionId,
    ReleaseId,
    StatementId,
    SupplierId,
)
from laborvoice.views.endpoints import (
    AttemptView,
    DeliveryView,
    EndpointView,
    KeyVersion,
    PublicKeyView,
    RecoveryView,
    made,
)

ORIGIN: Final = "https://voice.example"
_EMPTY: Final = {"next_cursor": None, "has_more": False}
_TAIL: Final = "1vgvkpez469jqtcz423kd5we15"
_SUPPLIER: Final = SupplierId.parse("sup_4jfhky32628wfaybwzv7f5tadw")
_CASE: Final = CaseId.parse(f"cas_{_TAIL}")
_AT: Final = datetime(2026, 10, 8, 14, tzinfo=UTC)
ENDPOINT_ID: Final = EndpointId.parse("end_2c8xkq7m1v0zt5r9w4hbn6jyde")
DELIVERY_ID: Final = DeliveryId.parse("dlv_0q4m8z2k6x1v7t3r5w9hcbnjyd")
JOB_ID: Final = JobId.parse("job_3h5dq0r8m6x2v9t1k7zcw4bnjs")
EVENT_ID: Final = EventId.parse("evt_55td3pj9p8dj9tj0h8e9mfqnh4")

NEW: Final = NewEndpoint(
    url="https://hooks.brand.example/laborvoice",
    types=("score.band_changed", "case.shared"),
    description="Compliance desk",
)
PATCH: Final = {"types": ["*"], "fifo": True}
ENDPOINT: Final = EndpointView(
    id=ENDPOINT_ID,
    created_on=date(2026, 10, 8),
    url=NEW.url,
    types=NEW.types,
    description=NEW.description,
    headers={},
    fifo=False,
    state="active",
    keys=(KeyVersion(version=2), KeyVersion(version=1, until=datetime(2026, 10, 9, 14, tzinfo=UTC))),
)
ENDPOINTS: Final = {"data": (ENDPOINT,), **_EMPTY}
MADE: Final = made(ENDPOINT, write_secret(bytes(range(SECRET_SIZE))))
DELIVERY: Final = DeliveryView(
    id=DELIVERY_ID, event=EVENT_ID, type="score.band_changed", state="due", attempts=2, replay=False, at=_AT
)
DELIVERIES: Final = {"data": (DELIVERY,), **_EMPTY}
ATTEMPTS: Final = {
    "data": (
        AttemptView(
            at=_AT,
            ms=184,
            status=503,
            error="http_5xx",
            address="203.0.113.7",
            headers=(("retry-after", "120"),),
            body="overloaded, call [number]",
        ),
    )
}
RECOVERY: Final = RecoveryView(
    id=JOB_ID,
    endpoint=ENDPOINT_ID,
    since=datetime(2026, 10, 1, tzinfo=UTC),
    until=_AT,
    types=(),
    include=("failed", "never_sent"),
    state="running",
    done=40,
    total=120,
    created_on=date(2026, 10, 8),
)
RECOVERIES: Final = {"data": (RECOVERY,)}
KEYS: Final = {
    "keys": (
        PublicKeyView(key="whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=", version=2, not_before=date(2026, 10, 8)),
    )
}

_RELEASE: Final = ReleaseId.parse(f"rel_{_TAIL}")
_EXAMPLES: Final[tuple[Facts, ...]] = (
    OfRelease(supplier=_SUPPLIER, period="2026-Q3", release=_RELEASE),
    OfBand(supplier=_SUPPLIER, period="2026-Q3", release=_RELEASE),
    OfCase(case=_CASE),
    CaseMoved(case=_CASE, state="investigating"),
    CaseDue(case=_CASE, step="plan", overdue=False),
    OfStatement(statement=StatementId.parse(f"stm_{_TAIL}")),
    OfPetition(petition=PetitionId.parse(f"pet_{_TAIL}")),
    OfSupplier(supplier=_SUPPLIER),
    Merged(supplier=_SUPPLIER, into=SupplierId.parse(f"sup_{_TAIL}")),
    OfLink(link=LinkId.parse(f"lnk_{_TAIL}")),
    OfExport(export=ExportId.parse(f"exp_{_TAIL}")),
    OfTrouble(endpoint=ENDPOINT_ID, reason="failing", level=50),
    Anchored(chain="acts", seq=4812, hash="5f" * 32),
    OfVerify(endpoint=ENDPOINT_ID, challenge="a1" * 32),
    OfTest(endpoint=ENDPOINT_ID),
    Beat(cursor="A" * 24, urgent_waiting="0000", pad="0" * 700),
)
_BY_SHAPE: Final = MappingProxyType({type(one): one for one in _EXAMPLES})


def event_bytes(kind: EventType) -> bytes:
    """An event of this type as it is sent."""
    facts = _BY_SHAPE[KINDS[kind].facts]
    one = Event(
        id=EVENT_ID,
        type=kind,
        audience=of_party(PartyId.parse(f"par_{_TAIL}")),
        resource=str(ENDPOINT_ID),
        facts=facts,
        period=None,
        occurred_on=_AT,
    )
    return body(one, 7, ORIGIN)


EVENTS: Final[MappingProxyType[EventType, Any]] = MappingProxyType(
    {kind: msgspec.json.decode(event_bytes(kind)) for kind in TYPES}
)
"""By type, in the JSON form."""

"""Events: the exact bytes of a body, and nothing in them but ids, enums, a day and a URL."""

import json
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.domain import ids
from laborvoice.domain.event import (
    BODY_MAX,
    TYPES,
    Body,
    Event,
    EventType,
    OfRelease,
    body,
    of_party,
    of_supplier,
    rounded,
)
from laborvoice.domain.ids import EventId, PartyId, ReleaseId, SupplierId

SUPPLIER = SupplierId.draw(bytes(range(16)))
RELEASE = ReleaseId.draw(bytes(range(16, 32)))
MOMENT = datetime(2026, 10, 8, 13, 37, 11, 5, tzinfo=UTC)


def event(kind: EventType, moment: datetime = MOMENT) -> Event:
    return Event(
        id=EventId.draw(bytes(range(32, 48))),
        type=kind,
        audience=of_supplier(SUPPLIER),
        resource=SUPPLIER,
        facts=OfRelease(supplier=SUPPLIER, period="2026-Q3", release=RELEASE),
        period="2026-Q3",
        occurred_on=moment,
    )


def test_the_bytes_are_those_of_the_design() -> None:
    one = event("score.band_changed")
    assert (
        body(one, 7, "https://voice.example")
        == (
            f'{{"id":"{one.id}","type":"score.band_changed","timestamp":"2026-10-08T00:00:00Z","schema_version":1,'
            f'"sequence":7,"data":{{"supplier":"{SUPPLIER}","period":"2026-Q3","release":"{RELEASE}",'
            f'"url":"https://voice.example/v1/suppliers/{SUPPLIER}/score?period=2026-Q3"}}}}'
        ).encode()
    )


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_has_a_url_of_ours_and_fits(kind: EventType) -> None:
    made = body(event(kind), 2**62, "https://" + "a" * 240 + ".example")
    assert len(made) <= BODY_MAX
    url = json.loads(made)["data"]["url"]
    wanted = (
        f"/v1/releases/{RELEASE}" if kind.startswith("release.") else f"/v1/suppliers/{SUPPLIER}/score?period=2026-Q3"
    )
    assert url.endswith(wanted)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])))
def test_a_moment_is_rounded_down_to_its_day_in_utc(moment: datetime) -> None:
    day = rounded(moment)
    assert day.tzinfo is UTC
    assert timedelta() <= moment - day < timedelta(days=1)
    assert (day.hour, day.minute, day.second, day.microsecond) == (0, 0, 0, 0)


def test_nothing_in_a_body_is_free_text() -> None:
    """Each string is an enum, a patterned id or label, a moment, or a URL of ours."""
    schema = msgspec.json.schema_components([Body], schema_hook=ids.schema)[1]
    free = {
        f"{name}.{field}"
        for name, part in schema.items()
        for field, of in part.get("properties", {}).items()
        if of.get("type") == "string" and not {"pattern", "format", "enum"} & set(of)
    }
    assert free == set()


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_sent_fits_its_schema(kind: EventType) -> None:
    made = body(event(kind), 1, "https://voice.example")
    assert msgspec.json.decode(made, type=Body, dec_hook=ids.decode).data.release == RELEASE


def test_audiences_name_whom_they_are_for() -> None:
    party = PartyId.draw(bytes(16))
    assert of_supplier(SUPPLIER) == f"supplier:{SUPPLIER}"
    assert of_party(party) == f"party:{party}"

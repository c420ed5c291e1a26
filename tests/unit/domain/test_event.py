"""Events: the exact bytes of a body, and nothing in them but ids, enums, numbers, a day and a URL."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.domain import ids
from laborvoice.domain.condition import Condition
from laborvoice.domain.event import (
    BODIES,
    BODY_MAX,
    Event,
    body,
    of_endpoint,
    of_party,
    of_supplier,
    rounded,
)
from laborvoice.domain.facts import KINDS, TYPES, EventType, Facts, OfBand, OfRelease
from laborvoice.domain.ids import CaseId, EndpointId, EventId, PartyId, ReleaseId, SupplierId
from laborvoice.domain.release import Release, Scales, statistics
from laborvoice.scoring.score import ASSUMED, assess

SUPPLIER = SupplierId.draw(bytes(range(16)))
RELEASE = ReleaseId.draw(bytes(range(16, 32)))
MOMENT = datetime(2026, 10, 8, 13, 37, 11, 5, tzinfo=UTC)
ORIGIN = "https://voice.example"
ALPHABET = f"[0-7][{ids.ALPHABET}]{{25}}"


def event(kind: EventType, facts: Facts | None = None, moment: datetime = MOMENT) -> Event:
    return Event(
        id=EventId.draw(bytes(range(32, 48))),
        type=kind,
        audience=of_supplier(SUPPLIER),
        resource=SUPPLIER,
        facts=facts or OfRelease(supplier=SUPPLIER, period="2026-Q3", release=RELEASE),
        period="2026-Q3",
        occurred_on=moment,
    )


def test_the_bytes_are_those_of_the_design() -> None:
    one = event("score.changed")
    assert (
        body(one, 7, ORIGIN)
        == (
            f'{{"id":"{one.id}","type":"score.changed","timestamp":"2026-10-08T00:00:00Z","schema_version":1,'
            f'"sequence":7,"data":{{"supplier":"{SUPPLIER}","period":"2026-Q3","release":"{RELEASE}",'
            f'"url":"https://voice.example/v1/suppliers/{SUPPLIER}/score?period=2026-Q3"}}}}'
        ).encode()
    )


def test_an_override_names_its_case() -> None:
    case = CaseId.draw(bytes(16))
    facts = OfBand(supplier=SUPPLIER, period="2026-Q3", release=RELEASE, case=case)
    assert json.loads(body(event("score.band_changed", facts), 1, ORIGIN))["data"]["case"] == case
    plain = OfBand(supplier=SUPPLIER, period="2026-Q3", release=RELEASE)
    assert "case" not in json.loads(body(event("score.band_changed", plain), 1, ORIGIN))["data"]


def sample(shape: dict[str, Any], parts: dict[str, Any]) -> Any:
    """The longest value that a schema allows, as JSON."""
    if "$ref" in shape:
        whole = parts[shape["$ref"]]
        return {name: sample(of, parts) for name, of in whole["properties"].items()}
    if "enum" in shape:
        return max(shape["enum"], key=lambda one: len(str(one)))
    return _SAMPLES.get(shape["type"]) or _text(shape["pattern"])


_SAMPLES: dict[str, Any] = {"integer": 90, "boolean": True}


def _text(pattern: str) -> str:
    if pattern == "^0*$":
        return "0" * 700
    if pattern.startswith("^[0-9]{4}-"):
        return "2026-Q3"
    found = re.fullmatch(r"\^(?P<head>[a-z]*_?)\[(?P<set>.).*\]\{(?P<count>\d+)\}\$", pattern)
    assert found is not None, pattern
    head = f"{found['head']}0" if found["head"] else ""
    return head + "0" * int(found["count"])


def facts_of(kind: EventType) -> Facts:
    shape = KINDS[kind].facts
    schemas, parts = msgspec.json.schema_components([shape], schema_hook=ids.schema, ref_template="{name}")
    made = sample(schemas[0], parts)
    return msgspec.convert(made, shape, dec_hook=ids.decode)


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_fits_its_struct_and_its_size(kind: EventType) -> None:
    origin = "https://" + "a" * 240 + ".example"
    made = body(event(kind, facts_of(kind)), 2**62, origin)
    assert len(made) <= BODY_MAX
    read: Any = msgspec.json.decode(made, type=BODIES[kind], dec_hook=ids.decode)
    assert read.type == kind
    url = json.loads(made)["data"].get("url", f"{origin}/v1/")
    assert url.startswith(f"{origin}/v1/")
    assert "{" not in url


@pytest.mark.parametrize("kind", TYPES)
def test_releases_and_cases_are_told_by_the_day_the_rest_by_the_hour(kind: EventType) -> None:
    told = json.loads(body(event(kind, facts_of(kind)), 1, ORIGIN))["timestamp"]
    by_day = kind.partition(".")[0] in {"release", "score", "case"}
    assert told == ("2026-10-08T00:00:00Z" if by_day else "2026-10-08T13:00:00Z")


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])))
def test_a_moment_is_rounded_down_to_its_day_in_utc(moment: datetime) -> None:
    day = rounded(moment)
    assert day.tzinfo is UTC
    assert timedelta() <= moment - day < timedelta(days=1)
    assert (day.hour, day.minute, day.second, day.microsecond) == (0, 0, 0, 0)


def free_strings(shapes: list[type]) -> set[str]:
    """Properties that could hold anybody's words."""
    parts = msgspec.json.schema_components(shapes, schema_hook=ids.schema)[1]
    return {
        f"{name}.{field}"
        for name, part in parts.items()
        for field, shape in part.get("properties", {}).items()
        if any(_is_free(one) for one in _choices(shape))
    }


def _choices(shape: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from shape.get("anyOf", [shape])


def _is_free(shape: dict[str, Any]) -> bool:
    known = {"pattern", "enum", "const", "$ref"} & set(shape)
    return not known and shape.get("format") != "date-time" and shape.get("type") not in {"integer", "boolean", "null"}


def test_nothing_in_any_body_is_free_text() -> None:
    assert free_strings(list(BODIES.values())) == set()


def test_a_free_string_would_be_found() -> None:
    class Talkative(msgspec.Struct):
        words: str
        more: list[str]
        figure: float

    assert free_strings([Talkative]) == {"Talkative.words", "Talkative.more", "Talkative.figure"}


def test_every_pattern_is_anchored() -> None:
    parts = msgspec.json.schema_components(list(BODIES.values()), schema_hook=ids.schema)[1]
    loose = {
        f"{name}.{field}"
        for name, part in parts.items()
        for field, shape in part["properties"].items()
        if not shape.get("pattern", "^$").startswith("^")
        or (field != "url" and not shape.get("pattern", "$").endswith("$"))
    }
    assert loose == set()


COUNTS = st.integers(min_value=100, max_value=5_000)


@settings(deadline=None)
@given(n=COUNTS, severity=COUNTS, counts=st.lists(COUNTS, min_size=16, max_size=16), kind=st.sampled_from(TYPES[:4]))
def test_no_payload_moves_with_a_figure_of_its_release(
    n: int, severity: int, counts: list[int], kind: EventType
) -> None:
    """The bytes are a function of ids, period and day alone: whatever was counted, the payload is the same."""
    scales = Scales(n=2.0, bound=16, severity_sum=40 / 3, conditions=4.0)
    release = Release(
        id=RELEASE,
        period="2026-Q3",
        policy="standard",
        questionnaire="core 1",
        method="lv-score/1",
        covers=("2026-Q3",),
        n=n,
        severity_sum=severity,
        conditions=tuple(counts),
        top=None,
        scales=scales,
    )
    told = statistics(release, MOMENT.date())
    score = assess([told], ASSUMED, periods=["2026-Q3"], workforce=1200, distributor="watchdog")
    made = body(event(kind, OfRelease(supplier=SUPPLIER, period=release.period, release=release.id)), 1, ORIGIN)
    words = set(re.findall(r"[A-Za-z_]+", made.decode()))
    assert not words & {score.band, score.confidence, *(condition.value for condition in Condition)}
    plain = re.sub(rf"(sup|rel|evt)_{ALPHABET}|2026-10-08T00:00:00Z|2026-Q3", "", made.decode())
    assert re.findall(r"\d+", plain) == ["1", "1", "1"]


def test_audiences_name_whom_they_are_for() -> None:
    assert of_supplier(SUPPLIER) == f"supplier:{SUPPLIER}"
    assert of_party(PartyId.draw(bytes(16))) == f"party:{PartyId.draw(bytes(16))}"
    assert of_endpoint(EndpointId.draw(bytes(16))) == f"endpoint:{EndpointId.draw(bytes(16))}"

"""Whatever a worker chooses, the envelope has 9,216 bytes (design, privacy 13.1); what she may choose is checked."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice import data
from laborvoice.chance import SystemChance
from laborvoice.client.worker.envelope import Message, Voice, flagged, seal, write_message, write_report
from laborvoice.client.worker.redeem import Asked, Token
from laborvoice.client.worker.trust import Trusted
from laborvoice.crypto import framing, opening, suites, token
from laborvoice.crypto.parcel import Places
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.questionnaire import load
from laborvoice.errors import Malformed

BANK = load(data.questions())
CORE = {one.id: one.options for one in BANK.questions if one.id in BANK.questionnaire("core", 1).answers}
BOX, MIX, READER, OTHER = (suites.key_pair(bytes([number]) * 32, 1) for number in (1, 2, 3, 4))
NONE: dict[str, st.SearchStrategy[str]] = {}
SUPPLIER, PERIOD = "sup_4jfhky32628wfaybwzv7f5tadw", "2026-Q4"


def trusted(places: tuple[bytes | None, ...]) -> Trusted:
    return Trusted(
        origin="voice.example",
        locator="4QX9TN",
        supplier=SUPPLIER,
        period=PERIOD,
        box=BOX.public,
        mix=MIX.public,
        places=places,
        floor=1,
        poll=None,
    )


def answers() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(NONE, optional={code: st.sampled_from(options) for code, options in CORE.items()})


def message(text: str, kind: str = "story") -> Message:
    return Message(kind=kind, text=text, language="en", conversation=bytes(32))  # type: ignore[arg-type]  # drawn


VOICES = st.tuples(answers(), st.binary(min_size=352, max_size=352))
MESSAGES = st.builds(message, st.text(max_size=600), st.sampled_from(("urgent", "story")))
PLACES = st.sampled_from([(READER.public, None), (READER.public, None, None), (READER.public, OTHER.public)])


@given(voice=st.none() | VOICES, words=st.none() | MESSAGES, places=PLACES)
@settings(deadline=None)
def test_every_envelope_has_one_size(voice: Any, words: Message | None, places: Places) -> None:
    cast = None
    if voice is not None:
        report = write_report(BANK, ("core", 1), voice[0], flagged(BANK, voice[0])[:3])
        cast = Voice(token=token.TOKEN_TYPE + voice[1], r=bytes(32), report=report)
    envelope = seal(trusted(places), cast, words, 1, SystemChance())
    assert len(envelope) == framing.ENVELOPE_SIZE
    header = framing.parse_envelope(envelope)
    assert (header.box_kid, header.mix_kid) == (BOX.kid, MIX.kid)
    outer = opening.open_parcel(MIX, framing.parcel_part(envelope, 1))
    assert outer.kind == (0 if words is None else {"urgent": 1, "story": 2}[words.kind])
    if cast is not None:
        _, found = opening.open_ballot(BOX, SUPPLIER, PERIOD, framing.ballot_part(envelope, 1))
        assert found == cast.report


def test_of_more_than_three_only_what_she_chose_is_gravest() -> None:
    many = {"wages_full": "no", "payslip": "no", "building_danger": "yes", "injury": "yes"}
    assert len(flagged(BANK, many)) == 4
    assert json.loads(write_report(BANK, ("core", 1), many))["g"] == []
    chosen = [Condition.BUILDING_FIRE, Condition.WAGES]
    assert json.loads(write_report(BANK, ("core", 1), many, chosen))["g"] == ["building_fire", "wages"]


@pytest.mark.parametrize(
    ("given_answers", "gravest", "why"),
    [
        ({"wages_full": "maybe"}, None, "none that the questionnaire offers"),
        ({"danger_now": "yes"}, None, "none that the questionnaire offers"),
        ({"height": "180"}, None, "none that the questionnaire offers"),
        ({"wages_full": "no"}, [], "nothing to choose"),
        ({"wages_full": "no"}, [Condition.VIOLENCE], "nothing to choose"),
    ],
)
def test_what_the_screen_does_not_offer_is_refused(given_answers: dict[str, str], gravest: Any, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        write_report(BANK, ("core", 1), given_answers, gravest)


@pytest.mark.parametrize("gravest", [CONDITIONS[:4], [Condition.VIOLENCE], [Condition.WAGES, Condition.WAGES]])
def test_a_choice_among_more_than_three_is_of_these_and_at_most_three(gravest: Any) -> None:
    every = {"wages_full": "no", "hours_week": "over_72", "child_seen": "yes", "documents_held": "yes"}
    assert len(flagged(BANK, every)) == 4
    with pytest.raises(Malformed, match="At most three"):
        write_report(BANK, ("core", 1), every, gravest)


def test_a_message_too_long_or_for_nobody_is_refused() -> None:
    chance = SystemChance()
    noise = chance.bytes(6000).hex()
    with pytest.raises(Malformed):
        seal(trusted((READER.public, None)), None, message(noise), 1, chance)
    with pytest.raises(Malformed, match="no watchdog"):
        seal(trusted((None, None)), None, message("hello"), 1, chance)


def test_without_indicators_the_key_f_is_absent() -> None:
    assert "f" not in json.loads(write_message(trusted((READER.public, None)), message("hello")))


def test_secrets_are_not_in_what_is_shown_of_them() -> None:
    voice = Voice(token=b"TTTT", r=b"RRRR", report=b"AAAA")
    asked = Asked(request=b"QQQQ", r=b"RRRR", signed=b"SSSS", inverse=b"IIII")
    assert [repr(one) for one in (voice, asked, Token(token=b"TTTT", r=b"RRRR"))] == [
        "Voice(hidden)",
        "Asked(hidden)",
        "Token(hidden)",
    ]

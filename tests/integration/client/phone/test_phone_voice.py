"""A card becomes a voice in the phone's modules, signed by the real issuer; the vault's code opens the envelope."""

import json
from typing import Any

import pytest

from laborvoice.crypto import exchange, framing, issuer, opening, parcel, suites, token, work
from support.node import Node, Thrown

h = bytes.fromhex
FRESH = bytes(range(1, 251)) * 2
CODE = "7K3M9PQRT2V4W6X8YZ0A"
OTHER_CODE = "0" * 20
BITS = 6
TEXT = "রাতের শিফটে দরজা তালা। <b>The exit</b> is locked."


@pytest.fixture
def asked(js: Node, trusted: dict[str, Any]) -> dict[str, bytes]:
    found: dict[str, bytes] = js("token", "ask", trusted, CODE, BITS)
    return found


def signed_by(pkcs8: bytes, request: bytes) -> bytes:
    signature = issuer.sign_blinded(issuer.load(pkcs8), exchange.parse_request(request).wants[0].blinded, FRESH)
    return exchange.answer_signed(exchange.request_hash(request), [signature])


@pytest.fixture
def voice(js: Node, trusted: dict[str, Any], asked: dict[str, bytes], vectors: dict[str, Any]) -> dict[str, bytes]:
    found = js("token", "redeemed", trusted, asked, signed_by(h(vectors["token"]["pkcs8"]), asked["request"]))
    assert found["outcome"] == exchange.SIGNED
    voiced: dict[str, bytes] = found["voice"]
    return voiced


def test_the_request_is_the_reference_clients(asked: dict[str, bytes], vectors: dict[str, Any]) -> None:
    request = asked["request"]
    read = exchange.parse_request(request)
    assert (read.code, len(read.wants)) == (CODE, 1)
    assert read.wants[0].token_key_id.hex() == vectors["token"]["token_key_id"]
    assert work.check(work.work_digest_exchange(request), read.work_nonce, BITS)


def test_the_token_is_one(voice: dict[str, bytes], vectors: dict[str, Any]) -> None:
    read = token.parse_token(voice["token"])
    assert token.verify(read, token.load_public(h(vectors["token"]["spki"])))
    assert read.nonce == token.bind_nonce(voice["r"])
    assert read.challenge_digest.hex() == vectors["token"]["challenge_digest"]


def test_a_signature_made_to_mark_a_person_is_refused(
    js: Node, trusted: dict[str, Any], asked: dict[str, bytes], vectors: dict[str, Any]
) -> None:
    good = signed_by(h(vectors["token"]["pkcs8"]), asked["request"])
    marked = good[:20] + bytes((good[20] ^ 1,)) + good[21:]
    two = good[:1] + b"\2" + good[2:]
    for answer in (marked, two):
        with pytest.raises(Thrown, match="Marked"):
            js("token", "redeemed", trusted, asked, answer)
    for answer in (good[:-1], b"\3" + good[1:], b"\0\0" + good[2:], good[:2] + b"\1" + good[3:]):
        with pytest.raises(Thrown, match="Malformed"):
            js("token", "redeemed", trusted, asked, answer)


def test_without_a_card_what_is_asked_looks_the_same(js: Node, trusted: dict[str, Any]) -> None:
    asked = js("token", "ask", trusted, None, BITS)
    read = exchange.parse_request(asked["request"])
    assert (len(read.code), len(read.wants), asked["r"]) == (20, 1, b"")
    for outcome in (exchange.USED, exchange.REFUSED):
        refused = exchange.answer_refused(exchange.request_hash(asked["request"]), outcome)
        assert js("token", "redeemed", trusted, asked, refused) == {"outcome": outcome, "voice": None}


def test_a_reload_in_between_costs_no_vote(
    js: Node, trusted: dict[str, Any], asked: dict[str, bytes], voice: dict[str, bytes]
) -> None:
    js("token", "holdAsked", asked, CODE)
    assert js("token", "heldAsked", trusted, CODE) == asked
    assert js("token", "heldAsked", trusted, OTHER_CODE) is None
    assert js("token", "heldVoice", trusted, CODE) is None
    js("token", "holdVoice", voice, CODE)
    assert js("token", "heldVoice", trusted, CODE) == voice
    assert js("token", "heldVoice", trusted, OTHER_CODE) is None
    assert js("token", "heldVoice", {**trusted, "period": "2027-Q1"}, CODE) is None
    js("token", "forget")
    assert js("token", "heldVoice", trusted, CODE) is None


MESSAGE = {
    "kind": "urgent",
    "text": TEXT,
    "language": "bn",
    "conversation": bytes(32),
    "conditions": ["building_fire"],
    "indicators": [4, 9],
    "may": ["authority"],
    "act": "with_others",
}


def test_the_envelope_opens_where_it_should(
    js: Node, trusted: dict[str, Any], voice: dict[str, bytes], vectors: dict[str, Any]
) -> None:
    answers = {"answers": vectors["report"]["a"], "gravest": vectors["report"]["g"]}
    raw = js("visit", "sealEnvelope", trusted, voice, answers, MESSAGE, BITS)
    header = framing.parse_envelope(raw)
    assert header.suite == suites.OURS
    assert work.check(work.work_digest_envelope(raw), header.work_nonce, BITS)
    assert framing.token_of(raw) == voice["token"]
    box, mix, first, second = (
        suites.key_pair(h(vectors["roots"][one]), 1) for one in ("box", "mix", "watchdog_a", "watchdog_b")
    )
    found = opening.open_ballot(box, vectors["supplier"], vectors["period"], framing.ballot_part(raw, 1))
    assert found == (voice["r"], vectors["report_json"].encode())
    outer = opening.open_parcel(mix, framing.parcel_part(raw, 1))
    assert (outer.kind, outer.slots, outer.recipients) == (1, 2, (first.kid, second.kid))
    opened = [parcel.open_message(pair, 2, place, outer.inner) for place, pair in enumerate((first, second))]
    assert opened[0] == opened[1]
    said = json.loads(opened[0].text)
    assert list(said) == ["v", "k", "s", "t", "l", "p", "c", "may", "act", "cv", "n", "f"]
    assert (said["t"], said["s"], said["p"], said["f"]) == (TEXT, vectors["supplier"], "4QX9TN", [4, 9])


@pytest.mark.parametrize("kind", ["dummy", "story", "more", "long"])
def test_whatever_is_chosen_it_has_one_size(
    js: Node, trusted: dict[str, Any], vectors: dict[str, Any], kind: str
) -> None:
    message = None
    if kind != "dummy":
        text = "word " * 2_000 if kind == "long" else TEXT
        message = {**MESSAGE, "kind": "story" if kind == "long" else kind, "text": text, "conversation": None}
    raw = js("visit", "sealEnvelope", trusted, None, None, message, 1)
    assert len(raw) == framing.ENVELOPE_SIZE
    outer = opening.open_parcel(suites.key_pair(h(vectors["roots"]["mix"]), 1), framing.parcel_part(raw, 1))
    assert outer.kind == (0 if kind == "dummy" else 2)


def test_the_room_of_a_message_ends_where_sealing_refuses(js: Node, trusted: dict[str, Any], noise_text: str) -> None:
    """Text that does not deflate much: what is left is what may still be said."""
    base = {**MESSAGE, "text": noise_text[:2_000]}
    left = js("visit", "room", trusted, base)
    assert 0 <= left < framing.LAYOUTS[1].room(2)
    assert len(js("visit", "sealEnvelope", trusted, None, None, base, 1)) == framing.ENVELOPE_SIZE
    longer = {**MESSAGE, "text": noise_text}
    assert js("visit", "room", trusted, longer) < 0
    with pytest.raises(Thrown, match="length"):
        js("visit", "sealEnvelope", trusted, None, None, longer, 1)


def test_what_cannot_be_said_is_refused(js: Node, trusted: dict[str, Any], voice: dict[str, bytes]) -> None:
    nobody = {**trusted, "places": [None, None]}
    with pytest.raises(Thrown, match="readers"):
        js("visit", "sealEnvelope", nobody, None, None, MESSAGE, 1)
    with pytest.raises(Thrown, match="answers"):
        js("visit", "sealEnvelope", trusted, voice, None, None, 1)
    with pytest.raises(Thrown, match="length"):
        js("visit", "writeReport", trusted["poll"], {"answers": {"a": "b" * 1_300}, "gravest": []})


def test_an_empty_place_does_not_show(js: Node, trusted: dict[str, Any], vectors: dict[str, Any]) -> None:
    raw = js("visit", "sealEnvelope", {**trusted, "places": [trusted["places"][0], None]}, None, None, MESSAGE, 1)
    outer = opening.open_parcel(suites.key_pair(h(vectors["roots"]["mix"]), 1), framing.parcel_part(raw, 1))
    pair = suites.key_pair(h(vectors["roots"]["watchdog_a"]), 1)
    assert outer.recipients == (pair.kid, bytes(8))
    assert json.loads(parcel.open_message(pair, 2, 0, outer.inner).text)["t"] == TEXT

"""What the design fixed in bytes, read by the modules that phones run."""

import json
from typing import Any

import pytest

from laborvoice.crypto import framing, parcel, sealing, token
from laborvoice.crypto.framing import LAYOUTS, unpad
from support.node import Node, Thrown

h = bytes.fromhex


@pytest.fixture
def envelope(vectors: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = vectors["envelopes"][0]
    return found


@pytest.mark.parametrize("whose", ["box", "mix", "watchdog_a", "watchdog_b"])
def test_a_seed_gives_the_public_key_and_its_id(js: Node, vendor: Node, envelope: dict[str, Any], whose: str) -> None:
    pair = envelope[whose]
    assert vendor("seal", "publicOf", h(pair["seed"])).hex() == pair["pk"]
    assert js("proofs", "kid", h(pair["pk"])).hex() == pair["kid"]


def test_keys_of_the_other_suite_have_their_ids_too(js: Node, vectors: dict[str, Any]) -> None:
    pair = vectors["envelopes"][1]["box"]
    assert js("proofs", "kid", h(pair["pk"]), 2).hex() == pair["kid"]


def test_the_envelope_opens(vendor: Node, vectors: dict[str, Any], envelope: dict[str, Any]) -> None:
    raw = h(envelope["envelope"])
    ballot = vendor("seal", "open", h(envelope["box"]["seed"]), h(envelope["info_ballot"]), framing.ballot_part(raw, 1))
    assert unpad(ballot) == h(vectors["bind"]["r"]) + vectors["report_json"].encode()
    outer = vendor("seal", "open", h(envelope["mix"]["seed"]), h(envelope["info_parcel"]), framing.parcel_part(raw, 1))
    inner = outer[32:]
    digest = parcel.message_digest(1, 2, inner)
    assert digest.hex() == envelope["message_digest"]
    for place, whose in enumerate(("watchdog_a", "watchdog_b")):
        info = parcel.info_wrap(1, h(envelope[whose]["kid"]), digest)
        at = 32 + place * LAYOUTS[1].wrap
        key = vendor("seal", "open", h(envelope[whose]["seed"]), info, inner[at : at + LAYOUTS[1].wrap])
        assert framing.hkdf(key, "commit") == inner[:32]


def test_what_was_sealed_for_another_does_not_open(vendor: Node, envelope: dict[str, Any]) -> None:
    part = framing.ballot_part(h(envelope["envelope"]), 1)
    with pytest.raises(Thrown):
        vendor("seal", "open", h(envelope["mix"]["seed"]), h(envelope["info_ballot"]), part)
    with pytest.raises(Thrown):
        vendor("seal", "open", h(envelope["box"]["seed"]), h(envelope["info_parcel"]), part)


def test_the_report_is_written_byte_for_byte(js: Node, vectors: dict[str, Any]) -> None:
    answers = {"answers": vectors["report"]["a"], "gravest": vectors["report"]["g"]}
    assert js("visit", "writeReport", {"q": "core", "qv": 1}, answers) == vectors["report_json"].encode()


def test_the_work_of_the_envelope_is_found(js: Node, envelope: dict[str, Any]) -> None:
    digest, nonce = h(envelope["envelope_digest"]), h(envelope["envelope"])[20:28]
    assert js("proofs", "find", digest, 15) == nonce


def test_the_exchange_is_read_and_ends_in_the_token(js: Node, vendor: Node, vectors: dict[str, Any]) -> None:
    asked = js("token", "parseAnswer", h(vectors["exchange"]["answer"]))
    refused = js("token", "parseAnswer", h(vectors["exchange"]["answer_unknown"]))
    assert (asked["outcome"], len(asked["signatures"])) == (0, 1)
    assert refused == {"outcome": 2, "signatures": []}
    spki = h(vectors["token"]["spki"])
    key = token.load_public(spki)
    inverse = pow(int(vectors["exchange"]["blind_factor"], 16), -1, key.modulus).to_bytes(256, "big")
    whole = h(vectors["token"]["token"])
    loaded = js("proofs", "toRsaEncryption", spki)
    assert loaded == token.to_rsa_encryption(spki)
    assert vendor("blind", "finalise", loaded, whole[:98], asked["signatures"][0], inverse) == whole[98:]


def test_the_challenge_is_the_tokens(js: Node, vectors: dict[str, Any], trusted: dict[str, Any]) -> None:
    assert js("token", "challengeDigest", trusted).hex() == vectors["token"]["challenge_digest"]


def test_the_receipt_opens_its_conversation(js: Node, vectors: dict[str, Any]) -> None:
    values = vectors["receipt"]
    digits = js("codes", "parseDigits", js("codes", "grouped", values["digits"]))
    assert digits == values["digits"] == js("codes", "withCheck", digits[:26])
    conversation = js("codes", "conversationKey", digits, vectors["origin"])
    assert conversation.hex() == values["conv"]
    at = js("../mail/mailbox", "firstLink", conversation)
    for tag in values["tags"]:
        assert at["tag"].hex() == tag
        at = js("../mail/mailbox", "link", at["following"])


def test_the_item_is_the_reply(js: Node, vectors: dict[str, Any], manifest: dict[str, Any]) -> None:
    values = vectors["receipt"]
    at = js("../mail/mailbox", "firstLink", h(values["conv"]))
    reply = js("../mail/mailbox", "read", at, h(values["item0"]), manifest)
    assert (reply["text"], reply["party"]) == (values["reply"]["t"], values["reply"]["w"])
    assert (reply["kind"], reply["status"]) == ("ack", "acting")


def test_the_card_is_read_as_link_and_as_typed(js: Node, vectors: dict[str, Any], fingerprint: bytes) -> None:
    invite = vectors["invite"]
    card = {"locator": invite["locator"], "code": invite["code"]}
    fragment = invite["card"].partition("#")[2]
    assert (
        js("codes", "readLink", fragment)
        == js("codes", "readLink", "#" + fragment)
        == {**card, "fingerprint": fingerprint}
    )
    assert js("codes", "readTyped", invite["typed"]) == card
    assert js("codes", "readTyped", " 4qx-9tn 7k3m9pqrt2v4w6x8yzOae") == card
    assert js("codes", "fingerprintOf", fragment[-26:]) == fingerprint


def test_the_keys_of_the_visit_are_those_of_the_vectors(
    trusted: dict[str, Any], vectors: dict[str, Any], envelope: dict[str, Any]
) -> None:
    assert trusted["supplier"] == vectors["supplier"]
    assert trusted["box"].hex() == envelope["box"]["pk"]
    assert trusted["mix"].hex() == envelope["mix"]["pk"]
    assert [one.hex() for one in trusted["places"]] == [envelope["watchdog_a"]["pk"], envelope["watchdog_b"]["pk"]]
    assert trusted["poll"] == {"q": "core", "qv": 1, "spki": h(vectors["token"]["spki"])}
    assert sealing.info_ballot(1, h(envelope["box"]["kid"]), trusted["supplier"], trusted["period"]) == h(
        envelope["info_ballot"]
    )
    assert json.loads(vectors["part"]["text_utf8"])["slots"] == len(trusted["places"])

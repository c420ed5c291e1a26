"""A watchdog's browser and the server's language read and write the same bytes; what is wrong is said."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from laborvoice.crypto import framing, parcel, receipt, signing, suites
from laborvoice.crypto.framing import b64, unb64
from laborvoice.crypto.sealing import STORY, URGENT
from support import node
from support.node import Node, Thrown

VECTORS = Path(__file__).parents[3] / "vectors" / "envelope.json"
PARTY = "par_7q2m9xk4v8trn3hd6cj5wzpy0b"
KIND = {URGENT: "urgent", STORY: "story"}
h = bytes.fromhex


@pytest.fixture(scope="module")
def js() -> Iterator[Node]:
    with node.running(folder="watchdog") as one:
        yield one


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VECTORS.read_bytes())
    return found


@pytest.fixture(scope="module")
def keys(known: dict[str, Any]) -> dict[str, Any]:
    return keys_of(h(known["roots"]["watchdog_a"]), h(known["roots"]["watchdog_a_sign"]))


@pytest.fixture(scope="module")
def inner(known: dict[str, Any]) -> bytes:
    """Of the envelope in the vectors, sealed to two watchdogs."""
    one = known["envelopes"][0]
    pair = suites.key_pair(h(known["roots"]["mix"]), 1)
    outer = suites.unseal(pair, h(one["info_parcel"]), framing.parcel_part(h(one["envelope"]), 1))
    return outer[framing.OUTER_HEADER_SIZE :]


def keys_of(root: bytes, seed: bytes) -> dict[str, Any]:
    pair = suites.key_pair(root, 1)
    month = {"until": "2027-01-31", "keys": [{"suite": 1, "kid": b64(pair.kid), "pk": b64(pair.public)}], "root": root}
    return {"party": PARTY, "signKey": b64(signing.public_of(seed)), "signSeed": seed, "months": [month]}


def row(keys: dict[str, Any], kind: str = "urgent", **more: Any) -> dict[str, Any]:
    kid = keys["months"][0]["keys"][0]["kid"]
    return {"id": "msg_1", "kind": kind, "kid": kid, "suite": 1, "slots": 2, "place": 0, **more}


def sealed(keys: dict[str, Any], text: bytes) -> bytes:
    public = unb64(keys["months"][0]["keys"][0]["pk"])
    return parcel.seal_message(1, (public, None), text, bytes(parcel.entropy_size(1, (public, None))))


def test_the_message_of_the_vectors_opens(js: Node, known: dict[str, Any], keys: dict[str, Any], inner: bytes) -> None:
    told = known["message"]
    found = js("letters", "openLetter", keys, row(keys), inner)
    assert found["digest"] == b64(h(known["envelopes"][0]["message_digest"]))
    assert (found["text"], found["supplier"], found["locator"]) == (told["t"], told["s"], told["p"])
    assert (found["kind"], found["odd"], found["conditions"]) == ("urgent", False, told["c"])
    assert b64(found["conversation"]) == told["cv"]
    assert js("letters", "openLetter", keys, row(keys, "story"), inner)["odd"] is True


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kid": "AAAAAAAAAAA"}, "key"),
        ({"suite": 2}, "suite"),
        ({"place": 1}, "sealed"),
        ({"place": 2}, "sealed"),
    ],
)
def test_what_cannot_be_opened_says_why(
    js: Node, keys: dict[str, Any], inner: bytes, change: dict[str, Any], why: str
) -> None:
    with pytest.raises(Thrown) as thrown:
        js("letters", "openLetter", keys, row(keys, **change), inner)
    assert (thrown.value.name, thrown.value.why) == ("Unopened", why)


def test_a_key_that_is_not_committed_to_shows_nothing(js: Node, keys: dict[str, Any]) -> None:
    """Sealed to this reader under a key of its own, as whoever wants to show two texts would."""
    body = bytes(framing.LAYOUTS[1].inner - framing.COMMIT_SIZE - 2 * framing.LAYOUTS[1].wrap)
    commit = framing.hkdf(b"\1" * 32, "commit")
    kid, public = (unb64(keys["months"][0]["keys"][0][name]) for name in ("kid", "pk"))
    info = parcel.info_wrap(1, kid, framing.sha256(commit + body))
    forged = commit + 2 * suites.seal(1, public, info, b"\2" * 32) + body
    with pytest.raises(Thrown) as thrown:
        js("letters", "openLetter", keys, row(keys), forged)
    assert thrown.value.why == "commitment"


@pytest.mark.parametrize("text", [b"{}", b"\xff", b'{"v":1,"k":"story","t":1,"l":"en","p":"any","act":"now","n":0}'])
def test_what_is_no_message_is_not_believed(js: Node, keys: dict[str, Any], text: bytes) -> None:
    with pytest.raises(Thrown) as thrown:
        js("letters", "openLetter", keys, row(keys), sealed(keys, text))
    assert thrown.value.why == "words"


def test_odd_members_are_left_out(js: Node, keys: dict[str, Any]) -> None:
    text = {
        "v": 1,
        "k": "more",
        "t": "x" * 9_000,
        "l": "en",
        "p": "any",
        "act": "now",
        "n": 3,
        "s": 7,
        "c": [1, "wages"],
    }
    found = js(
        "letters", "openLetter", keys, row(keys, "story"), sealed(keys, json.dumps({**text, "cv": "AA"}).encode())
    )
    assert (found["supplier"], found["conditions"], found["conversation"], found["odd"]) == (
        None,
        ["wages"],
        None,
        False,
    )
    assert len(found["text"]) == 9_000


@pytest.mark.parametrize("text", ["শুনেছি", "long " * 150, ""])
def test_an_answer_is_read_where_the_receipt_is(js: Node, keys: dict[str, Any], text: str) -> None:
    at = receipt.first_link(b"\7" * 32)
    said = {"kind": "reply", "answers": "digest", "status": "acting", "text": text, "locator": "4QX9TN", "party": PARTY}
    link = {"tag": at.tag, "key": at.key, "following": at.following}
    item = js("letters", "sealItem", link, keys["signSeed"], said)
    found = receipt.open_item(at, item)
    assert receipt.verify_reply(at, found, signing.public_of(keys["signSeed"]))
    assert json.loads(found.text) == {
        "v": 1, "k": "reply", "h": "digest", "st": "acting", "t": text, "p": "4QX9TN", "w": PARTY,
    }  # fmt: skip
    assert js("letters", "sealItem", link, keys["signSeed"], said) != item
    room = receipt.ITEM_ROOM - (len(parcel.encode(found.text)) - 1)
    assert abs(js("letters", "left", said) - room) <= 4  # two compressors may differ by a few bytes


def test_the_room_of_an_answer_is_the_servers(js: Node, keys: dict[str, Any]) -> None:
    assert js("letters", "ROOM", 0) == receipt.ITEM_ROOM
    said = {"kind": "reply", "answers": "", "status": "acting", "text": "", "locator": "any", "party": PARTY}
    long = {**said, "text": "".join(b64(framing.sha256(bytes([at]))) for at in range(30))}
    assert js("letters", "left", said) > 0 > js("letters", "left", long)
    link = {"tag": bytes(16), "key": bytes(32), "following": bytes(32)}
    with pytest.raises(Thrown) as thrown:
        js("letters", "sealItem", link, keys["signSeed"], long)
    assert thrown.value.why == "length"


def test_marks_that_turn_or_hide_are_shown(js: Node) -> None:
    turned = "a\u202eb\u0000c\U000e0041\nd\u200de"
    assert js("marks", "pieces", turned) == [
        {"text": "a", "mark": False},
        {"text": "U+202E", "mark": True},
        {"text": "b", "mark": False},
        {"text": "U+0000", "mark": True},
        {"text": "c", "mark": False},
        {"text": "U+E0041", "mark": True},
        {"text": "\nd\u200de", "mark": False},
    ]
    assert js("marks", "firstWords", " one\n two " + "x" * 200) == "one two " + "x" * 112 + "…"


def entry(name: str | None, kind: str = "story", digest: str = "", locator: str = "any") -> dict[str, Any]:
    letter = {"supplier": name, "locator": locator, "digest": digest}
    return {"row": {"kind": kind, "state": "new"}, "letter": letter, "why": "", "again": False}


def test_groups_are_by_supplier_and_the_urgent_first(js: Node) -> None:
    closed = {"row": {"kind": "urgent", "state": "new"}, "letter": None, "why": "key", "again": False}
    of = [entry(None), entry("sup_a"), entry(None, locator="4QX9TN"), entry("sup_b"), entry("sup_b", "urgent")]
    entries = [closed, *of]
    found = js("groups", "grouped", entries)
    assert [(one["name"], one["open"]) for one in found] == [
        ("sup_b", True), ("sup_a", True), ("4QX9TN", True), ("", True), ("", False),
    ]  # fmt: skip
    assert [one["row"]["kind"] for one in found[0]["entries"]] == ["urgent", "story"]

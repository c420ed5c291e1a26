"""A key file made in the browser opens on the command line, and the other way round; what is wrong with one is said."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from laborvoice.client.watchdog import keyfile
from laborvoice.crypto import signing, suites
from laborvoice.crypto.framing import b64, unb64
from laborvoice.crypto.manifest import own_bytes
from laborvoice.domain.ids import PartyId
from support import node
from support.registry_world import CountedChance

PARTY = PartyId.draw(b"\7" * 16)
FIRST = date(2026, 12, 1)
OTHER_CODE = "1234567890123456789012345627"


@pytest.fixture(scope="module")
def js() -> Iterator[node.Node]:
    with node.running(folder="watchdog") as one:
        yield one


@pytest.fixture(scope="module")
def made(js: node.Node) -> dict[str, Any]:
    """By the browser: ``code`` and ``text``."""
    file: dict[str, Any] = js("keyfile", "make", str(PARTY), "2026-12")
    return file


def test_what_the_browser_makes_opens_on_the_command_line(js: node.Node, made: dict[str, Any]) -> None:
    here = keyfile.unlock(made["text"].encode(), made["code"])
    there = js("keyfile", "open", made["text"], made["code"])
    assert [one.until for one in here.months][::11] == [date(2026, 12, 31), date(2027, 11, 30)]
    assert (here.party, here.seed, b64(here.sign_key)) == (PARTY, there["signSeed"], there["signKey"])
    assert list(here.roots) == [one["root"] for one in there["months"]]
    assert len({*here.roots, here.seed}) == 13
    assert js("keyfile", "fileName", json.loads(made["text"])) == "laborvoice-key-2026.json"


def test_what_the_command_line_makes_opens_in_the_browser(js: node.Node) -> None:
    chance = CountedChance("a year")
    keys = keyfile.make(PARTY, FIRST, chance)
    code = keyfile.draw_code(chance)
    text = keyfile.write(keys, code, FIRST, chance).decode()
    there = js("keyfile", "open", text, f"{code[:4]} {code[4:]}")
    assert (there["signSeed"], [one["root"] for one in there["months"]]) == (keys.seed, list(keys.roots))


def test_its_public_halves_are_what_phones_believe(js: node.Node, made: dict[str, Any]) -> None:
    body = js("keyfile", "publicHalves", json.loads(made["text"]), "2027-01-01")
    assert body["months"][0]["until"] == "2027-01-31"
    assert len(body["months"]) == 11
    for month in body["months"]:
        pairs = [(unb64(key["kid"]), unb64(key["pk"])) for key in month["keys"]]
        assert [key["suite"] for key in month["keys"]] == [1, 2]
        assert [suites.kid(suite, pk) for suite, (_, pk) in enumerate(pairs, 1)] == [kid for kid, _ in pairs]
        signed = own_bytes(str(PARTY), month["until"], pairs)
        assert signing.verify(unb64(body["sign_key"]), signed, unb64(month["own"]))
    assert set(body) == {"sign_key", "months"}


def test_months_long_past_are_taken_out(js: node.Node, made: dict[str, Any]) -> None:
    """On the 90th day after its end a month is still there, on the next no more; with the last the seed goes too."""
    for today, left in (("2027-03-31", 12), ("2027-04-01", 11), ("2027-09-01", 6)):
        text = js("keyfile", "renewed", made["text"], made["code"], today)
        assert len(js("keyfile", "open", text, made["code"])["months"]) == left
        here = keyfile.unlock(text.encode(), made["code"])
        assert here.roots.count(keyfile.ZEROED) == 12 - left
        before, after = json.loads(made["text"]), json.loads(text)
        assert before["months"] == after["months"]
        assert {before[name] == after[name] for name in ("salt", "nonce", "sealed")} == {False}
    empty = js("keyfile", "renewed", made["text"], made["code"], "2029-01-01")
    assert js("keyfile", "open", empty, made["code"])["months"] == []
    assert keyfile.unlock(empty.encode(), made["code"]).seed == keyfile.ZEROED


def test_what_is_wrong_is_said(js: node.Node, made: dict[str, Any]) -> None:
    text, code = made["text"], made["code"]
    file = json.loads(text)
    other = js("keyfile", "make", str(PARTY), "2026-12")
    for wrong, typed, why in (
        (text, OTHER_CODE, "sealed"),
        (text, other["code"], "sealed"),
        (text, code[:-1], "length"),
        (text, code[:-1] + str((int(code[-1]) + 1) % 10), "check"),
        (text[: len(text) // 2], code, "file"),
        ("", code, "file"),
        ("[]", code, "file"),
        (json.dumps({**file, "salt": "AA"}), code, "file"),
        (json.dumps({**file, "months": [{**file["months"][0], "until": "2026-13-31"}]}), code, "file"),
        (json.dumps({**file, "rounds": 1}), code, "year"),
        (json.dumps({**file, "months": file["months"][1:]}), code, "year"),
        (json.dumps({**file, "party": "par_other"}), code, "sealed"),
        (json.dumps({**file, "more": 1}), code, "sealed"),
        (json.dumps({**file, "sealed": file["sealed"][:-4]}), code, "sealed"),
    ):
        with pytest.raises(node.Thrown) as thrown:
            js("keyfile", "open", wrong, typed)
        assert thrown.value.why == why


def test_it_derives_and_signs_as_the_vectors_say(js: node.Node, vectors: dict[str, Any]) -> None:
    roots = {name: bytes.fromhex(one) for name, one in vectors["roots"].items()}
    for one in vectors["envelopes"]:
        for name in ("watchdog_a", "watchdog_b"):
            seed = js("keyfile", "seedOf", roots[name], one["suite"])
            assert suites.pair_from_seed(seed, one["suite"]).public.hex() == one[name]["pk"]
    for one, name in zip(json.loads(vectors["part"]["text_utf8"])["watchdogs"], "ab", strict=True):
        pairs = [(unb64(key["kid"]), unb64(key["pk"])) for key in one["keys"]]
        message = own_bytes(one["party"], one["until"], pairs)
        assert b64(js("keyfile", "sign", roots[f"watchdog_{name}_sign"], message)) == one["own"]

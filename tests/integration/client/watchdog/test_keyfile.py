"""A year of keys on the command line's side: made, written, opened, and refused where it is not what it says."""

import json
from datetime import date
from typing import Any

import pytest

from laborvoice.client.watchdog import keyfile
from laborvoice.client.watchdog.shown import first_words, visible
from laborvoice.crypto.framing import unb64
from laborvoice.domain.ids import PartyId
from laborvoice.errors import Malformed, Undecryptable
from support.registry_world import CountedChance

PARTY = PartyId.draw(b"\7" * 16)
FIRST = date(2026, 2, 10)
CHANCE = CountedChance("keys")
CODE = keyfile.draw_code(CHANCE)


@pytest.fixture(scope="module")
def keys() -> keyfile.Keys:
    return keyfile.make(PARTY, FIRST, CHANCE)


@pytest.fixture(scope="module")
def raw(keys: keyfile.Keys) -> bytes:
    return keyfile.write(keys, CODE, FIRST, CHANCE)


def test_it_opens_as_it_was_made(keys: keyfile.Keys, raw: bytes) -> None:
    assert keyfile.unlock(raw, f" {CODE[:4]} {CODE[4:]} ") == keys
    assert [month.until for month in keys.months][:2] == [date(2026, 2, 28), date(2026, 3, 31)]
    assert keys.seed.hex() not in repr(keys)
    for month, root in zip(keys.months, keys.roots, strict=True):
        for key in month.keys:
            pair = keyfile.find((keys,), unb64(key.kid))
            assert pair is not None
            assert (pair.suite, pair.public) == (key.suite, unb64(key.pk))
            assert pair.public not in root
    assert keyfile.find((keys,), b"12345678") is None


def test_without_the_code_its_public_half_is_known(keys: keyfile.Keys, raw: bytes) -> None:
    file = keyfile.read(raw)
    assert (file.name, file.party, file.months) == ("laborvoice-key-2026.json", PARTY, keys.months)
    shown = keyfile.public(keys, date(2026, 12, 31))
    assert [one.until for one in shown] == [date(2026, 12, 31), date(2027, 1, 31)]
    assert all(root.hex() not in raw.decode() for root in keys.roots)


def test_saved_again_it_holds_no_month_90_days_past(keys: keyfile.Keys) -> None:
    later = keyfile.unlock(keyfile.write(keys, CODE, date(2026, 5, 30), CHANCE), CODE)
    assert (later.roots[0], later.roots[1:]) == (keyfile.ZEROED, keys.roots[1:])
    assert later.pair(unb64(keys.months[0].keys[0].kid)) is None
    gone = keyfile.unlock(keyfile.write(later, CODE, date(2027, 5, 30), CHANCE), CODE)
    assert {*gone.roots, gone.seed} == {keyfile.ZEROED}
    assert gone.sign_key == keys.sign_key


def changed(raw: bytes, **more: Any) -> bytes:
    return json.dumps({**json.loads(raw), **more}).encode()


def test_what_is_no_key_file_is_refused(raw: bytes) -> None:
    months = json.loads(raw)["months"]
    for wrong in (
        raw[: len(raw) // 2],
        b"[]",
        b"\xff",
        b" " * keyfile.FILE_MAX + raw,
        changed(raw, v=2),
        changed(raw, rounds=1),
        changed(raw, months=months[1:]),
        changed(raw, party="par_nobody"),
        changed(raw, salt="AA"),
        changed(raw, salt="*"),
    ):
        with pytest.raises(Malformed):
            keyfile.unlock(wrong, CODE)
    with pytest.raises(Malformed, match="28 digits"):
        keyfile.unlock(raw, CODE[:-1] + str((int(CODE[-1]) + 1) % 10))
    for wrong, code in ((raw, keyfile.draw_code(CHANCE)), (changed(raw, sign_key="AAAA"), CODE)):
        with pytest.raises(Undecryptable):
            keyfile.unlock(wrong, code)


def test_public_keys_of_somebody_else_are_noticed(keys: keyfile.Keys) -> None:
    other = keyfile.make(PARTY, FIRST, CHANCE)
    mixed = keyfile.Keys(
        party=PARTY, sign_key=keys.sign_key, seed=keys.seed, months=other.months, roots=keys.roots
    )  # fmt: skip
    with pytest.raises(Malformed, match="private"):
        keyfile.unlock(keyfile.write(mixed, CODE, FIRST, CHANCE), CODE)


def test_what_would_move_or_hide_other_text_is_shown_by_its_number() -> None:
    told = "safe\r\n\x1b[2Jgone \u202etxt\u2066.exe\x07"
    assert visible(told) == "safe\n<U+001B>[2Jgone <U+202E>txt<U+2066>.exe<U+0007>"
    assert visible("মজুরি দে\u200dয় না") == "মজুরি দে\u200dয় না"
    assert first_words("one\ntwo   three", 40) == "one two three"
    assert first_words("a" * 50, 10) == "a" * 9 + "…"

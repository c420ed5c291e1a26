"""Each change of a manifest is said, and what must be typed is never shown."""

from base64 import urlsafe_b64encode
from typing import Any

import msgspec
import pytest

from laborvoice.domain.manifest import (
    BoxKeys,
    HelpNumber,
    Mailbox,
    Manifest,
    MixKeys,
    Part,
    PartPeriod,
    Parts,
    PartWatchdog,
    PolicyShown,
    PublicKey,
    WatchdogProof,
)
from laborvoice.domain.manifest_words import Said, changes, fingerprint, same


def b64(byte: int) -> str:
    return urlsafe_b64encode(bytes([byte]) * 32).decode().rstrip("=")


KEYS = (PublicKey(suite=1, kid="kid", pk="pk"),)
OTHER = (PublicKey(suite=1, kid="kid2", pk="pk2"),)
HELP = HelpNumber(
    country="BD", name="Helpline", number="+880 16263", hours="24/7", languages=("bn",), checked_on="2026-01-01"
)
DOG = PartWatchdog(party="par_1", name="Union", keys=KEYS, until="2026-12-31", own="own")
PERIOD = PartPeriod(period="2026-Q1", close="2026-04-03", q="core", qv=1, spki="spki")
ONE = Part(
    v=1,
    locator="ABC123",
    supplier="sup_1",
    name="Works",
    country="BD",
    min_age=15,
    slots=1,
    periods=(PERIOD,),
    watchdogs=(DOG,),
    help=(HELP,),
    enrolled=100,
)
ANYONE = msgspec.structs.replace(ONE, locator="any", supplier="any", name="", periods=(), enrolled=0)
FIRST = Manifest(
    v=1,
    origin="voice.test",
    seq=1,
    prev="",
    not_before="2026-01-05",
    not_after="2026-01-19",
    box=(BoxKeys(period="2026-Q1", close="2026-04-03", keys=KEYS),),
    mix=(MixKeys(week="2026-W02", until="2026-01-19", keys=KEYS),),
    watchdogs=(WatchdogProof(party="par_1", sign=b64(1), kids=("kid",)),),
    parts=Parts(count=2, size=4096, root="root"),
    pow_bits=15,
    mailbox=Mailbox(),
    policy=PolicyShown(name="standard", epsilon="2", delta="1e-04", k=10),
    files={"index.html": "hash"},
)
BEFORE = Said(manifest=FIRST, parts=(ONE, ANYONE))


def after(parts: tuple[Part, ...] = BEFORE.parts, **fields: Any) -> Said:
    return Said(manifest=msgspec.structs.replace(FIRST, seq=2, **fields), parts=parts)


def told(said: Said, before: Said | None = BEFORE) -> str:
    return "\n".join(one.text for one in changes(before, said)[1:])


def test_the_same_again_says_its_dates_and_no_more() -> None:
    assert [one.text for one in changes(BEFORE, after())] == ["Number 2, good from 2026-01-05 to 2026-01-19."]


def test_of_the_first_number_everything_is_new() -> None:
    said = told(BEFORE, None)
    for word in ("called voice.test.", "15 bits", "standard", "index.html", "box key of period 2026-Q1 is new"):
        assert word in said
    assert "Union (par_1) has a new signing key." in said
    assert "Part ABC123 is new: Works, 100 invites." in said
    assert "for those without a card" in said
    assert [one.typed for one in changes(None, BEFORE) if one.typed] == [fingerprint(b64(1)), "+880 16263"]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"origin": "other.test"}, "The server is called other.test, and was called voice.test."),
        ({"pow_bits": 16}, "At least 16 bits"),
        ({"policy": PolicyShown(name="strict", epsilon="1", delta="1e-04", k=10)}, "The policy is strict"),
        ({"mailbox": Mailbox(bits=3)}, "Mailboxes: 3 bits"),
        ({"files": {"index.html": "x"}}, "What phones load as index.html is another: x."),
        ({"files": {}}, "index.html is another: nothing."),
        ({"box": ()}, "The box key of period 2026-Q1 is gone."),
        ({"box": (BoxKeys(period="2026-Q1", close="", keys=OTHER),)}, "2026-Q1 is ANOTHER than before"),
        ({"mix": (MixKeys(week="2026-W03", until="", keys=KEYS),)}, "A mix key of week 2026-W03 is new."),
        ({"watchdogs": ()}, "Union (par_1) is no longer written to."),
        ({"watchdogs": (WatchdogProof(party="par_1", sign=b64(1), kids=("k2",)),)}, "has other encryption keys"),
        (
            {"watchdogs": (*FIRST.watchdogs, WatchdogProof(party="par_2", sign=b64(2), kids=()))},
            "a watchdog in no part",
        ),
    ],
)
def test_each_field_is_said(fields: dict[str, Any], word: str) -> None:
    assert word in told(after(**fields))


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"name": "Mill"}, "Part ABC123, Mill: name Mill instead of Works"),
        ({"enrolled": 110}, "invites 110 instead of 100"),
        ({"slots": 2}, "places for watchdogs 2 instead of 1"),
        ({"periods": ()}, "periods none instead of 2026-Q1"),
        ({"periods": (msgspec.structs.replace(PERIOD, spki="x"),)}, "ANOTHER token key or questionnaire for 2026-Q1"),
        ({"watchdogs": ()}, "watchdogs none instead of Union"),
        ({"watchdogs": (msgspec.structs.replace(DOG, keys=OTHER),)}, "other encryption keys of watchdogs"),
        ({"help": (msgspec.structs.replace(HELP, hours="9 to 5"),)}, "other help"),
    ],
)
def test_each_field_of_a_part_is_said(fields: dict[str, Any], word: str) -> None:
    assert word in told(after((msgspec.structs.replace(ONE, **fields), ANYONE)))


def test_a_part_that_goes_is_said() -> None:
    assert "Part ABC123, Works, is gone." in told(after((ANYONE,)))


def test_a_part_without_a_name_is_the_one_for_everybody() -> None:
    assert "Part any, for those without a card: least age 16" in told(
        after((ONE, msgspec.structs.replace(ANYONE, min_age=16)))
    )


def test_a_new_signing_key_or_number_is_asked_for_and_not_shown() -> None:
    """Also where only one supplier's people would see the number."""
    dog = WatchdogProof(party="par_1", sign=b64(9), kids=("kid",))
    mine = msgspec.structs.replace(ONE, help=(msgspec.structs.replace(HELP, number="+880 999"),))
    said = after((mine, ANYONE), watchdogs=(dog,))
    asked = [one for one in changes(BEFORE, said) if one.typed]
    assert [one.typed for one in asked] == [fingerprint(b64(9)), "+880 999"]
    text = "\n".join(f"{one.text} {one.asked}" for one in changes(BEFORE, said))
    assert not any(one.typed in text for one in asked)
    gone = after((msgspec.structs.replace(ONE, help=()), msgspec.structs.replace(ANYONE, help=())))
    assert "BD: Helpline, +880 16263, is no longer shown." in told(gone)


def test_what_is_typed_may_have_spaces() -> None:
    assert same("+880-16 263", "+880 16263")
    assert same("AB12 CD34", "ab12cd34")
    assert not same("+880 16264", "+880 16263")
    assert fingerprint(b64(1)) == "72cd6e8422c407fb"

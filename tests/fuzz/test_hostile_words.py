"""What strangers write into what we open: a worker, a watchdog, a receiver, a browser. None of it may stop the reader.

Sealed words come from whoever had a public key: behind a seal there may be anything.
"""

import contextlib
import hashlib
from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from laborvoice.api.portal.pages import kept
from laborvoice.client.watchdog import keyfile, letter
from laborvoice.client.worker import mailbox
from laborvoice.crypto import parcel, receipt, suites
from laborvoice.crypto.framing import b64
from laborvoice.domain.ids import PartyId
from laborvoice.domain.manifest import Manifest
from laborvoice.errors import Malformed
from laborvoice.webhooks import answer
from support.drafted import draft
from support.mangled import bytes_near, tried

MORE = 30
SEED = b"\x07" * 32
PARTY = PartyId.draw(SEED[:16])
PAIR = suites.key_pair(SEED, suites.OURS)
LINK = receipt.first_link(SEED)
KEYS = keyfile.Keys(
    party=PARTY,
    sign_key=SEED,
    seed=SEED,
    months=(keyfile.make_month(PARTY, SEED, date(2026, 1, 31), SEED),),
    roots=(SEED,),
)
ROW = letter.Row(
    id="x", kind="story", voiced=False, week="2026-W02", kid=b64(PAIR.kid), suite=1, slots=2, place=0, state="new"
)
PLACES = (PAIR.public, None)
ENTROPY = hashlib.shake_256(b"words").digest(parcel.entropy_size(suites.OURS, PLACES))
MANIFEST = msgspec.json.decode(draft().payload, type=Manifest)
SEEDS = (
    b'{"x":' + b"[" * 5_000,
    b'{"v":1,"k":"\xff","path":"\xff","challenge":"\xff"}',
    b'{"v":1,"k":"story","t":"a","l":"en","s":null,"p":"any","c":[],"may":[],"act":"now","cv":"","n":0}',
    b'{"v":1,"k":"ack","h":"","st":"received","t":"","p":"any","w":"par_x"}',
    b'{"challenge":"asked"}',
    b'{"path":"/users","fields":[["a","b"]]}',
)


class TooLong(Exception):
    """It cannot be sealed: nobody reads it."""


def opened_letter(text: bytes) -> object:
    """Sealed as a phone does, whatever it says; opened as the watchdog's client does."""
    try:
        inner = parcel.seal_message(suites.OURS, PLACES, text, ENTROPY)
    except Malformed:
        raise TooLong from None
    return letter.open_letter((KEYS,), ROW, inner)


def read_reply(text: bytes) -> object:
    try:
        item = receipt.seal_item(LINK, SEED, text, bytes(receipt.ITEM_NONCE_SIZE))
    except Malformed:
        raise TooLong from None
    return mailbox.read(LINK, item, MANIFEST)


def met(body: bytes) -> object:
    return answer.is_met(body, "asked")


def kept_form(text: bytes) -> object:
    return kept.unpacked(b64(text))


READERS: dict[str, Callable[[bytes], object]] = {
    "letter": opened_letter,
    "reply": read_reply,
    "challenge": met,
    "kept form": kept_form,
}


@pytest.mark.parametrize("name", READERS)
def test_whatever_is_said_the_reader_goes_on(name: str, examples: int) -> None:
    def check(text: bytes) -> None:
        with contextlib.suppress(TooLong):
            READERS[name](text)

    tried(bytes_near(*SEEDS), MORE * examples, check)
    for text in SEEDS:
        check(text)


def test_what_is_well_said_is_read() -> None:
    assert isinstance(opened_letter(SEEDS[2]), letter.Letter)
    assert met(SEEDS[4])
    assert kept_form(SEEDS[5]) is not None

"""What watchdogs answered, as a phone finds it: one-time addresses in buckets that look alike (design, privacy 10)."""

from typing import Final, Literal

from laborvoice.chance import Chance
from laborvoice.crypto import mailbox, receipt
from laborvoice.crypto.framing import unb64
from laborvoice.crypto.receipt import ITEM_SIZE, TAG_SIZE, Link
from laborvoice.domain import Value, foreign
from laborvoice.domain.manifest import Manifest
from laborvoice.errors import Malformed, Undecryptable

VERSION: Final = 1
PAUSE_LEAST: Final = 500
PAUSE_MORE: Final = 1_500
"""Milliseconds between two fetches, at random: a beat of them would tell how many replies there were."""
_SECOND: Final = 1_000


class Reply(Value, frozen=True):
    """``w``: the watchdog that signed it. ``h`` names the message it answers, ``p`` the part that the phone needs."""

    v: int
    k: Literal["ack", "reply"]
    h: str
    st: str
    t: str
    p: str
    w: str


def path(at: Link, manifest: Manifest) -> str:
    return f"/v1/mailbox?prefix={mailbox.prefix_of(at.tag, manifest.mailbox.bits)}"


def items_at(at: Link, bucket: bytes) -> tuple[bytes, ...]:
    """Those at this address."""
    items = (bucket[start : start + ITEM_SIZE] for start in range(0, len(bucket), ITEM_SIZE))
    return tuple(item for item in items if item[:TAG_SIZE] == at.tag)


def read(at: Link, item: bytes, manifest: Manifest) -> Reply | None:
    """None for what no watchdog of the manifest signed: a server can put anything there."""
    try:
        opened = receipt.open_item(at, item)
        said = foreign.read(opened.text, Reply)
        proofs = [unb64(one.sign) for one in manifest.watchdogs if one.party == said.w]
    except (Malformed, Undecryptable):
        return None
    signed = any(receipt.verify_reply(at, opened, one) for one in proofs)
    return said if signed and said.v == VERSION else None


def pause(chance: Chance) -> float:
    """Seconds."""
    return (PAUSE_LEAST + chance.below(PAUSE_MORE)) / _SECOND

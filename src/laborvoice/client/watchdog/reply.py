"""An answer to a worker: signed, sealed to the conversation, posted at its first free address (design, privacy 10).

The post carries the item alone: nothing tells the server which message it answers.
"""

from typing import Final, Literal

import msgspec

from laborvoice.chance import Chance
from laborvoice.client.portal import Portal, PortalRefused
from laborvoice.client.watchdog.keyfile import Keys
from laborvoice.client.watchdog.letter import Letter
from laborvoice.crypto import parcel, receipt
from laborvoice.crypto.framing import b64
from laborvoice.domain import Value
from laborvoice.errors import Conflict, Malformed

VERSION: Final = 1
LINKS_MAX: Final = 1_000
"""A conversation in which so many addresses are taken is none."""
_TAKEN: Final = "tag-taken"

Status = Literal["received", "reading", "acting", "closed"]


class _Said(Value, frozen=True):
    """In the order in which it is written."""

    v: int
    k: Literal["ack", "reply"]
    h: str
    st: Status
    t: str
    p: str
    w: str


class Answering:
    """With the keys of the year: phones show nothing that is signed by a key which the manifest does not name."""

    def __init__(self, portal: Portal, keys: Keys, chance: Chance) -> None:
        self._portal = portal
        self._keys = keys
        self._chance = chance

    def acknowledge(self, letter: Letter) -> int:
        """When it is first opened: this alone tells her that it arrived. Raises as ``reply`` does."""
        return self._send(letter, "ack", "received", "")

    def reply(self, letter: Letter, status: Status, text: str) -> int:
        """The place in the conversation, from 0. Raises Malformed for too long a text; Conflict without a place."""
        return self._send(letter, "reply", status, text)

    def _send(self, letter: Letter, kind: Literal["ack", "reply"], status: Status, text: str) -> int:
        if letter.conversation is None:
            raise Conflict("She left no key for an answer.")
        said = _Said(v=VERSION, k=kind, h=letter.digest, st=status, t=text, p=letter.said.p, w=str(self._keys.party))
        body = msgspec.json.encode(said)
        over = left(body)
        if over < 0:
            raise Malformed(f"The reply is {-over} bytes too long.")
        at = receipt.first_link(letter.conversation)
        for place in range(LINKS_MAX):
            if self._posted(receipt.seal_item(at, self._keys.seed, body, self._chance.bytes(receipt.ITEM_NONCE_SIZE))):
                return place
            at = receipt.link(at.following)
        raise Conflict("Every address of this conversation is taken.")

    def _posted(self, item: bytes) -> bool:
        """False where others have the address: of this watchdog's earlier answers, or of another watchdog's."""
        try:
            self._portal.post("/v1/mailbox", {"item": b64(item)})
        except PortalRefused as error:
            if error.code == _TAKEN:
                return False
            raise
        return True


def left(body: bytes) -> int:
    """How many bytes are left, as it is packed; negative where it is too long."""
    return receipt.ITEM_ROOM + 1 - len(parcel.encode(body))

"""Cursors: where the next page begins, sealed against change and use elsewhere (design, api 2)."""

import hmac
from typing import Final, TypeVar

import msgspec

from laborvoice.api.problems import Pointed, Refusal
from laborvoice.crypto.framing import b64, sha256, unb64
from laborvoice.domain import Inbound, Value, ids
from laborvoice.domain.ids import PartyId
from laborvoice.errors import Malformed

MAC_BYTES: Final = 16
_LABEL: Final = b"laborvoice/1/cursor"

K = TypeVar("K")
T = TypeVar("T")


class List(Value, frozen=True):
    """Whose list it is, and of what: a cursor is good for this alone. ``path`` is that of the request."""

    party: PartyId
    path: str
    filters: Inbound

    @property
    def digest(self) -> bytes:
        """Of what is asked for, apart from where to begin and how many."""
        asked = msgspec.to_builtins(self.filters, enc_hook=ids.encode)
        kept = {name: value for name, value in asked.items() if name not in {"cursor", "limit"}}
        return sha256(msgspec.json.encode([self.path, kept], order="sorted"))


class Cursors:
    """Good in every process that has the same secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, _LABEL, "sha256")

    def make(self, of: List, key: object) -> str:
        """``key`` is what the rows are sorted by, of the last row shown."""
        payload = msgspec.msgpack.encode((_packed(key), of.digest, str(of.party)))
        return b64(payload + self._mac(payload))

    def read(self, of: List, text: str, kind: type[K]) -> K:
        """Raises Refusal for a cursor that was altered or made for another list."""
        try:
            return msgspec.msgpack.decode(self._opened(of, text), type=kind, dec_hook=ids.decode)
        except (Malformed, msgspec.MsgspecError):
            fault = Pointed(pointer="?cursor", detail="It was not made for this list.")
            raise Refusal("invalid-cursor", faults=(fault,)) from None

    def _opened(self, of: List, text: str) -> bytes:
        raw = unb64(text)
        payload, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(payload)):
            raise Malformed
        key, digest, party = msgspec.msgpack.decode(payload, type=tuple[bytes, bytes, str])
        if (digest, party) != (of.digest, of.party):
            raise Malformed
        return key

    def _mac(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, "sha256")[:MAC_BYTES]


def _packed(key: object) -> bytes:
    return msgspec.msgpack.encode(key, enc_hook=ids.encode)

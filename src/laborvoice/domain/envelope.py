"""What intake knows of public keys: enough to judge an envelope, nothing that opens one."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from laborvoice.domain import Value


class Voice(Value, frozen=True):
    """A public token key. ``challenge`` is the digest its tokens carry; the box of ``period`` closes on ``close``."""

    period: str
    close: date
    challenge: bytes
    spki: bytes


class Known(Value, frozen=True):
    """What the stored manifests say, up to number ``seq``. A day on which something ends is no longer part of it."""

    seq: int = 0
    boxes: Mapping[bytes, date] = MappingProxyType({})
    mixes: Mapping[bytes, date] = MappingProxyType({})
    voices: Mapping[bytes, Voice] = MappingProxyType({})
    floors: tuple[tuple[date, int], ...] = ()
    buckets: tuple[tuple[date, int], ...] = ()

    def floor(self, today: date) -> int | None:
        """Work bits of the manifest that counts today; none before the first."""
        begun = [bits for not_before, bits in self.floors if not_before <= today]
        return begun[-1] if begun else None

    def mailbox_bits(self, today: date) -> int:
        """How many bits name a bucket of the mailbox by the manifest that counts today."""
        return next((bits for not_before, bits in reversed(self.buckets) if not_before <= today), 0)

    def without_past(self, today: date) -> "Known":
        return Known(
            seq=self.seq,
            boxes={kid: close for kid, close in self.boxes.items() if today < close},
            mixes={kid: until for kid, until in self.mixes.items() if today < until},
            voices={key_id: voice for key_id, voice in self.voices.items() if today < voice.close},
            floors=self.floors,
            buckets=self.buckets,
        )

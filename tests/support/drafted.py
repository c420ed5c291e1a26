"""A manifest of one part that nobody has signed."""

import msgspec

from laborvoice.crypto import numbered
from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import pack_parts
from laborvoice.domain.manifest import Mailbox, Manifest, Part, Parts, PolicyShown

PART = Part(
    v=1,
    locator="any",
    supplier="any",
    name="",
    country="",
    min_age=15,
    slots=0,
    periods=(),
    watchdogs=(),
    help=(),
    enrolled=0,
)


def draft(seq: int = 1, prev: str = "") -> numbered.Numbered:
    texts = (msgspec.json.encode(PART).decode(),)
    root, files = pack_parts(seq, texts)
    manifest = Manifest(
        v=1,
        origin="voice.test",
        seq=seq,
        prev=prev,
        not_before="2026-01-05",
        not_after="2026-01-19",
        box=(),
        mix=(),
        watchdogs=(),
        parts=Parts(count=1, size=len(files[0]), root=b64(root)),
        pow_bits=1,
        mailbox=Mailbox(),
        policy=PolicyShown(name="standard", epsilon="2", delta="1e-04", k=10),
        files={},
    )
    return numbered.Numbered(payload=msgspec.json.encode(manifest).decode(), parts=texts)

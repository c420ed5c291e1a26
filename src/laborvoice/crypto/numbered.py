"""A number of the manifest on its way to the machine that signs and back: payload, parts, signatures."""

from collections.abc import Sequence

import msgspec

from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import (
    Signature,
    Signed,
    fingerprint,
    pack_parts,
    payload_hash,
    sign_manifest,
    verify_manifest,
)
from laborvoice.domain import Inbound, foreign
from laborvoice.domain.manifest import Manifest, Part
from laborvoice.domain.manifest_words import Said
from laborvoice.errors import Malformed, ManifestRefused


class Numbered(Inbound):
    """``parts`` are the JSON texts in order of locator; ``sigs`` is empty until it is signed."""

    payload: str
    parts: tuple[str, ...]
    sigs: tuple[Signature, ...] = ()


def encode(one: Numbered) -> bytes:
    return msgspec.json.encode(one)


def decode(raw: bytes) -> Numbered:
    try:
        return foreign.read(raw, Numbered)
    except Malformed:
        raise Malformed("This is no draft of a manifest.") from None


def said(one: Numbered) -> Said:
    """What it says. Raises ManifestRefused where the payload does not prove these very parts, Malformed."""
    try:
        manifest = foreign.read(one.payload, Manifest)
        parts = tuple(foreign.read(text, Part) for text in one.parts)
    except Malformed:
        raise Malformed("The draft cannot be read.") from None
    root, files = pack_parts(manifest.seq, one.parts)
    shown = manifest.parts
    if (shown.root, shown.count, shown.size) != (b64(root), len(parts), len(files[0]) if files else 0):
        raise ManifestRefused("The parts are not those that the manifest names.")
    return Said(manifest=manifest, parts=parts)


def follows(one: Numbered, before: Numbered | None) -> None:
    """Raises ManifestRefused unless it is the number after ``before`` and names its hash, or the first after None."""
    manifest = msgspec.json.decode(one.payload, type=Manifest)
    if before is None:
        fits = manifest.seq == 1 and not manifest.prev
    else:
        last = msgspec.json.decode(before.payload, type=Manifest)
        fits = manifest.seq == last.seq + 1 and manifest.prev == payload_hash(before.payload)
    if not fits:
        raise ManifestRefused("It does not follow from the manifest that was signed before it.")


def sign(one: Numbered, seeds: Sequence[bytes]) -> Numbered:
    return msgspec.structs.replace(one, sigs=sign_manifest(one.payload, seeds).sigs)


def verify(one: Numbered, public: bytes) -> Signed:
    """As it is served. Raises ManifestRefused unless this key signed it."""
    signed = Signed(payload=one.payload, sigs=one.sigs)
    verify_manifest(signed, fingerprint(public))
    return signed


__all__ = ["Numbered", "decode", "encode", "follows", "said", "sign", "verify"]

"""What the phone checks before it sends anything: signed manifest, parts, proofs (design, privacy 9)."""

import zlib
from collections.abc import Sequence
from typing import Final

import msgspec

from laborvoice.crypto import merkle, signing
from laborvoice.crypto.framing import HASH_SIZE, LENGTH_SIZE, b64, label, lp, pad, sha256, unb64, unpad
from laborvoice.domain import Inbound, foreign
from laborvoice.errors import Malformed, ManifestRefused

FINGERPRINT_SIZE: Final = 16
PART_SIZE: Final = 4_096
PART_STEP: Final = 1_024
GZIP: Final = 31
"""What zlib calls the gzip format with a window of 32 KiB."""
LEVEL: Final = 9
INFLATED_MAX: Final = 1 << 20

KeyList = Sequence[tuple[bytes, bytes]]
"""Pairs of key id and public key, in the order of the part."""


class Signature(Inbound):
    key: str
    sig: str


class Signed(Inbound):
    """A manifest as it is sent: the JSON text of the payload, and who signed it."""

    payload: str
    sigs: tuple[Signature, ...]


class PartFile(Inbound):
    """A part with its proof: ``part`` is its JSON text, ``proof`` the nodes from the leaf upward."""

    seq: int
    part: str
    index: int
    proof: str


def fingerprint(public: bytes) -> bytes:
    """What the card says of the manifest key: 16 bytes."""
    return sha256(lp(label("manifest-key"), public))[:FINGERPRINT_SIZE]


def payload_hash(payload: str) -> str:
    """What the next manifest calls ``prev``."""
    return b64(sha256(payload.encode()))


def signed_bytes(payload: str) -> bytes:
    return lp(label("manifest"), payload)


def sign_manifest(payload: str, seeds: Sequence[bytes]) -> Signed:
    """One seed, or two while the key of the cards is replaced."""
    message = signed_bytes(payload)
    sigs = tuple(Signature(key=b64(signing.public_of(one)), sig=b64(signing.sign(one, message))) for one in seeds)
    return Signed(payload=payload, sigs=sigs)


def encode_manifest(signed: Signed) -> bytes:
    """Gzip, the same bytes for the same manifest: so it is stored, so it is sent to all."""
    return _gzip(msgspec.json.encode(signed))


def decode_manifest(raw: bytes) -> Signed:
    """From the bytes that ``encode_manifest`` made; Malformed for others."""
    return parse_manifest(_gunzip(raw))


def parse_manifest(text: bytes) -> Signed:
    """From the JSON, where the transport has undone the gzip."""
    try:
        return foreign.read(text, Signed)
    except Malformed:
        raise Malformed("This is no signed manifest.") from None


def verify_manifest(signed: Signed, card_fingerprint: bytes) -> str:
    """The payload, signed by the key of this fingerprint; else ManifestRefused."""
    message = signed_bytes(signed.payload)
    for one in signed.sigs:
        key, sig = unb64(one.key), unb64(one.sig)
        if fingerprint(key) == card_fingerprint and signing.verify(key, message, sig):
            return signed.payload
    raise ManifestRefused("No signature by the key of the card verifies.")


def pack_parts(seq: int, parts: Sequence[str]) -> tuple[bytes, tuple[bytes, ...]]:
    """Root and files of the parts, which come in order of locator; every file equally long."""
    tree = merkle.levels([one.encode() for one in parts])
    packed = [
        _gzip(msgspec.json.encode(PartFile(seq=seq, part=text, index=index, proof=b64(b"".join(nodes)))))
        for index, text in enumerate(parts)
        for nodes in (merkle.proof(tree, index),)
    ]
    size = part_size(max((len(one) for one in packed), default=0))
    return merkle.root_of(tree), tuple(pad(one, size) for one in packed)


def part_size(largest: int) -> int:
    """4,096, or the next multiple of 1,024 that holds the largest with its length."""
    return max(PART_SIZE, -(-(largest + LENGTH_SIZE) // PART_STEP) * PART_STEP)


def unpack_part(raw: bytes) -> PartFile:
    try:
        return foreign.read(_gunzip(unpad(raw)), PartFile)
    except Malformed:
        raise Malformed("This is no part of a manifest.") from None


def proof_nodes(file: PartFile) -> tuple[bytes, ...]:
    joined = unb64(file.proof)
    return tuple(joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE))


def verify_part(file: PartFile, seq: int, root: bytes, count: int) -> str:
    """The JSON text of the part, proven to be in manifest ``seq``; else ManifestRefused."""
    if file.seq != seq:
        raise ManifestRefused("The part is of another manifest.")
    if not merkle.verify(root, file.part.encode(), file.index, count, proof_nodes(file)):
        raise ManifestRefused("The part is not the one the manifest names.")
    return file.part


def own_bytes(party: str, until: str, keys: KeyList) -> bytes:
    """What a watchdog signs of its encryption keys."""
    return lp(label("watchdog-keys"), party, until, *(item for pair in keys for item in pair))


def _gzip(data: bytes) -> bytes:
    return zlib.compress(data, LEVEL, GZIP)


def _gunzip(data: bytes) -> bytes:
    inflater = zlib.decompressobj(GZIP)
    try:
        text = inflater.decompress(data, INFLATED_MAX)
    except zlib.error:
        raise Malformed("This does not inflate.") from None
    if not inflater.eof or inflater.unused_data:
        raise Malformed("This is too long, cut short, or has a tail.")
    return text

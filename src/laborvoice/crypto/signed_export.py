"""The manifest of an export, signed: any byte of it that is not as it was made shows (design, domain 8)."""

import base64

import msgspec

from laborvoice.crypto import signing
from laborvoice.domain import foreign
from laborvoice.domain.export import Manifest, text
from laborvoice.errors import Malformed


class _Signed(Manifest, frozen=True):
    signature: str


def sign(seed: bytes, manifest: Manifest) -> bytes:
    """The whole file. ``manifest.key`` must be ``key_of(seed)``."""
    return text(manifest, base64.b64encode(signing.sign(seed, text(manifest))).decode())


def key_of(seed: bytes) -> str:
    """The public half, base64."""
    return base64.b64encode(signing.public_of(seed)).decode()


def verified(raw: bytes) -> Manifest:
    """By the key that it names itself: whose that is, is for the reader to see. Raises Malformed."""
    try:
        found = foreign.read(raw, _Signed)
        public, signature = (base64.b64decode(one, validate=True) for one in (found.key, found.signature))
    except (Malformed, ValueError):
        raise Malformed("It is no manifest of an export.") from None
    fields = {name: value for name, value in msgspec.structs.asdict(found).items() if name != "signature"}
    manifest = Manifest(**fields)
    if text(manifest, found.signature) != raw or not signing.verify(public, text(manifest), signature):
        raise Malformed("It is not as it was signed.")
    return manifest

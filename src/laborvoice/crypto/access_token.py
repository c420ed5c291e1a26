"""Short-lived tokens for systems: JWT of the type at+jwt (RFC 9068), signed with Ed25519 (RFC 8037)."""

from typing import Final

import msgspec

from laborvoice.crypto import signing
from laborvoice.crypto.framing import b64, sha256, unb64
from laborvoice.domain import Value
from laborvoice.errors import Malformed

SECONDS: Final = 600
KID_SIZE: Final = 8
_PARTS: Final = 3


class Header(Value, frozen=True):
    alg: str
    typ: str
    kid: str


class Claims(Value, frozen=True):
    """Moments in Unix seconds; ``scope`` with spaces between. ``sub`` and ``client_id`` are the API key's id."""

    iss: str
    aud: str
    sub: str
    client_id: str
    iat: int
    exp: int
    jti: str
    scope: str


class VerifyingKey(Value, frozen=True):
    """As in a key set (RFC 7517)."""

    kty: str
    crv: str
    use: str
    alg: str
    kid: str
    x: str


def public_key(seed: bytes) -> VerifyingKey:
    public = signing.public_of(seed)
    return VerifyingKey(kty="OKP", crv="Ed25519", use="sig", alg="EdDSA", kid=_kid(public), x=b64(public))


def signed(seed: bytes, claims: Claims) -> str:
    head = Header(alg="EdDSA", typ="at+jwt", kid=public_key(seed).kid)
    text = f"{b64(msgspec.json.encode(head))}.{b64(msgspec.json.encode(claims))}"
    return f"{text}.{b64(signing.sign(seed, text.encode()))}"


def verified(seed: bytes, token: str, origin: str, now: int) -> Claims:
    """Raises Malformed: not of ours, changed, for someone else, or over."""
    parts = token.split(".")
    public = signing.public_of(seed)
    if len(parts) != _PARTS:
        raise Malformed
    text = ".".join(parts[:-1]).encode()
    if not signing.verify(public, text, unb64(parts[-1])) or _header(parts[0]) != ("EdDSA", "at+jwt", _kid(public)):
        raise Malformed
    claims = msgspec.json.decode(unb64(parts[1]), type=Claims)
    if (claims.iss, claims.aud) != (origin, origin) or not claims.iat <= now < claims.exp:
        raise Malformed
    return claims


def _header(part: str) -> tuple[str, str, str]:
    head = msgspec.json.decode(unb64(part), type=Header)
    return head.alg, head.typ, head.kid


def _kid(public: bytes) -> str:
    return b64(sha256(public)[:KID_SIZE])

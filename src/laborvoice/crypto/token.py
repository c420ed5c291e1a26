"""The voice token: challenge, blinding, finalising, verifying (RFC 9578 type 2, RFC 9474). Public keys only."""

import hashlib
import math
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import load_der_public_key

from laborvoice.crypto.framing import TOKEN_SIZE, label, lp, sha256
from laborvoice.domain import Value
from laborvoice.errors import BadSignature, Malformed

TOKEN_TYPE: Final = b"\x00\x02"
MODULUS_SIZE: Final = 256
EXPONENT: Final = 65_537
SALT_SIZE: Final = 48
SPENT_TAG_SIZE: Final = 16
FIELD: Final = 32
TRAILER: Final = 0xBC

PSS_HEAD: Final = bytes.fromhex(
    "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202"
    "a11a301806092a864886f70d010108300b0609608648016503040202a203020130"
    "0382010f00"
)
"""How the SPKI of an RSASSA-PSS key of 2,048 bits begins: SHA-384, MGF1 with SHA-384, salt of 48."""
RSA_HEAD: Final = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f00")
"""The same key under rsaEncryption."""
KEY_SIZE: Final = 270

_PSS: Final = PSS(mgf=MGF1(SHA384()), salt_length=SALT_SIZE)
_SHA384: Final = SHA384()


class Token(Value):
    nonce: bytes
    challenge_digest: bytes
    token_key_id: bytes
    signature: bytes

    @property
    def signed(self) -> bytes:
        """What the signature covers: 98 bytes."""
        return token_input(self.nonce, self.challenge_digest, self.token_key_id)

    def __bytes__(self) -> bytes:
        return self.signed + self.signature


class TokenKey(Value):
    """A public token key made ready once: parsing it costs as much as many verifications."""

    key_id: bytes
    modulus: int
    exponent: int
    public: RSAPublicKey

    @property
    def size(self) -> int:
        """Bytes of the modulus."""
        return (self.modulus.bit_length() + 7) // 8


class Blinded(Value):
    """``message`` goes to the issuer; ``inverse`` stays."""

    message: bytes
    inverse: bytes


def parse_token(raw: bytes) -> Token:
    if len(raw) != TOKEN_SIZE or not raw.startswith(TOKEN_TYPE):
        raise Malformed("This is no voice token.")
    return Token(nonce=raw[2:34], challenge_digest=raw[34:66], token_key_id=raw[66:98], signature=raw[98:])


def token_input(nonce: bytes, challenge: bytes, key_id: bytes) -> bytes:
    return TOKEN_TYPE + nonce + challenge + key_id


def redemption_context(supplier: str, period: str) -> bytes:
    return sha256(lp(label("voice"), supplier, period))


def token_challenge(origin: str, supplier: str, period: str) -> bytes:
    """The TokenChallenge of RFC 9577 section 2.1.1; issuer and origin are the same host."""
    context = redemption_context(supplier, period)
    return TOKEN_TYPE + lp(origin) + bytes((len(context),)) + context + lp(origin)


def challenge_digest(origin: str, supplier: str, period: str) -> bytes:
    return sha256(token_challenge(origin, supplier, period))


def bind_nonce(r: bytes) -> bytes:
    """The token's nonce: only who opens the ballot learns ``r``, so no one can give it another partner."""
    return sha256(lp(label("bind"), r))


def spent_tag(token_key_id: bytes, nonce: bytes) -> bytes:
    return sha256(lp(label("spent"), token_key_id, nonce))[:SPENT_TAG_SIZE]


def token_key_id(spki: bytes) -> bytes:
    """Hash of the RSASSA-PSS form (RFC 9578 section 6.5)."""
    return sha256(spki)


def to_rsa_encryption(spki: bytes) -> bytes:
    """The form that libraries and WebCrypto load; Malformed unless it is exactly RFC 9578's of 2,048 bits."""
    if not spki.startswith(PSS_HEAD) or len(spki) != len(PSS_HEAD) + KEY_SIZE:
        raise Malformed("This is no RSASSA-PSS key of 2,048 bits.")
    return RSA_HEAD + spki[len(PSS_HEAD) :]


def to_rsassa_pss(spki: bytes) -> bytes:
    """The form that tokens name their key by."""
    if not spki.startswith(RSA_HEAD) or len(spki) != len(RSA_HEAD) + KEY_SIZE:
        raise Malformed("This is no RSA key of 2,048 bits.")
    return PSS_HEAD + spki[len(RSA_HEAD) :]


def load_public(spki: bytes) -> TokenKey:
    """From the RSASSA-PSS form; Malformed unless RSA, 2,048 bits, e = 65537."""
    try:
        public = load_der_public_key(to_rsa_encryption(spki))
    except ValueError:
        raise Malformed("This is no RSA key.") from None
    return prepare(token_key_id(spki), public)


def prepare(key_id: bytes, public: object) -> TokenKey:
    if not isinstance(public, RSAPublicKey) or public.public_numbers().e != EXPONENT:
        raise Malformed("A token key is RSA with the exponent 65537.")
    numbers = public.public_numbers()
    return TokenKey(key_id=key_id, modulus=numbers.n, exponent=numbers.e, public=public)


def verify(token: Token, key: TokenKey) -> bool:
    if token.token_key_id != key.key_id:
        return False
    return signature_fits(token.signed, token.signature, key)


def signature_fits(message: bytes, signature: bytes, key: TokenKey) -> bool:
    try:
        key.public.verify(signature, message, _PSS, _SHA384)
    except InvalidSignature:
        return False
    return True


def blind(key: TokenKey, message: bytes, salt: bytes, factor: bytes) -> Blinded:
    """RFC 9474 section 4.2. ``salt``: 48 random bytes; ``factor``: at least 64 more random bytes than the modulus.

    Longer than the modulus because it is reduced by it, and the remainder must be close to uniform.
    """
    encoded = int.from_bytes(encode_pss(message, salt, key.modulus.bit_length() - 1), "big")
    secret = int.from_bytes(factor, "big") % key.modulus
    if math.gcd(encoded, key.modulus) != 1 or math.gcd(secret, key.modulus) != 1:
        raise Malformed("This blinding factor cannot be used; draw another.")
    message_blinded = encoded * pow(secret, key.exponent, key.modulus) % key.modulus
    inverse = pow(secret, -1, key.modulus)
    return Blinded(message=message_blinded.to_bytes(key.size, "big"), inverse=inverse.to_bytes(key.size, "big"))


def finalise(key: TokenKey, message: bytes, blind_signature: bytes, inverse: bytes) -> bytes:
    """The signature on ``message`` (RFC 9474 section 4.4); BadSignature when the issuer signed with another key."""
    if len(blind_signature) != key.size:
        raise BadSignature
    product = int.from_bytes(blind_signature, "big") * int.from_bytes(inverse, "big") % key.modulus
    signature = product.to_bytes(key.size, "big")
    if not signature_fits(message, signature, key):
        raise BadSignature
    return signature


def encode_pss(message: bytes, salt: bytes, bits: int) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017 section 9.1.1 with SHA-384, MGF1 and a salt of 48."""
    size = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = (b"\x01" + salt).rjust(size - len(digest) - 1, b"\0")
    mask = _mgf1(digest, len(block))
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + digest + bytes((TRAILER,))


def _mgf1(seed: bytes, size: int) -> bytes:
    out = b""
    counter = 0
    while len(out) < size:
        out += hashlib.sha384(seed + counter.to_bytes(4, "big")).digest()
        counter += 1
    return out[:size]

"""Strong validators of answers, and 304 (RFC 9110 8.8, 13.1.2)."""

import re
from typing import Final

from laborvoice.crypto.framing import b64, sha256

CONTROL: Final = "private, max-age=60"
VARY: Final = "Authorization, Cookie, Accept"
_DIGEST_BYTES: Final = 16
_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_STRONG: Final = re.compile(r'(?:\A|,)[ \t]*("[\x21\x23-\x7e\x80-\xff]*")')


def etag(body: bytes) -> str:
    """22 characters in quotes, of the representation's bytes."""
    return f'"{b64(sha256(body)[:_DIGEST_BYTES])}"'


def matches(if_none_match: str, tag: str) -> bool:
    """Weak comparison, as If-None-Match wants; ``*`` matches whatever there is."""
    return if_none_match.strip() == "*" or tag in _TAG.findall(if_none_match)


def matches_strongly(if_match: str, tag: str) -> bool:
    """As If-Match wants: a weak validator never matches; ``*`` matches whatever there is."""
    return if_match.strip() == "*" or tag in _STRONG.findall(if_match)

"""Verify a laborvoice webhook. This file stands alone: copy it into your project.

It needs Python 3.11 and the ``cryptography`` package. Standard Webhooks, versions v1 (HMAC-SHA256, a shared
``whsec_`` secret) and v1a (Ed25519, a public ``whpk_`` key).

    event = verify(request_body, request_headers, secrets=["whsec_..."])

Copyright 2026 the laborvoice authors. Licensed under the Apache License, Version 2.0 (the "License"); you may not
use this file except in compliance with the License. You may obtain a copy of the License at
http://www.apache.org/licenses/LICENSE-2.0. Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND,
either express or implied. See the License for the specific language governing permissions and limitations.
"""

import base64
import hashlib
import hmac
import json
import time  # noqa: TID251 - this file stands alone, so it cannot ask laborvoice.clock
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the prefix, not a secret
PUBLIC_PREFIX: Final = "whpk_"
SECRET_MIN: Final = 24
SECRET_MAX: Final = 64
PUBLIC_SIZE: Final = 32
ID_MAX: Final = 256
TIMESTAMP_DIGITS: Final = 12
SIGNATURES_MAX: Final = 32
SIGNATURES_LENGTH: Final = 8_192


class Refused(Exception):
    """The message is not one that was sent to you just now, or a key you gave is not one."""


@dataclass(frozen=True)
class Event:
    """A message that verified. Drop it when ``id`` was seen before; ``timestamp`` is of this attempt."""

    id: str
    timestamp: int
    body: dict[str, Any]


def verify(
    body: bytes,
    headers: Mapping[str, str],
    *,
    secrets: Iterable[str] = (),
    public_keys: Iterable[str] = (),
    tolerance: float = 300,
    now: float | None = None,
) -> Event:
    """The event, when a signature verifies with any of the keys; raises Refused for everything else.

    ``body`` is the request body as it came, before any parsing. ``tolerance`` is in seconds, to both sides.
    """
    shared = [_key(secret, SECRET_PREFIX, SECRET_MIN, SECRET_MAX) for secret in secrets]
    public = [_key(key, PUBLIC_PREFIX, PUBLIC_SIZE, PUBLIC_SIZE) for key in public_keys]
    message_id = _header(headers, "webhook-id", ID_MAX)
    if "." in message_id:
        raise Refused("webhook-id is not well formed")
    timestamp = _timestamp(_header(headers, "webhook-timestamp", TIMESTAMP_DIGITS))
    signatures = _signatures(_header(headers, "webhook-signature", SIGNATURES_LENGTH))
    if abs((time.time() if now is None else now) - timestamp) > tolerance:
        raise Refused("the timestamp is too old or too new")
    signed = f"{message_id}.{timestamp}.".encode() + body
    if not (_verifies_v1(signed, signatures, shared) or _verifies_v1a(signed, signatures, public)):
        raise Refused("no signature verifies")
    return Event(id=message_id, timestamp=timestamp, body=_json(body))


def _key(text: str, prefix: str, shortest: int, longest: int) -> bytes:
    if not text.startswith(prefix):
        raise Refused(f"this key does not begin with {prefix}")
    key = _base64(text[len(prefix) :])
    if not shortest <= len(key) <= longest:
        raise Refused("this key has a wrong length")
    return key


def _header(headers: Mapping[str, str], name: str, longest: int) -> str:
    values = [value for key, value in headers.items() if key.lower() == name]
    if len(values) != 1 or not values[0]:
        raise Refused(f"{name} is not there once")
    if len(values[0]) > longest or not values[0].isascii():
        raise Refused(f"{name} is not well formed")
    return values[0]


def _timestamp(text: str) -> int:
    if not text.isdigit() or str(int(text)) != text:
        raise Refused("webhook-timestamp is no whole number")
    return int(text)


def _signatures(text: str) -> list[tuple[str, bytes]]:
    items = text.split(" ")
    if len(items) > SIGNATURES_MAX:
        raise Refused("there are too many signatures")
    pairs = [item.split(",") for item in items]
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 - version, signature
        raise Refused("webhook-signature is not well formed")
    return [(version, _base64(value)) for version, value in pairs if version in ("v1", "v1a")]


def _verifies_v1(signed: bytes, signatures: list[tuple[str, bytes]], keys: list[bytes]) -> bool:
    wanted = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
    given = [value for version, value in signatures if version == "v1"]
    return any(hmac.compare_digest(one, other) for one in wanted for other in given)


def _verifies_v1a(signed: bytes, signatures: list[tuple[str, bytes]], keys: list[bytes]) -> bool:
    given = [value for version, value in signatures if version == "v1a"]
    return any(_is_signed(key, value, signed) for key in keys for value in given)


def _is_signed(key: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Refused("this is not base64") from None


def _json(body: bytes) -> dict[str, Any]:
    try:
        value: Any = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise Refused("the body is not JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise Refused("the body is no JSON object")
    return cast("dict[str, Any]", value)

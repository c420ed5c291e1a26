"""Credential to principal, and whether it may come in here at all; what it may see is for ``views`` (design, api 3)."""

from collections.abc import Callable
from typing import Final

from laborvoice.api.problems import Refusal
from laborvoice.api.ratelimit import Limiter
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto import credential
from laborvoice.domain.party import PERMITTED
from laborvoice.errors import Malformed
from laborvoice.pipeline import enrol
from laborvoice.views import principals
from laborvoice.views.principals import Principal

_BEARER: Final = "bearer"
_CHALLENGE: Final = b"www-authenticate"

Told = Callable[[tuple[tuple[bytes, bytes], ...]], None]
"""Where headers go that the answer must have, whatever it will be."""


class Doorkeeper:
    """Knows the keys of one deployment, and how often each has asked."""

    def __init__(self, parts: PortalParts) -> None:
        self._parts = parts
        self._limiter = Limiter(parts.clock, parts.rate.count, parts.rate.seconds, parts.processes)

    async def admit(self, authorization: str, scopes: tuple[str, ...], told: Told) -> Principal:
        """Raises Refusal: no valid key, too many requests of it, or a scope it or its party's kind lacks."""
        principal = await self._known(authorization)
        left = self._limiter.take(principal.key)
        told(left.headers)
        if left.refused:
            raise Refusal("rate-limited")
        if not (principal.scopes & PERMITTED[principal.kind]).issuperset(scopes):
            challenge = f'Bearer error="insufficient_scope", scope="{" ".join(scopes)}"'
            raise Refusal("insufficient-scope", headers=((_CHALLENGE, challenge.encode()),))
        return principal

    async def _known(self, authorization: str) -> Principal:
        """A wrong checksum is refused without a query."""
        scheme, _, text = authorization.partition(" ")
        try:
            key = credential.check_api_key(text)
        except Malformed:
            raise _unauthenticated() from None
        if scheme.lower() != _BEARER:
            raise _unauthenticated()
        today = self._parts.clock.now().date()
        found = await principals.by_key(self._parts.database, credential.credential_hash(key), today)
        if found is None:
            raise _unauthenticated()
        if found.used_on != today:
            await enrol.key_used(self._parts.database, found.key, today)
        return found


def _unauthenticated() -> Refusal:
    return Refusal("unauthenticated", headers=((_CHALLENGE, b"Bearer"),))

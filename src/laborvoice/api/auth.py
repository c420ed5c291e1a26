"""Credential to principal, and whether it may come in here at all; what it may see is for ``views`` (design, api 3)."""

from collections.abc import Callable
from typing import Final

import msgspec

from laborvoice.api.cookies import Cookie
from laborvoice.api.openapi import Operation
from laborvoice.api.problems import Refusal
from laborvoice.api.ratelimit import Limiter
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto import access_token, credential
from laborvoice.domain import Value
from laborvoice.domain.ids import KeyId
from laborvoice.domain.party import folded
from laborvoice.errors import Malformed
from laborvoice.pipeline import enrol, sign_in
from laborvoice.pipeline.sign_in.tools import idle_until
from laborvoice.settings import Rate
from laborvoice.views import principals
from laborvoice.views.principals import Principal

_BEARER: Final = "bearer"
_CHALLENGE: Final = b"www-authenticate"
_KEY: Final = "lvk_"
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LOGINS: Final = Rate(count=10, seconds=60)
"""Attempts under one name."""
_ID_BYTES: Final = 16
_SAME: Final = "same-origin"

Told = Callable[[tuple[tuple[bytes, bytes], ...]], None]
"""Where headers go that the answer must have, whatever it will be."""


class Shown(Value, frozen=True):
    """What a request shows of who makes it. ``csrf`` is the token that it carries, in its header or its form."""

    method: str
    authorization: str = ""
    session: str = ""
    csrf: str = ""
    site: str = ""
    origin: str = ""


class SignIn(Refusal):
    """A page was asked for without a session that goes on, or before its second factor is set up.

    ``kept``: the form that was sent to it.
    """

    kept = ""


class Doorkeeper:
    """Knows the keys and sessions of one deployment, and how often each has asked."""

    def __init__(self, parts: PortalParts) -> None:
        self._parts = parts
        self._limiter = Limiter(parts.clock, parts.rate.count, parts.rate.seconds, parts.processes)
        self._logins = Limiter(parts.clock, LOGINS.count, LOGINS.seconds, parts.processes)
        self._seed = credential.derived(parts.cursor_secret, "tokens")
        self.cookie = Cookie(parts.origin)

    async def admit(self, shown: Shown, operation: Operation, told: Told) -> Principal:
        """With an Authorization cookies are nothing.

        Raises Refusal: no valid credential, a write that may come from another site, too many requests, or what the
        key's scopes, the user's role or her missing second factor do not allow.
        """
        if shown.authorization:
            principal = await self._by_key(shown.authorization)
        else:
            principal = await self._by_session(shown, operation)
        left = self._limiter.take(principal.credential)
        told(left.headers)
        if left.refused:
            raise Refusal("rate-limited")
        _allow(principal, operation)
        return principal

    def csrf(self, session: str) -> str:
        return credential.csrf_token(credential.derived(self._parts.cursor_secret, "csrf"), session)

    def from_here(self, shown: Shown) -> bool:
        """Whether a browser says that one of our own pages sent it."""
        return shown.site == _SAME or shown.origin == self._parts.origin

    def login(self, name: str) -> None:
        """Counts an attempt under ``name``. Raises Refusal: one too many."""
        left = self._logins.take(folded(name))
        if left.refused:
            raise waiting(left.reset)

    @property
    def token_key(self) -> access_token.VerifyingKey:
        return access_token.public_key(self._seed)

    async def token(self, key: str, secret: str, wanted: frozenset[str]) -> tuple[str, int, str] | None:
        """The token, its seconds, its scopes. None where the key has not all that is ``wanted``. Raises Refusal."""
        found = await self._by_key(f"{_BEARER} {secret}") if secret.startswith(_KEY) else None
        if found is None or found.key is None or found.key != key:
            raise unauthenticated()
        left = self._limiter.take(found.credential)
        if left.refused:
            raise waiting(left.reset)
        if not wanted <= found.scopes:
            return None
        now, scopes = int(self._parts.clock.now().timestamp()), " ".join(sorted(wanted or found.scopes))
        claims = access_token.Claims(
            iss=self._parts.origin,
            aud=self._parts.origin,
            sub=str(found.key),
            client_id=str(found.key),
            iat=now,
            exp=now + access_token.SECONDS,
            jti=credential.make_token(self._parts.chance.bytes(_ID_BYTES)),
            scope=scopes,
        )
        return access_token.signed(self._seed, claims), access_token.SECONDS, scopes

    async def _by_session(self, shown: Shown, operation: Operation) -> Principal:
        now = self._parts.clock.now()
        digest = credential.credential_hash(shown.session)
        found = await principals.by_session(self._parts.database, digest, now) if shown.session else None
        if found is None:
            raise _sign_in(operation, "unauthenticated")
        if shown.method not in _READS:
            fits = credential.same(shown.csrf, self.csrf(shown.session))
            if not fits or not self.from_here(shown):
                raise Refusal("csrf")
        if found.unproved and not operation.own:
            raise _sign_in(operation, "second-factor-required")
        if found.session is not None and found.idle_until is not None and found.idle_until < idle_until(now):
            await sign_in.used(self._parts.signing_in, found.session)
        return found

    async def _by_key(self, authorization: str) -> Principal:
        """A wrong checksum or signature is refused without a query."""
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != _BEARER:
            raise unauthenticated()
        today = self._parts.clock.now().date()
        try:
            if text.startswith(_KEY):
                digest = credential.credential_hash(credential.check_api_key(text))
                found = await principals.by_key(self._parts.database, digest, today)
            else:
                claims = self._claims(text)
                key, scopes = KeyId.parse(claims.sub), frozenset(claims.scope.split())
                found = await principals.by_key_id(self._parts.database, key, scopes, today)
        except (Malformed, msgspec.DecodeError, ValueError):
            raise unauthenticated() from None
        if found is None or found.key is None:
            raise unauthenticated()
        if found.used_on != today:
            await enrol.key_used(self._parts.database, found.key, today)
        return found

    def _claims(self, token: str) -> access_token.Claims:
        """Raises Malformed."""
        return access_token.verified(self._seed, token, self._parts.origin, int(self._parts.clock.now().timestamp()))


def waiting(seconds: int) -> Refusal:
    return Refusal("rate-limited", f"Try again in {seconds} s.", headers=((b"retry-after", str(seconds).encode()),))


def unauthenticated() -> Refusal:
    return Refusal("unauthenticated", headers=((_CHALLENGE, b"Bearer"),))


def _sign_in(operation: Operation, code: str) -> Refusal:
    kind = SignIn if operation.page else Refusal
    return kind(code, headers=((_CHALLENGE, b"Bearer"),))


def _allow(principal: Principal, operation: Operation) -> None:
    if operation.session and principal.session is None:
        raise Refusal("forbidden", "This is for a person who is signed in, not for a key.")
    if principal.scopes.issuperset(operation.scopes):
        return
    if principal.key is None:
        raise Refusal("forbidden")
    challenge = f'Bearer error="insufficient_scope", scope="{" ".join(operation.scopes)}"'
    raise Refusal("insufficient-scope", headers=((_CHALLENGE, challenge.encode()),))

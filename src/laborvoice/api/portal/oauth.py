"""Doors for systems that speak OAuth 2: a short-lived token for an API key (RFC 6749 4.4), and the keys behind it."""

import binascii
from base64 import b64decode
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.auth import Doorkeeper, unauthenticated
from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import account_examples as examples
from laborvoice.api.portal import outbound
from laborvoice.api.portal.common import public
from laborvoice.api.problems import Pointed, Refusal
from laborvoice.crypto.access_token import VerifyingKey
from laborvoice.domain import Value

GRANT: Final = "client_credentials"
FORM: Final = Content(
    media="application/x-www-form-urlencoded", example=f"grant_type={GRANT}&scope=scores%3Aread%20suppliers%3Aread"
)
_KNOWN: Final = frozenset({"grant_type", "scope", "client_id", "client_secret"})


class Token(Value, frozen=True):
    access_token: str
    token_type: str
    expires_in: int
    scope: str


class KeySet(Value, frozen=True):
    keys: tuple[VerifyingKey, ...]


@post(
    "/v1/oauth/token",
    opt={
        OPERATION: Operation(
            id="create_token",
            summary="Get a token for an API key",
            text="Grant `client_credentials` alone. The client is the API key: its id and the key itself, by HTTP Basic"
            " or as `client_id` and `client_secret`. The token is good for ten minutes, and no longer than the key.",
            tag="accounts",
            body=FORM,
            answers=(Answer(status=200, text="The token.", contents=(Content(shape=Token, example=examples.TOKEN),)),),
            problems=public("invalid-body", "unsupported-media-type", "unauthenticated", "rate-limited"),
        )
    },
)
async def create_token(request: Request[Any, Any, Any], doorkeeper: NamedDependency[Doorkeeper]) -> Response[bytes]:
    given = _form(await request.body())
    if given.get("grant_type") != GRANT:
        raise _bad("/grant_type", f"Only {GRANT}.")
    key, secret = _client(request.headers.get("authorization", ""), given)
    made = await doorkeeper.token(key, secret, frozenset(given.get("scope", "").split()))
    if made is None:
        raise _bad("/scope", "The key has none of these scopes, or not all.")
    token, seconds, scopes = made
    told = Token(access_token=token, token_type="Bearer", expires_in=seconds, scope=scopes)  # noqa: S106 - a type
    return outbound.plain(outbound.encoded(told))


@get(
    "/.well-known/jwks.json",
    opt={
        OPERATION: Operation(
            id="get_jwks",
            summary="Read the keys that verify tokens",
            text="A key set (RFC 7517).",
            tag="accounts",
            answers=(Answer(status=200, text="The keys.", contents=(Content(shape=KeySet, example=examples.JWKS),)),),
            problems=public(),
        )
    },
)
async def get_jwks(doorkeeper: NamedDependency[Doorkeeper]) -> Response[bytes]:
    return outbound.plain(outbound.encoded(KeySet(keys=(doorkeeper.token_key,))))


def _form(body: bytes) -> dict[str, str]:
    """Raises Refusal: no form, a field unknown or said twice."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Refusal("invalid-body") from None
    given = dict(pairs)
    if len(given) != len(pairs) or not given.keys() <= _KNOWN:
        raise Refusal("invalid-body")
    return given


def _client(authorization: str, given: dict[str, str]) -> tuple[str, str]:
    """Its id and secret. Raises Refusal."""
    if not authorization:
        return given.get("client_id", ""), given.get("client_secret", "")
    scheme, _, text = authorization.partition(" ")
    try:
        name, _, secret = b64decode(text, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise unauthenticated() from None
    if scheme.lower() != "basic":
        raise unauthenticated()
    return unquote_plus(name), unquote_plus(secret)


def _bad(pointer: str, text: str) -> Refusal:
    return Refusal("invalid-body", faults=(Pointed(pointer=pointer, detail=text),))

"""Doors for systems that speak OAuth 2: a short-lived token for an API key (RFC 6749 4.4), and the keys behind it."""

import binascii
from base64 import b64decode
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.auth import Doorkeeper
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
BASIC: Final = "basic"
UNKNOWN: Final = "unauthenticated"
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
    status_code=HTTPStatus.OK,
    opt={
        OPERATION: Operation(
            id="create_token",
            summary="Get a token for an API key",
            text="Grant `client_credentials` alone. The client is the API key: its id and the key itself, by HTTP Basic"
            " or as `client_id` and `client_secret`. The token is good for ten minutes, and no longer than the key."
            " A refusal has a member `error` beside the others: `invalid_client`, `invalid_request`,"
            " `unsupported_grant_type` or `invalid_scope` (RFC 6749 5.2).",
            tag="accounts",
            body=FORM,
            answers=(Answer(status=200, text="The token.", contents=(Content(shape=Token, example=examples.TOKEN),)),),
            problems=public("unsupported-media-type", "unauthenticated", "rate-limited"),
        )
    },
)
async def create_token(request: Request[Any, Any, Any], doorkeeper: NamedDependency[Doorkeeper]) -> Response[bytes]:
    given = _form(await request.body())
    authorization = request.headers.get("authorization", "")
    if given.get("grant_type", GRANT) != GRANT:
        raise _bad("unsupported_grant_type", "/grant_type", f"Only {GRANT}.")
    if "grant_type" not in given:
        raise _bad("invalid_request", "/grant_type", f"It is missing: say {GRANT}.")
    if authorization and "client_secret" in given:
        raise _bad("invalid_request", "/client_secret", "Say who you are once: in the header or in the form.")
    key, secret = _client(authorization, given)
    try:
        made = await doorkeeper.token(key, secret, frozenset(given.get("scope", "").split()))
    except Refusal as refusal:
        raise _stranger(authorization) if refusal.code == UNKNOWN else refusal from None
    if made is None:
        raise _bad("invalid_scope", "/scope", "The key has none of these scopes, or not all.")
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
        raise _bad("invalid_request", "", "The body is no form.") from None
    given = dict(pairs)
    if len(given) != len(pairs) or not given.keys() <= _KNOWN:
        raise _bad("invalid_request", "", f"Each once, and no others: {', '.join(sorted(_KNOWN))}.")
    return given


def _client(authorization: str, given: dict[str, str]) -> tuple[str, str]:
    """Its id and secret. Raises Refusal."""
    if not authorization:
        return given.get("client_id", ""), given.get("client_secret", "")
    scheme, _, text = authorization.partition(" ")
    try:
        name, _, secret = b64decode(text, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise _stranger(authorization) from None
    if scheme.lower() != BASIC:
        raise _stranger(authorization)
    return unquote_plus(name), unquote_plus(secret)


def _stranger(authorization: str) -> Refusal:
    """Challenged by the scheme that was tried (RFC 6749 5.2)."""
    scheme = authorization.partition(" ")[0].lower()
    challenge = b'Basic realm="tokens"' if scheme == BASIC else b"Bearer"
    return Refusal(UNKNOWN, headers=((b"www-authenticate", challenge),), error="invalid_client")


def _bad(error: str, pointer: str, text: str) -> Refusal:
    return Refusal("invalid-parameter", faults=(Pointed(pointer=pointer, detail=text),), error=error)

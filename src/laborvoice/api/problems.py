"""What went wrong, as an HTTP client is told: one table of codes, one of errors (design, api 5).

Nothing a client sent is ever said back. What no table knows is a bare 500.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import msgspec
from litestar.exceptions import HTTPException, ValidationException

from laborvoice import errors
from laborvoice.domain import Value, ids
from laborvoice.domain.candidate import Candidate

MEDIA_TYPE: Final = "application/problem+json"


class Problem(Value, frozen=True):
    """``title`` is constant for the code."""

    code: str
    status: int
    title: str


class Pointed(Value, frozen=True):
    """Where in the request: an RFC 6901 pointer, or ``?name`` for a parameter."""

    pointer: str
    detail: str


class Refusal(errors.LaborvoiceError):
    """A door says no by itself: the code, where in the request the fault is, and what the client needs to know.

    ``error``: what the door for tokens calls it (RFC 6749 5.2).
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        faults: Sequence[Pointed] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
        error: str = "",
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = tuple(headers)
        self.error = error


class Bare(Value, frozen=True):
    """What intake says: the same bytes whoever asks."""

    type: str
    title: str
    status: int


class Full(Value, frozen=True, omit_defaults=True):
    """What the portal says (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: tuple[Pointed, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    error: str = ""


class Said(Value, frozen=True):
    """What an answer adds to its problem: our own words, never the client's."""

    detail: str = ""
    faults: Sequence[Pointed] = ()
    candidates: Sequence[Candidate] = ()
    error: str = ""


NOTHING: Final = Said()

_TITLES: Final[Mapping[int, Mapping[str, str]]] = MappingProxyType(
    {
        400: {
            "malformed-json": "The body is not JSON that we read",
            "unknown-parameter": "A parameter is unknown or repeated",
            "invalid-parameter": "A parameter has a value that is not allowed",
            "invalid-cursor": "The cursor was not made for this list",
            "idempotency-key-required": "This operation needs an Idempotency-Key",
            "bad-length": "The body has another length than this operation takes",
        },
        401: {
            "unauthenticated": "There is no valid credential",
            "second-factor-required": "A second factor is needed",
        },
        403: {
            "forbidden": "Your role may not do this",
            "insufficient-scope": "The key lacks a scope",
            "csrf": "The request did not come from our own page",
            "two-person-rule": "A second person must decide",
        },
        404: {"not-found": "There is no such thing, or you may not see it"},
        405: {"method-not-allowed": "This resource has no such method"},
        406: {"not-acceptable": "None of the types you accept is offered"},
        409: {
            "conflict": "The request does not fit the present state",
            "idempotency-in-progress": "The same request is still being worked on",
            "secret-already-shown": "The secret was shown once and is not kept",
            "probable-duplicate": "There is probably such a supplier already",
            "link-not-claimed": "The link is not one that waits to be confirmed",
            "notices-off": "No mail relay is set up",
            "transition-not-allowed": "This step is not allowed from the present state",
            "engagement-prohibited": "Workers of this supplier must not be approached",
            "needs-redaction": "The text may name someone",
            "tag-taken": "Another reply has this place",
            "question-meaning-changed": "A new meaning needs a new code",
            "last-admin": "A party keeps at least one admin",
            "endpoint-not-verified": "The endpoint has not been verified",
        },
        410: {
            "cursor-expired": "The cursor is older than what is kept",
            "link-expired": "The link was used, has expired, or never was",
        },
        411: {"length-required": "The request needs a Content-Length"},
        412: {"stale": "The resource has changed since you read it"},
        413: {"too-large": "The body is longer than this operation takes"},
        415: {"unsupported-media-type": "The body has a type that this operation does not take"},
        422: {
            "invalid-body": "The body does not have the form that is asked for",
            "idempotency-key-reused": "The Idempotency-Key was used for another request",
        },
        428: {"if-match-required": "This operation needs If-Match"},
        429: {"rate-limited": "There were too many requests"},
        500: {"internal": "Something went wrong here"},
        503: {
            "busy": "There is too much work just now",
            "database-unavailable": "The database does not answer just now",
        },
    }
)

TABLE: Final[Mapping[str, Problem]] = MappingProxyType(
    {
        code: Problem(code=code, status=status, title=title)
        for status, titles in _TITLES.items()
        for code, title in titles.items()
    }
)

_ERRORS: Final[Mapping[type[BaseException], str]] = MappingProxyType(
    {
        errors.NotFound: "not-found",
        errors.Conflict: "conflict",
        errors.NoticesOff: "notices-off",
        errors.Busy: "busy",
        errors.DatabaseUnavailable: "database-unavailable",
        errors.Malformed: "invalid-body",
        errors.BadIdentifier: "invalid-body",
        errors.CampaignRefused: "invalid-body",
        errors.ProbableDuplicate: "probable-duplicate",
        errors.LinkNotClaimed: "link-not-claimed",
        errors.EndpointNotVerified: "endpoint-not-verified",
        errors.EngagementProhibited: "engagement-prohibited",
        errors.TransitionRefused: "transition-not-allowed",
        errors.TagTaken: "tag-taken",
        errors.LastAdmin: "last-admin",
        errors.LinkExpired: "link-expired",
        errors.TwoPersonRule: "two-person-rule",
        errors.BadSignature: "invalid-body",
        errors.QuestionMeaningChanged: "question-meaning-changed",
        HTTPException: "internal",
    }
)

_STATUSES: Final[Mapping[int, str]] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: "malformed-json",
        HTTPStatus.UNAUTHORIZED: "unauthenticated",
        HTTPStatus.FORBIDDEN: "forbidden",
        HTTPStatus.NOT_FOUND: "not-found",
        HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
        HTTPStatus.NOT_ACCEPTABLE: "not-acceptable",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-large",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
        HTTPStatus.TOO_MANY_REQUESTS: "rate-limited",
        HTTPStatus.SERVICE_UNAVAILABLE: "busy",
    }
)


def of(error: BaseException) -> Problem:
    """The nearest of the error's classes decides; what is not in the table is ``internal``."""
    if isinstance(error, Refusal):
        return TABLE[error.code]
    if isinstance(error, ValidationException):
        return TABLE["invalid-body" if "body" in _sources(error) else "invalid-parameter"]
    if isinstance(error, HTTPException):
        return TABLE[_STATUSES.get(error.status_code, "internal")]
    for kind in type(error).__mro__:
        if kind in _ERRORS:
            return TABLE[_ERRORS[kind]]
    return TABLE["internal"]


def _sources(error: ValidationException) -> set[str]:
    """Where litestar found fault. Its ``detail`` holds the path with the query: it is never handed on."""
    extra: object = error.extra
    if not isinstance(extra, list):
        return set()
    return {fault.source for fault in msgspec.convert(extra, tuple[_Fault, ...])}


class _Fault(Value, frozen=True):
    """As litestar lists it, of which only this is ours to read."""

    source: str = ""


def bare(problem: Problem) -> bytes:
    """For intake: fixed bytes."""
    return _BARE[problem.code]


_BARE: Final = {
    problem.code: msgspec.json.encode(
        Bare(type=f"urn:laborvoice:problem:{problem.code}", title=problem.title, status=problem.status)
    )
    for problem in TABLE.values()
}


def full(problem: Problem, origin: str, request_id: str, said: Said = NOTHING) -> bytes:
    """For the portal."""
    return msgspec.json.encode(
        Full(
            type=f"{origin}/problems/{problem.code}",
            title=problem.title,
            status=problem.status,
            detail=said.detail or problem.title,
            code=problem.code,
            request_id=request_id,
            errors=tuple(said.faults),
            candidates=tuple(said.candidates),
            error=said.error,
        ),
        enc_hook=ids.encode,
    )

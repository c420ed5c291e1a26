"""What several doors of the portal say alike: kinds of parameters, headers, problems."""

from typing import Annotated, Final

from msgspec import Meta

from laborvoice.api.openapi import Answer, PathPart
from laborvoice.domain.ids import SupplierId

Limit = Annotated[int, Meta(ge=1, le=100)]
Cursor = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[A-Za-z0-9_-]*$")]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
Sector = Annotated[str, Meta(pattern=r"^[0-9]{2,4}$")]
Words = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
PeriodLabel = Annotated[str, Meta(pattern=r"^[0-9]{4}-(Q[1-4]|0[1-9]|1[0-2])$")]

VALIDATED: Final = {"ETag": "A strong validator of these bytes, for If-None-Match."}
LISTED: Final = {**VALIDATED, "Link": "The next page, where there is one."}
CACHED: Final = Answer(status=304, text="You have these bytes: If-None-Match names them.")

SUPPLIER: Final = PathPart(text="Id of a supplier.", example="sup_4jfhky32628wfaybwzv7f5tadw", shape=SupplierId)

_EVERY: Final = ("length-required", "too-large", "internal", "busy", "database-unavailable")
_KEYED: Final = (
    "unknown-parameter",
    "invalid-parameter",
    "unauthenticated",
    "second-factor-required",
    "forbidden",
    "csrf",
    "insufficient-scope",
    "not-acceptable",
    "rate-limited",
)


def common(*more: str) -> tuple[str, ...]:
    """The problems of every operation that needs a key, and ``more``."""
    return (*_KEYED, *more, *_EVERY)


def public(*more: str) -> tuple[str, ...]:
    """The problems of every operation without a credential, and ``more``."""
    return ("unknown-parameter", "invalid-parameter", "not-acceptable", *more, *_EVERY)

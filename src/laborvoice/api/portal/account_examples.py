"""Examples of accounts in the contract: made up, and of the very structs that answer."""

from datetime import UTC, date, datetime
from typing import Final

from laborvoice.crypto import access_token, signing
from laborvoice.domain.ids import KeyId, PartyId, SessionId, UserId
from laborvoice.views.accounts import ApiKeyView, MeView, PartyView, SessionView, UserView

_EMPTY: Final = {"next_cursor": None, "has_more": False}
_PARTY: Final = PartyId.parse("par_3h5dq0r8m6x2v9t1k7zcw4bnjs")
_USER: Final = UserId.parse("usr_1vgvkpez469jqtcz423kd5we15")
_TOKEN: Final = "Zm9yIGFuIGV4YW1wbGUsIG5vdCBhIHJlYWwgbGluayE"  # noqa: S105 - opens nothing
_CSRF: Final = "c29tZXRoaW5nIGJvdW5kIHRvIHRoZSBzZXNzaW9uIGl"

SIGN_IN: Final = {"name": "Ana Example", "password": "three odd words apart", "code": "287082"}
SIGNED_IN: Final = {"csrf": _CSRF}
REDEEM: Final = {"token": _TOKEN, "password": "three odd words apart"}
ME: Final = MeView(
    party=_PARTY,
    kind="brand",
    scopes=("cases:read", "scores:read", "suppliers:read"),
    user=_USER,
    name="Ana Example",
    role="brand_viewer",
    csrf=_CSRF,
    second_factor_required=False,
)
SESSION: Final = SessionView(
    id=SessionId.parse("ses_2c8xkq7m1v0zt5r9w4hbn6jyde"),
    current=True,
    began_at=datetime(2026, 10, 3, 9, tzinfo=UTC),
    ends_at=datetime(2026, 10, 3, 21, 12, tzinfo=UTC),
)
SESSIONS: Final = {"data": (SESSION,)}
USER: Final = UserView(
    id=_USER,
    party=_PARTY,
    name="Ana Example",
    role="brand_viewer",
    state="active",
    second_factor=True,
    created_on=date(2026, 1, 12),
)
USERS: Final = {"data": (USER,), **_EMPTY}
LINK: Final = {
    "user": USER,
    "link": f"https://portal.example/welcome/{_TOKEN}",
    "until": datetime(2026, 10, 4, 9, 12, tzinfo=UTC),
}
KEY: Final = ApiKeyView(
    id=KeyId.parse("key_4jfhky32628wfaybwzv7f5tadw"),
    label="Our procurement system",
    mode="live",
    last4="SHfl",
    scopes=("scores:read", "suppliers:read"),
    expires_on=date(2027, 1, 12),
    created_on=date(2026, 1, 12),
    used_on=date(2026, 10, 2),
    creator=_USER,
)
KEY_MADE: Final = {"key": "lvk_test_0123456789ABCDEFGHIJKLMNOPQRST2pSHfl", "about": KEY}
KEYS: Final = {"data": (KEY,), **_EMPTY}
PARTY: Final = PartyView(id=_PARTY, kind="brand", name="Example Brand", country="NL", created_on=date(2026, 1, 5))
TOKEN: Final = {
    "access_token": "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJleGFtcGxlIn0.c2lnbmF0dXJl",
    "token_type": "Bearer",
    "expires_in": 600,
    "scope": "scores:read suppliers:read",
}
JWKS: Final = {"keys": (access_token.public_key(bytes(signing.SEED_SIZE)),)}
PARTIES: Final = {"data": (PARTY,), **_EMPTY}

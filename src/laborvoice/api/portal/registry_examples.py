"""Examples of the registry's doors: made up."""

from datetime import date
from typing import Final

from laborvoice.api.portal.examples import SUPPLIER
from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import Signature, Signed
from laborvoice.domain import card
from laborvoice.domain.card import Card
from laborvoice.domain.ids import CampaignId, LinkId, PartyId
from laborvoice.domain.manifest import PublicKey
from laborvoice.views.campaigns import CampaignView, Reader
from laborvoice.views.guidance import KeysView, Numbered, NumberView
from laborvoice.views.links import Buyer, LinkDetail, TypedView

__all__ = ["SUPPLIER"]

LINK_ID: Final = LinkId.parse("lnk_2c8xkq7m1v0zt5r9w4hbn6jyde")
CAMPAIGN_ID: Final = CampaignId.parse("cmp_5t2q8m6x1v9z3k7r4whcbnjyd0")
_BRAND: Final = PartyId.parse("par_1k7r4whcbnjyd05t2q8m6x9v3z")
_WATCHDOG: Final = PartyId.parse("par_3z1k7r4whcbnjyd05t2q8m6x9v")
_EMPTY: Final = {"next_cursor": None, "has_more": False}

WANTED: Final = {
    "name": "Sample Garments 11",
    "address": "11 Example Road, Dhaka",
    "country": "BD",
    "kind": "factory",
    "os_id": "BD2026001DEM011",
    "isic": ("1410",),
    "workers_min": 1000,
    "workers_max": 1400,
}
CHANGE: Final = {"workers_max": 1500, "parent": "Sample Group"}
INTO: Final = {"into": SUPPLIER.id}

CSV: Final = (
    "country,name,address,number_of_workers\r\n"
    'BD,Sample Garments 11,"11 Example Road, Dhaka",1000-1400\r\n'
    "Bangladesh,Sample Knitwear,,120\r\n"
)
IMPORTED: Final = {
    "created": 0,
    "matched": 1,
    "review": (),
    "warnings": (),
    "rejected": ({"row": 3, "column": "address", "detail": "Fill in this cell."},),
}

CLAIM: Final = {
    "os_id": "BD2026001DEM011",
    "tier": 1,
    "role": "sewing",
    "from": date(2026, 1, 1),
    "source": "own records",
    "disclosure": "private",
}
CLAIMED: Final = {"id": LINK_ID, "state": "claimed"}
LINK: Final = LinkDetail(
    id=LINK_ID,
    state="claimed",
    typed=TypedView(os_id="BD2026001DEM011"),
    tier=1,
    role="sewing",
    since=date(2026, 1, 1),
    source="own records",
    disclosure="private",
    created_on=date(2026, 1, 12),
    party=Buyer(id=_BRAND, name="A brand"),
)
LINKS: Final = {"data": (LINK,), **_EMPTY}
LINK_CHANGE: Final = {"tier": 2, "to": date(2026, 12, 31)}
CONFIRM: Final = {"supplier": SUPPLIER.id}
END: Final = {"reason": "no longer bought from"}

CAMPAIGN: Final = CampaignView(
    id=CAMPAIGN_ID,
    supplier=SUPPLIER.id,
    locator="4QX9TN",
    state="open",
    periods=("2026-Q4", "2027-Q1"),
    headcount=1200,
    watchdogs=(Reader(id=_WATCHDOG, name="A watchdog"),),
    distributor="watchdog",
    languages=("bn", "en"),
    enrolled=240,
    created_on=date(2026, 9, 28),
)
CAMPAIGNS: Final = {"data": (CAMPAIGN,), **_EMPTY}
CAMPAIGN_WANTED: Final = {
    "supplier": SUPPLIER.id,
    "periods": ("2026-Q4", "2027-Q1"),
    "headcount": 1200,
    "distributor": "watchdog",
    "languages": ("bn", "en"),
}
INVITES_WANTED: Final = {"count": 240, "format": "json", "language": "bn"}
_CARD: Final = Card(locator="4QX9TN", code="0123456789ABCDEFGHJK", fingerprint=bytes(16))
CARDS: Final = {
    "cards": (
        {
            "locator": _CARD.locator,
            "code": _CARD.code,
            "typed": card.grouped(card.format_typed(_CARD.locator, _CARD.code)),
            "url": card.card_url("voice.example", _CARD).removeprefix("https://"),
        },
    )
}

NUMBERS: Final = (
    NumberView(
        name="Helpline", number="+880 2 0000 0000", hours="24 h", languages=("bn", "en"), checked_on=date(2026, 9, 1)
    ),
)
_KEY: Final = PublicKey(suite=2, kid=b64(bytes(8)), pk=b64(bytes(32)))
KEYS: Final = {
    "months": (
        KeysView(until=date(2026, 12, 31), sign_key=b64(bytes(32)), keys=(_KEY,), own=b64(bytes(64)), active=True),
    )
}
KEYS_WANTED: Final = {
    "sign_key": b64(bytes(32)),
    "months": ({"until": date(2026, 12, 31), "keys": (_KEY,), "own": b64(bytes(64))},),
}
SIGNED: Final = Signed(payload='{"v":1}', sigs=(Signature(key=b64(bytes(32)), sig=b64(bytes(64))),))
MANIFESTS: Final = {
    "data": (Numbered(seq=41, not_before=date(2026, 11, 23), not_after=date(2026, 12, 7), signed=SIGNED),),
    **_EMPTY,
}

"""What is sent of a campaign, and the cards that leave."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta

from laborvoice.api.portal.common import PeriodLabel
from laborvoice.domain import Inbound, Value
from laborvoice.domain.campaign import LEAST_INVITES, most_invites
from laborvoice.domain.card import Card
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.release import Distributor
from laborvoice.errors import BadField
from laborvoice.pipeline.invite import Printed, Wanted
from laborvoice.views.campaigns import Imprint
from laborvoice.views.principals import Principal
from laborvoice.web import cards

HTML: Final = "text/html"

Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)]
Languages = Annotated[tuple[Language, ...], Meta(min_length=1, max_length=10)]
Periods = Annotated[tuple[PeriodLabel, ...], Meta(min_length=1, max_length=12)]
Heads = Annotated[int, Meta(ge=1, le=1_000_000)]
Count = Annotated[int, Meta(ge=1, le=5_000)]


class CampaignWanted(Inbound, frozen=True):
    supplier: SupplierId
    periods: Periods
    headcount: Heads
    distributor: Distributor = "watchdog"
    languages: Languages = ("en",)


class InvitesWanted(Inbound, frozen=True):
    """``language``: that of the first sentence on a card."""

    count: Count
    format: Literal["html", "json"] = "json"
    language: Language = "en"


class CardView(Value, frozen=True):
    """``typed``: locator, code and check character in nine groups of three; ``url``: what the QR code holds."""

    locator: str
    code: str
    typed: str
    url: str


class CardsPrinted(Value, frozen=True):
    cards: tuple[CardView, ...]


def wanted_of(body: CampaignWanted, supplier: SupplierId, principal: Principal) -> Wanted:
    """Raises BadField where it could never have enough invites. A watchdog that opens one approves it."""
    if most_invites(body.headcount) < LEAST_INVITES:
        raise BadField("/headcount", f"So few people would have under {LEAST_INVITES} invites.")
    return Wanted(
        supplier=supplier,
        periods=tuple(dict.fromkeys(body.periods)),
        headcount=body.headcount,
        distributor=body.distributor,
        languages=tuple(dict.fromkeys(body.languages)),
        approved_by=principal.party if principal.kind == "watchdog" else None,
    )


def cards_of(imprint: Imprint, printed: Sequence[Printed]) -> CardsPrinted:
    return CardsPrinted(
        cards=tuple(
            CardView(
                locator=one.locator, code=one.code, typed=one.typed, url=cards.url(imprint.host, _card(imprint, one))
            )
            for one in printed
        )
    )


def sheets_of(imprint: Imprint, printed: Sequence[Printed], language: str) -> bytes:
    made = [_card(imprint, one) for one in printed]
    return cards.sheets(imprint.host, made, imprint.phone, imprint.periods, (language, *imprint.languages))


def _card(imprint: Imprint, one: Printed) -> Card:
    return Card(locator=one.locator, code=one.code, fingerprint=imprint.fingerprint)

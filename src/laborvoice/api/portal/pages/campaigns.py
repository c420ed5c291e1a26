"""Campaigns as pages: open one, print its cards. Invites are counted to ten; how many were opened nobody is told."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.campaign_body import CampaignWanted, Count, Heads, Language, sheets_of, wanted_of
from laborvoice.api.portal.campaigns import CAMPAIGN
from laborvoice.api.portal.common import Cursor, PeriodLabel, common
from laborvoice.api.portal.outbound import paged
from laborvoice.api.portal.pages import html, posted
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.framing import sha256
from laborvoice.domain import Inbound
from laborvoice.domain.ids import CampaignId, SupplierId
from laborvoice.domain.period import Period
from laborvoice.domain.release import Distributor
from laborvoice.errors import BadField, CampaignRefused, Conflict, NotFound
from laborvoice.pipeline import invite, once
from laborvoice.pipeline.once import Keyed, Refused, Replayed, Reply
from laborvoice.views import campaigns, suppliers, terms
from laborvoice.web import cards
from laborvoice.web.forms import Form

ROWS: Final = 30
AHEAD: Final = 4
WORDS: Final[Mapping[str, str]] = {
    "supplier": "Write the id of the supplier, such as the one in the address of its page.",
    "first": "Choose a period.",
    "periods": "Choose from 1 to 4 periods.",
    "headcount": "Write how many people work there.",
    "distributor": "Choose who hands out the cards.",
    "languages": "Write codes such as bn en, with blanks between them.",
}
HANDED: Final = (
    ("watchdog", "watchdogs"),
    ("mixed", "watchdogs and the supplier"),
    ("supplier", "the supplier: it chooses who is heard"),
)
Codes = Annotated[str, Meta(pattern=r"^[a-z]{2,3}([ ,]+[a-z]{2,3})*$", max_length=60)]
Some = Annotated[int, Meta(ge=1, le=AHEAD)]
OfForm = Annotated[str, Meta(pattern=r"^[a-z0-9_]{10,60}$")]
_BROKEN: Final = ("unsupported-media-type", "invalid-body", "not-found")


class CampaignsPage(Inbound, frozen=True):
    cursor: Cursor | None = None


class CampaignForm(Inbound, frozen=True):
    supplier: SupplierId
    first: PeriodLabel
    headcount: Heads
    periods: Some = 1
    distributor: Distributor = "watchdog"
    languages: Codes = "en"


class CardsForm(Inbound, frozen=True):
    """``form``: its own, so that sending it again prints nothing."""

    count: Count
    form: OfForm
    language: Language = "en"


@get(
    "/admin/campaigns",
    opt={
        OPERATION: Operation(
            id="page_campaigns",
            summary="Campaigns",
            text="Invites for suppliers.",
            tag="pages",
            page=True,
            menu="Campaigns",
            scopes=("campaigns:read",),
            query=CampaignsPage,
            answers=(html.PAGE,),
            problems=common("invalid-cursor"),
        )
    },
)
async def show_campaigns(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    return await _page(request, parts, cursors, Form())


@post(
    "/admin/campaigns",
    opt={
        OPERATION: Operation(
            id="page_open_campaign",
            summary="Open a campaign",
            text="Refused as by the API.",
            tag="pages",
            page=True,
            scopes=("campaigns:write",),
            query=CampaignsPage,
            body=html.FORM,
            answers=(html.SEE,),
            problems=common(*_BROKEN),
        )
    },
)
async def open_campaign(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    sent = await posted.read(request, CampaignForm, WORDS)
    if sent.value is None:
        return await _page(request, parts, cursors, sent.form)
    principal, now = visits.of(request).principal, parts.clock.now()
    body = _wanted(sent.value)

    async def step(db: Any) -> None:  # noqa: ANN401 - the store's connection, handed on
        site = await suppliers.known(db, principal.sight(now.date()), body.supplier)
        await invite.campaign_in(db, now, parts.chance, principal.actor, wanted_of(body, site.id, principal))

    try:
        await parts.database.run("campaign", step)
    except NotFound:
        return await _page(request, parts, cursors, sent.refused("supplier", "There is no such supplier."))
    except BadField as error:
        return await _page(request, parts, cursors, sent.refused(error.pointer.removeprefix("/"), str(error)))
    except (CampaignRefused, Conflict) as error:
        return await _page(request, parts, cursors, sent.refused("supplier", str(error)))
    return html.see("/admin/campaigns", "campaign-opened")


@post(
    "/admin/campaigns/{campaign:str}/cards",
    opt={
        OPERATION: Operation(
            id="page_cards",
            summary="Print cards",
            text="Shown this once: sent again, it is refused.",
            tag="pages",
            page=True,
            scopes=("campaigns:write",),
            path={"campaign": CAMPAIGN},
            body=html.FORM,
            answers=(html.PAGE,),
            problems=common(*_BROKEN, "conflict", "secret-already-shown", "idempotency-in-progress"),
        )
    },
)
async def print_cards(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    asked = inbound.path_id(request, "campaign", CampaignId)
    wanted = (await posted.read(request, CardsForm, {})).value
    if wanted is None:
        raise Refusal("invalid-body")
    count, language = wanted.count, wanted.language

    async def step(db: Any) -> Reply:  # noqa: ANN401 - the store's connection, handed on
        imprint = await campaigns.imprint(db, principal.sight(now.date()), asked)
        made = await invite.print_in(db, now, parts.chance, principal.actor, (asked, count))
        body = sheets_of(imprint, made, language)
        return Reply(status=200, body=body, media=html.HTML, secret_at=f"/admin/campaigns#{asked}")

    keyed = Keyed(party=principal.party, key=wanted.form, fingerprint=sha256(f"{asked} {wanted.form}".encode()))
    outcome = await once.once(parts.database, now, keyed, step, lambda reply: reply)
    if isinstance(outcome, Refused) and outcome.why == "in progress":
        raise Refusal("idempotency-in-progress")
    if isinstance(outcome, Refused | Replayed):
        raise Refusal("secret-already-shown", "Print spare cards instead: those that were shown are not kept.")
    policy = {"Content-Security-Policy": cards.policy()}
    return Response(outcome.body, status_code=200, media_type=html.HTML, headers=policy)


def _wanted(form: CampaignForm) -> CampaignWanted:
    period, labels = Period.parse(form.first), [form.first]
    for _ in range(form.periods - 1):
        period = period.next()
        labels.append(period.label)
    return CampaignWanted(
        supplier=form.supplier,
        periods=tuple(labels),
        headcount=form.headcount,
        distributor=form.distributor,
        languages=tuple(form.languages.replace(",", " ").split()),
    )


async def _page(request: Request[Any, Any, Any], parts: PortalParts, cursors: Cursors, form: Form) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(CampaignsPage)
    sight = visit.principal.sight(parts.clock.now().date())
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, tuple[date, CampaignId])
    rows = await campaigns.page(parts.database, sight, after, ROWS + 1)
    shown, cursor = paged(cursors, of, rows, ROWS, lambda row: (row.created_on, row.id))
    return html.filled(
        request,
        "campaigns.html",
        form,
        rows=shown,
        next="" if cursor is None else f"/admin/campaigns?cursor={cursor}",
        writes="campaigns:write" in visit.principal.scopes,
        labels=await _labels(parts, sight.today),
        handed=HANDED,
        spans=tuple((str(number), str(number)) for number in range(1, AHEAD + 1)),
        languages=tuple((code, code) for code in cards.languages()),
        once=visit.request_id,
    )


async def _labels(parts: PortalParts, today: date) -> tuple[tuple[str, str], ...]:
    """The present period and the next ones, as long as the deployment's are."""
    known = await terms.periods(parts.database)
    period, labels = Period.at(today, known[0].kind if known else "quarter"), list[str]()
    for _ in range(AHEAD):
        labels.append(period.label)
        period = period.next()
    return tuple((label, label) for label in labels)

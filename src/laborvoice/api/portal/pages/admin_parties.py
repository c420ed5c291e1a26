"""Parties as the operator enrols them, each with its first admin, whose link is shown once."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Country, Cursor, Words, common
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.portal.pages import html, posted
from laborvoice.api.portal.pages.users import link_shown
from laborvoice.api.portal.parties import PARTY
from laborvoice.api.portal.sessions import PersonName
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import PartyKind
from laborvoice.errors import BadField
from laborvoice.pipeline import appoint, enrol
from laborvoice.views import accounts, countries, enrolled
from laborvoice.web.forms import Form

ROWS: Final = 50
KINDS: Final[tuple[tuple[PartyKind, str], ...]] = (
    ("brand", "brand: reads scores of its suppliers"),
    ("watchdog", "watchdog: reads what workers send it"),
    ("operator", "operator: runs this deployment"),
)
_SCOPES: Final = ("operator:write", "admin:write")
_COUNTRY: Final = "Write two capitals, such as BD."
_WORDS: Final[Mapping[str, str]] = {
    "kind": "Choose what the party is.",
    "name": "Write its name.",
    "country": _COUNTRY,
    "admin": "Type the name the first admin will sign in with.",
}
_EMPTY: Final = Form()


class PartiesPage(Inbound, frozen=True):
    cursor: Cursor | None = None


class PartyForm(Inbound, frozen=True):
    kind: PartyKind
    name: Words
    country: Country
    admin: PersonName


class AdminForm(Inbound, frozen=True):
    admin: PersonName


@get(
    "/admin/parties",
    opt={
        OPERATION: Operation(
            id="page_parties",
            summary="Parties",
            text="Brands, watchdogs and operators, and whether each has an admin.",
            tag="pages",
            page=True,
            menu="Parties",
            scopes=("operator:read",),
            query=PartiesPage,
            answers=(html.PAGE,),
            problems=common("invalid-cursor"),
        )
    },
)
async def show_parties(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    return await _shown(request, parts, cursors, _EMPTY, visits.of(request).query(PartiesPage).cursor)


@post(
    "/admin/parties",
    opt={
        OPERATION: Operation(
            id="page_party",
            summary="Enrol a party",
            text="With the link of its first admin.",
            tag="pages",
            page=True,
            scopes=_SCOPES,
            session=True,
            body=html.FORM,
            answers=(html.PAGE,),
            problems=common("unsupported-media-type", "invalid-body"),
        )
    },
)
async def post_party(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    sent = await posted.read(request, PartyForm, _WORDS)
    if sent.value is None:
        return await _shown(request, parts, cursors, sent.form, None)
    wanted, actor, now = sent.value, visits.of(request).principal.actor, parts.clock.now()
    if countries.by_name().get(wanted.country.casefold()) != wanted.country:
        return await _shown(request, parts, cursors, sent.refused("country", _COUNTRY), None)

    async def step(db: Any) -> appoint.Linked:  # noqa: ANN401 - the store's connection, handed on
        who: tuple[PartyKind, str, str] = (wanted.kind, wanted.name, wanted.country)
        made = await enrol.party_in(db, now, parts.chance, who, actor)
        first = appoint.Wanted(party=made.id, name=wanted.admin, role=appoint.FIRST[made.kind])
        return await appoint.invite_in(db, now, parts.chance, first, actor)

    try:
        linked = await parts.database.run("enrol party", step)
    except BadField as error:
        return await _shown(request, parts, cursors, sent.refused("admin", str(error)), None)
    return link_shown(request, parts, linked)


@post(
    "/admin/parties/{party:str}/admins",
    opt={
        OPERATION: Operation(
            id="page_party_admin",
            summary="Invite an admin of a party",
            text="The link is shown once.",
            tag="pages",
            page=True,
            scopes=_SCOPES,
            session=True,
            path={"party": PARTY},
            body=html.FORM,
            answers=(html.PAGE,),
            problems=common("unsupported-media-type", "invalid-body", "not-found"),
        )
    },
)
async def post_party_admin(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    party = await accounts.one_party(parts.database, inbound.path_id(request, "party", PartyId))
    sent = await posted.read(request, AdminForm, {"admin": _WORDS["admin"]})
    if sent.value is None:
        return await _shown(request, parts, cursors, Form(faults={"": _WORDS["admin"]}), None)
    actor, now = visits.of(request).principal.actor, parts.clock.now()
    wanted = appoint.Wanted(party=party.id, name=sent.value.admin, role=appoint.FIRST[party.kind])
    try:
        linked = await parts.database.run(
            "invite admin", lambda db: appoint.invite_in(db, now, parts.chance, wanted, actor)
        )
    except BadField as error:
        return await _shown(request, parts, cursors, Form(faults={"": str(error)}), None)
    return link_shown(request, parts, linked)


async def _shown(
    request: Asked, parts: PortalParts, cursors: Cursors, form: Form, cursor: str | None
) -> Response[bytes]:
    principal = visits.of(request).principal
    of = List(party=principal.party, path="/admin/parties", filters=PartiesPage())
    after = None if cursor is None else cursors.read(of, cursor, PartyId)
    found = await enrolled.page(parts.database, after, ROWS + 1)
    rows, following = outbound.paged(cursors, of, found, ROWS, lambda row: row.party.id)
    return html.filled(
        request,
        "admin/parties.html",
        form,
        rows=rows,
        kinds=KINDS,
        next="" if following is None else f"/admin/parties?cursor={following}",
        writes=principal.session is not None and principal.scopes.issuperset(_SCOPES),
    )

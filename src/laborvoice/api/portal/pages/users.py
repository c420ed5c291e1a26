"""Users of a party: invited, given another role, let in again, removed."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation, PathPart
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.portal.pages import html, posted
from laborvoice.api.portal.sessions import PersonName
from laborvoice.api.portal.users import USER, link_of, party_of
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.ids import PartyId, UserId
from laborvoice.domain.party import ROLES, Role
from laborvoice.errors import BadField, LastAdmin, TwoPersonRule
from laborvoice.pipeline import appoint
from laborvoice.views import accounts
from laborvoice.web.forms import Form

MOST: Final = 500
"""Users shown on the page; the API lists all."""
_NAME: Final = "Type the name the person will sign in with."
_ROLE: Final = "Choose one of the roles."
_EMPTY: Final = Form()
NO_PATH: Final[Mapping[str, PathPart]] = {}


class InviteForm(Inbound, frozen=True):
    name: PersonName
    role: Role
    party: PartyId | None = None


class RoleForm(Inbound, frozen=True):
    role: Role


def _operation(name: str, summary: str, *problems: str, path: Mapping[str, PathPart] = NO_PATH) -> dict[str, Any]:
    """Of a form of this page."""
    return {
        OPERATION: Operation(
            id=f"page_{name}",
            summary=summary,
            text="As the API does it.",
            tag="pages",
            page=True,
            scopes=("admin:write",),
            session=True,
            body=html.FORM,
            answers=(html.PAGE, html.SEE),
            problems=common("invalid-body", *problems),
            path=path,
        )
    }


@get(
    "/users",
    opt={
        OPERATION: Operation(
            id="page_users",
            summary="Users",
            text="Who belongs to the party, and in which role.",
            tag="pages",
            page=True,
            menu="Users",
            scopes=("admin:read",),
            session=True,
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_users(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await _shown(request, parts, _EMPTY)


@post("/users", opt=_operation("invite", "Invite a user", "not-found"))
async def post_user(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    sent = await posted.read(request, InviteForm, {"name": _NAME, "role": _ROLE})
    if sent.value is None:
        return await _shown(request, parts, sent.form)
    principal, now = visits.of(request).principal, parts.clock.now()
    party = party_of(principal, sent.value.party)
    wanted = appoint.Wanted(party=party, name=sent.value.name, role=sent.value.role)
    try:
        linked = await parts.database.run(
            "invite user", lambda db: appoint.invite_in(db, now, parts.chance, wanted, principal.actor)
        )
    except BadField as error:
        return await _shown(request, parts, sent.refused(error.pointer.removeprefix("/"), str(error)))
    return link_shown(request, parts, linked)


@post("/users/{user:str}/reset", opt=_operation("reset", "Reset a password", "not-found", path={"user": USER}))
async def post_reset(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, principal = inbound.path_id(request, "user", UserId), visits.of(request).principal
    await posted.read(request, posted.NoForm, {})
    within, now = accounts.seen(principal), parts.clock.now()
    linked = await parts.database.run(
        "reset user", lambda db: appoint.reset_in(db, now, parts.chance, who, within, principal.actor)
    )
    return link_shown(request, parts, linked)


@post("/users/{user:str}/role", opt=_operation("role", "Give another role", "not-found", path={"user": USER}))
async def post_role(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, principal = inbound.path_id(request, "user", UserId), visits.of(request).principal
    sent = await posted.read(request, RoleForm, {"role": _ROLE})
    if sent.value is None:
        return await _shown(request, parts, sent.form)
    role, within, now = sent.value.role, accounts.seen(principal), parts.clock.now()
    try:
        await parts.database.run(
            "change user", lambda db: appoint.change_role_in(db, now, who, lambda _: role, within, principal.actor)
        )
    except (BadField, LastAdmin) as error:
        return await _shown(request, parts, Form(faults={"": str(error)}))
    return html.see("/users", "user-changed")


@post("/users/{user:str}/remove", opt=_operation("remove", "Remove a user", "not-found", path={"user": USER}))
async def post_remove(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, principal = inbound.path_id(request, "user", UserId), visits.of(request).principal
    await posted.read(request, posted.NoForm, {})
    within, now = accounts.seen(principal), parts.clock.now()
    try:
        await parts.database.run("remove user", lambda db: appoint.remove_in(db, now, who, within, principal.actor))
    except LastAdmin as error:
        return await _shown(request, parts, Form(faults={"": str(error)}))
    return html.see("/users", "user-removed")


@post(
    "/users/{user:str}/totp", opt=_operation("totp_reset", "Remove a second factor", "not-found", path={"user": USER})
)
async def post_totp_reset(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, principal = inbound.path_id(request, "user", UserId), visits.of(request).principal
    await posted.read(request, posted.NoForm, {})
    within, now, by = accounts.seen(principal), parts.clock.now(), (principal.actor, principal.person)
    try:
        done = await parts.database.run("reset totp", lambda db: appoint.reset_totp_in(db, now, who, within, by))
    except TwoPersonRule as error:
        return await _shown(request, parts, Form(faults={"": str(error)}))
    return html.see("/users", "totp-reset" if done else "totp-asked")


async def _shown(request: Asked, parts: PortalParts, form: Form) -> Response[bytes]:
    principal = visits.of(request).principal
    operator = accounts.seen(principal) is None
    every = await accounts.all_parties(parts.database, None, MOST) if operator else ()
    return html.filled(
        request,
        "account/users.html",
        form,
        users=await accounts.users(parts.database, accounts.seen(principal), None, MOST),
        parties={one.id: one for one in every},
        roles={kind: [(role, role.replace("_", " ")) for role in roles] for kind, roles in ROLES.items()},
        kind=principal.kind,
        me=principal.user,
        writes="admin:write" in principal.scopes,
    )


def link_shown(request: Asked, parts: PortalParts, linked: appoint.Linked) -> Response[bytes]:
    """Shown in the answer to the form, and nowhere again."""
    user = accounts.user_view(linked.user)
    return html.page(request, "account/link.html", user=user, link=link_of(parts, linked), until=linked.until)

"""Doors to users: who belongs to a party, in which role, and the one-time links that let them in."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency

from laborvoice.api import caching
from laborvoice.api.openapi import MERGE, OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import account_examples as examples
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import VALIDATED, Cursor, Limit, common
from laborvoice.api.portal.sessions import PersonName
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import PartyId, UserId
from laborvoice.domain.party import Role
from laborvoice.errors import NotFound
from laborvoice.pipeline import appoint
from laborvoice.pipeline.once import Reply
from laborvoice.views import accounts
from laborvoice.views.accounts import UserView
from laborvoice.views.principals import Principal

USER: Final = PathPart(text="Id of a user.", example=str(examples.USER.id), shape=UserId)
_BODY: Final = ("malformed-json", "invalid-body", "unsupported-media-type")
_SHOWN: Final = ("secret-already-shown",)


class UsersQuery(Inbound, frozen=True):
    limit: Limit = 50
    cursor: Cursor | None = None


class UserWanted(Inbound, frozen=True):
    name: PersonName
    role: Role
    party: PartyId | None = None


class UserChange(Inbound, frozen=True):
    role: Role


class UserList(Value, frozen=True):
    data: tuple[UserView, ...]
    next_cursor: str | None
    has_more: bool


class UserLinked(Value, frozen=True):
    user: UserView
    link: str
    until: datetime


class TotpReset(Value, frozen=True):
    state: str


@get(
    "/v1/users",
    opt={
        OPERATION: Operation(
            id="list_users",
            summary="List users",
            text="Those of your party; an operator's are all.",
            tag="accounts",
            scopes=("admin:read",),
            query=UsersQuery,
            query_example={"limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of users.",
                    contents=(Content(shape=UserList, example=examples.USERS),),
                    headers={"Link": "The next page, where there is one."},
                ),
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_users(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(UsersQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, UserId)
    rows = await accounts.users(parts.database, accounts.seen(visit.principal), after, query.limit + 1)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: row.id)
    told = UserList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.plain(outbound.encoded(told), headers=outbound.next_link(request, cursor))


@post(
    "/v1/users",
    opt={
        OPERATION: Operation(
            id="create_user",
            summary="Invite a user",
            text="The answer holds a one-time link, good for a day, to be handed over; it is shown this once.",
            tag="accounts",
            scopes=("admin:write",),
            once=True,
            body=Content(shape=UserWanted, example={"name": "Ana Example", "role": "brand_viewer"}),
            answers=(
                Answer(
                    status=201,
                    text="The user, invited.",
                    contents=(Content(shape=UserLinked, example=examples.LINK),),
                    headers={"Location": "The user."},
                ),
            ),
            problems=common(*_BODY, *_SHOWN, "not-found"),
        )
    },
)
async def create_user(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    wanted = await inbound.body(request, UserWanted)
    principal = visits.of(request).principal
    row = appoint.Wanted(party=party_of(principal, wanted.party), name=wanted.name, role=wanted.role)
    now = parts.clock.now()
    return await acts.done(
        request,
        parts,
        lambda db: appoint.invite_in(db, now, parts.chance, row, principal.actor),
        lambda linked: _linked(parts, linked, HTTPStatus.CREATED),
    )


@get(
    "/v1/users/{user:str}",
    opt={
        OPERATION: Operation(
            id="get_user",
            summary="Read a user",
            text="Her name, role and state.",
            tag="accounts",
            scopes=("admin:read",),
            path={"user": USER},
            answers=(
                Answer(
                    status=200,
                    text="The user.",
                    contents=(Content(shape=UserView, example=examples.USER),),
                    headers=VALIDATED,
                ),
            ),
            problems=common("not-found"),
        )
    },
)
async def get_user(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, principal = inbound.path_id(request, "user", UserId), visits.of(request).principal
    body = outbound.encoded(await accounts.one_user(parts.database, accounts.seen(principal), who))
    return outbound.plain(body, headers={"ETag": caching.etag(body)})


@patch(
    "/v1/users/{user:str}",
    opt={
        OPERATION: Operation(
            id="change_user",
            summary="Give a user another role",
            text="Her sessions end at once, and the keys that she made do no more than the new role. A party keeps at"
            " least one admin.",
            tag="accounts",
            scopes=("admin:write",),
            match=True,
            path={"user": USER},
            body=Content(media=MERGE, shape=UserChange, example={"role": "brand_admin"}),
            answers=(Answer(status=200, text="The user.", contents=(Content(shape=UserView, example=examples.USER),)),),
            problems=common(*_BODY, "not-found", "last-admin"),
        )
    },
)
async def change_user(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, principal = inbound.path_id(request, "user", UserId), visits.of(request).principal
    change, same = await acts.patch(request), acts.unchanged(request)
    within, now = accounts.seen(principal), parts.clock.now()

    def wanted(present: UserView) -> Role:
        same(present)
        return change.on(UserChange(role=present.role)).role

    return await acts.done(
        request,
        parts,
        lambda db: appoint.change_role_in(
            db, now, who, lambda one: wanted(accounts.user_view(one)), within, principal.actor
        ),
        lambda one: acts.told()(accounts.user_view(one)),
    )


@delete(
    "/v1/users/{user:str}",
    status_code=HTTPStatus.OK,  # the default, 204, takes no Response
    opt={
        OPERATION: Operation(
            id="delete_user",
            summary="Remove a user",
            text="Her sessions and the keys that she made are dead at once. A party keeps at least one admin.",
            tag="accounts",
            scopes=("admin:write",),
            path={"user": USER},
            answers=(Answer(status=204, text="Removed."),),
            problems=common("not-found", "last-admin"),
        )
    },
)
async def delete_user(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, principal = inbound.path_id(request, "user", UserId), visits.of(request).principal
    within, now = accounts.seen(principal), parts.clock.now()
    return await acts.done(
        request, parts, lambda db: appoint.remove_in(db, now, who, within, principal.actor), acts.nothing
    )


@post(
    "/v1/users/{user:str}/reset",
    opt={
        OPERATION: Operation(
            id="reset_user",
            summary="Let a user set a new password",
            text="The answer holds a one-time link, good for a day, shown this once; it voids the one before. Her"
            " sessions end at once, her second factor stays.",
            tag="accounts",
            scopes=("admin:write",),
            once=True,
            path={"user": USER},
            answers=(
                Answer(status=201, text="The link.", contents=(Content(shape=UserLinked, example=examples.LINK),)),
            ),
            problems=common(*_SHOWN, "not-found"),
        )
    },
)
async def reset_user(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, principal = inbound.path_id(request, "user", UserId), visits.of(request).principal
    within, now = accounts.seen(principal), parts.clock.now()
    return await acts.done(
        request,
        parts,
        lambda db: appoint.reset_in(db, now, parts.chance, who, within, principal.actor),
        lambda linked: _linked(parts, linked, HTTPStatus.CREATED),
    )


def party_of(principal: Principal, wanted: PartyId | None) -> PartyId:
    """Whose user is to be made. Another's party is not there, but for an operator."""
    if wanted is not None and accounts.seen(principal) not in {None, wanted}:
        raise NotFound
    return wanted or principal.party


def link_of(parts: PortalParts, linked: appoint.Linked) -> str:
    return f"{parts.origin}/welcome/{linked.link}"


def _linked(parts: PortalParts, linked: appoint.Linked, status: int) -> Reply:
    told = UserLinked(user=accounts.user_view(linked.user), link=link_of(parts, linked), until=linked.until)
    at = f"/v1/users/{linked.user.id}"
    return Reply(status=status, body=outbound.encoded(told), headers=(("Location", at),), secret_at=at)

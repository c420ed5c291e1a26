"""Doors to API keys of the own party, and to tokens made from them."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import account_examples as examples
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Cursor, Limit, Words, common
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.credential import Mode
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import KeyId
from laborvoice.domain.party import Scope
from laborvoice.errors import BadField
from laborvoice.pipeline import enrol
from laborvoice.pipeline.once import Reply
from laborvoice.views import accounts
from laborvoice.views.accounts import ApiKeyView
from laborvoice.views.principals import Principal

Days = Annotated[int, Meta(ge=1, le=366)]

API_KEY: Final = PathPart(text="Id of an API key.", example=str(examples.KEY.id), shape=KeyId)


class ApiKeysQuery(Inbound, frozen=True):
    limit: Limit = 50
    cursor: Cursor | None = None


class ApiKeyWanted(Inbound, frozen=True):
    label: Words
    scopes: tuple[Scope, ...]
    mode: Mode = "live"
    days: Days = enrol.KEY_DAYS


class ApiKeyList(Value, frozen=True):
    data: tuple[ApiKeyView, ...]
    next_cursor: str | None
    has_more: bool


class ApiKeyMade(Value, frozen=True):
    key: str
    about: ApiKeyView


@get(
    "/v1/api-keys",
    opt={
        OPERATION: Operation(
            id="list_api_keys",
            summary="List API keys",
            text="Those of your party, without their secrets.",
            tag="accounts",
            scopes=("admin:read",),
            query=ApiKeysQuery,
            query_example={"limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of keys.",
                    contents=(Content(shape=ApiKeyList, example=examples.KEYS),),
                    headers={"Link": "The next page, where there is one."},
                ),
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_api_keys(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(ApiKeysQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, KeyId)
    rows = await accounts.keys(parts.database, visit.principal.party, after, query.limit + 1)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: row.id)
    told = ApiKeyList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.plain(outbound.encoded(told), headers=outbound.next_link(request, cursor))


@post(
    "/v1/api-keys",
    opt={
        OPERATION: Operation(
            id="create_api_key",
            summary="Make an API key",
            text="The key is shown this once. It may do at most what you may, now and later, and goes with you.",
            tag="accounts",
            scopes=("admin:write",),
            once=True,
            body=Content(
                shape=ApiKeyWanted,
                example={"label": "Our procurement system", "scopes": ("suppliers:read", "scores:read")},
            ),
            answers=(
                Answer(
                    status=201,
                    text="The key.",
                    contents=(Content(shape=ApiKeyMade, example=examples.KEY_MADE),),
                    headers={"Location": "The key, without its secret."},
                ),
            ),
            problems=common("malformed-json", "invalid-body", "unsupported-media-type", "secret-already-shown"),
        )
    },
)
async def create_api_key(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    sent = await inbound.body(request, ApiKeyWanted)
    principal = visits.of(request).principal
    wanted, now = wanted_of(principal, sent), parts.clock.now()
    return await acts.done(
        request, parts, lambda db: enrol.api_key_in(db, now, parts.chance, wanted, principal.actor), _made
    )


@get(
    "/v1/api-keys/{key:str}",
    opt={
        OPERATION: Operation(
            id="get_api_key",
            summary="Read an API key",
            text="All but its secret.",
            tag="accounts",
            scopes=("admin:read",),
            path={"key": API_KEY},
            answers=(Answer(status=200, text="The key.", contents=(Content(shape=ApiKeyView, example=examples.KEY),)),),
            problems=common("not-found"),
        )
    },
)
async def get_api_key(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    one, principal = inbound.path_id(request, "key", KeyId), visits.of(request).principal
    return outbound.plain(outbound.encoded(await accounts.one_key(parts.database, principal.party, one)))


@delete(
    "/v1/api-keys/{key:str}",
    status_code=HTTPStatus.OK,  # the default, 204, takes no Response
    opt={
        OPERATION: Operation(
            id="delete_api_key",
            summary="Revoke an API key",
            text="It is dead at once, and so are the tokens made from it.",
            tag="accounts",
            scopes=("admin:write",),
            path={"key": API_KEY},
            answers=(Answer(status=204, text="Revoked."),),
            problems=common("not-found"),
        )
    },
)
async def delete_api_key(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    one, principal = inbound.path_id(request, "key", KeyId), visits.of(request).principal
    now = parts.clock.now()
    return await acts.done(request, parts, lambda db: enrol.revoke_key_in(db, now, principal.actor, one), acts.nothing)


def wanted_of(principal: Principal, sent: ApiKeyWanted) -> enrol.KeyWanted:
    """Raises BadField: none or more than whoever asks may do herself."""
    scopes = frozenset(sent.scopes)
    if not scopes or not scopes <= principal.scopes:
        raise BadField("/scopes", "Name at least one, and none that you may not do yourself.")
    return enrol.KeyWanted(
        party=principal.party,
        scopes=scopes,
        mode=sent.mode,
        days=sent.days,
        label=sent.label,
        creator=principal.maker,
    )


def _made(made: enrol.KeyMade) -> Reply:
    at = f"/v1/api-keys/{made.id}"
    told = ApiKeyMade(key=made.secret, about=accounts.key_view(made.about))
    headers = (("Location", at),)
    return Reply(status=HTTPStatus.CREATED, body=outbound.encoded(told), headers=headers, secret_at=at)

"""Doors to what phones are told of who can help: help numbers, watchdogs' keys, and the manifests that name them."""

from typing import Annotated, Any

from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import registry_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import CACHED, LISTED, VALIDATED, Cursor, Limit, common
from laborvoice.api.portal.guidance_body import KeysWanted, Numbers, NumberWanted, months_of, numbers_of
from laborvoice.api.problems import Pointed, Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.manifest import Signed, decode_manifest
from laborvoice.domain import Inbound, Value
from laborvoice.errors import NotFound
from laborvoice.pipeline import enlist
from laborvoice.views import countries, guidance
from laborvoice.views import manifest as manifests
from laborvoice.views.guidance import KeysView, Numbered, NumberView

COUNTRY = PathPart(text="ISO 3166-1 alpha-2.", example="BD")
SEQ = PathPart(text="Number of a manifest.", example="41")
_BODY = ("unsupported-media-type", "malformed-json", "invalid-body")
_NUMBERS = Content(shape=tuple[NumberView, ...], example=examples.NUMBERS)
_SEQ_DIGITS = 9


class KeysShown(Value, frozen=True):
    months: tuple[KeysView, ...]


class ManifestsQuery(Inbound, frozen=True):
    after: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    limit: Limit = 50
    cursor: Cursor | None = None


class ManifestList(Value, frozen=True):
    data: tuple[Numbered, ...]
    next_cursor: str | None
    has_more: bool


@get(
    "/v1/help-numbers/{country:str}",
    opt={
        OPERATION: Operation(
            id="get_help_numbers",
            summary="Read the help numbers of a country",
            text="As phones get them with the next manifest, in the order in which they are shown.",
            tag="campaigns",
            scopes=("campaigns:read",),
            path={"country": COUNTRY},
            answers=(Answer(status=200, text="The numbers.", contents=(_NUMBERS,), headers=VALIDATED), CACHED),
            problems=common("not-found"),
        )
    },
)
async def get_help_numbers(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    country = _country(request)
    sight = visits.of(request).principal.sight(parts.clock.now().date())
    found = await parts.database.run("help numbers", lambda db: guidance.help_numbers(db, sight, country))
    return outbound.cached(request, found)


@put(
    "/v1/help-numbers/{country:str}",
    opt={
        OPERATION: Operation(
            id="put_help_numbers",
            summary="Replace the help numbers of a country",
            text="All of them, in the order in which phones show them. Whoever signs the next manifest is told of the"
            " change in words.",
            tag="campaigns",
            scopes=("campaigns:write",),
            path={"country": COUNTRY},
            body=Content(shape=Numbers, example=examples.NUMBERS),
            answers=(Answer(status=200, text="As they are now.", contents=(_NUMBERS,)),),
            problems=common(*_BODY, "not-found"),
        )
    },
)
async def put_help_numbers(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    country, principal, now = _country(request), visits.of(request).principal, parts.clock.now()
    wanted = numbers_of(country, await _numbers(request))
    sight = principal.sight(now.date())

    async def step(db: Any) -> tuple[NumberView, ...]:  # noqa: ANN401 - the store's connection, handed on
        await guidance.help_numbers(db, sight, country)
        await enlist.help_numbers_in(db, now, principal.actor, country, wanted)
        return await guidance.help_numbers(db, sight, country)

    return await acts.done(request, parts, step, acts.told())


@get(
    "/v1/keys",
    opt={
        OPERATION: Operation(
            id="list_watchdog_keys",
            summary="Read your keys for messages",
            text="A watchdog's own public keys, a month each; `active` are those that phones seal to now.",
            tag="campaigns",
            scopes=("campaigns:read",),
            answers=(
                Answer(status=200, text="The keys.", contents=(Content(shape=KeysShown, example=examples.KEYS),)),
            ),
            problems=common(),
        )
    },
)
async def list_watchdog_keys(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    party, today = visits.of(request).principal.party, parts.clock.now().date()
    found = await parts.database.run("watchdog keys", lambda db: guidance.keys(db, party, today))
    return outbound.plain(outbound.encoded(KeysShown(months=found)))


@post(
    "/v1/keys",
    opt={
        OPERATION: Operation(
            id="add_watchdog_keys",
            summary="Add keys for messages",
            text="A year of public keys of a watchdog, each month signed by its own key. They count once a signed"
            " manifest holds them. What does not verify is refused. With `replace` they take the place of keys that are"
            " lost: messages sealed to those stay yours, and sealed.",
            tag="campaigns",
            scopes=("campaigns:write",),
            body=Content(shape=KeysWanted, example=examples.KEYS_WANTED),
            answers=(
                Answer(
                    status=201,
                    text="They wait for a manifest.",
                    contents=(Content(shape=KeysShown, example=examples.KEYS),),
                ),
            ),
            problems=common(*_BODY, "conflict"),
        )
    },
)
async def add_watchdog_keys(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    if principal.kind != "watchdog":
        raise Refusal("forbidden", "Messages are sealed to watchdogs alone.")
    sent = await inbound.body(request, KeysWanted)
    months = months_of(principal.party, sent)

    async def step(db: Any) -> KeysShown:  # noqa: ANN401 - the store's connection, handed on
        await enlist.watchdog_keys_in(db, now, principal.actor, months, replace=sent.replace)
        return KeysShown(months=await guidance.keys(db, principal.party, now.date()))

    return await acts.done(request, parts, step, acts.told(201))


@get(
    "/v1/manifests",
    opt={
        OPERATION: Operation(
            id="list_manifests",
            summary="List manifests",
            text="What phones were told, from the number `after` on: to check that they form one chain, and that your"
            " keys in them are yours.",
            tag="campaigns",
            scopes=("campaigns:read",),
            query=ManifestsQuery,
            query_example={"after": 40, "limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of manifests.",
                    contents=(Content(shape=ManifestList, example=examples.MANIFESTS),),
                    headers=LISTED,
                ),
                CACHED,
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_manifests(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(ManifestsQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = query.after if query.cursor is None else cursors.read(of, query.cursor, int)
    today = parts.clock.now().date()
    rows = await guidance.manifests(parts.database, after, query.limit + 1, today)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: row.seq)
    told = ManifestList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.cached(request, told, outbound.next_link(request, cursor))


@get(
    "/v1/manifests/{seq:str}",
    opt={
        OPERATION: Operation(
            id="get_manifest",
            summary="Read a manifest",
            text="The text that was signed and its signatures, as phones get them.",
            tag="campaigns",
            scopes=("campaigns:read",),
            path={"seq": SEQ},
            answers=(
                Answer(
                    status=200,
                    text="The manifest.",
                    contents=(Content(shape=Signed, example=examples.SIGNED),),
                    headers=VALIDATED,
                ),
                CACHED,
            ),
            problems=common("not-found"),
        )
    },
)
async def get_manifest(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    text: str = request.path_params["seq"]
    if not (text.isascii() and text.isdigit() and len(text) <= _SEQ_DIGITS):
        raise NotFound
    body = await manifests.numbered(parts.database, int(text), parts.clock.now().date())
    return outbound.cached(request, decode_manifest(body))


def _country(request: Request[Any, Any, Any]) -> str:
    """Raises NotFound for what is no country."""
    text: str = request.path_params["country"]
    if countries.by_name().get(text.casefold()) != text:
        raise NotFound
    return text


async def _numbers(request: Request[Any, Any, Any]) -> tuple[NumberWanted, ...]:
    """Raises Refusal. An array is read as the one field of an object, and faults are named without it."""
    try:
        return inbound.fitted({"numbers": inbound.parsed(await request.body())}, _Numbers).numbers
    except Refusal as error:
        faults = [Pointed(pointer=one.pointer.removeprefix("/numbers"), detail=one.detail) for one in error.faults]
        raise Refusal(error.code, error.detail, faults=faults) from None


class _Numbers(Inbound, frozen=True):
    numbers: Numbers

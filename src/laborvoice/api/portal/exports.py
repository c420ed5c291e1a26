"""Doors to exports: asked for, made in the background, fetched file by file; and the key that signs them."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream
from msgspec import Meta

from laborvoice.api.openapi import JSON, OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import export_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import VALIDATED, PeriodLabel, common, public
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.problems import Refusal
from laborvoice.api.ratelimit import Limiter
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.clock import Clock
from laborvoice.crypto.signed_export import key_of
from laborvoice.domain import Inbound, Value
from laborvoice.domain.export import NEEDS, ExportFormat, ExportKind, Narrow, Wanted
from laborvoice.domain.ids import ExportId
from laborvoice.pipeline import export
from laborvoice.pipeline.once import Reply
from laborvoice.views import exported
from laborvoice.views.exported import ExportView
from laborvoice.views.principals import Principal

EXPORT: Final = PathPart(text="Id of an export.", example=str(examples.EXPORT_ID), shape=ExportId)
EXPORTS: Final = 20
HOUR: Final = 3600
MEDIA: Final = {"csv": "text/csv", "json": JSON, "html": "text/html"}
_BODY: Final = ("unsupported-media-type", "malformed-json", "invalid-body")
_FILE: Final = PathPart(text="Name of a file, as `files` has it.", example="manifest.json")
_KEY_SECONDS: Final = 3600


class ExportWanted(Inbound, frozen=True):
    kind: ExportKind
    format: ExportFormat
    period: PeriodLabel | None = None
    filter: Narrow | None = None


class ExportKey(Value, frozen=True):
    algorithm: Annotated[str, Meta(pattern="^Ed25519$")]
    key: str


class Asking:
    """How many exports each key or person has asked for in this hour."""

    def __init__(self, clock: Clock, processes: int) -> None:
        self._limiter = Limiter(clock, EXPORTS, HOUR, processes)

    def take(self, principal: Principal) -> None:
        """Raises Refusal for one too many."""
        left = self._limiter.take(principal.credential)
        if left.refused:
            wait = (b"retry-after", str(left.reset).encode())
            raise Refusal("rate-limited", f"At most {EXPORTS} exports an hour.", headers=(wait,))


@post(
    "/v1/exports",
    opt={
        OPERATION: Operation(
            id="create_export",
            summary="Ask for an export",
            text="E1 site sheet, E2 portfolio, E3 ESRS S2, E4 ILO indicators, E5 case register, E6 corrective actions,"
            " E7 documentation log, E8 information pack, E9 you said, we did, E10 method: of what you may see, nothing"
            " else; those of cases need `cases:read` too, E7 `audit:read`. It is made in the background, with a"
            " signed `manifest.json` beside it, and kept for 7 days; `export.ready` says when it is there. At most"
            " 20 an hour.",
            tag="exports",
            scopes=("exports:write",),
            body=Content(shape=ExportWanted, example=examples.WANTED),
            once=True,
            answers=(
                Answer(
                    status=202,
                    text="It will be made.",
                    contents=(Content(shape=ExportView, example=examples.ASKED),),
                    headers={"Location": "Where it is."},
                ),
            ),
            problems=common(*_BODY, "not-found"),
        )
    },
)
async def create_export(
    request: Asked, parts: NamedDependency[PortalParts], asking: NamedDependency[Asking]
) -> Response[bytes]:
    principal = visits.of(request).principal
    sent = await inbound.body(request, ExportWanted)
    wanted = Wanted(kind=sent.kind, format=sent.format, period=sent.period, narrow=sent.filter or Narrow())
    asking.take(principal)
    answer = await acts.done(request, parts, step(parts, principal, wanted), _accepted)
    parts.exporting.set()
    return answer


def step(parts: PortalParts, principal: Principal, wanted: Wanted) -> Any:  # noqa: ANN401 - the store's connection is in its type
    """The act, for whoever has a transaction. Raises Refusal where it is about what may not be read."""
    _allow(principal, wanted.kind)
    now = parts.clock.now()
    sight = principal.sight(now.date())
    whole = msgspec.structs.replace(wanted, cases="cases:read" in principal.scopes)

    async def asked(db: Any) -> ExportView:  # noqa: ANN401 - the store's connection, handed on
        made = await export.ask_in(db, now, parts.chance, principal.actor, (whole, sight))
        return await exported.known(db, principal.party, now.date(), made)

    return asked


def _allow(principal: Principal, kind: ExportKind) -> None:
    """Raises Refusal."""
    needed = NEEDS.get(kind)
    if needed is not None and needed not in principal.scopes:
        raise Refusal("insufficient-scope", f"This export needs {needed} too.")


def _accepted(made: ExportView) -> Reply:
    return Reply(status=202, body=outbound.encoded(made), headers=(("Location", f"/v1/exports/{made.id}"),))


@get(
    "/v1/exports/{export:str}",
    opt={
        OPERATION: Operation(
            id="get_export",
            summary="Read how far an export is",
            text="Its files have names, sizes and SHA-256 once it is `ready`; `failed` where what it is about can no"
            " longer be seen, or could not be made.",
            tag="exports",
            scopes=("exports:read",),
            path={"export": EXPORT},
            answers=(
                Answer(
                    status=200,
                    text="The export.",
                    contents=(Content(shape=ExportView, example=examples.READY),),
                    headers=VALIDATED,
                ),
                Answer(status=304, text="You have these bytes: If-None-Match names them."),
            ),
            problems=common("not-found"),
        )
    },
)
async def get_export(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    one = inbound.path_id(request, "export", ExportId)
    party, today = visits.of(request).principal.party, parts.clock.now().date()
    return outbound.cached(request, await exported.one(parts.database, party, today, one))


@get(
    "/v1/exports/{export:str}/files/{name:str}",
    opt={
        OPERATION: Operation(
            id="get_export_file",
            summary="Fetch a file of an export",
            text="The bytes whose SHA-256 its manifest has. No cache keeps them.",
            tag="exports",
            scopes=("exports:read",),
            path={"export": EXPORT, "name": _FILE},
            answers=(
                Answer(
                    status=200,
                    text="The file.",
                    contents=tuple(Content(media=media, example=examples.FILES[media]) for media in MEDIA.values()),
                    headers={"Content-Disposition": "An attachment, under its name."},
                ),
            ),
            problems=common("not-found"),
        )
    },
)
async def get_export_file(request: Asked, parts: NamedDependency[PortalParts]) -> Response[Any]:
    visit = visits.of(request)
    named: tuple[ExportId, str] = inbound.path_id(request, "export", ExportId), request.path_params["name"]
    whole = await exported.one(parts.database, visit.principal.party, parts.clock.now().date(), named[0])
    _allow(visit.principal, whole.kind)
    found = exported.file(whole, named[1])
    headers = {
        "Content-Disposition": f'attachment; filename="{found.name}"',
        "Content-Length": str(found.bytes),
        "Cache-Control": "no-store",
    }
    media = MEDIA[found.name.rpartition(".")[2]]
    if visit.head:
        return outbound.plain(b"", media, headers)
    return Stream(exported.pieces(parts.database, named), media_type=media, headers=headers)


@get(
    "/.well-known/export-key",
    opt={
        OPERATION: Operation(
            id="get_export_key",
            summary="Read the key that signs exports",
            text="Base64 of the public half. Each manifest names it; this is the place to see that it is ours.",
            tag="exports",
            answers=(
                Answer(
                    status=200,
                    text="The key.",
                    contents=(Content(shape=ExportKey, example=ExportKey(algorithm="Ed25519", key=examples.KEY)),),
                ),
            ),
            problems=public(),
        )
    },
)
async def get_export_key(parts: NamedDependency[PortalParts]) -> Response[bytes]:
    told = ExportKey(algorithm="Ed25519", key=key_of(parts.export_seed))
    return outbound.plain(outbound.encoded(told), headers={"Cache-Control": f"public, max-age={_KEY_SECONDS}"})

"""Doors that write, planted in the portal to try what every door of their kind is promised."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, patch, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import MERGE, OPERATION, Answer, Content, Operation
from laborvoice.api.portal import acts, inbound
from laborvoice.api.portal.common import common
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import Party
from laborvoice.errors import Conflict
from laborvoice.pipeline.once import Reply
from laborvoice.store.database import Connection
from laborvoice.store.registry import party as parties

Asked = Request[Any, Any, Any]
Name = Annotated[str, Meta(min_length=1, max_length=40)]


class Made(Value, frozen=True):
    id: PartyId
    name: str


class Wanted(Inbound, frozen=True):
    name: Name


class Part(Inbound, frozen=True):
    weight: int = 0
    unit: str = "kg"


class Change(Inbound, frozen=True):
    """``name`` must be there, ``note`` need not."""

    name: Name
    note: str | None = None
    part: Part = Part()


NAMES: Final = ("taken",)
PRESENT: Final = Change(name="first", note="kept", part=Part(weight=3))


def _operation(name: str, status: int, **more: Any) -> dict[str, Any]:
    body = more.pop("body", Content(shape=Wanted, example=Wanted(name="one")))
    said = {"id": name, "summary": name, "text": name, "tag": "service", "scopes": ("suppliers:read",), "body": body}
    answers = (Answer(status=status, text="Done.", contents=(Content(shape=Made),) if status != 204 else ()),)
    problems = common("malformed-json", "invalid-body", "unsupported-media-type", "conflict")
    return {OPERATION: Operation(**said, answers=answers, problems=problems, **more)}


async def _make(parts: PortalParts, request: Asked, db: Connection) -> Made:
    wanted = await inbound.body(request, Wanted)
    one = PartyId.draw(parts.chance.bytes(16))
    row = Party(id=one, kind="brand", name=wanted.name, country="BD", created_on=parts.clock.now().date())
    await parties.put(db, row)
    if wanted.name in NAMES:
        raise Conflict
    return Made(id=one, name=wanted.name)


@post("/v1/planted", opt=_operation("plant", 201, once=True))
async def plant(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await acts.done(request, parts, lambda db: _make(parts, request, db), acts.created("/v1/planted/{id}"))


@post("/v1/planted-optional", opt=_operation("plant_optional", 204))
async def plant_optional(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await acts.done(request, parts, lambda db: _make(parts, request, db), acts.nothing)


@post("/v1/planted-unkeyed", opt=_operation("plant_unkeyed", 200, keyed=False))
async def plant_unkeyed(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await acts.done(request, parts, lambda db: _make(parts, request, db), acts.told())


@post("/v1/planted-secret", opt=_operation("plant_secret", 201, once=True))
async def plant_secret(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    def shown(made: Made) -> Reply:
        reply = acts.created("/v1/planted/{id}")(made)
        body = b'{"secret":"hush"}'
        return msgspec.structs.replace(reply, body=body, secret_at=f"/v1/planted/{made.id}")

    return await acts.done(request, parts, lambda db: _make(parts, request, db), shown)


@patch("/v1/planted", opt=_operation("replant", 200, match=True, most=200, body=Content(media=MERGE, shape=Change)))
async def replant(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    sent, unchanged = await acts.patch(request), acts.unchanged(request)

    async def step(_: Connection) -> Change:
        unchanged(PRESENT)
        return sent.on(PRESENT)

    return await acts.done(request, parts, step, acts.told())


DOORS: Final = (plant, plant_optional, plant_unkeyed, plant_secret, replant)


def plant_in(module: Any) -> None:
    """Before the app is made."""
    module.HANDLERS = (*module.HANDLERS, *DOORS)

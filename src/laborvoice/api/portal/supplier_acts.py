"""Doors through which suppliers enter the registry, change, and are found to be one."""

from typing import Any

from litestar import Request, Response, patch, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import MERGE, OPERATION, Answer, Content, Operation
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import registry_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import SUPPLIER, VALIDATED, common
from laborvoice.api.portal.supplier_body import SupplierChange, SupplierNamed, SupplierWanted, present, profile
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.supplier import profile_of
from laborvoice.errors import NotFound, ProbableDuplicate
from laborvoice.pipeline import admit
from laborvoice.pipeline.admit.merge import merge_in
from laborvoice.pipeline.once import Reply
from laborvoice.views import suppliers
from laborvoice.views.principals import Principal
from laborvoice.views.suppliers import SupplierView

_BODY = ("unsupported-media-type", "malformed-json", "invalid-body")
_SHOWN = Content(shape=SupplierView, example=examples.SUPPLIER)


def allowed(principal: Principal) -> None:
    """Raises Refusal: a brand claims suppliers, it does not make them."""
    if principal.kind == "brand":
        raise Refusal("forbidden", "Brands claim suppliers; operators and watchdogs admit and change them.")


@post(
    "/v1/suppliers",
    opt={
        OPERATION: Operation(
            id="create_supplier",
            summary="Admit a supplier",
            text="For operators and watchdogs: brands claim with POST /v1/links. A wrong check digit is refused. Where"
            " one that is there is more than 0.8 alike, the answer is 409; operators are told which may be meant, and"
            " may send it again with `force`.",
            tag="suppliers",
            scopes=("suppliers:write",),
            body=Content(shape=SupplierWanted, example=examples.WANTED),
            answers=(Answer(status=201, text="It is in.", contents=(_SHOWN,), headers={"Location": "Where it is."}),),
            problems=common(*_BODY, "probable-duplicate"),
        )
    },
)
async def create_supplier(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    allowed(principal)
    wanted = await inbound.body(request, SupplierWanted)
    if wanted.force and principal.kind != "operator":
        raise Refusal("forbidden", "To force a likely duplicate is for operators.")
    site = profile(wanted)

    async def step(db: Any) -> SupplierView:  # noqa: ANN401 - the store's connection, handed on
        try:
            made = await admit.admit_in(db, now, parts.chance, principal.actor, site, force=wanted.force)
        except ProbableDuplicate as error:
            raise error if principal.kind == "operator" else ProbableDuplicate from None
        return await _seen(db, principal, parts, made)

    return await acts.done(request, parts, step, acts.created("/v1/suppliers/{id}"))


@patch(
    "/v1/suppliers/{supplier:str}",
    opt={
        OPERATION: Operation(
            id="change_supplier",
            summary="Change a supplier",
            text="A merge patch. An OS ID that is replaced stays known: the supplier is found by either. Of one that"
            " was merged the survivor changes.",
            tag="suppliers",
            scopes=("suppliers:write",),
            path={"supplier": SUPPLIER},
            body=Content(media=MERGE, shape=SupplierChange, example=examples.CHANGE),
            match=True,
            answers=(Answer(status=200, text="As it is now.", contents=(_SHOWN,), headers=VALIDATED),),
            problems=common(*_BODY, "not-found", "probable-duplicate"),
        )
    },
)
async def change_supplier(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    allowed(principal)
    asked = inbound.path_id(request, "supplier", SupplierId)
    sight, patched = principal.sight(now.date()), await acts.patch(request)

    async def step(db: Any) -> SupplierView:  # noqa: ANN401 - the store's connection, handed on
        one = (await suppliers.known(db, sight, asked)).id
        held = await admit.hold_in(db, one)
        acts.unchanged(request)(await suppliers.known(db, sight, one))
        before = profile_of(held)
        after = profile(patched.on(present(before)), before)
        await admit.change_in(db, now, parts.chance, principal.actor, (held, after))
        return await _seen(db, principal, parts, one)

    return await acts.done(request, parts, step, acts.told())


@post(
    "/v1/suppliers/{supplier:str}/merge",
    opt={
        OPERATION: Operation(
            id="merge_supplier",
            summary="Merge a supplier into another",
            text="Both are in one country and neither was merged before. Links move; releases stay where they are and"
            " are never summed; the survivor is found by either OS ID. Answers with the survivor.",
            tag="suppliers",
            scopes=("suppliers:write",),
            path={"supplier": SUPPLIER},
            body=Content(shape=SupplierNamed, example=examples.INTO),
            once=True,
            answers=(
                Answer(
                    status=200, text="The survivor.", contents=(_SHOWN,), headers={"Content-Location": "Where it is."}
                ),
            ),
            problems=common(*_BODY, "not-found", "conflict"),
        )
    },
)
async def merge_supplier(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    allowed(principal)
    one = inbound.path_id(request, "supplier", SupplierId)
    into = (await inbound.body(request, SupplierNamed)).into
    sight = principal.sight(now.date())

    async def step(db: Any) -> SupplierView:  # noqa: ANN401 - the store's connection, handed on
        for named in (one, into):
            await suppliers.known(db, sight, named)
        await merge_in(db, now, parts.chance, principal.actor, (one, into))
        return await suppliers.known(db, sight, into)

    return await acts.done(request, parts, step, _survivor)


def _survivor(view: SupplierView) -> Reply:
    headers = (("Content-Location", f"/v1/suppliers/{view.id}"),)
    return Reply(status=200, body=outbound.encoded(view), headers=headers)


async def _seen(db: Any, principal: Principal, parts: PortalParts, one: SupplierId) -> SupplierView:  # noqa: ANN401 - as above
    """Raises Refusal: a watchdog neither makes nor moves a supplier to where it is not responsible."""
    try:
        return await suppliers.known(db, principal.sight(parts.clock.now().date()), one)
    except NotFound:
        raise Refusal("forbidden", "You are not responsible for a supplier like this.") from None

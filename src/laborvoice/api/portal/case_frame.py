"""What the doors to cases say alike."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from litestar import Request, Response

from laborvoice.api.openapi import Answer, Content, PathPart
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import desk_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.ids import CaseId
from laborvoice.pipeline.decide.keep import By
from laborvoice.pipeline.once import Reply
from laborvoice.views import cases
from laborvoice.views.cases import ApprovalView, CaseView

CASE: Final = PathPart(text="Id of a case.", example=str(examples.CASE_ID), shape=CaseId)
BODY: Final = ("unsupported-media-type", "malformed-json", "invalid-body")
SHOWN: Final = Content(shape=CaseView, example=examples.CASE)
WAITS: Final = Answer(
    status=202,
    text="It waits for a second person.",
    contents=(Content(shape=ApprovalView, example=examples.APPROVAL),),
    headers={"Location": "Where she decides."},
)


def by(request: Request[Any, Any, Any], parts: PortalParts) -> By:
    principal = visits.of(request).principal
    return By(actor=principal.actor, kind=principal.kind, person=principal.maker, now=parts.clock.now())


async def acted(
    request: Request[Any, Any, Any],
    parts: PortalParts,
    step: Callable[[Any, By, CaseId], Awaitable[Any]],
    reply: Callable[[Any], Reply] | None = None,
) -> Response[bytes]:
    """The act, then the case as its actor sees it; or what waits for a second person."""
    who, named = by(request, parts), inbound.path_id(request, "case", CaseId)
    sight = visits.of(request).principal.sight(who.now.date())

    async def whole(db: Any) -> CaseView | ApprovalView:  # noqa: ANN401 - the store's connection, handed on
        waits = await step(db, who, named)
        return await (cases.known(db, sight, who.now, named) if waits is None else cases.approved(db, waits, who.now))

    return await acts.done(request, parts, whole, reply or replied)


def replied(made: CaseView | ApprovalView) -> Reply:
    if isinstance(made, ApprovalView):
        return Reply(status=202, body=outbound.encoded(made), headers=(("Location", f"/v1/approvals/{made.id}"),))
    return Reply(status=200, body=outbound.encoded(made))


def made(value: CaseView | ApprovalView) -> Reply:
    """201: something was added to the case, which is shown with it."""
    return Reply(status=201, body=outbound.encoded(value))

"""Open a case by hand: of what a message told, or of what is known otherwise. Nothing opens one by itself."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.case_body import CaseWanted
from laborvoice.api.portal.case_frame import by
from laborvoice.api.portal.common import common
from laborvoice.api.portal.pages import case, case_words, html, posted
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.case import CaseClass
from laborvoice.domain.condition import Condition
from laborvoice.domain.ids import CaseId, SupplierId
from laborvoice.errors import NotFound
from laborvoice.pipeline import decide
from laborvoice.web.forms import Form

WORDS = {name: case_words.WORDS[name] for name in ("supplier", "class", "title", "condition", "notes")}


class NewCase(Inbound, frozen=True):
    """What is known before a word is typed."""

    supplier: SupplierId | None = None
    cls: CaseClass | None = msgspec.field(name="class", default=None)
    condition: Condition | None = None


@get(
    "/cases/new",
    opt={
        OPERATION: Operation(
            id="page_new_case",
            summary="Open a case",
            text="A form.",
            tag="pages",
            page=True,
            scopes=case.DESK,
            query=NewCase,
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_new_case(request: Request[Any, Any, Any]) -> Response[bytes]:
    query = visits.of(request).query(NewCase)
    known = {"supplier": query.supplier, "class": query.cls, "condition": query.condition}
    return _page(request, Form(values={name: str(value) for name, value in known.items() if value is not None}))


@post(
    "/cases/new",
    opt={
        OPERATION: Operation(
            id="page_open_case",
            summary="Open a case",
            text="Its clocks begin.",
            tag="pages",
            page=True,
            scopes=case.DESK,
            query=NewCase,
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("unsupported-media-type", "invalid-body"),
        )
    },
)
async def post_new_case(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    sent = await posted.read(request, CaseWanted, WORDS)
    if sent.value is None:
        return _page(request, sent.form)
    typed, who = sent.value, by(request, parts)

    async def step(db: Any) -> CaseId:  # noqa: ANN401 - the store's connection, handed on
        return await decide.open_in(db, parts.chance, who, typed.opened())

    try:
        made = await parts.database.run("open_case", step)
    except NotFound:
        return _page(request, sent.refused("supplier", "You cover no such supplier."))
    return html.see(f"/cases/{made}", "case-opened")


def _page(request: Request[Any, Any, Any], form: Form) -> Response[bytes]:
    return html.filled(request, "case_new.html", form, words=case_words)

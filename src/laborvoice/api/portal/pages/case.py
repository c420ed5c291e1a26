"""A case as a page: what a brand was shown, or what a watchdog works on, with a form for each act. No script."""

from textwrap import shorten
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api import caching
from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.case_frame import CASE
from laborvoice.api.portal.common import common
from laborvoice.api.portal.outbound import encoded
from laborvoice.api.portal.pages import case_words, html
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.case import REPLIES
from laborvoice.domain.ids import CaseId
from laborvoice.views import case_file, cases
from laborvoice.views.case_file import CaseFile
from laborvoice.views.cases import CaseView
from laborvoice.web.forms import Form

DESK: Final = ("cases:write", "messages:read")
"""What watchdogs alone hold: their pages are in nobody else's navigation."""
_SHORT: Final = 80
"""Characters by which a finding is chosen."""


@get(
    "/cases/{case:str}",
    opt={
        OPERATION: Operation(
            id="page_case",
            summary="A case",
            text="Its state, clocks, findings and plan.",
            tag="pages",
            page=True,
            scopes=("cases:read",),
            path={"case": CASE},
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_case(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await shown(request, parts, Form())


async def shown(request: Request[Any, Any, Any], parts: PortalParts, form: Form) -> Response[bytes]:
    """With ``form`` as it was typed. Raises NotFound."""
    principal, now = visits.of(request).principal, parts.clock.now()
    asked, sight = inbound.path_id(request, "case", CaseId), principal.sight(now.date())
    writes = "cases:write" in principal.scopes

    async def step(db: Any) -> tuple[CaseView, str, CaseFile | None]:  # noqa: ANN401 - the store's connection
        case = await cases.known(db, sight, now, asked)
        own = await case_file.file(db, sight, now, asked) if writes and sight.kind == "watchdog" else None
        return case, await case_file.supplier_name(db, case.supplier), own

    case, name, own = await parts.database.run("page_case", step)
    brand = writes and sight.kind == "brand"
    return html.filled(
        request,
        "case.html",
        form,
        case=case,
        supplier=name,
        file=own,
        brand=brand,
        acknowledges=brand and not case.acknowledged,
        begins=brand and case.state == "plan_agreed",
        version=stamp(case),
        words=case_words,
        steps=[(one, case_words.plain(one)) for one in case.next or ()],
        findings=[(one.id, shorten(one.text, _SHORT, placeholder=" …")) for one in case.findings],
        replies=(("", "choose"), *((one, case_words.plain(one)) for one in sorted(REPLIES))),
    )


def stamp(case: CaseView) -> str:
    """What a form sends back, so that nobody overwrites what she has not read: the version, or a brand's bytes."""
    return str(case.version) if case.version else caching.etag(encoded(case)).strip('"')

"""Exports as a page: asked for with a form, then their files, each with its SHA-256. No script is needed."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Country, PeriodLabel, common
from laborvoice.api.portal.exports import Asking, step
from laborvoice.api.portal.pages import html, posted
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.export import KINDS, NEEDS, TITLES, ExportFormat, ExportKind, Narrow, Wanted
from laborvoice.domain.ids import SupplierId
from laborvoice.errors import BadField, NotFound
from laborvoice.views import exported
from laborvoice.web.forms import Form

ROWS: Final = 50
FORMATS: Final = (("csv", "CSV, for spreadsheets"), ("json", "JSON"), ("html", "HTML, to print"))
CHOICES: Final[tuple[tuple[ExportKind, str], ...]] = tuple((kind, f"{kind} {TITLES[kind]}") for kind in KINDS)
WORDS: Final[Mapping[str, str]] = {
    "kind": "Choose an export.",
    "format": "Choose a format.",
    "period": "Write a period such as 2026-Q3.",
    "supplier": "Write the id of a supplier you may see, which begins with sup_.",
    "country": "Write two capitals, such as BD.",
}


class ExportAsked(Inbound, frozen=True):
    kind: ExportKind
    format: ExportFormat
    period: PeriodLabel | None = None
    supplier: SupplierId | None = None
    country: Country | None = None


class ExportsPage(Inbound, frozen=True):
    """``supplier``: what the form begins with."""

    supplier: SupplierId | None = None


@get(
    "/exports",
    opt={
        OPERATION: Operation(
            id="page_exports",
            summary="Exports",
            text="What was asked for, and its files.",
            tag="pages",
            page=True,
            menu="Exports",
            scopes=("exports:read",),
            query=ExportsPage,
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_exports(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    supplier = visits.of(request).query(ExportsPage).supplier
    return await _page(request, parts, Form(values={} if supplier is None else {"supplier": supplier}))


@post(
    "/exports",
    opt={
        OPERATION: Operation(
            id="page_export",
            summary="Ask for an export",
            text="Made in the background.",
            tag="pages",
            page=True,
            scopes=("exports:write",),
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("unsupported-media-type", "invalid-body"),
        )
    },
)
async def post_export(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], asking: NamedDependency[Asking]
) -> Response[bytes]:
    principal = visits.of(request).principal
    sent = await posted.read(request, ExportAsked, WORDS)
    if sent.value is None:
        return await _page(request, parts, sent.form)
    try:
        wanted = _wanted(sent.value)
        asking.take(principal)
        await parts.database.run("export ask", step(parts, principal, wanted))
    except BadField as error:
        field = error.pointer.rpartition("/")[2]
        return await _page(request, parts, sent.refused(field if field in WORDS else "", str(error)))
    except NotFound:
        return await _page(request, parts, sent.refused("supplier", WORDS["supplier"]))
    parts.exporting.set()
    return html.see("/exports", "export-asked")


def _wanted(sent: ExportAsked) -> Wanted:
    """Raises BadField."""
    narrow = Narrow(supplier=sent.supplier, country=sent.country)
    return Wanted(kind=sent.kind, format=sent.format, period=sent.period, narrow=narrow)


async def _page(request: Request[Any, Any, Any], parts: PortalParts, form: Form) -> Response[bytes]:
    principal = visits.of(request).principal
    rows = await exported.own(parts.database, principal.party, parts.clock.now().date(), ROWS)
    return html.filled(
        request,
        "exports.html",
        form,
        rows=rows,
        titles=TITLES,
        kinds=tuple(one for one in CHOICES if NEEDS.get(one[0]) in {None, *principal.scopes}),
        formats=FORMATS,
        writes="exports:write" in principal.scopes,
        waiting=any(row.state == "asked" for row in rows),
    )

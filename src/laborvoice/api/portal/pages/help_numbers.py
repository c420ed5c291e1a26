"""Help numbers as pages: by country, all of them at once, in the order in which phones show them."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Country, common
from laborvoice.api.portal.guidance_body import NumberWanted, numbers_of
from laborvoice.api.portal.pages import html
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.pipeline import enlist
from laborvoice.views import countries, guidance
from laborvoice.views.guidance import NumberView
from laborvoice.web.forms import Form

MORE: Final = 2
"""Empty rows to fill in."""
FIELDS: Final[Mapping[str, str]] = {
    "name": "Write who answers.",
    "number": "Write the number as it is dialled: digits, blanks and a plus.",
    "hours": "Write when somebody answers.",
    "languages": "Write codes such as bn en, with blanks between them.",
    "checked_on": "Choose the day on which somebody called it to see.",
}
_SCOPES: Final = ("campaigns:write", "operator:write")


class CountryPage(Inbound, frozen=True):
    country: Country | None = None


@get(
    "/admin/help-numbers",
    opt={
        OPERATION: Operation(
            id="page_help_numbers",
            summary="Help numbers",
            text="By country.",
            tag="pages",
            page=True,
            menu="Help numbers",
            scopes=_SCOPES,
            query=CountryPage,
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_help_numbers(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked = visits.of(request).query(CountryPage).country
    known = await guidance.all_numbers(parts.database)
    if asked is not None and countries.by_name().get(asked.casefold()) != asked:
        fault = Form(values={"country": asked}, faults={"country": "Write two capitals, such as BD."})
        return _page(request, known, None, fault, 0)
    rows = known.get(asked or "", ())
    return _page(request, known, asked, Form(values=_values(rows)), len(rows))


@post(
    "/admin/help-numbers",
    opt={
        OPERATION: Operation(
            id="page_put_help_numbers",
            summary="Save help numbers",
            text="All of one country.",
            tag="pages",
            page=True,
            scopes=_SCOPES,
            query=CountryPage,
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("unsupported-media-type", "invalid-body", "not-found"),
        )
    },
)
async def put_help_numbers(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    """A row whose number is left blank is left out."""
    country = visits.of(request).query(CountryPage).country
    if country is None or countries.by_name().get(country.casefold()) != country:
        raise Refusal("invalid-body")
    principal, now = visits.of(request).principal, parts.clock.now()
    pairs = parse_qsl((await request.body()).decode("latin-1"), keep_blank_values=True)
    values = {name: value.strip() for name, value in pairs}
    numbers, faults, count = _rows(values)
    if faults:
        known = await guidance.all_numbers(parts.database)
        return _page(request, known, country, Form(values=values, faults=faults), count)
    rows = numbers_of(country, tuple(numbers))
    await parts.database.run("help numbers", lambda db: enlist.help_numbers_in(db, now, principal.actor, country, rows))
    return html.see(f"/admin/help-numbers?country={country}", "help-saved")


def _rows(values: Mapping[str, str]) -> tuple[list[NumberWanted], dict[str, str], int]:
    """Numbers, faults by field, and how many rows there are."""
    numbers: list[NumberWanted] = []
    faults: dict[str, str] = {}
    at = 0
    while f"number{at}" in values:
        if values[f"number{at}"]:
            row = {name: values.get(f"{name}{at}", "") for name in FIELDS}
            try:
                numbers.append(inbound.fitted({**row, "languages": row["languages"].split()}, NumberWanted))
            except Refusal as error:
                name = error.faults[0].pointer.split("/")[1]
                faults[f"{name}{at}"] = FIELDS[name]
        at += 1
    return numbers, faults, at


def _values(rows: tuple[NumberView, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for at, row in enumerate(rows):
        told = {**msgspec.to_builtins(row), "languages": " ".join(row.languages)}
        values |= {f"{name}{at}": str(told[name]) for name in FIELDS}
    return values


def _page(
    request: Request[Any, Any, Any],
    known: Mapping[str, tuple[NumberView, ...]],
    country: str | None,
    form: Form,
    count: int,
) -> Response[bytes]:
    return html.filled(
        request,
        "help_numbers.html",
        form,
        known=dict(sorted(known.items())),
        country=country,
        rows=range(count if form.faults else count + MORE),
    )

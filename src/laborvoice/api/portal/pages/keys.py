"""A watchdog's keys: what the server knows of them, around a ceremony that the browser holds by itself."""

from datetime import date, timedelta
from typing import Any, Final, Literal

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.pages import html
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Value
from laborvoice.domain.period import Period
from laborvoice.views import guidance
from laborvoice.views.guidance import KeysView

ASKED_DAYS: Final = 30
"""So long before the end a new year of keys is asked for."""


class Course(Value, frozen=True):
    """``until``: the last day for which there are keys. ``first``: the month with which new ones begin, ``2026-12``."""

    state: Literal["none", "waiting", "active"]
    until: date
    first: str
    due: bool


def course(months: tuple[KeysView, ...], today: date) -> Course:
    """``months``: in their order, past ones too."""
    ahead = [one for one in months if one.until >= today]
    this = Period.at(today, "month")
    if not ahead:
        return Course(state="none", until=today, first=this.label, due=True)
    until = ahead[-1].until
    return Course(
        state="active" if any(one.active for one in ahead) else "waiting",
        until=until,
        first=Period.at(until, "month").next().label,
        due=until - today <= timedelta(days=ASKED_DAYS),
    )


@get(
    "/keys",
    opt={
        OPERATION: Operation(
            id="page_keys",
            summary="Your keys",
            text="Made, proved and saved again in the browser, which needs JavaScript for it.",
            tag="pages",
            page=True,
            menu="Keys",
            scopes=("messages:read", "campaigns:read"),
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_keys(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, today = visits.of(request).principal, parts.clock.now().date()
    months = await parts.database.run("watchdog keys", lambda db: guidance.keys(db, principal.party, today))
    return html.page(
        request,
        "keys.html",
        keys=course(months, today),
        party=str(principal.party),
        today=today.isoformat(),
        this_month=Period.at(today, "month").label,
        may="campaigns:write" in principal.scopes,
    )

"""The door for files of suppliers: of operators and watchdogs they become suppliers, of a brand claims."""

from typing import Annotated, Any, Final

from litestar import Request, Response, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import acts
from laborvoice.api.portal import registry_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.import_told import ImportDone, claimed, claims_of, done
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.candidate import Sorted
from laborvoice.domain.sheet import Sheet, read
from laborvoice.errors import NotFound
from laborvoice.pipeline import link
from laborvoice.pipeline.admit.sheet import import_in, sorted_in
from laborvoice.views import countries
from laborvoice.views.principals import Principal

MOST: Final = 8 << 20
"""Bytes of a file."""
CSV: Final = "text/csv"
Rows = Annotated[str, Meta(pattern=r"^[0-9]{1,6}(,[0-9]{1,6})*$", max_length=2000)]


class ImportQuery(Inbound, frozen=True):
    dry_run: bool = False
    as_new: Rows | None = None


@post(
    "/v1/suppliers/import",
    opt={
        OPERATION: Operation(
            id="import_suppliers",
            summary="Import suppliers from a file",
            text="UTF-8, the first row names the columns, as Open Supply Hub does: `country`, `name`, `address`, and"
            " what else is known. At most 10,000 rows. A bad row never stops the others: it stands under `rejected`,"
            " with its column and what to do. With `dry_run` nothing is written. More than 0.8 alike is `matched`, from"
            " 0.5 it stands under `review` and is not made; with `as_new` an operator makes such rows all the same. A"
            " brand's file becomes claims: of what is known it learns nothing.",
            tag="suppliers",
            scopes=("suppliers:write",),
            query=ImportQuery,
            query_example={"dry_run": True, "as_new": "12,40"},
            body=Content(media=CSV, example=examples.CSV),
            most=MOST,
            once=True,
            answers=(
                Answer(
                    status=200,
                    text="What was done, or would be.",
                    contents=(Content(shape=ImportDone, example=examples.IMPORTED),),
                ),
            ),
            problems=common("unsupported-media-type", "invalid-body"),
        )
    },
)
async def import_suppliers(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    visit = visits.of(request)
    sheet = read(await request.body(), countries.by_name())
    return await acts.done(request, parts, step(parts, visit.principal, sheet, visit.query(ImportQuery)), acts.told())


def step(parts: PortalParts, principal: Principal, sheet: Sheet, query: ImportQuery) -> Any:  # noqa: ANN401 - a Step
    """What one transaction does with the file. Raises Refusal."""
    anyway = frozenset(map(int, query.as_new.split(","))) if query.as_new else frozenset[int]()
    if anyway and principal.kind != "operator":
        raise Refusal("forbidden", "To make what resembles others is for operators.")
    now = parts.clock.now()

    async def made(db: Any) -> ImportDone:  # noqa: ANN401 - the store's connection, handed on
        if principal.kind == "brand":
            if sheet.lines and not query.dry_run:
                claims = claims_of(sheet, principal.party, now.date())
                await link.claim_in(db, now, parts.chance, principal.actor, claims)
            return claimed(sheet)
        return done(sheet, await _sorted(db), principal.kind)

    async def _sorted(db: Any) -> Sorted:  # noqa: ANN401 - as above
        if query.dry_run:
            return await sorted_in(db, sheet, anyway)
        try:
            return await import_in(db, now, parts.chance, principal.actor, (sheet, anyway))
        except NotFound:
            raise Refusal("forbidden", "The file has rows that you are not responsible for.") from None

    return made

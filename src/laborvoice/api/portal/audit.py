"""Doors to the audit log: its rows, each bound to the one before, and the head of a chain."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import JSON, OPERATION, Answer, Content, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import outbound, tables
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Cursor, Limit, common
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.audit import EMPTY, Act, Actor, Head, Row, next_row
from laborvoice.domain.facts import Chain
from laborvoice.domain.ids import KeyId, PartyId
from laborvoice.views import audit
from laborvoice.views.principals import Principal

_PATH: Final = "/v1/audit"
_BY: Final = Actor(
    party=PartyId.parse("par_55td3pj9p8dj9tj0h8e9mfqnh4"), by=KeyId.parse("key_0q4m8z2k6x1v7t3r5w9hcbnjyd")
)
_ROW: Final = next_row(
    EMPTY,
    Act(action="link.confirmed", actor=_BY, object="lnk_4jfhky32628wfaybwzv7f5tadw"),
    datetime(2026, 11, 12, 9, 30, tzinfo=UTC),
)


class AuditQuery(Inbound, frozen=True):
    """``after``: the rows behind this one. ``cursor`` goes on from a page."""

    chain: Chain
    after: Annotated[int, Meta(ge=0)] = 0
    limit: Limit = 50
    cursor: Cursor | None = None


class HeadQuery(Inbound, frozen=True):
    chain: Chain


class RowList(Value, frozen=True):
    data: tuple[Row, ...]
    next_cursor: str | None
    has_more: bool


@get(
    _PATH,
    opt={
        OPERATION: Operation(
            id="list_audit",
            summary="Read the audit log",
            text="Rows of a chain in their order. `acts`: what was done, by the minute; operators read every row,"
            " others those of their own party. `inbox`: what a watchdog did with its messages and mailboxes, by the ISO"
            " week, for it alone. `hash` is the SHA-256 of the 32 bytes of `prev` and the rest of the row as JSON,"
            " names sorted, without a blank: `laborvoice verify-audit` checks lines of this answer.",
            tag="audit",
            scopes=("audit:read",),
            query=AuditQuery,
            query_example={"chain": "acts", "limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of rows: as JSON, or one JSON object a line.",
                    contents=(
                        Content(shape=RowList, example=RowList(data=(_ROW,), next_cursor=None, has_more=False)),
                        Content(media=tables.NDJSON, example=outbound.encoded(_ROW).decode() + "\n"),
                    ),
                    headers={
                        "Link": "The next page, where there is one.",
                        "Next-Cursor": "Where the next page begins, for lines.",
                    },
                ),
            ),
            problems=common("invalid-cursor", "forbidden"),
        )
    },
)
async def list_audit(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query, who = visit.query(AuditQuery), visit.principal
    _may_read(who, query.chain)
    of = List(party=who.party, path=_PATH, filters=query)
    after = query.after if query.cursor is None else cursors.read(of, query.cursor, int)
    rows = await audit.page(parts.database, (who.kind, who.party), query.chain, after, query.limit + 1)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: row.seq)
    headers = {**outbound.next_link(request, cursor), "Vary": "Accept"}
    if visit.media == JSON:
        told = RowList(data=shown, next_cursor=cursor, has_more=cursor is not None)
        return outbound.plain(outbound.encoded(told), headers=headers)
    lines = b"".join(outbound.encoded(row) + b"\n" for row in shown)
    return outbound.plain(lines, visit.media, {**headers, **({"Next-Cursor": cursor} if cursor else {})})


@get(
    f"{_PATH}/head",
    opt={
        OPERATION: Operation(
            id="get_audit_head",
            summary="Read the head of a chain",
            text="Number and hash of its last row. Kept elsewhere, it shows whether the end of the chain was cut off or"
            " made anew. A chain without a row has number 0.",
            tag="audit",
            scopes=("audit:read",),
            query=HeadQuery,
            query_example={"chain": "acts"},
            answers=(
                Answer(
                    status=200,
                    text="The head.",
                    contents=(Content(shape=Head, example=Head(seq=1, hash=_ROW.hash)),),
                ),
            ),
            problems=common("forbidden"),
        )
    },
)
async def get_audit_head(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    visit = visits.of(request)
    chain, who = visit.query(HeadQuery).chain, visit.principal
    _may_read(who, chain)
    if chain == "acts" and who.kind == "brand":
        raise Refusal("forbidden", "The head of all acts is for watchdogs and operators.")
    return outbound.plain(outbound.encoded(await audit.head(parts.database, who.party, chain)))


def _may_read(who: Principal, chain: Chain) -> None:
    """The scope was judged before. Raises Refusal."""
    if chain == "inbox" and who.kind != "watchdog":
        raise Refusal("forbidden", "Only a watchdog has an inbox.")

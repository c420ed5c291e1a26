"""What exports show: for each kind its tables, whose rows are read as they are written."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Final

from laborvoice.domain.export import ExportKind, Page, Section, Table, Wanted
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight
from laborvoice.views.exports import documentation, indicators, method, portfolio, registers, site, summary

_Pages = Callable[[Connection, Sight, Wanted, datetime], AsyncIterator[Page]]

_TABLES: Final[Mapping[ExportKind, tuple[tuple[Table, _Pages], ...]]] = {
    "E1": ((site.SITE, site.site), (site.CONDITIONS, site.conditions)),
    "E2": ((portfolio.TABLE, portfolio.pages),),
    "E3": ((summary.ESRS, summary.esrs),),
    "E4": ((indicators.TABLE, indicators.pages),),
    "E7": ((documentation.TABLE, documentation.pages),),
    "E8": ((summary.PACK, summary.pack),),
    "E10": ((method.TABLE, method.pages),),
}


def sections(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> tuple[Section, ...]:
    """In a transaction that is going on, under the sight of whoever asked."""
    if wanted.kind in registers.TABLES:
        return (Section(table=registers.TABLES[wanted.kind][0], pages=registers.pages(db, sight, wanted, now)),)
    return tuple(Section(table=table, pages=pages(db, sight, wanted, now)) for table, pages in _TABLES[wanted.kind])

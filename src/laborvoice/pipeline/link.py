"""Link: a brand claims that it buys from a supplier; the operator or a covering watchdog confirms it."""

from datetime import date
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain import Value
from laborvoice.domain.ids import LinkId, PartyId, SupplierId
from laborvoice.domain.link import Disclosure, Link
from laborvoice.errors import LinkNotClaimed, NotFound
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import link as links
from laborvoice.store.registry import party as parties
from laborvoice.store.registry import sight
from laborvoice.store.registry import supplier as suppliers

_ID_BYTES: Final = 16


class Claim(Value, frozen=True):
    """What a brand says: it has bought from ``from_day`` on, until ``to_day`` if it has ended."""

    party: PartyId
    supplier: SupplierId
    tier: int
    role: str
    from_day: date
    source: str
    disclosure: Disclosure = "private"
    to_day: date | None = None


async def claim(database: Database, clock: Clock, chance: Chance, claimed: Claim) -> LinkId:
    """Nothing can be read by it yet. Raises NotFound where there is no such supplier, or the party is no brand."""
    link, today = LinkId.draw(chance.bytes(_ID_BYTES)), clock.now().date()

    async def step(db: Connection) -> None:
        if (await parties.by_id(db, claimed.party)).kind != "brand":
            raise NotFound
        site = await suppliers.by_id(db, claimed.supplier)
        row = Link(
            id=link,
            party_id=claimed.party,
            supplier_id=site.supplier_id,
            state="claimed",
            tier=claimed.tier,
            role=claimed.role,
            from_day=claimed.from_day,
            to_day=claimed.to_day,
            source=claimed.source,
            disclosure=claimed.disclosure,
            created_on=today,
        )
        await links.put(db, row)

    await database.run("claim", step)
    return link


async def confirm(database: Database, by: PartyId, link: LinkId) -> None:
    """By the operator or a watchdog that covers the supplier; to others there is no such link: NotFound.

    Raises LinkNotClaimed where it was confirmed or ended before.
    """

    async def step(db: Connection) -> None:
        await _judged_by(db, by, link)
        if not await links.confirm(db, link):
            raise LinkNotClaimed

    await database.run("confirm", step)


async def end(database: Database, clock: Clock, by: PartyId, link: LinkId) -> None:
    """By the brand itself or who may confirm: also the way to refuse a claim. Raises NotFound, LinkNotClaimed."""
    today = clock.now().date()

    async def step(db: Connection) -> None:
        if (await links.by_id(db, link)).party_id != by:
            await _judged_by(db, by, link)
        if not await links.end(db, link, today):
            raise LinkNotClaimed

    await database.run("end", step)


async def _judged_by(db: Connection, by: PartyId, link: LinkId) -> None:
    party, found = await parties.by_id(db, by), await links.by_id(db, link)
    if party.kind == "brand" or not await sight.holds(db, party.kind, by, found.supplier_id):
        raise NotFound

"""What a party may read of the audit log: of all acts its own, operators every one; of messages its own chain alone."""

from typing import Final

from laborvoice.domain.audit import ACTS, EMPTY, Bad, Head, Row, Verifier
from laborvoice.domain.facts import Chain
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import PartyKind
from laborvoice.store.access import audit
from laborvoice.store.database import Connection, Database

_AT_ONCE: Final = 1_000


async def page(
    database: Database, who: tuple[PartyKind, PartyId], chain: Chain, after: int, limit: int
) -> tuple[Row, ...]:
    """In their order."""
    kind, party = who
    actor = party if chain == "acts" and kind != "operator" else None

    async def step(db: Connection) -> list[Row]:
        return await audit.page(db, _name(chain, party), after, actor, limit)

    return tuple(await database.run("audit", step))


async def head(database: Database, party: PartyId, chain: Chain) -> Head:
    async def step(db: Connection) -> Head:
        return await audit.head(db, _name(chain, party)) or EMPTY

    return await database.run("audit head", step)


async def first_bad(database: Database) -> tuple[str, Bad] | None:
    """Of every chain, against the heads that are stored beside them: the chain, and its first row that is wrong."""

    async def step(db: Connection) -> tuple[str, Bad] | None:
        for chain in await audit.chains(db):
            bad = await _first_bad(db, chain)
            if bad is not None:
                return chain, bad
        return None

    return await database.run("verify audit", step)


async def _first_bad(db: Connection, chain: str) -> Bad | None:
    head = await audit.head(db, chain) or EMPTY
    verifier, last = Verifier(anchors={head.seq: head.hash} if head.seq else {}), 0
    while rows := await audit.page(db, chain, last, None, _AT_ONCE):
        bad = next((found for row in rows if (found := verifier.take(row)) is not None), None)
        if bad is not None:
            return bad
        last = rows[-1].seq
    return verifier.end()


def _name(chain: Chain, party: PartyId) -> str:
    return ACTS if chain == "acts" else str(party)

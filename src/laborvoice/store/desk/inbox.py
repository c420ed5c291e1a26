"""What comes to whom: each mix that brings a watchdog anything is a batch of its inbox, which its heartbeat tells."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from laborvoice.crypto import inbox
from laborvoice.crypto.framing import b64
from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.store.database import Connection
from laborvoice.store.desk.message import Message


class _Owner(Value, frozen=True):
    party: PartyId
    kid: str


_OWNERS: Final = """-- desk.inbox.owners
-- roles: vault, portal
SELECT DISTINCT k.party_id AS party, one.kid FROM registry.watchdog_key k
CROSS JOIN LATERAL jsonb_to_recordset(k.keys) AS one (kid text) WHERE one.kid = ANY ($1::text[]) ORDER BY 1, 2"""

_BATCH: Final = """-- desk.inbox.batch
-- roles: vault, portal, courier
SELECT batch FROM outbox.inbox_state WHERE party_id = $1 FOR UPDATE"""

_ARRIVED: Final = """-- desk.inbox.arrived
-- roles: vault, portal, courier
INSERT INTO outbox.inbox_state AS i (party_id, batch, cursor, urgent_waiting) VALUES ($1, $2, $3, $4)
ON CONFLICT (party_id) DO UPDATE SET batch = $2, cursor = $3, urgent_waiting = i.urgent_waiting + $4"""


async def batched(db: Connection, messages: Sequence[Message]) -> list[Message]:
    """The same, each in the new batch of its reader, whose heartbeat tells of it from now on. One mix at a time."""
    owners = {one.kid: one.party for one in await db.fetch(_Owner, _OWNERS, sorted({b64(one.kid) for one in messages}))}
    found = [one for one in messages if b64(one.kid) not in owners]
    of: defaultdict[PartyId, list[Message]] = defaultdict(list)
    for one in messages:
        if b64(one.kid) in owners:
            of[owners[b64(one.kid)]].append(one)
    for party in sorted(of):
        batch = (await db.value(int, _BATCH, party) or 0) + 1
        urgent = Counter(one.kind for one in of[party])["urgent"]
        await db.execute(_ARRIVED, party, batch, inbox.cursor(party, batch), urgent)
        found += [msgspec.structs.replace(one, batch=batch) for one in of[party]]
    return found


_ANSWERED: Final = """-- desk.inbox.answered
-- roles: vault, portal, courier
UPDATE outbox.inbox_state SET urgent_waiting = greatest(urgent_waiting - $2, 0) WHERE party_id = $1"""


async def answered(db: Connection, party: PartyId, urgent: int) -> None:
    """So many urgent ones were acknowledged."""
    await db.execute(_ANSWERED, party, urgent)

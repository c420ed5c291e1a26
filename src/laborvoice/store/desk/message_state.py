"""How far a message is, and until when an urgent one wants to be acknowledged: full hours alone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from laborvoice.domain.ids import MessageId, UserId
from laborvoice.domain.message import CloseReason
from laborvoice.store.database import Connection

_SHOW: Final = """-- desk.message_state.show
-- roles: portal
INSERT INTO desk.message_state (message_id, state, due)
SELECT m.id, 'new', $2 FROM desk.message m WHERE m.kid = ANY ($1::bytea[]) AND m.kind = 'urgent'
    AND NOT EXISTS (SELECT FROM desk.message_state s WHERE s.message_id = m.id)
ON CONFLICT DO NOTHING"""


async def show(db: Connection, kids: Collection[bytes], due: datetime) -> None:
    """The clocks of urgent ones that nobody was shown before begin."""
    await db.execute(_SHOW, list(kids), due)


_ACKNOWLEDGE: Final = """-- desk.message_state.acknowledge
-- roles: portal
INSERT INTO desk.message_state AS s (message_id, state, assigned_to) VALUES ($1, 'acknowledged', $2)
ON CONFLICT (message_id) DO UPDATE SET state = 'acknowledged', assigned_to = $2,
    met = CASE WHEN s.due IS NULL THEN s.met ELSE $3 <= s.due END, due = NULL"""


async def acknowledge(db: Connection, message: MessageId, by: UserId | None, now: datetime) -> None:
    """Its clock stops: what is left is whether it was met."""
    await db.execute(_ACKNOWLEDGE, message, by, now)


_CLOSE: Final = """-- desk.message_state.close
-- roles: portal
INSERT INTO desk.message_state AS s (message_id, state, reason)
SELECT id, 'closed', $2 FROM unnest($1::uuid[]) AS t (id)
ON CONFLICT (message_id) DO UPDATE SET state = 'closed', reason = $2"""


async def close(db: Connection, messages: Sequence[MessageId], reason: CloseReason) -> None:
    await db.execute(_CLOSE, [one.uuid for one in messages], reason)

"""Requests for blind signatures and their answers, in two lanes that are truncated by the mix."""

from collections.abc import Sequence
from typing import Final, LiteralString

from laborvoice.crypto.exchange import REQUEST_SIZE
from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Request(Value, frozen=True):
    lane: int
    request_hash: bytes
    code_hash: bytes
    request: bytes


_CLAIM: Final = """-- ballot.exchange.claim
-- roles: vault
SELECT lane, request_hash, code_hash, substr(request, 1, $2) AS request FROM ballot.exchange_request
WHERE NOT answered LIMIT $1 FOR UPDATE SKIP LOCKED"""


async def claim(db: Connection, limit: int) -> list[Request]:
    """Of a request that is too long a byte too many, so that it is seen to be none."""
    return await db.fetch(Request, _CLAIM, limit, REQUEST_SIZE + 1)


_ANSWER: Final = """-- ballot.exchange.answer
-- roles: vault
INSERT INTO ballot.exchange_answer (lane, request_hash, answer)
SELECT s.live, t.request_hash, t.answer
FROM unnest($1::bytea[], $2::bytea[]) AS t (request_hash, answer), ballot.spool_switch s
ON CONFLICT DO NOTHING"""

_DONE: Final = """-- ballot.exchange.done
-- roles: vault
UPDATE ballot.exchange_request r SET answered = true
FROM unnest($1::smallint[], $2::bytea[]) AS t (lane, request_hash)
WHERE r.lane = t.lane AND r.request_hash = t.request_hash"""


async def answer(db: Connection, requests: Sequence[Request], answers: Sequence[bytes]) -> None:
    """Write the answers into the lane that is live, and mark the requests."""
    hashes = [request.request_hash for request in requests]
    await db.execute(_ANSWER, hashes, answers)
    await db.execute(_DONE, [request.lane for request in requests], hashes)


_LOCK: Final[tuple[LiteralString, ...]] = (
    "LOCK TABLE ballot.exchange_request_0, ballot.exchange_answer_0 IN ACCESS EXCLUSIVE MODE",
    "LOCK TABLE ballot.exchange_request_1, ballot.exchange_answer_1 IN ACCESS EXCLUSIVE MODE",
)

_KEEP: Final = """-- ballot.exchange.keep
-- roles: vault
INSERT INTO ballot.exchange_request (lane, request_hash, code_hash, request)
SELECT 1 - lane, request_hash, code_hash, request FROM ballot.exchange_request WHERE lane = $1 AND NOT answered
ON CONFLICT DO NOTHING"""


_CLEAR: Final[tuple[LiteralString, ...]] = (
    "TRUNCATE ballot.exchange_request_0, ballot.exchange_answer_0",
    "TRUNCATE ballot.exchange_request_1, ballot.exchange_answer_1",
)


async def clear(db: Connection, lane: int) -> None:
    """Empty the lane. What is still unanswered moves into the other one.

    The last thing a mix does: until it commits, no exchange is answered.
    """
    await db.execute(_LOCK[lane])
    await db.execute(_KEEP, lane)
    await db.execute(_CLEAR[lane])


_RING: Final = """-- ballot.exchange.ring
-- roles: vault
SELECT pg_notify('laborvoice_beat', '')::text"""


async def ring(db: Connection) -> None:
    """The steady beat: the same whether there was work or none, so that it tells nobody of an arrival."""
    await db.execute(_RING)

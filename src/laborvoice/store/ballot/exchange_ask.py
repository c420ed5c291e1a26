"""What intake may do about blind signatures: ask for them, and look for the answers."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection

BELL: Final = "laborvoice_beat"
"""The channel on which the vault rings, work or none."""


class Ask(Value, frozen=True):
    """``request`` is the body without its code."""

    code_hash: bytes
    request_hash: bytes
    request: bytes


class Answer(Value, frozen=True):
    request_hash: bytes
    answer: bytes


_ASK: Final = """-- ballot.exchange_ask.ask
-- roles: intake
SELECT ballot.ask(code_hash, request_hash, request)::text
FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) AS t (code_hash, request_hash, request)"""


async def ask(db: Connection, asks: Sequence[Ask]) -> None:
    await db.execute(
        _ASK, [one.code_hash for one in asks], [one.request_hash for one in asks], [one.request for one in asks]
    )


_ANSWERED: Final = """-- ballot.exchange_ask.answered
-- roles: intake
SELECT request_hash, answer
FROM (SELECT h AS request_hash, ballot.answered(h) AS answer FROM unnest($1::bytea[]) AS t (h) OFFSET 0) AS s
WHERE answer IS NOT NULL"""


async def answered(db: Connection, request_hashes: Sequence[bytes]) -> list[Answer]:
    """Those of the requests that have an answer by now."""
    return await db.fetch(Answer, _ANSWERED, request_hashes)

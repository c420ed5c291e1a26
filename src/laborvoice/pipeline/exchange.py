"""An invite for blind signatures: intake hands the request on and looks for the vault's answer (design, privacy 4)."""

from collections.abc import Mapping, Sequence
from typing import Final

from laborvoice.crypto import exchange, work
from laborvoice.crypto.framing import WORK_NONCE_SIZE, label, lp, sha256
from laborvoice.store.ballot import exchange_ask
from laborvoice.store.ballot.exchange_ask import Ask
from laborvoice.store.database import Connection, Database

PATIENCE: Final = 10.0
"""Seconds that a request waits for the vault."""

BELL: Final = exchange_ask.BELL


def judge(raw: bytes, bits: int) -> Ask | bytes:
    """What to ask; or, without work, the refusal that intake gives by itself. All else is the vault's to judge."""
    hashed = exchange.request_hash(raw)
    nonce = raw[exchange.CODE_AT - WORK_NONCE_SIZE : exchange.CODE_AT]
    if not work.check(work.work_digest_exchange(raw), nonce, bits):
        return exchange.answer_refused(hashed, exchange.REFUSED)
    code = raw[exchange.CODE_AT : exchange.CODE_END]
    return Ask(code_hash=sha256(lp(label("invite"), code)), request_hash=hashed, request=exchange.without_code(raw))


async def ask(database: Database, asks: Sequence[Ask]) -> None:
    """Queue the requests, whatever their codes. Raises DatabaseUnavailable."""

    async def step(db: Connection) -> None:
        await exchange_ask.ask(db, asks)

    await database.run("ask", step)


async def answered(database: Database, request_hashes: Sequence[bytes]) -> Mapping[bytes, bytes]:
    """The answers there are by now, by the hash of their request. Raises DatabaseUnavailable."""

    async def step(db: Connection) -> Mapping[bytes, bytes]:
        found = await exchange_ask.answered(db, request_hashes)
        return {one.request_hash: one.answer for one in found}

    return await database.run("answered", step)

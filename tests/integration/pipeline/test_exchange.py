"""What intake asks of the vault, with the request of the published vectors."""

import json
from pathlib import Path
from typing import Any

from laborvoice.crypto import exchange as wire
from laborvoice.pipeline.exchange import answered, ask, judge
from laborvoice.store.ballot import exchange
from laborvoice.store.ballot.exchange_ask import Ask
from laborvoice.store.database import Database

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "envelope.json").read_bytes())
REQUEST = bytes.fromhex(VECTORS["exchange"]["request"])
HASH = bytes.fromhex(VECTORS["exchange"]["request_hash"])
BITS = VECTORS["pow_bits"]


def test_a_request_with_work_is_asked_without_its_code() -> None:
    asked = judge(REQUEST, BITS)
    assert asked == Ask(
        code_hash=bytes.fromhex(VECTORS["invite"]["code_hash"]), request_hash=HASH, request=wire.without_code(REQUEST)
    )


def test_without_work_intake_refuses_by_itself() -> None:
    assert judge(REQUEST, 200) == wire.answer_refused(HASH, wire.REFUSED)
    assert judge(bytes(2_368), 200) != judge(b"\x01" + bytes(2_367), 200)


async def test_an_answer_is_found_once_it_is_there(database: Any) -> None:
    asked = judge(REQUEST, BITS)
    assert isinstance(asked, Ask)
    other = Ask(code_hash=bytes(32), request_hash=bytes(32), request=bytes(len(asked.request)))
    async with Database.open(database.dsn("intake")) as intake, Database.open(database.dsn("vault")) as vault:
        await ask(intake, [asked, other])
        await ask(intake, [asked])
        assert await answered(intake, [HASH]) == {}

        async def sign(db: Any) -> int:
            requests = await exchange.claim(db, 10)
            await exchange.answer(db, [one for one in requests if one.request_hash == HASH], [b"signed"])
            return len(requests)

        assert await vault.run("test", sign) == 2
        assert await answered(intake, [HASH, bytes(32)]) == {HASH: b"signed"}

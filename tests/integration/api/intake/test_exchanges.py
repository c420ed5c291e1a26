"""An invite for blind signatures, with the vault's own step behind the door."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from laborvoice.chance import SystemChance
from laborvoice.crypto import exchange, framing, token, work
from laborvoice.domain.ids import SupplierKey
from laborvoice.pipeline.issue import Grant, Keys, issue, ring
from laborvoice.workers import Workers

CODE = "7K3M9PQRT2V4W6X8YZ0A"
PERIOD = "2026-Q4"
BITS = 4
CHANCE = SystemChance()

Turn = Callable[[], Awaitable[None]]


def request(booth: Any, code: str = CODE, bits: int = BITS) -> tuple[bytes, Any]:
    key = token.load_public(booth.signer.spki)
    blinded = token.blind(key, CHANCE.bytes(98), CHANCE.bytes(48), CHANCE.bytes(320))
    want = exchange.Want(token_key_id=booth.signer.key_id, blinded=blinded.message)
    return exchange.build_request(code, (want,), bits), blinded


def workless(booth: Any) -> bytes:
    made, _ = request(booth)
    while True:
        made = made[:4] + CHANCE.bytes(8) + made[12:]
        if int.from_bytes(_hash(made), "big") >> 252:
            return made


def _hash(made: bytes) -> bytes:
    return framing.sha256(work.WORK_PREFIX + made[4:12] + work.work_digest_exchange(made))


@pytest.fixture
async def vault(booth: Any) -> AsyncGenerator[Turn]:
    """Signs, and rings the bell, as often as it is called."""
    await booth.sql("INSERT INTO ballot.invite (code_hash, supplier_id) VALUES ($1, 7)", exchange.code_hash(CODE))
    await booth.sql("CREATE TABLE ballot.invite_use_now PARTITION OF ballot.invite_use FOR VALUES IN ('2026-Q4')")
    grant = Grant(period=PERIOD, supplier="sup_a", supplier_id=SupplierKey(7), enrolled=240)
    keys = Keys(
        grants={booth.signer.key_id: grant}, boxes={PERIOD: bytes(32)}, signers={booth.signer.key_id: booth.signer}
    )
    with ThreadPoolExecutor(1) as executor:

        async def turn() -> None:
            await issue(booth.vault, Workers(executor, 1), CHANCE, keys)
            await ring(booth.vault)

        async def turns() -> None:
            while True:
                await turn()
                await asyncio.sleep(0.01)

        turning = asyncio.create_task(turns())
        yield turn
        turning.cancel()
        await asyncio.gather(turning, return_exceptions=True)


@pytest.mark.usefixtures("vault")
async def test_an_invite_is_signed_once_and_a_retry_gets_the_same_bytes(open_intake_door: Any, booth: Any) -> None:
    async with open_intake_door(listens=True) as door:
        await _signed_once(door, booth)


async def _signed_once(door: Any, booth: Any) -> None:
    body, blinded = request(booth)
    twins: list[Any] = await asyncio.gather(*(door.post("/v1/exchanges", body) for _ in range(2)))
    first, twin = twins
    assert (first.status, len(first.body), first.body[0]) == (200, 2_064, exchange.SIGNED)
    assert first.header("content-type") == "application/octet-stream"
    assert first.header("connection") == "close"
    assert twin == first
    assert (await door.post("/v1/exchanges", body)) == first
    key = token.load_public(booth.signer.spki)
    signature = int.from_bytes(exchange.parse_answer(first.body).signatures[0], "big")
    assert pow(signature, key.exponent, key.modulus) == int.from_bytes(blinded.message, "big")
    other, _ = request(booth)
    assert (await door.post("/v1/exchanges", other)).body == exchange.answer_refused(
        exchange.request_hash(other), exchange.USED
    )


@pytest.mark.usefixtures("vault")
async def test_what_is_refused_gets_filler_of_its_own_hash(door: Any, booth: Any) -> None:
    unknown, _ = request(booth, code="0" * 20)
    malformed = bytearray(unknown)
    malformed[2] = 1
    nonce = 0
    while int.from_bytes(_hash(bytes(malformed)), "big") >> 252:
        nonce += 1
        malformed[4:12] = nonce.to_bytes(8, "big")
    for body in (unknown, bytes(malformed), workless(booth)):
        answers = [await door.post("/v1/exchanges", body) for _ in range(2)]
        expected = exchange.answer_refused(exchange.request_hash(body), exchange.REFUSED)
        assert [answer.body for answer in answers] == [expected, expected]
        assert {answer.status for answer in answers} == {200}


async def test_without_work_the_vault_is_not_asked(door: Any, booth: Any) -> None:
    answer = await door.post("/v1/exchanges", workless(booth))
    assert answer.body[0] == exchange.REFUSED
    assert await booth.sql("SELECT 1 FROM ballot.exchange_request") == []


async def test_the_code_is_not_handed_on(door: Any, booth: Any) -> None:
    body, _ = request(booth)
    asked = asyncio.create_task(door.post("/v1/exchanges", body))
    row = (await booth.appears("SELECT * FROM ballot.exchange_request"))[0]
    assert row["code_hash"] == exchange.code_hash(CODE)
    assert row["request_hash"] == exchange.request_hash(body)
    assert CODE.encode() not in row["request"]
    assert row["request"] == exchange.without_code(body)
    answer = await asked
    assert answer.status == 503
    assert 3 <= int(answer.header("retry-after") or 0) <= 15


async def test_too_many_waiting_are_refused(open_intake_door: Any, booth: Any) -> None:
    async with open_intake_door(intake_queue=1) as door:
        first = asyncio.create_task(door.post("/v1/exchanges", request(booth)[0]))
        await booth.appears("SELECT 1 FROM ballot.exchange_request")
        assert (await door.post("/v1/exchanges", request(booth)[0])).status == 503
        assert (await first).status == 503

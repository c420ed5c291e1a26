"""Verification: nobody is sent an event before his server said that it is his."""

import json
from typing import Any

import pytest

from laborvoice.chance import SystemChance
from laborvoice.domain.endpoint import NewEndpoint
from laborvoice.pipeline.announce import introduce
from laborvoice.pipeline.fan_out import fan_out
from laborvoice.pipeline.purge import purge
from laborvoice.pipeline.subscribe import subscribe
from support.deliveries import once
from support.raw_receiver import Request, echo, raw_receiver

STATE = "SELECT state, verify_tries, verify_wanted, challenge FROM outbox.endpoint"


async def registered(outbox: Any, url: str) -> Any:
    """A brand with an endpoint that nobody answered for yet, and an event for it."""
    supplier = await outbox.supplier()
    brand = await outbox.brand(supplier)
    await introduce(await outbox.role("courier"), outbox.signer.pair)
    portal, wanted = await outbox.role("portal"), NewEndpoint(url=url, types=("*",))
    one = await subscribe(portal, outbox.clock, SystemChance(), outbox.loopback, brand, wanted)
    await outbox.put(outbox.event(supplier))
    await fan_out(outbox.pools["courier"], outbox.clock, SystemChance(), "https://voice.example")
    return one


def as_json(one: Request) -> tuple[int, bytes]:
    return 200, json.dumps({"challenge": one.told["data"]["challenge"]}).encode()


@pytest.mark.parametrize("answer", [echo, as_json])
async def test_the_challenge_back_as_text_or_json_makes_it_active(outbox: Any, sender: Any, answer: Any) -> None:
    async with raw_receiver(outbox.clock) as receiver:
        receiver.answer = answer
        await registered(outbox, receiver.url)
        await once(outbox.deliveries(sender))
        assert tuple((await outbox.sql(STATE))[0]) == ("active", 1, False, None)
        assert [one.told["type"] for one in receiver.requests] == ["endpoint.verify"]
        assert {"webhook-id", "webhook-signature", "webhook-timestamp"} <= set(receiver.requests[0].headers)
    assert await outbox.states() == {"done": 1}


@pytest.mark.parametrize(
    "answer", [(200, b""), (200, b"ok"), (204, b""), (410, b""), (500, b""), (200, b'{"challenge":"0"}')]
)
async def test_anything_else_is_tried_three_times_and_no_more(
    outbox: Any, sender: Any, answer: tuple[int, bytes]
) -> None:
    async with raw_receiver(outbox.clock) as receiver:
        receiver.answer = lambda _: answer
        await registered(outbox, receiver.url)
        deliveries = outbox.deliveries(sender)
        for tries in (1, 2, 3):
            await once(deliveries)
            state, made, wanted, challenge = (await outbox.sql(STATE))[0]
            assert (state, made, wanted) == ("pending", tries, tries < 3)
            assert challenge is not None
            outbox.clock.pass_by(minutes=7)
        await once(deliveries)
        assert len(receiver.requests) == 3
    assert await outbox.states() == {"dead": 1}


async def test_an_answer_to_a_challenge_of_before_changes_nothing(outbox: Any, sender: Any) -> None:
    async with raw_receiver(outbox.clock) as receiver:
        receiver.answer = echo
        await registered(outbox, receiver.url)
        await outbox.sql("UPDATE outbox.endpoint SET challenge = $1", bytes(32))
        await once(outbox.deliveries(sender))
        assert tuple((await outbox.sql(STATE))[0]) == ("pending", 0, True, bytes(32))


async def test_an_endpoint_whose_url_changed_is_sent_nothing_of_what_waits(outbox: Any, sender: Any) -> None:
    async with raw_receiver(outbox.clock) as receiver:
        await outbox.many(3, receiver.url)
        await outbox.sql("UPDATE outbox.endpoint SET state = 'pending', challenge = $1", bytes(32))
        await once(outbox.deliveries(sender))
        assert receiver.requests == []
        assert await outbox.states() == {"due": 3}


async def test_what_nobody_verified_in_seven_days_is_deleted(outbox: Any, sender: Any) -> None:
    async with raw_receiver(outbox.clock) as receiver:
        await registered(outbox, receiver.url)
        await once(outbox.deliveries(sender))
        outbox.clock.pass_by(days=7)
        await purge(outbox.pools["courier"], outbox.clock, 30, 30)
        assert len(await outbox.sql(STATE)) == 1
        outbox.clock.pass_by(days=1)
        await purge(outbox.pools["courier"], outbox.clock, 30, 30)
    assert await outbox.sql(STATE) == []
    assert await outbox.sql("SELECT FROM outbox.attempt") == []
    assert await outbox.sql("SELECT FROM outbox.endpoint_secret") == []

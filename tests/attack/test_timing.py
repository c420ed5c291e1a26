"""When an answer comes, as an observer measures it on a real socket: it must not tell what was sent (guarantee 5).

The tick is the one that is shipped; who sets one shorter than a cast takes shows how long that was.

Two kinds are sent as pairs, a fair coin says which goes first. Were the kind to make no difference, which of the two
took longer would be a fair coin too, whatever the machine does meanwhile: the sign test is exact. ALARM is its false
alarm for one comparison; there are two.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from laborvoice import loop
from laborvoice.api.intake.app import create_intake_app
from laborvoice.bootstrap.intake import open_intake
from laborvoice.client.worker import Message
from laborvoice.clock import ToldClock
from laborvoice.serve import Bounds, serve
from laborvoice.settings import IntakeSettings
from laborvoice.settings.kinds import Bind, Secret
from support.phone import CHANCE, HOST, quiet_answers
from support.scene import Scene

ALARM = 1e-6
PAIRS = 32
LONG = Bounds(head_seconds=9, body_seconds=9)
LINES = (
    b"POST /v1/envelopes HTTP/1.1",
    b"host: x",
    b"content-type: application/octet-stream",
    b"content-length: 9216",
)
HEAD = b"\r\n".join((*LINES, b"", b""))


def chance_of(longer: int, pairs: int) -> float:
    """How likely a fair coin is at least so far from even, either way."""
    away = abs(2 * longer - pairs)
    far = sum(math.comb(pairs, one) for one in range(pairs + 1) if abs(2 * one - pairs) >= away)
    return float(far / 2**pairs)


@asynccontextmanager
async def door(scene: Scene) -> AsyncGenerator[int]:
    """The port of an intake as it is shipped: answers leave on its tick."""
    clock = ToldClock(scene.clock.now())
    url = Secret(scene.dsn("intake"))
    chosen = IntakeSettings(home=Path("/"), database_url=url, intake_origin=f"https://{HOST}")
    stop, ended = asyncio.Event(), asyncio.Event()
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with open_intake(chosen, clock, CHANCE) as parts:
        app, bind = create_intake_app(parts), Bind(host="127.0.0.1", port=0)
        serving = asyncio.create_task(serve(app, bind, bounds=LONG, stop=stop, on_ready=ready.set_result))
        beating = asyncio.create_task(loop.run(parts.beats[:1], clock, ended))
        try:
            yield await ready
        finally:
            stop.set()
            await serving
            ended.set()
            await beating


async def took(port: int, body: bytes) -> float:
    """From the last byte that was sent to the end of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    clock = asyncio.get_running_loop().time
    writer.write(HEAD + body)
    began = clock()
    answer = await reader.read()
    passed = clock() - began
    writer.close()
    assert answer.startswith(b"HTTP/1.1 202 ")
    return passed


async def longer(port: int, ones: Sequence[bytes], others: Sequence[bytes]) -> int:
    """In how many pairs the first kind took longer."""
    found = 0
    for one, other in zip(ones, others, strict=True):
        if CHANCE.below(2):
            first, second = await took(port, one), await took(port, other)
        else:
            second, first = await took(port, other), await took(port, one)
        found += first > second
    return found


def test_a_coin_that_is_not_fair_is_seen() -> None:
    """The test itself: were one kind to take longer in all pairs but two, it would fail."""
    assert chance_of(PAIRS // 2, PAIRS) == 1
    assert chance_of(PAIRS - 2, PAIRS) < ALARM


@pytest.mark.slow_attack
async def test_a_vote_takes_as_long_as_noise(scene: Scene) -> None:
    site = await scene.admit(cards=PAIRS)
    await scene.learn()
    votes = await scene.sealed(site.cards)
    async with door(scene) as port:
        found = await longer(port, votes, [bytes(9_216)] * PAIRS)
    assert chance_of(found, PAIRS) > ALARM


@pytest.mark.slow_attack
async def test_a_call_for_help_takes_as_long_as_nothing(scene: Scene) -> None:
    site = await scene.admit()
    await scene.learn()
    phone = await scene.opened(site.cards[0])
    said = Message(kind="urgent", text="help", language="en", conversation=bytes(32))
    calls = [phone.seal(None, quiet_answers(), message=said) for _ in range(PAIRS)]
    silent = [phone.seal(None, quiet_answers()) for _ in range(PAIRS)]
    async with door(scene) as port:
        found = await longer(port, calls, silent)
    assert chance_of(found, PAIRS) > ALARM

"""What the intake's metrics port shows: not one byte of it moves with an envelope."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec

from laborvoice.clock import SystemClock
from laborvoice.metrics import render

DISTINCT = 30
POSTS = 900
CROWD = 90


class Still(SystemClock):
    def now(self) -> datetime:
        return datetime(2026, 11, 25, 12, tzinfo=UTC)


async def test_0_and_900_envelopes_are_equal_bytes(open_intake_door: Any, booth: Any) -> None:
    """Good ones, the same again, and bytes that are none."""
    bodies = [*(booth.envelope() for _ in range(DISTINCT)), booth.envelope(booth.token()), bytes(9216)]
    async with open_intake_door() as door:
        parts = msgspec.structs.replace(door.parts, clock=Still())
        before = render("intake", await parts.samples())
        for first in range(0, POSTS, CROWD):
            sent = [door.cast(bodies[number % len(bodies)]) for number in range(first, first + CROWD)]
            assert {answer.status for answer in await asyncio.gather(*sent)} == {202}
        assert render("intake", await parts.samples()) == before
    assert b'laborvoice_key_age_seconds{key="manifest"}' in before
    assert sum(await booth.spool()) == DISTINCT + 1

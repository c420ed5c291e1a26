"""What tests of deliveries share."""

import asyncio
from typing import Any

from laborvoice.pipeline.deliver import Deliveries


async def until(reached: Any) -> None:
    async with asyncio.timeout(30):
        while not reached():  # noqa: ASYNC110 - what is waited for is inside the receiver
            await asyncio.sleep(0.005)


async def once(deliveries: Deliveries) -> None:
    """One claim, its answers, and their settlement."""
    await deliveries.claim()
    await until(lambda: deliveries.in_flight == 0)
    await deliveries.flush()


async def listening(outbox: Any, receiver: Any, count: int = 1) -> Any:
    """A brand that verifies v1 and v1a, and so many events due to it."""
    _, one = await outbox.many(count, receiver.url)
    receiver.trust((one.secret,), (await outbox.public_key(one),))
    return one

"""A bell that is closed: nobody waits any more, and whoever comes is answered at once."""

import asyncio
from typing import Any

from laborvoice.views import feed
from laborvoice.views.feed import Asked, Bell, Page


async def test_who_waits_is_answered_when_the_process_stops(world: Any) -> None:
    bell = Bell()
    asked = Asked(party=await world.party("brand"), position=None, types=(), limit=10)
    waiting = [asyncio.create_task(feed.wait(world.portal, bell, asked, 3600)) for _ in range(2)]
    await asyncio.sleep(0.05)
    bell.ring()
    bell.close()
    pages = [await one for one in (*waiting, asyncio.create_task(feed.wait(world.portal, bell, asked, 3600)))]
    assert all(isinstance(page, Page) and page.entries == () for page in pages)
    bell.ring()
    assert bell.next.is_set()

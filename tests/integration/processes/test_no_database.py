"""A process whose database goes away lives, is not ready, and says so; when it is back, so is the process."""

import asyncio
from pathlib import Path
from typing import Any

from support import rolling
from support.staff import Member, exchange, request, staff


async def told(one: Member) -> tuple[int, int, bytes]:
    page = await exchange(one.metrics, request("GET", "/metrics"))
    return await one.ask("/livez"), await one.ask("/readyz"), page.partition(b"\r\n\r\n")[2]


async def test_it_lives_and_is_not_ready(plug: Any, short_home: Path, tmp_path: Path) -> None:
    def dsn(_: str) -> str:
        return str(plug.dsn)

    async with staff(short_home, dsn, rolling.logs(tmp_path)) as team:
        one = team.add("portal")
        await one.start()
        await plug.pull()
        livez, readyz, page = await told(one)
        assert (livez, readyz) == (200, 503)
        assert page.splitlines()[2:] == [b"laborvoice_up 0.0"]
        plug.push()
        while (await told(one))[1] != 200:  # noqa: ASYNC110 - another process connects again
            await asyncio.sleep(0.05)
        assert b"laborvoice_up 1.0" in (await told(one))[2]
        assert await one.stop() == 0

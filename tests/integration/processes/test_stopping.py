"""SIGTERM, under load, on the real commands: nothing that was accepted is lost, no request fails, all end cleanly."""

import asyncio
from pathlib import Path
from typing import Any

from support import rolling
from support.staff import staff


async def test_a_rolling_restart_loses_nothing_and_fails_nobody(
    database: Any, short_home: Path, tmp_path: Path
) -> None:
    """Of one intake and one portal; ``make faults`` rolls through all."""
    async with staff(short_home, database.dsn, rolling.logs(tmp_path)) as team:
        await team.begin("intake", "intake", "portal", "portal")
        trusted, key = await rolling.opened(database)
        load = rolling.Load(team, trusted, key)
        load.begin()
        first = (team.of("intake")[0], team.of("portal")[0])
        stream = asyncio.create_task(rolling.streamed(first[1].port, key))
        await load.flows()
        await rolling.rolled(first)
        await load.flows()
        await load.end()
        answer = await stream
        assert answer.count(b"retry: 3000\n\n") == 2, answer
        assert answer.endswith(b"\r\n0\r\n\r\n"), answer
        assert await rolling.seen(database) >= load.accepted
        await team.end()
    assert '"failed"' not in team.logged()

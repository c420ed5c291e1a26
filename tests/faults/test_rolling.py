"""Every process is restarted, one after another, again and again, while all are at work."""

import asyncio
from pathlib import Path
from typing import Any

from support import rolling
from support.faulty_outbox import MASTER, fill, query
from support.staff import staff

TIMES = 3
LANE = 8
LEASED = "SELECT count(*) FROM outbox.delivery WHERE state = 'leased'"


async def test_all_are_rolled_through_under_load(database: Any, short_home: Path, tmp_path: Path) -> None:
    async with staff(short_home, database.dsn, rolling.logs(tmp_path)) as team:
        await team.begin("intake", "intake", "portal", "portal", "courier", "courier")
        trusted, key = await rolling.opened(database)
        load = rolling.Load(team, trusted, key)
        load.begin()
        for _ in range(TIMES):
            streams = [asyncio.create_task(rolling.streamed(one.port, key)) for one in team.of("portal")]
            await load.flows()
            await rolling.rolled(team.members)
            for answer in await asyncio.gather(*streams):
                assert answer.endswith(b"\r\n0\r\n\r\n"), answer
        await load.end()
        assert await rolling.seen(database) >= load.accepted
        await team.end()
    assert '"failed"' not in team.logged()


async def test_a_courier_whose_receiver_hangs_hands_back_what_it_holds(
    database: Any, short_home: Path, tmp_path: Path
) -> None:
    """Within the half minute that every process has."""
    held = 0

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal held
        held += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server, staff(short_home, database.dsn, rolling.logs(tmp_path)) as team:
        await fill(database, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", 1, 3 * LANE)
        one = team.add("courier", COURIER_KEYS=MASTER.hex())
        await one.start()
        while held < LANE:  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.02)
        assert await one.stop() == 0
        assert (await query(database, LEASED))[0][0] == 0
    assert '"failed"' not in team.logged()

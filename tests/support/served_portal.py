"""A portal on a real socket, as a process runs it, its beat of exports included."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from laborvoice.api.portal.app import create_portal_app
from laborvoice.bootstrap.portal import open_portal
from laborvoice.chance import SystemChance
from laborvoice.loop import run
from laborvoice.serve import Bounds, serve
from laborvoice.settings import PortalSettings
from laborvoice.settings.kinds import Bind, Secret
from support.registry_world import World

LONG = Bounds(head_seconds=60, body_seconds=60)


class Real:
    """The world's day, but sleeping takes its time."""

    told = True

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.clock.now()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@asynccontextmanager
async def served(world: World, dsn: str, home: Path) -> AsyncGenerator[str]:
    """Its address."""
    settings = PortalSettings(
        home=home,
        database_url=Secret(dsn),
        intake_origin="https://voice.example",
        origin="https://portal.example",
        session_key=Secret("of the test's own, at least 32 characters"),
        export_key=Secret("07" * 32),
    )
    stop = asyncio.Event()
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with open_portal(settings, world.clock, SystemChance()) as parts:
        app, bind = create_portal_app(parts), Bind(host="127.0.0.1", port=0)
        serving = asyncio.create_task(serve(app, bind, bounds=LONG, stop=stop, on_ready=ready.set_result))
        making = [one for one in parts.beats if one.name == "export"]
        beating = asyncio.create_task(run(making, Real(world), stop))
        try:
            yield f"http://127.0.0.1:{await ready}"
        finally:
            stop.set()
            await asyncio.gather(serving, beating)

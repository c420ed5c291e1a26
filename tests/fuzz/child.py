"""A portal or intake process of its own: prints its port when it serves, ends at SIGTERM. Arguments: app, DSN."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from laborvoice import loop
from laborvoice.api.intake.app import create_intake_app
from laborvoice.api.portal.app import create_portal_app
from laborvoice.bootstrap.intake import open_intake
from laborvoice.bootstrap.portal import open_portal
from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.serve import Bounds, run, serve
from laborvoice.settings import IntakeSettings, PortalSettings, Rate
from laborvoice.settings.kinds import Bind, Secret

ORIGIN = "https://voice.example"
OWN = Secret("of the test's own, at least 32 characters")
NO_LIMIT = Rate(count=10**6, seconds=60)


class Dated(SystemClock):
    """The machine's clock, on the day of the tests' world."""

    def now(self) -> datetime:
        return datetime(2026, 11, 12, 9, 30, tzinfo=UTC)


@asynccontextmanager
async def opened(app: str, dsn: str) -> AsyncGenerator[tuple[Any, Any]]:
    """The app and its parts."""
    home, url, clock = Path("/"), Secret(dsn), Dated()
    if app == "portal":
        portal = PortalSettings(
            home=home,
            database_url=url,
            session_key=OWN,
            export_key=Secret("07" * 32),
            intake_origin=ORIGIN,
            origin=ORIGIN,
            rate=NO_LIMIT,
        )
        async with open_portal(portal, clock, SystemChance()) as parts:
            yield create_portal_app(parts), parts
    else:
        intake = IntakeSettings(home=home, database_url=url, intake_origin=ORIGIN, intake_tick_ms=1)
        async with open_intake(intake, clock, SystemChance()) as doors:
            yield create_intake_app(doors), doors


async def main(name: str, dsn: str) -> None:
    stop, served = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with opened(name, dsn) as (app, parts):
        beats = asyncio.create_task(loop.run(parts.beats, SystemClock(), served))
        await serve(
            app,
            Bind(host="127.0.0.1", port=0),
            bounds=Bounds(head_seconds=5, body_seconds=60),
            stop=stop,
            on_ready=lambda port: print(port, flush=True),  # noqa: T201 - how the test learns of it
        )
        served.set()
        await beats


if __name__ == "__main__":
    run(main(sys.argv[1], sys.argv[2]))

"""A portal that is killed once, when it has done what was asked and is about to say so. Argument: DSN."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from laborvoice.api.portal import app
from laborvoice.bootstrap.portal import open_portal
from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.serve import Bounds, run, serve
from laborvoice.settings import PortalSettings
from laborvoice.settings.kinds import Bind, Secret
from support import planted_doors

ORIGIN = "https://voice.example"


class Dated(SystemClock):
    """The machine's clock, on the day of the tests' world."""

    def now(self) -> datetime:
        return datetime(2026, 11, 12, 9, 30, tzinfo=UTC)


def dying(inner: Any) -> Any:
    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def last(_: Any) -> None:
            os.kill(os.getpid(), signal.SIGKILL)
            await asyncio.Event().wait()

        await inner(scope, receive, last if scope["type"] == "http" else send)

    return wrapped


async def main(dsn: str) -> None:
    planted_doors.plant_in(app)
    url, own = Secret(dsn), Secret("of the test's own, at least 32 characters")
    settings = PortalSettings(
        home=Path("/"),
        database_url=url,
        session_key=own,
        export_key=Secret("07" * 32),
        intake_origin=ORIGIN,
        origin=ORIGIN,
    )
    async with open_portal(settings, Dated(), SystemChance()) as parts:
        await serve(
            dying(app.create_portal_app(parts)),
            Bind(host="127.0.0.1", port=0),
            bounds=Bounds(head_seconds=5, body_seconds=60),
            stop=asyncio.Event(),
            on_ready=lambda port: print(port, flush=True),  # noqa: T201 - how the test learns of it
        )


if __name__ == "__main__":
    run(main(sys.argv[1]))

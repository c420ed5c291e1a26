"""An intake process of its own: prints its port when it serves, ends cleanly at SIGTERM. Arguments: DSN, tick in ms."""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from laborvoice import loop
from laborvoice.api.intake.app import create_intake_app
from laborvoice.bootstrap.intake import open_intake
from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.serve import Bounds, run, serve
from laborvoice.settings import IntakeSettings
from laborvoice.settings.kinds import Bind, Secret


class Dated(SystemClock):
    """The machine's clock, on the day of the test's manifest."""

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 12, tzinfo=UTC)


async def main(dsn: str, tick: int) -> None:
    settings = IntakeSettings(
        home=Path("/"), database_url=Secret(dsn), intake_origin="https://voice.example", intake_tick_ms=tick
    )
    stop, served = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    clock = Dated()
    async with open_intake(settings, clock, SystemChance()) as parts:
        beats = asyncio.create_task(loop.run(parts.beats[:1], clock, served))
        await serve(
            create_intake_app(parts),
            Bind(host="127.0.0.1", port=0),
            bounds=Bounds(head_seconds=5, body_seconds=60),
            stop=stop,
            on_ready=lambda port: print(port, flush=True),  # noqa: T201 - how the test learns of it
        )
        served.set()
        await beats


if __name__ == "__main__":
    run(main(sys.argv[1], int(sys.argv[2])))

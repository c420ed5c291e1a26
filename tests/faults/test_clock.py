"""A vault whose clock has jumped closes nothing until a person says that it is right: real clocks, real commands."""

import asyncio
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from laborvoice.domain.period import Period
from laborvoice.keyring.hour import Hour
from support.faulty_home import CLOCK, PAUSE, Stage
from support.faulty_season import season, seeded
from support.faulty_truth import SHOWN
from support.upped import PATIENCE, Upped, command, upped

MIXES = 3
AGE = timedelta(days=3)


def latest_closed() -> Period:
    today = CLOCK.now().date()
    period = Period.at(today, "quarter")
    while period.close > today:
        period = period.previous()
    return period


def refusals(running: Upped) -> int:
    return sum("ClockRefused" in str(line.get("errors")) for line in running.lines)


def mixes(running: Upped) -> int:
    return sum(line["event"] == "mixed" for line in running.lines)


def confirm(stage: Stage, answer: str) -> int:
    """The exit code of the command, as an operator runs it beside ``up``."""
    environ = {name: value for name, value in stage.settings.items() if not name.startswith("LABORVOICE_")}
    ours = {
        "LABORVOICE_HOME": str(stage.home),
        "LABORVOICE_DATABASE_URL": stage.running.dsn("vault"),
        "LABORVOICE_MASTER_KEY_FILE": str(stage.home / "secrets" / "master_key"),
        "LABORVOICE_INTAKE_ORIGIN": stage.running.intake_url,
    }
    words = command("vault", "confirm-clock")
    done = subprocess.run(words, env=environ | ours, input=answer, text=True, capture_output=True, check=False)  # noqa: S603 - ours
    assert "PostgreSQL" in done.stdout
    return done.returncode


@pytest.mark.timeout(300)
async def test_a_clock_that_jumped_closes_nothing_until_it_is_confirmed(short_home: Path, tmp_path: Path) -> None:
    period = latest_closed()
    async with season(short_home, tmp_path, seeded(4), period) as running:
        await running.phones.cast(await running.redeem(), running.draw)
        running.stage.set(period.next().begin)
        await running.truth.pending(period.label)
        stage, truth = running.stage, running.truth
    Hour(stage.keyring, "last-mix").mark(CLOCK.now() - AGE)
    with upped(short_home, tmp_path / "log", LABORVOICE_MIX_SECONDS="1", LABORVOICE_POW_BITS="1") as up:
        end = CLOCK.monotonic() + PATIENCE
        while refusals(up) < 2 or mixes(up) < MIXES:
            assert CLOCK.monotonic() < end, "the vault did not refuse"
            await asyncio.sleep(PAUSE)
        assert (await truth.states())[period.label] == "open"
        await truth.pending(period.label)
        assert confirm(stage, "n\n") == 1
        assert (await truth.states())[period.label] == "open"
        assert confirm(stage, "y\n") == 0
        while (await truth.states())[period.label] != "burned":
            assert CLOCK.monotonic() < end + PATIENCE, "the vault did not close"
            await asyncio.sleep(PAUSE)
        assert (await truth.states())[period.label] in SHOWN
        await truth.closed(period.label, period.next().label)

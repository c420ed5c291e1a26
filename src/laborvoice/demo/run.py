"""The whole road: a fresh home, synthetic workers, closed quarters, scores, webhooks, and whether every promise held.

The processes are real and started by ``launch``, which ``cli`` passes in. Their clock is the demo's: it runs through
the last quarters that are closed in real time and ends at the real present, so that ``up`` serves the same home.
"""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from laborvoice.clock import SystemClock
from laborvoice.demo import closing, helped, promises, years
from laborvoice.demo import home as homes
from laborvoice.demo.call import Call, Heard
from laborvoice.demo.course import Course
from laborvoice.demo.ledger import Ledger
from laborvoice.demo.people import Draws
from laborvoice.demo.promises import Promise
from laborvoice.demo.seen import Seen, look
from laborvoice.demo.show import CHANCE, Launch, Script, Show, opened
from laborvoice.demo.sites import SMALL, WHOLE
from laborvoice.demo.traffic import CROWD, Traffic
from laborvoice.demo.world import closed_quarters

FAILED: Final = 1
THREADS: Final = CROWD + 8
WIDE: Final = 160
"""Columns of what is written into a file."""


async def run(launch: Launch, console: Console, *, check: bool, keep: Path | None) -> int:
    """The exit code: 1 if a promise did not hold. ``check``: the small world, and a closing line of JSON.

    Raises BadSetting for a home that is not fresh, and what ``launch`` and the clients raise.
    """
    if not console.is_terminal:
        console.width = WIDE
    world = SMALL if check else WHOLE
    today = SystemClock().now().date()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    with homes.opened(keep) as home:
        script = Script(
            world=world,
            quarters=closed_quarters(today, world.quarters),
            today=today,
            home=home,
            kept=keep is not None,
        )
        console.print(f"A fresh home, {len(world.sites)} invented suppliers, quarters {', '.join(script.labels)}.")
        async with opened(launch, script) as show:
            return await _perform(script, show, console, check=check)


async def _perform(script: Script, show: Show, console: Console, *, check: bool) -> int:
    ledger = Ledger()
    await _quarters(script, show, console, ledger)
    show.times.set(SystemClock().now())
    heard = await _called(script, show, console, ledger)
    operator = show.reader(show.stage.keys.operator)
    seen = await look(operator, show.stage, script.world, script.labels, ledger)
    states = await operator.states()
    webhooks = sum(len(receiver.counts) for receiver in show.receivers.values())
    found = closing.totals(seen, ledger, heard, states, webhooks)
    judged = [closing.of_totals(found), *await _judged(script, show, seen, ledger)]
    judged += helped.of_words(heard, ledger, script.world, show.stage)
    judged += [promises.of_burning(states, script.labels, script.home / "keyring")]
    judged += [] if check else promises.of_expectations(seen)
    closing.show(console, seen, heard, judged)
    if script.kept:
        homes.leave(script.home, _left(script, show, heard))
    closing.what_next(console, script.home if script.kept else None, show.running.portal_url, show.stage.keys)
    if check:
        console.out(msgspec.json.encode(found).decode(), highlight=False)
    elif console.is_terminal and not script.kept:
        await _until_interrupted()
    return 0 if all(promise.held for promise in judged) else FAILED


async def _called(script: Script, show: Show, console: Console, ledger: Ledger) -> Heard:
    """Now, so that in a home that is kept the call is of this week."""
    worker, clock = show.worker(), show.times.clock
    traffic = Traffic(worker, Draws(CHANCE), clock, ledger, lambda: None)
    call = Call(show.running, show.stage, script.world, clock, CHANCE)
    return await call.perform(worker, traffic, ledger, lambda what: console.print(f"now: {what}", highlight=False))


def _left(script: Script, show: Show, heard: Heard) -> homes.Left:
    keys = show.stage.keys
    return homes.Left(
        portal_url=show.running.portal_url,
        intake_url=show.running.intake_url,
        operator_api_key=keys.operator,
        watchdog_api_key=keys.watchdog,
        brand_api_key=keys.brands[0],
        other_brand_api_key=keys.brands[1],
        logins=show.stage.logins,
        watchdog_keys=years.leave(script.home, show.stage.years, CHANCE),
        receipt=heard.digits,
    )


async def _quarters(script: Script, show: Show, console: Console, ledger: Ledger) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    ballots = sum(site.answers for site in script.world.sites)
    worker, draws, operator = show.worker(), Draws(CHANCE), show.reader(show.stage.keys.operator)
    with Progress(*columns, console=console) as progress:
        for number, period in enumerate(script.quarters):
            bar = Bar(console, progress, period.label, ballots)
            traffic = Traffic(worker, draws, show.times.clock, ledger, bar.advance)
            course = Course(show.times, script.world, show.stage, show.receivers, operator, bar.say)
            await course.quarter(number, script.quarters, traffic)
            bar.say("done")


class Bar:
    """How far a quarter is; where nobody watches a terminal, a line for each step."""

    def __init__(self, console: Console, progress: Progress, label: str, total: int) -> None:
        self._console = console
        self._progress = progress
        self._label = label
        self._task = progress.add_task(label, total=total)

    def advance(self) -> None:
        self._progress.advance(self._task)

    def say(self, what: str) -> None:
        self._progress.update(self._task, description=f"{self._label}: {what}")
        if not self._console.is_terminal:
            self._console.print(f"{self._label}: {what}", highlight=False)


async def _judged(script: Script, show: Show, seen: Seen, ledger: Ledger) -> list[Promise]:
    world, stage = script.world, show.stage
    brands = {brand.short: show.reader(key) for brand, key in zip(world.brands, stage.keys.brands, strict=True)}
    dsns = {role: show.running.dsn(role) for role in promises.CLOSED_TO}
    return [
        *promises.of_numbers(seen, ledger),
        await promises.of_isolation(brands, stage, world, CHANCE),
        *promises.of_webhooks(show.receivers, stage, world, script.labels),
        promises.of_refusals(stage, world),
        *await promises.of_doors(dsns),
    ]


async def _until_interrupted() -> None:
    """The processes go on serving until Ctrl-C."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    await stop.wait()

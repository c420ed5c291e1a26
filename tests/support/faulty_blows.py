"""What can happen to a deployment: each blow is drawn from a seed, strikes a running stage, and says what it did."""

import asyncio
import random  # noqa: TID251 - what happens in a round follows from its seed
import signal
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from support.faulty_disk import full
from support.faulty_home import Stage, Trap, until
from support.faulty_pids import limit, send

STEP_PATIENCE = 15.0
SHORT, LONG = 0.4, 2.5
"""Seconds: a cast of one batch, and a mix with its settling, take about so long."""

MIX = ("pipeline/mix/__init__.py", "mix/deal.py", "ballot/spool.py", "ballot/box.py", "ballot/spent.py")
ISSUE = ("pipeline/issue.py", "ballot/exchange.py", "ballot/invite.py")
ROTATE = ("rotate/__init__.py", "rotate/number.py", "rotate/parts.py", "ballot/token_key.py", "keyring/directory.py")
COUNT = ("count/__init__.py", "count/publish.py", "count/lot.py", "keyring/journal.py", "pipeline/assess.py")
BURN = ("pipeline/burn.py", "keyring/directory.py", "keyring/lines.py")
TURNS: dict[tuple[str, ...], tuple[str, int]] = {
    MIX: ("mix", 400),
    ISSUE: ("issue", 250),
    ROTATE: ("rotate", 200),
    COUNT: ("_prepare", 1500),
    BURN: ("_burn", 600),
}
"""Where a turn of each begins, and about how many lines are run in it."""

Draw = random.Random
Strike = Callable[[Stage, Draw], Awaitable[str]]


class Blow(NamedTuple):
    """``weight``: how often it is drawn beside the others."""

    name: str
    strike: Strike
    weight: int = 2


def kill(role: str, within: float) -> Strike:
    async def strike(stage: Stage, draw: Draw) -> str:
        await until(lambda: stage.pid(role), f"{role} runs")
        delay = draw.uniform(0, within)
        await asyncio.sleep(delay)
        send(stage.pid(role), signal.SIGKILL)
        return f"after {delay:.3f} s"

    return strike


def kill_in(*steps: str) -> Strike:
    async def strike(stage: Stage, draw: Draw) -> str:
        step, delay = draw.choice(steps), draw.uniform(0, 0.03)
        caught = await stage.in_step(step, STEP_PATIENCE)
        await asyncio.sleep(delay)
        send(stage.pid("vault"), signal.SIGKILL)
        return f"in {step}, {delay:.3f} s" if caught else f"{step} was over"

    return strike


def trap(files: tuple[str, ...]) -> Strike:
    """Dies at a line of the program."""

    async def strike(stage: Stage, draw: Draw) -> str:
        since, lines = TURNS[files]
        line, before = draw.randrange(lines), len(stage.fired)
        stage.trap(Trap(files, line, since))
        try:
            await until(lambda: len(stage.fired) > before, "the trap fires", STEP_PATIENCE)
        except AssertionError:
            stage.trap()
            return f"line {line} was not reached"
        return f"line {line}, {stage.fired[-1]}"

    return strike


async def _worker(stage: Stage, draw: Draw) -> str:
    await until(stage.workers, "the vault has a worker")
    await asyncio.sleep(draw.uniform(0, 1))
    send(draw.choice(stage.workers() or [stage.pid("vault")]), signal.SIGKILL)
    return ""


async def _worker_in_count(stage: Stage, draw: Draw) -> str:
    caught = await stage.in_step("count", STEP_PATIENCE)
    send(draw.choice(stage.workers() or [stage.pid("vault")]), signal.SIGKILL)
    return "" if caught else "count was over"


def _backend(*roles: str) -> Strike:
    """All of PostgreSQL starts anew, and recovers."""

    async def strike(stage: Stage, draw: Draw) -> str:
        role = draw.choice(roles)
        await asyncio.sleep(draw.uniform(0, SHORT))
        found = await stage.backends(role)
        if found:
            send(draw.choice(found), signal.SIGKILL)
        return role

    return strike


async def _reset(stage: Stage, draw: Draw) -> str:
    role = draw.choice(("intake", "intake", "vault", "vault", "courier"))
    await asyncio.sleep(draw.uniform(0, SHORT))
    return f"{role}: {await stage.terminate(role)}"


def _reset_in(role: str, *steps: str) -> Strike:
    async def strike(stage: Stage, draw: Draw) -> str:
        step = draw.choice(steps)
        await stage.in_step(step, STEP_PATIENCE)
        return f"{step}: {await stage.terminate(role, step)}"

    return strike


async def _postmaster(stage: Stage, draw: Draw) -> str:
    before = stage.postmaster
    await asyncio.sleep(draw.uniform(0, SHORT))
    send(before, signal.SIGKILL)
    await until(lambda: stage.postmaster not in {0, before}, "PostgreSQL is started again")
    return ""


async def _full_disk(stage: Stage, draw: Draw) -> str:
    return await full(stage, draw.uniform(0.3, 4))


async def _full_keyring(stage: Stage, draw: Draw) -> str:
    """Within a line of the journal, of the log of what is destroyed, or of a key file."""
    await until(lambda: stage.pid("vault"), "the vault runs")
    vault, seconds, size = stage.pid("vault"), draw.uniform(2, 8), draw.randrange(0, 9000)
    limit([vault], size)
    try:
        await asyncio.sleep(seconds)
    finally:
        limit([vault], None)
    return f"no file beyond {size} bytes, {seconds:.2f} s"


async def _frozen(stage: Stage, draw: Draw) -> str:
    role, seconds = draw.choice(("vault", "intake", "courier")), draw.uniform(0.2, 4)
    await asyncio.sleep(draw.uniform(0, 1))
    pid = stage.pid(role)
    send(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        send(pid, signal.SIGCONT)
    return f"{role}, {seconds:.2f} s"


async def _two_vaults(stage: Stage, draw: Draw) -> str:
    async with stage.second_vault():
        await asyncio.sleep(draw.uniform(2, 6))
        victims = stage.pids("vault")
        if draw.random() < 0.7 and victims:
            send(draw.choice(victims), signal.SIGKILL)
        await asyncio.sleep(draw.uniform(2, 5))
    return ""


REDEEM = (
    Blow("intake killed", kill("intake", 2)),
    Blow("vault killed", kill("vault", 1)),
    Blow("vault dies in issue", trap(ISSUE), 4),
    Blow("vault dies in rotate", trap(ROTATE), 4),
    Blow("connections reset", _reset_in("vault", "issue", "ring", "token key", "manifest", "weeks")),
    Blow("connections reset", _reset_in("intake", "ask", "answered", "receive")),
    Blow("backend killed", _backend("intake", "vault"), 1),
)
CAST = (
    Blow("intake killed", kill("intake", SHORT), 4),
    Blow("vault killed", kill("vault", LONG)),
    Blow("vault dies in mix", trap(MIX), 6),
    Blow("worker killed", _worker),
    Blow("backend killed", _backend("intake", "vault", "courier")),
    Blow("connections reset", _reset, 3),
    Blow("connections reset", _reset_in("vault", "mix", "turn", "settle"), 3),
    Blow("connections reset", _reset_in("intake", "receive"), 2),
    Blow("PostgreSQL killed", _postmaster, 1),
    Blow("disk full", _full_disk),
    Blow("process frozen", _frozen),
    Blow("portal killed", kill("portal", SHORT), 1),
    Blow("two vaults", _two_vaults, 1),
)
CLOSE = (
    Blow("vault dies in count", trap(COUNT), 12),
    Blow("vault dies in burn", trap(BURN), 8),
    Blow("vault dies in mix", trap(MIX), 2),
    Blow("vault dies in rotate", trap(ROTATE), 2),
    Blow("vault killed", kill("vault", 6), 2),
    Blow("vault killed", kill_in("mix", "prepare", "count", "counted", "burn boxes", "burn keys", "burned"), 4),
    Blow("connections reset", _reset_in("vault", "count", "burn boxes", "mix", "close"), 4),
    Blow("worker killed", _worker_in_count, 3),
    Blow("backend killed", _backend("vault")),
    Blow("PostgreSQL killed", _postmaster, 1),
    Blow("disk full", _full_disk),
    Blow("disk of the keyring full", _full_keyring, 3),
    Blow("courier killed", kill("courier", 8)),
    Blow("process frozen", _frozen),
    Blow("two vaults", _two_vaults, 3),
)


def drawn(blows: tuple[Blow, ...], draw: Draw) -> Blow:
    return draw.choices(blows, [one.weight for one in blows])[0]

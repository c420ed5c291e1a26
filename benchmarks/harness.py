"""What all benchmarks share: warm-up, interleaved rounds, medians, the bars, and how a result is told.

Ratios are compared within one run alone; absolute numbers carry the machine's name (design, operations 10).
"""

import argparse
import asyncio
import gc
import json
import os
import platform
import resource
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Final, Self

from laborvoice.domain import Value

ROUNDS: Final = 3
BUSY: Final = 0.1
PROCESSORS: Final = Path("/proc/stat")
_IDLE: Final = slice(3, 5)
Measure = Callable[[], Awaitable[float]]
"""One round of one subject; what it measured, a second."""

LEAST: Final[Mapping[str, Mapping[str, float]]] = {
    "intake": {"vs_plain": 7.0, "vs_empty": 0.6, "tick": 0.9},
    "vault": {"vs_raw": 0.8, "two_workers": 1.7},
    "issue": {"vs_bare": 0.8},
    "portal": {"bulk": 5.0},
    "webhooks": {"deferred_drain": 0.8},
}
MOST: Final[Mapping[str, Mapping[str, float]]] = {
    "client": {"tti_s": 6.0, "first_tap_kb": 20.0, "code_kb": 55.0, "data_kb": 35.0, "sent_kb": 14.0},
    "mix": {"minute": 1.0},
    "urgent": {"visible": 1.0},
    "close": {"rss": 1.2, "million": 1.0},
    "score": {"growth": 1.3},
    "portal": {"page_growth": 1.5, "portfolio_kb": 60.0, "supplier_kb": 40.0},
    "webhooks": {"dead_endpoint_p99": 1.5},
}


class Size(Value, frozen=True):
    """How much is measured: ``quick`` within 45 seconds, ``tiny`` only to see that all parts fit."""

    quick: bool
    tiny: bool

    def pick(self, full: int, quick: int, tiny: int) -> int:
        if self.tiny:
            return tiny
        return quick if self.quick else full


class Outcome(Value, frozen=True):
    """``ratios`` by their names in the table of bars; ``rows``: what is printed beside them, label and text."""

    ratios: Mapping[str, float]
    per_second: float
    rows: Sequence[tuple[str, str]]


def main(name: str, bench: Callable[[Size], Awaitable[Outcome]]) -> None:
    """Runs a benchmark from the command line."""
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--quick", action="store_true", help="at most 45 seconds")
    parser.add_argument("--json", action="store_true", help="one line of JSON, nothing else")
    parser.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    _raise_limit()
    _warn_if_busy()
    outcome = asyncio.run(_run(bench, Size(quick=chosen.quick or chosen.tiny, tiny=chosen.tiny)))
    print(_json(name, outcome) if chosen.json else _table(name, outcome))


async def _run(bench: Callable[[Size], Awaitable[Outcome]], size: Size) -> Outcome:
    return await bench(size)


def verdicts(name: str, ratios: Mapping[str, float]) -> list[str]:
    """Every bar with its measured ratio, and plainly whether it holds."""
    lines: list[str] = []
    for key, value in ratios.items():
        least, most = LEAST.get(name, {}).get(key), MOST.get(name, {}).get(key)
        if least is not None:
            lines.append(f"{name:<9}{key:<18}{value:>8.2f}   at least {least:<6g}{_word(holds=value >= least)}")
        elif most is not None:
            lines.append(f"{name:<9}{key:<18}{value:>8.2f}   at most  {most:<6g}{_word(holds=value <= most)}")
        else:
            lines.append(f"{name:<9}{key:<18}{value:>8.2f}   no bar")
    return lines


def _word(*, holds: bool) -> str:
    return "holds" if holds else "MISSED"


async def interleaved(
    subjects: Mapping[str, Measure], rounds: int = ROUNDS, *, warm: bool = True
) -> dict[str, list[float]]:
    """Each subject once to warm up, then all in turn, round by round: what disturbs one disturbs its neighbours."""
    if warm:
        for measure in subjects.values():
            await measure()
    found: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, measure in subjects.items():
            found[name].append(await measure())
    return found


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the rounds' own ratios."""
    return median(a / b for a, b in zip(over, under, strict=True))


def spread(values: Sequence[float]) -> str:
    return f"{median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


class Watch:
    """Seconds of a block, garbage collection put off."""

    seconds = 0.0

    def __enter__(self) -> Self:
        gc.collect()
        gc.disable()
        self._began = perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = perf_counter() - self._began
        gc.enable()


def machine() -> str:
    """The processor, its cores, the system: what absolute numbers are true of."""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores, {system}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


def _json(name: str, outcome: Outcome) -> str:
    told = {
        "name": name,
        "ratios": {key: round(value, 3) for key, value in outcome.ratios.items()},
        "per_second": round(outcome.per_second, 1),
        "machine": machine(),
    }
    return json.dumps(told)


def _table(name: str, outcome: Outcome) -> str:
    width = max((len(label) for label, _ in outcome.rows), default=0) + 2
    rows = [f"{label:<{width}}{text}" for label, text in outcome.rows]
    return "\n".join((machine(), "", *rows, "", *verdicts(name, outcome.ratios)))


def _raise_limit() -> None:
    """Many connections at a time; the servers that are started inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _warn_if_busy() -> None:
    """Others' work takes from the two cores unevenly: then a missed bar says nothing."""
    if not PROCESSORS.exists():
        return
    before = _used()
    sleep(1)
    used, in_all = (now - then for now, then in zip(_used(), before, strict=True))
    if used > BUSY * in_all:
        note(f"This machine is busy: {100 * used / in_all:.0f} % of its processors. What follows is not to be trusted.")


def _used() -> tuple[int, int]:
    """Ticks of all processors since the start: those in use, and all."""
    numbers = [int(one) for one in PROCESSORS.read_text().splitlines()[0].split()[1:]]
    idle = sum(numbers[_IDLE])
    return sum(numbers) - idle, sum(numbers)


def note(text: str) -> None:
    """Progress, on stderr: what is measured goes to stdout alone."""
    print(text, file=sys.stderr, flush=True)

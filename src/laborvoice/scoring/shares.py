"""What is likely true of one statistic: a posterior on a fixed grid, with intervals (design, domain 4.2)."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from math import exp, fsum, lgamma, log, pi, sin
from operator import mul
from typing import Final

from laborvoice.domain import Value
from laborvoice.scoring.fresh import contrast
from laborvoice.scoring.statistic import Constants, Reading

CELLS: Final = 512
_STEP: Final = pi / (2 * CELLS)
# The true mean as a part of its ceiling is s = sin^2 of the middle of the cell.
_S: Final = [sin((i + 0.5) * _STEP) ** 2 for i in range(CELLS)]
_SPREAD: Final = [s * (1 - s) for s in _S]
_SQUARE: Final = [s * s for s in _S]
_LOG: Final = [log(s) for s in _S]
_LOG_REST: Final = [log(1 - s) for s in _S]
# The grid is even in the angle, so each cell weighs by ds/dangle, which is twice this root.
_LOG_ROOT: Final = [log(spread) / 2 for spread in _SPREAD]

USUAL_PART: Final = 0.9
LEAST_ANSWERS: Final = 10.0
# Beta(1, 3): density 3 (1-s)^2, for the places that are not usual at all.
_UNUSUAL: Final = [0.1 * 3 * (1 - s) ** 2 for s in _S]

_LOW: Final = 0.05
_FLOOR: Final = 0.10
_HIGH: Final = 0.95


class Estimate(Value, frozen=True):
    """In units of the statistic: the mean and three quantiles; ``fresh`` where older releases were dropped."""

    mean: float
    p05: float
    p10: float
    p95: float
    fresh: bool = False


def estimate(constants: Constants, usual: float, readings: Sequence[Reading]) -> Estimate:
    """``readings`` newest first, at least one. Older ones are dropped after a clear change.

    They are dropped only if the figure the score uses then moves the way the change points, so that a worse newest
    release never lowers a score by starting afresh.
    """
    prior = _log_prior(usual / constants.ceiling)
    columns = [_log_likelihood(constants, reading) for reading in readings]
    whole = _summary(constants.ceiling, prior, columns, fresh=False)
    if len(readings) == 1:
        return whole
    z = contrast(constants, usual, readings)
    if abs(z) < constants.limit:
        return whole
    newest = _summary(constants.ceiling, prior, columns[:1], fresh=True)
    return newest if z * (_figure(constants, newest) - _figure(constants, whole)) > 0 else whole


def _figure(constants: Constants, one: Estimate) -> float:
    return one.mean if constants.figure == "mean" else one.p10


def _log_prior(usual: float) -> list[float]:
    """Log of the prior's weight in each cell, to a constant."""
    answers = max(LEAST_ANSWERS, 1 / (2 * usual), 1 / (2 - 2 * usual))
    a, b = answers * usual, answers * (1 - usual)
    scale = log(USUAL_PART) + lgamma(answers) - lgamma(a) - lgamma(b)
    a, b = a - 1, b - 1
    return [
        log(exp(scale + a * log_s + b * log_rest) + unusual) + root
        for log_s, log_rest, unusual, root in zip(_LOG, _LOG_REST, _UNUSUAL, _LOG_ROOT, strict=True)
    ]


def _log_likelihood(constants: Constants, reading: Reading) -> list[float]:
    """The hot loop: v(s) is written out, since a call in each cell would double the time."""
    total, full, half = reading.total, reading.n * constants.ceiling, -reading.weight / 2
    variance = reading.variance
    answers, noise, count, wander = variance.answers, variance.total, variance.count, variance.wander
    return [
        half * (log(v := noise + count * square + spread * (answers + wander * spread)) + (total - full * s) ** 2 / v)
        for s, square, spread in zip(_S, _SQUARE, _SPREAD, strict=True)
    ]


def _summary(ceiling: float, prior: list[float], columns: Sequence[list[float]], *, fresh: bool) -> Estimate:
    logs = [sum(cell) for cell in zip(prior, *columns, strict=True)]
    peak = max(logs)
    mass = [exp(cell - peak) for cell in logs]
    running = list(accumulate(mass))
    return Estimate(
        mean=ceiling * fsum(map(mul, mass, _S)) / fsum(mass),
        p05=ceiling * _quantile(mass, running, _LOW),
        p10=ceiling * _quantile(mass, running, _FLOOR),
        p95=ceiling * _quantile(mass, running, _HIGH),
        fresh=fresh,
    )


def _quantile(mass: list[float], running: list[float], q: float) -> float:
    """The angle is taken as linear inside the cell where the running sum passes q."""
    target = q * running[-1]
    cell = bisect_left(running, target)
    before = running[cell] - mass[cell]
    return sin((cell + (target - before) / mass[cell]) * _STEP) ** 2

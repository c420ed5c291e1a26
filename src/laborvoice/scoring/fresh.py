"""Has a statistic clearly changed? A release's own figure, and the newest against older ones (design, domain 4.2)."""

from collections.abc import Sequence
from math import sqrt
from typing import Final

from laborvoice.domain import Value
from laborvoice.scoring.statistic import Constants, Reading

PRIOR_ANSWERS: Final = 2
"""So many answers at the usual keep the variance of a total of 0 from vanishing."""


class Raw(Value, frozen=True):
    """A release's own figure and its variance, in units of the statistic."""

    value: float
    variance: float


def raw(constants: Constants, usual: float, reading: Reading) -> Raw:
    """The variance is that of the day: neither weight nor wandering enters."""
    likely = (reading.total + PRIOR_ANSWERS * usual) / (reading.n + PRIOR_ANSWERS) / constants.ceiling
    return Raw(value=reading.total / reading.n, variance=reading.variance.of_the_day(likely) / reading.n**2)


def contrast(constants: Constants, usual: float, readings: Sequence[Reading]) -> float:
    """The z of the first reading against the others, pooled by weight and variance. At least two readings."""
    first, *older = [raw(constants, usual, reading) for reading in readings]
    weights = [reading.weight / one.variance for reading, one in zip(readings[1:], older, strict=True)]
    pooled = sum(weight * one.value for weight, one in zip(weights, older, strict=True)) / sum(weights)
    return (first.value - pooled) / sqrt(first.variance + 1 / sum(weights))

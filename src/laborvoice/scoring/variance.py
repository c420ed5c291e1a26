"""How uncertain a total is: the noise that was added to it, and the spread of answers (design, domain 4.1, 4.2)."""

from functools import lru_cache
from math import exp

from laborvoice.domain import Value


class Variance(Value, frozen=True):
    """v as a function of s, the true mean as a part of its ceiling U; in squared units of the total.

    v(s) = answers s (1-s) + total + count s^2 + wander (s (1-s))^2: the four terms of the design's v(x) at x = U s.
    """

    answers: float
    total: float
    count: float
    wander: float

    def of_the_day(self, s: float) -> float:
        """Without wandering: at age 0."""
        return s * (1 - s) * self.answers + self.total + s * s * self.count


@lru_cache(maxsize=64)
def laplace(scale: float) -> float:
    """Variance of the discrete Laplace distribution."""
    t = exp(-1 / scale)
    return 2 * t / (1 - t) ** 2


@lru_cache(maxsize=64)
def truncated(scale: float, bound: int) -> float:
    """Variance of the discrete Laplace distribution kept within [-bound, bound]."""
    weights = [exp(-z / scale) for z in range(1, bound + 1)]
    return 2 * sum(z * z * weight for z, weight in enumerate(weights, 1)) / (1 + 2 * sum(weights))

"""How surprising an outcome is, by bounds that hold at every size: none is a limit law or an approximation.

A test states the false alarm it accepts; these turn it into a threshold.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate


def swaps(order: Sequence[int]) -> int:
    """Pairs that stand the wrong way round."""
    return sum(later < earlier for place, later in enumerate(order) for earlier in order[:place])


def orders_by_swaps(size: int) -> list[int]:
    """How many orders of ``size`` things have 0, 1, 2 ... pairs the wrong way round (Mahonian numbers)."""
    counts = [1]
    for length in range(2, size + 1):
        sums = [0, *accumulate(counts)]
        last = len(counts) - 1
        counts = [
            sums[min(total, last) + 1] - sums[max(0, total - length + 1)] for total in range(len(counts) + length - 1)
        ]
    return counts


def order_chance(order: Sequence[int]) -> float:
    """Kendall's rank test, exact: how likely an order drawn at random is at least so far from even, either way.

    ``order``: the ranks 0 to n-1 of arrival, in the order in which someone finds them.
    """
    counts = orders_by_swaps(len(order))
    away = abs(2 * swaps(order) - (len(counts) - 1))
    far = sum(count for total, count in enumerate(counts) if abs(2 * total - (len(counts) - 1)) >= away)
    return far / math.factorial(len(order))


def furthest(drawn: Iterable[int], exact: Mapping[int, float]) -> float:
    """Kolmogorov's distance between draws and exact probabilities, which must leave out no draw."""
    counts = Counter(drawn)
    assert counts.keys() <= exact.keys()
    total = counts.total()
    seen = expected = worst = 0.0
    for value in sorted(exact):
        seen += counts[value] / total
        expected += exact[value]
        worst = max(worst, abs(seen - expected))
    return worst


def furthest_allowed(draws: int, alarm: float) -> float:
    """Dvoretzky, Kiefer, Wolfowitz with Massart's constant: passed with at most this chance, discrete laws included."""
    return math.sqrt(math.log(2 / alarm) / (2 * draws))


def least(hits: int, draws: int, alarm: float) -> float:
    """A bound that the true probability lies under with at most this chance (Chernoff)."""
    return _edge(hits / draws, 0.0, math.log(1 / alarm) / draws)


def most(hits: int, draws: int, alarm: float) -> float:
    """A bound that the true probability lies over with at most this chance (Chernoff)."""
    return _edge(hits / draws, 1.0, math.log(1 / alarm) / draws)


def _edge(seen: float, limit: float, room: float) -> float:
    """Between ``seen`` and ``limit``, where the divergence of what was seen from the truth uses up its room."""
    near, far = seen, limit
    for _ in range(60):
        middle = (near + far) / 2
        near, far = (middle, far) if _divergence(seen, middle) < room else (near, middle)
    return far


def _divergence(seen: float, truth: float) -> float:
    """Kullback and Leibler's, of one yes or no."""
    parts = ((seen, truth), (1 - seen, 1 - truth))
    return sum(p * math.log(p / q) if q else math.inf for p, q in parts if p)

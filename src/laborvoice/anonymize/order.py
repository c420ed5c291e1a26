"""Random order: what arrived first must not be told by where it stands."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def shuffled(items: Iterable[T], below: Callable[[int], int]) -> tuple[T, ...]:
    """Every order is equally likely (Fisher-Yates). ``below(limit)`` draws a uniform integer in [0, limit)."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        other = below(last + 1)
        order[last], order[other] = order[other], order[last]
    return tuple(order)

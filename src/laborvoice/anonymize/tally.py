"""Exact integer totals of one supplier and period. They live in memory, inside the count, and nowhere else."""

from collections.abc import Iterable
from typing import Final

from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.report import Contribution, Tally

EMPTY: Final = Tally(ballots=0, severity_sum=0, named=(0,) * len(CONDITIONS))

_PLACE: Final[dict[Condition, int]] = {condition: condition.place for condition in CONDITIONS}


def total(contributions: Iterable[Contribution]) -> Tally:
    """Takes them one by one: a box of any size is counted in constant memory."""
    ballots = severity_sum = 0
    named = [0] * len(CONDITIONS)
    for contribution in contributions:
        ballots += 1
        severity_sum += contribution.severity
        for condition in contribution.named:
            named[_PLACE[condition]] += 1
    return Tally(ballots=ballots, severity_sum=severity_sum, named=tuple(named))


def merged(tallies: Iterable[Tally]) -> Tally:
    """The sum of what several workers, or several batches, counted."""
    result = EMPTY
    for part in tallies:
        result = Tally(
            ballots=result.ballots + part.ballots,
            severity_sum=result.severity_sum + part.severity_sum,
            named=tuple(ours + theirs for ours, theirs in zip(result.named, part.named, strict=True)),
        )
    return result

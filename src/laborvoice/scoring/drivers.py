"""What makes the composite what it is: because, and what the conditions leave unexplained (design, domain 4.4)."""

from collections.abc import Sequence

from laborvoice.domain.condition import CONDITIONS
from laborvoice.domain.score import Because, Usual
from laborvoice.scoring.shares import Estimate


def because(shares: Sequence[Estimate], usual: Usual) -> tuple[Because, ...]:
    """Largest part first, whichever its sign; ties in the order of CONDITIONS. Empty without shares."""
    if not shares:
        return ()
    parts = [
        Because(
            condition=condition,
            severity=condition.severity.value,
            share=share.mean,
            low=share.p05,
            high=share.p95,
            usual=m0,
            contribution=condition.severity.weight * (share.mean - m0),
        )
        for condition, share, m0 in zip(CONDITIONS, shares, usual.conditions, strict=True)
    ]
    return tuple(sorted(parts, key=lambda part: -abs(part.contribution)))


def unexplained(mean: float, usual: Usual, parts: Sequence[Because]) -> float:
    """The rest: the composite counts all flagged conditions, not three, and stops at 10."""
    return mean - usual.composite - sum(part.contribution for part in parts)

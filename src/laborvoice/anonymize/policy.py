"""What a policy implies: how its epsilon is shared, which scales follow, from which count it may publish.

Design, privacy 8. Shares are exact binary fractions, so the sum of a branch equals epsilon as floats too.
"""

import math
from typing import Final

from laborvoice import errors
from laborvoice.anonymize.bounding import NAMED_LIMIT, SEVERITY_LIMIT
from laborvoice.domain import Value
from laborvoice.domain.policy import Policy
from laborvoice.domain.release import Scales

COUNT_SHARE: Final = 1 / 4
TOP_SHARE: Final = 1 / 4
CONDITIONS_SHARE: Final = 3 / 8


class Branch(Value, frozen=True):
    """What is released at one noised count, and what each statistic costs; 0 is what is not drawn."""

    eps_count: float
    eps_severity: float = 0.0
    eps_conditions: float = 0.0
    eps_top: float = 0.0

    @property
    def eps(self) -> float:
        return self.eps_count + self.eps_severity + self.eps_conditions + self.eps_top


def withheld(policy: Policy) -> Branch:
    """Below ``published_from``: the noised count alone was paid for, and it is not shown."""
    return Branch(eps_count=policy.eps * COUNT_SHARE)


def summary(policy: Policy) -> Branch:
    """Count, severity and, where the policy has one, the most-named condition."""
    top = 0.0 if policy.top_from is None else TOP_SHARE
    return Branch(
        eps_count=policy.eps * COUNT_SHARE,
        eps_severity=policy.eps * (1 - COUNT_SHARE - top),
        eps_top=policy.eps * top,
    )


def full(policy: Policy) -> Branch:
    """Count, severity and all sixteen conditions."""
    return Branch(
        eps_count=policy.eps * COUNT_SHARE,
        eps_severity=policy.eps * (1 - COUNT_SHARE - CONDITIONS_SHARE),
        eps_conditions=policy.eps * CONDITIONS_SHARE,
    )


def branch(policy: Policy, noised_count: int) -> Branch:
    """It depends on the noised count alone, which is already paid for."""
    if noised_count < policy.published_from:
        return withheld(policy)
    if noised_count < policy.conditions_from:
        return summary(policy)
    return full(policy)


def scales(policy: Policy, of: Branch) -> Scales:
    """Of a published branch; noise of scale sensitivity / eps costs eps."""
    return Scales(
        n=1 / of.eps_count,
        bound=policy.bound,
        severity_sum=policy.severity_limit / of.eps_severity,
        conditions=policy.named_limit / of.eps_conditions if of.eps_conditions else None,
    )


def truncation(eps: float, delta: float) -> int:
    """Least B for which noise of scale 1 / ``eps``, redrawn outside [-B, B], is (eps, delta)-private.

    That is where the probability of +B itself, the only place a neighbour's noise cannot reach, is at most delta.
    """
    bound, total = 0, 1.0
    while math.exp(-eps * bound) / total > delta:
        bound += 1
        total += 2 * math.exp(-eps * bound)
    return bound


def check(policy: Policy) -> None:
    """Raises BadSetting unless the numbers follow from epsilon, delta, k and what the bounding lets one ballot move."""
    faults = {
        "bound": policy.bound != truncation(policy.eps * COUNT_SHARE, policy.delta),
        "published_from": policy.published_from != policy.k + policy.bound,
        "conditions_from": policy.conditions_from <= policy.published_from,
        "top_from": policy.top_from is not None
        and not policy.published_from <= policy.top_from <= policy.conditions_from,
        "named_limit": policy.named_limit != NAMED_LIMIT,
        "severity_limit": policy.severity_limit != SEVERITY_LIMIT,
        "eps": any(of(policy).eps != policy.eps for of in (summary, full)),
    }
    wrong = [name for name, fault in faults.items() if fault]
    if wrong:
        raise errors.BadSetting(f"policy {policy.name}: wrong {', '.join(wrong)}")

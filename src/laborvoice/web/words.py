"""The sentences beside the numbers (design, domain 4.9): written once, so that no page says it otherwise."""

import math
from collections.abc import Collection, Sequence
from typing import Final

from laborvoice.domain.policy import Policy, PolicyName
from laborvoice.domain.score import Confidence, Direction, Level, band

DASH: Final = "\N{EN DASH}"
PLUS_MINUS: Final = "\N{PLUS-MINUS SIGN}"

SCORE: Final = "Grows with how many of those who answered report harm, and how grave. Not a share, not a verdict."
RANGE: Final = "What drives the score lies in the 90 % range, under our assumptions."
WITHHELD: Final = (
    "Too few answers to say anything safely. Neither good nor bad; it would look the same had no one answered."
)
FLOOR: Final = "Floor 10 counts ballots: three pooled quarters can be as few as four people."
FRESH: Final = "Conditions changed clearly; older answers no longer count."
LIMITS: Final = "Do not rank suppliers whose ranges overlap. A low score is not proof of good conditions."
LOW: Final = "low signal, not proof of safety"
TRIED: Final = (
    "In trials it was truly the most named in 64 % (at 50 answers) to 73 % (at 75), and one of the three most named in"
    " 84 % to 90 %. It enters no calculation."
)
COVERAGE: Final = "they chose to answer, they are not a sample"
ABOUT: Final[dict[PolicyName, int]] = {"standard": 5, "strict": 9}
"""By so much the noised number of answers may be off, in nine cases of ten."""


def percent(share: float) -> int:
    return round(100 * share)


def low_percent(share: float) -> int:
    return math.floor(100 * share)


def high_percent(share: float) -> int:
    return math.ceil(100 * share)


def share(mean: float, low: float, high: float) -> str:
    """Never "of the workers"."""
    return (
        f"About {percent(mean)} % ({low_percent(low)}{DASH}{high_percent(high)} %) of those who answered name it among"
        " their three gravest."
    )


def answers(number: int, policy: PolicyName) -> str:
    """``number`` is rounded to ten."""
    return f"about {number} answers ({PLUS_MINUS} {ABOUT[policy]})"


def coverage(part: float) -> str:
    return f"about {percent(part)} % of the workforce; {COVERAGE}"


def half(low: int, high: int) -> int:
    """Half the range, in the integers people see."""
    return math.ceil((high - low) / 2)


def may_be(score: int, low: int, high: int) -> str:
    """Where the range crosses the edge of a band; else nothing."""
    others = dict.fromkeys(name for name in (band(low), band(high)) if name != band(score))
    return f"may be {' or '.join(others)}" if others else ""


def confidence(word: Confidence, number: int, low: int, high: int, reasons: Collection[str]) -> str:
    """Always with its reasons."""
    invites = "invites not by a watchdog alone" if "distributor" in reasons else "invites by a watchdog"
    more = ", workforce unknown" if "workforce_unknown" in reasons else ""
    few = ", a small part of the workforce" if "coverage" in reasons else ""
    return f"{word}: {number} answers, range {PLUS_MINUS} {half(low, high)}, {invites}{few}{more}"


_WHERE: Final[dict[Level, str]] = {"country": "in this country", "sector": "for its industry in this country"}


def usual(value: float, suppliers: int, level: Level) -> str:
    if level == "assumed":
        return f"our assumption, no data yet: {round(value)}"
    return f"usual {_WHERE[level]}: {round(value)}, from {suppliers} suppliers"


def trend(direction: Direction, since: str) -> str:
    """``since`` is empty at the first release."""
    if not since:
        return "first period published: nothing to compare with"
    if direction == "no clear change":
        return f"no clear change since {since}"
    return f"{direction} since {since}, beyond chance"


def pooled(covers: Sequence[str]) -> str:
    """``covers`` newest last; where it is one period, nothing is pooled."""
    return f"With answers carried from {_and(covers[:-1])}, if any. {FLOOR}"


def counted_with(covers: Sequence[str]) -> str:
    return f"Counted with {_and(covers[:-1])}."


def no_conditions(policy: Policy, *, top: bool) -> str:
    if top:
        return f"Under {policy.conditions_from} answers we show only the condition most likely the most named."
    least = policy.conditions_from if policy.top_from is None else policy.top_from
    return f"Under {least} answers we show no conditions."


def policy(one: Policy) -> str:
    return (
        f"Policy {one.name}: epsilon {one.eps:g}, delta {_power(one.delta)}, k {one.k}; numbers from"
        f" {one.published_from} answers, conditions from {one.conditions_from}"
    )


def adds(contribution: float) -> str:
    """In composite points, two digits, no leading zero."""
    amount = f"{abs(contribution):.2f}".removeprefix("0")
    return f"adds {amount}" if contribution > 0 else f"takes {amount}"


def _power(value: float) -> str:
    digits, _, exponent = f"{value:.0e}".partition("e")
    return f"{digits}e{int(exponent)}"


def _and(labels: Sequence[str]) -> str:
    return " and ".join(labels)

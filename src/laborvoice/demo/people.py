"""What the synthetic workers answer: draws around their supplier's level and their own (design, domain 9)."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from laborvoice.chance import Chance
from laborvoice.demo.world import Site
from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.questionnaire import NEUTRAL, Bank, Question

T = TypeVar("T")

BASE: Final[Mapping[Condition, float]] = dict(
    zip(
        CONDITIONS,
        (
            *(0.055, 0.0825, 0.0055, 0.008, 0.0275, 0.011, 0.0275, 0.044),
            *(0.0165, 0.066, 0.022, 0.055, 0.055, 0.0275, 0.055, 0.055),
        ),
        strict=True,
    )
)
"""Shares at level 0."""
SPREAD: Final = 0.8
"""Of the workers, in log-odds."""
GRAVEST: Final = 3
SKIPPED: Final = 0.03
FINE: Final = 1 << 53
ASKED: Final = ("core", 1)


class Sheet(Value, frozen=True):
    """``gravest`` is None where there is nothing to choose: up to three conditions are all named."""

    answers: Mapping[str, str]
    gravest: tuple[Condition, ...] | None


class Draws:
    """Real numbers from a source of whole ones."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    def uniform(self) -> float:
        """In [0, 1)."""
        return self._chance.below(FINE) / FINE

    def normal(self) -> float:
        """Mean 0, variance 1 (Box and Muller)."""
        return math.sqrt(-2.0 * math.log(1.0 - self.uniform())) * math.cos(2.0 * math.pi * self.uniform())

    def pick(self, options: Sequence[T]) -> T:
        return options[self._chance.below(len(options))]


def sheet(bank: Bank, site: Site, quarter: int, draws: Draws) -> Sheet:
    """One worker's answers to all twenty questions in the given quarter, from 0."""
    own = SPREAD * draws.normal()
    flagged = [one for one in CONDITIONS if draws.uniform() < share(site, quarter, one, own)]
    asked = _asked(bank)
    adverse = {_first(asked, one).id for one in flagged}
    answers = {one.id: _answer(one, draws, adverse=one.id in adverse) for one in asked}
    return Sheet(answers=answers, gravest=_gravest(flagged, draws))


def share(site: Site, quarter: int, condition: Condition, own: float) -> float:
    """How likely a worker, ``own`` log-odds from the average, is to report the condition."""
    override = site.overrides.get(condition)
    middle = _log_odds(BASE[condition]) + site.levels[quarter] if override is None else _log_odds(override[quarter])
    return 1.0 / (1.0 + math.exp(-middle - own))


def _log_odds(one: float) -> float:
    return math.log(one / (1.0 - one))


def _asked(bank: Bank) -> list[Question]:
    known = bank.by_id()
    (listed,) = (one for one in bank.questionnaires if (one.code, one.version) == ASKED)
    return [known[code] for code in listed.questions]


def _first(asked: Sequence[Question], condition: Condition) -> Question:
    """The question by which a flagged condition is answered."""
    return next(one for one in asked if one.condition is condition)


def _answer(question: Question, draws: Draws, *, adverse: bool) -> str:
    if adverse:
        return draws.pick(question.adverse)
    if draws.uniform() < SKIPPED:
        return "skip"
    return draws.pick([one for one in question.options if one not in question.adverse and one not in NEUTRAL])


def _gravest(flagged: Sequence[Condition], draws: Draws) -> tuple[Condition, ...] | None:
    """Of more than three, the gravest by severity; between equals she decides by what we do not know."""
    if len(flagged) <= GRAVEST:
        return None
    order = sorted(flagged, key=lambda one: (-one.severity.weight, draws.uniform()))
    return tuple(order[:GRAVEST])

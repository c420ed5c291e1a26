"""From a report to what it may move at most: the three gravest conditions, severity 0 to 10 (design, privacy 2)."""

from typing import Final

from msgspec import UNSET

from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.questionnaire import Questionnaire
from laborvoice.domain.report import VERSION, Contribution, Reject, Report

SEVERITY_LIMIT: Final = 10
NAMED_LIMIT: Final = 3

_WEIGHT: Final[dict[Condition, int]] = {condition: condition.severity.weight for condition in CONDITIONS}
_BY_CODE: Final[dict[str, Condition]] = {condition.value: condition for condition in CONDITIONS}


def bound(report: Report, questionnaire: Questionnaire) -> Contribution | Reject:
    """``questionnaire`` is the one frozen for the supplier and period."""
    reject = _refused(report, questionnaire)
    if reject is not None:
        return reject
    flagged = _flagged(report.a, questionnaire)
    if flagged is None:
        return Reject.EMPTY
    return Contribution(
        severity=min(SEVERITY_LIMIT, sum(_WEIGHT[condition] for condition in flagged)),
        named=_named(report.g, flagged),
    )


def _refused(report: Report, questionnaire: Questionnaire) -> Reject | None:
    if report.v != VERSION:
        return Reject.UNREADABLE
    if report.ch is not UNSET:
        return Reject.GATEWAY
    if report.q != questionnaire.code or report.qv != questionnaire.version:
        return Reject.OTHER_QUESTIONNAIRE
    return None


def _flagged(answers: dict[str, str], questionnaire: Questionnaire) -> set[Condition] | None:
    """Conditions with an adverse answer; None if no scored question was answered. Unknown codes are ignored."""
    answered = False
    flagged: set[Condition] = set()
    for question, option in answers.items():
        options = questionnaire.answers.get(question)
        if options is None or option not in options:
            continue
        answered = True
        if option in questionnaire.adverse[question]:
            flagged.add(questionnaire.condition[question])
    return flagged if answered else None


def _named(gravest: tuple[str, ...], flagged: set[Condition]) -> tuple[Condition, ...]:
    """What she named, in her order, as far as she also flagged it. Nothing is filled in for her."""
    named: list[Condition] = []
    for code in gravest:
        condition = _BY_CODE.get(code)
        if condition is not None and condition in flagged and condition not in named:
            named.append(condition)
    return tuple(named[:NAMED_LIMIT])

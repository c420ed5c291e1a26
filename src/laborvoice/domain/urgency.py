"""Which answers call for help at once. The rules the phone follows; the server never runs them on a ballot.

Design, domain 3. A single answer may be urgent (``Question.urgent``); forced labour takes two together: one that the
work is not done willingly, one that it is done under threat.
"""

from collections.abc import Mapping
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.condition import Condition
from laborvoice.domain.questionnaire import Bank, Question

UNWILLING: Final = frozenset({"overtime_refuse", "free_to_quit", "debt_owed", "job_as_promised"})
THREAT: Final = frozenset({"documents_held", "free_to_leave_site", "physical_violence", "retaliation"})
UNPAID: Final = "wages_full"
BOUND: Final = frozenset({"free_to_quit", "debt_owed"})
"""With one of these, withheld pay is a threat."""
NAMED: Final = 3


class Urgency(Value, frozen=True):
    """``indicators``: ILO numbers, empty unless forced labour is signalled. ``conditions``: what calls for U1."""

    u1: bool
    u2: bool
    indicators: tuple[int, ...]
    conditions: tuple[Condition, ...]


def urgency(bank: Bank, answers: Mapping[str, str]) -> Urgency:
    """``answers`` maps question code to option code and may hold the gate and reserve questions."""
    known = bank.by_id()
    adverse = {code: known[code] for code, option in answers.items() if code in known and option in known[code].adverse}
    forced = _forced_labour(adverse)
    u1 = {code: question for code, question in adverse.items() if question.urgent == "U1"} | forced
    return Urgency(
        u1=bool(u1),
        u2=any(question.urgent == "U2" for question in adverse.values()),
        indicators=tuple(sorted({number for question in forced.values() for number in question.ilo})),
        conditions=_gravest(u1),
    )


def _forced_labour(adverse: Mapping[str, Question]) -> dict[str, Question]:
    """The adverse answers that together signal forced labour; none unless both kinds are among them."""
    unwilling = adverse.keys() & UNWILLING
    threat = adverse.keys() & THREAT
    if UNPAID in adverse and adverse.keys() & BOUND:
        threat |= {UNPAID}
    if not unwilling or not threat:
        return {}
    return {code: adverse[code] for code in unwilling | threat}


def _gravest(questions: Mapping[str, Question]) -> tuple[Condition, ...]:
    found = {question.condition for question in questions.values() if question.condition is not None}
    return tuple(sorted(found, key=lambda condition: (-condition.severity.weight, condition.place))[:NAMED])

import pytest

from laborvoice import data
from laborvoice.domain import questionnaire as questions
from laborvoice.domain.condition import Condition
from laborvoice.domain.urgency import Urgency, urgency

BANK = questions.load(data.questions())


@pytest.mark.parametrize(
    ("answers", "u1", "indicators"),
    [
        ({"overtime_refuse": "no", "wages_full": "no"}, False, ()),
        ({"debt_owed": "yes", "wages_full": "no"}, True, (8, 9)),
        ({"documents_held": "yes"}, True, ()),
        ({"free_to_quit": "no", "physical_violence": "yes"}, True, (5, 6)),
        ({"free_to_quit": "no", "wages_full": "no"}, True, (6, 8)),
        ({"overtime_refuse": "no", "retaliation": "yes"}, True, (6, 11)),
        ({"job_as_promised": "no", "free_to_leave_site": "no"}, True, (2, 3)),
        ({"overtime_refuse": "no", "documents_held": "yes", "wages_full": "no"}, True, (7, 11)),
        ({"wages_full": "no", "retaliation": "yes"}, False, ()),
        ({"free_to_quit": "dont_know", "wages_full": "no"}, False, ()),
    ],
)
def test_the_table(answers: dict[str, str], indicators: tuple[int, ...], *, u1: bool) -> None:
    found = urgency(BANK, answers)
    assert (found.u1, found.indicators) == (u1, indicators)


@pytest.mark.parametrize(
    ("question", "option", "conditions"),
    [
        ("danger_now", "yes", ()),
        ("building_danger", "yes", (Condition.BUILDING_FIRE,)),
        ("physical_violence", "yes", (Condition.VIOLENCE,)),
        ("documents_held", "yes", (Condition.FREEDOM_OF_MOVEMENT,)),
        ("child_seen", "yes", (Condition.CHILD_LABOUR,)),
        ("free_to_leave_site", "no", (Condition.FREEDOM_OF_MOVEMENT,)),
        ("sexual_harassment_self", "yes", (Condition.SEXUAL_HARASSMENT,)),
    ],
)
def test_each_of_these_alone_opens_the_dialogue(question: str, option: str, conditions: tuple[Condition, ...]) -> None:
    assert urgency(BANK, {question: option}) == Urgency(u1=True, u2=False, indicators=(), conditions=conditions)


@pytest.mark.parametrize(
    ("question", "option"),
    [
        ("exits_open", "no"),
        ("free_to_quit", "no"),
        ("debt_owed", "yes"),
        ("sexual_harassment_known", "yes"),
        ("retaliation", "yes"),
        ("young_hazard", "yes"),
    ],
)
def test_each_of_these_alone_is_the_second_class(question: str, option: str) -> None:
    assert urgency(BANK, {question: option}) == Urgency(u1=False, u2=True, indicators=(), conditions=())


def test_nothing_else_is_urgent_alone() -> None:
    urgent = {
        (question.id, option)
        for question in BANK.questions
        for option in question.options
        if (found := urgency(BANK, {question.id: option})).u1 or found.u2
    }
    assert len(urgent) == 13


def test_conditions_come_gravest_first_and_three_at_most() -> None:
    answers = {"debt_owed": "yes", "wages_full": "no", "child_seen": "yes", "building_danger": "yes"}
    expected = (Condition.CHILD_LABOUR, Condition.BUILDING_FIRE, Condition.WAGES)
    assert urgency(BANK, answers).conditions == expected


def test_unknown_questions_and_options_are_ignored() -> None:
    assert urgency(BANK, {"unheard_of": "yes", "documents_held": "perhaps"}) == Urgency(
        u1=False, u2=False, indicators=(), conditions=()
    )

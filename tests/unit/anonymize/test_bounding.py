from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice import data
from laborvoice.anonymize import opening
from laborvoice.anonymize.bounding import bound
from laborvoice.anonymize.tally import total
from laborvoice.domain import questionnaire as questions
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.questionnaire import Questionnaire
from laborvoice.domain.report import Contribution, Reject, Report

CORE = questions.load(data.questions()).questionnaire("core", 1)
WORST = {question: min(CORE.adverse[question]) for question in CORE.answers}


def report(answers: dict[str, str], *named: str, **other: Any) -> Report:
    return msgspec.structs.replace(Report(v=1, q="core", qv=1, a=answers, g=named), **other)


def test_the_vector(vectors: dict[str, Any], core: Questionnaire) -> None:
    contribution = bound(msgspec.convert(vectors["report"], Report), core)
    assert contribution == msgspec.convert(vectors["contribution"], Contribution)


@pytest.mark.parametrize(
    ("answers", "severity"),
    [
        ({"payslip": "yes"}, 0),
        ({"payslip": "no"}, 1),
        ({"wages_full": "no"}, 2),
        ({"free_to_quit": "no"}, 4),
        ({"hours_week": "over_72", "overtime_refuse": "no"}, 2),
        ({"documents_held": "yes", "free_to_leave_site": "no", "free_to_quit": "no"}, 4),
        ({"documents_held": "yes", "physical_violence": "yes", "wages_full": "no"}, 10),
        ({"documents_held": "yes", "physical_violence": "yes", "wages_full": "no", "payslip": "no"}, 10),
        (WORST, 10),
    ],
)
def test_severity(answers: dict[str, str], severity: int) -> None:
    assert bound(report(answers), CORE) == Contribution(severity=severity, named=())


@pytest.mark.parametrize("option", ["skip", "dont_know", "not_provided"])
def test_neutral_answers_are_never_adverse(option: str) -> None:
    contribution = bound(report(dict.fromkeys(CORE.answers, option) | {"payslip": "yes"}), CORE)
    assert contribution == Contribution(severity=0, named=())


def test_named_keeps_her_order_and_nothing_she_did_not_flag() -> None:
    named = bound(report({"wages_full": "no", "physical_violence": "yes"}, "wages", "violence", "wages"), CORE)
    assert named == Contribution(severity=6, named=(Condition.WAGES, Condition.VIOLENCE))
    unflagged = bound(report({"wages_full": "no"}, "violence", "unheard_of", "wages"), CORE)
    assert unflagged == Contribution(severity=2, named=(Condition.WAGES,))


def test_nothing_is_filled_in_for_her() -> None:
    assert bound(report(WORST), CORE) == Contribution(severity=10, named=())


@pytest.mark.parametrize(
    ("given_report", "reject"),
    [
        (report(WORST, v=2), Reject.UNREADABLE),
        (report(WORST, ch="gw"), Reject.GATEWAY),
        (report(WORST, q="other"), Reject.OTHER_QUESTIONNAIRE),
        (report(WORST, qv=2), Reject.OTHER_QUESTIONNAIRE),
        (report({}), Reject.EMPTY),
        (report(dict.fromkeys(CORE.answers, "skip")), Reject.EMPTY),
        (report({"unheard_of": "yes"}), Reject.EMPTY),
        (report({"payslip": "unheard_of"}), Reject.EMPTY),
        (report({"danger_now": "yes"}), Reject.EMPTY),
        (report({"wages_on_time": "no"}), Reject.EMPTY),
    ],
)
def test_rejects(given_report: Report, reject: Reject) -> None:
    assert bound(given_report, CORE) is reject


def test_unknown_questions_and_options_are_ignored() -> None:
    answers = {"unheard_of": "no", "wages_full": "perhaps", "payslip": "no"}
    assert bound(report(answers), CORE) == Contribution(severity=1, named=())


codes = st.sampled_from([*CORE.answers, "danger_now", "unheard_of"]) | st.text(max_size=8)
options = st.sampled_from(["yes", "no", "skip", "dont_know", "over_72", "61_72"]) | st.text(max_size=8)
conditions = st.sampled_from([*map(str, CONDITIONS), "unheard_of"])
reports = st.builds(
    Report,
    v=st.just(1),
    q=st.just("core"),
    qv=st.just(1),
    a=st.dictionaries(codes, options, max_size=80) | st.just(WORST),
    g=st.lists(conditions, max_size=20).map(tuple),
)


def moves_little(contribution: Contribution | Reject) -> None:
    tally = total([contribution] if isinstance(contribution, Contribution) else [])
    assert tally.ballots <= 1
    assert 0 <= tally.severity_sum <= 10
    assert sum(tally.named) <= 3
    assert max(tally.named) <= 1


@given(reports)
def test_one_ballot_moves_little_whatever_it_contains(given_report: Report) -> None:
    moves_little(bound(given_report, CORE))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"v": st.just(1) | json_values, "q": st.just("core"), "qv": st.just(1), "a": st.just(WORST) | json_values},
        optional={"g": st.lists(conditions, max_size=4) | json_values, "ch": json_values, "x": json_values},
    )
)
def test_one_ballot_moves_little_whatever_json_it_is(value: dict[str, Any]) -> None:
    read = opening.read(msgspec.json.encode(value))
    moves_little(read if isinstance(read, Reject) else bound(read, CORE))

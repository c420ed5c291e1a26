from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from laborvoice import data, errors
from laborvoice.domain import questionnaire as questions
from laborvoice.domain.condition import CONDITIONS, Condition

RAW = data.questions()
BANK = questions.load(RAW)

Tree = dict[str, Any]
Change = Callable[[Tree], object]


def changed(*changes: Change) -> bytes:
    tree: Tree = msgspec.json.decode(RAW)
    for change in changes:
        change(tree)
    return msgspec.json.encode(tree)


def question(tree: Tree, code: str) -> Tree:
    found: Tree = next(one for one in tree["questions"] if one["id"] == code)
    return found


def test_the_bank_that_ships() -> None:
    assert len(BANK.languages) == 15
    assert len(BANK.questionnaires[0].questions) == 20
    assert [text.code for text in BANK.conditions] == list(CONDITIONS)
    assert questions.worst_report(BANK.questionnaires[0], BANK.by_id()) == 610
    assert (BANK.min_age("BD"), BANK.min_age("JO"), BANK.min_age("FR")) == (14, 16, 15)


def test_core_is_arranged_for_counting() -> None:
    core = BANK.questionnaire("core", 1)
    assert core.label == "core 1"
    assert core.answers["payslip"] == {"yes", "no"}
    assert core.answers["housing_safe"] == {"yes", "no", "not_provided"}
    assert core.adverse["hours_week"] == {"61_72", "over_72"}
    assert core.condition["documents_held"] is Condition.FREEDOM_OF_MOVEMENT
    assert core.answers.keys() == core.adverse.keys() == core.condition.keys()
    assert "danger_now" not in core.answers
    assert set(core.condition.values()) == set(CONDITIONS)


def test_the_voice_subset_asks_one_question_for_each_condition() -> None:
    voice = BANK.questionnaires[0].voice
    assert sorted(str(BANK.by_id()[code].condition) for code in voice) == sorted(map(str, CONDITIONS))


@pytest.mark.parametrize(("code", "version"), [("core", 2), ("other", 1)])
def test_an_unknown_version_is_not_found(code: str, version: int) -> None:
    with pytest.raises(errors.NotFound):
        BANK.questionnaire(code, version)


def without_scored(tree: Tree) -> None:
    for code in ("hours_week", "overtime_refuse"):
        question(tree, code)["scored"] = False


def long_options(tree: Tree) -> None:
    """Sixty-four questions with codes of full length."""
    codes = [f"{n:02d}".rjust(32, "q") for n in range(44)]
    tree["questions"] += [
        question(tree, "wages_on_time") | {"id": code, "text": {"en": f"Question {code}?"}} for code in codes
    ]
    tree["questionnaires"].append(
        tree["questionnaires"][0] | {"version": 2, "questions": [*tree["questionnaires"][0]["questions"], *codes]}
    )


def same_twice(tree: Tree) -> None:
    question(tree, "fee_paid")["text"]["en"] = question(tree, "rest_day")["text"]["en"]


REFUSED: list[tuple[Change, str]] = [
    (lambda tree: tree.update(format=2), "format"),
    (lambda tree: tree.update(extra=1), "unknown field"),
    (lambda tree: question(tree, "payslip").update(id="no spaces\n"), "regex"),
    (lambda tree: question(tree, "payslip")["text"].pop("en"), "question payslip: English is missing"),
    (lambda tree: question(tree, "payslip")["text"].pop("km"), "question payslip: km is missing"),
    (lambda tree: question(tree, "danger_now")["text"].pop("km"), "question danger_now: km is missing"),
    (lambda tree: tree["options"]["not_provided"].pop("sw"), "option not_provided: sw is missing"),
    (lambda tree: tree["prompts"]["gravest"].pop("th"), "prompt gravest: th is missing"),
    (lambda tree: tree["conditions"][0]["worker_label"].pop("th"), "condition wages: th is missing"),
    (lambda tree: question(tree, "payslip").update(options=["yes", "no"]), "payslip: options unlike the type"),
    (lambda tree: question(tree, "payslip").update(type="unheard_of"), "payslip: options unlike the type"),
    (lambda tree: tree["options"].pop("over_72"), "hours_week: options unlike the type"),
    (lambda tree: question(tree, "payslip").update(adverse=[]), "payslip: adverse"),
    (lambda tree: question(tree, "payslip").update(adverse=["often"]), "payslip: adverse"),
    (lambda tree: question(tree, "payslip").update(adverse=["no", "skip"]), "payslip: adverse"),
    (lambda tree: question(tree, "sick_leave").update(adverse=["dont_know"]), "sick_leave: adverse"),
    (lambda tree: question(tree, "housing_safe").update(adverse=["not_provided"]), "housing_safe: adverse"),
    (lambda tree: question(tree, "payslip").update(severity="critical"), "payslip: not the severity"),
    (lambda tree: question(tree, "payslip").update(condition=None, severity=None), "payslip: only a gate"),
    (lambda tree: question(tree, "danger_now").update(scored=True), "danger_now: only a gate"),
    (lambda tree: question(tree, "child_seen")["text"].update(bn="{age}"), "child_seen: bn: placeholders"),
    (lambda tree: question(tree, "payslip")["text"].update(bn="a } b"), "payslip: bn: placeholders"),
    (lambda tree: tree["questions"].append(question(tree, "payslip")), "the same id twice"),
    (lambda tree: tree["questionnaires"].append(tree["questionnaires"][0]), "the same version twice"),
    (same_twice, "question: en: the same text twice"),
    (lambda tree: question(tree, "payslip")["text"].update(en="a <b>"), "payslip: en: control characters or markup"),
    (lambda tree: question(tree, "payslip")["text"].update(en="a\tb"), "payslip: en: control characters or markup"),
    (lambda tree: question(tree, "payslip")["text"].update(en="a\u202eb"), "payslip: en: control characters"),
    (lambda tree: question(tree, "payslip")["text"].update(es="e\u0301"), "payslip: es: not in normal form NFC"),
    (lambda tree: question(tree, "payslip")["text"].update(en="a" * 161), "payslip: en: not 1 to 160 characters"),
    (lambda tree: question(tree, "payslip")["text"].update(en=" "), "payslip: en: not 1 to 160 characters"),
    (lambda tree: tree["conditions"][0].update(label="a & b"), "wages: label: control characters or markup"),
    (lambda tree: tree["conditions"].pop(), "not the sixteen"),
    (lambda tree: tree["conditions"][0].update(severity="critical"), "wages: another severity"),
    (lambda tree: tree["questionnaires"][0]["questions"].append("unheard_of"), "core 1: unknown questions: unheard_of"),
    (lambda tree: tree["questionnaires"][0]["questions"].append("payslip"), "core 1: a question twice"),
    (lambda tree: tree["questionnaires"][0]["voice"].append("rest_day"), "core 1: a question twice, or a voice"),
    (lambda tree: tree["questionnaires"][0]["questions"].append("danger_now"), "core 1: the gate stands outside"),
    (lambda tree: tree["questionnaires"][0].update(gate="rest_day"), "core 1: the gate stands outside"),
    (lambda tree: tree["questionnaires"][0]["questions"].remove("payslip"), "core 1: does not ask all sixteen"),
    (without_scored, "core 1: does not ask all sixteen"),
    (long_options, "core 2: the longest report has more than 1246 bytes"),
]


@pytest.mark.parametrize(("change", "fault"), REFUSED)
def test_import_refuses(change: Change, fault: str) -> None:
    with pytest.raises(errors.QuestionsRefused) as refused:
        questions.load(changed(change))
    assert fault in str(refused.value)


def test_every_fault_is_named() -> None:
    with pytest.raises(errors.QuestionsRefused, match=r"payslip: adverse.*injury: adverse"):
        questions.load(
            changed(
                lambda tree: question(tree, "payslip").update(adverse=[]),
                lambda tree: question(tree, "injury").update(adverse=[]),
            )
        )


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"format":1,"bank":"\xff"}'])
def test_what_is_no_bank_is_refused(raw: bytes) -> None:
    with pytest.raises(errors.QuestionsRefused):
        questions.load(raw)


def test_a_reserve_text_may_wait_for_its_translation() -> None:
    assert "km" not in BANK.by_id()["fee_paid"].text


NEW_MEANING: list[Change] = [
    lambda tree: question(tree, "debt_owed").update(adverse=["no"]),
    lambda tree: question(tree, "debt_owed").update(urgent="U1"),
    lambda tree: question(tree, "free_to_quit").update(condition="violence"),
    lambda tree: question(tree, "fee_paid").update(scored=False),
    lambda tree: question(tree, "debt_owed").update(type="yes_no_dk", options=["yes", "no", "dont_know", "skip"]),
]


@pytest.mark.parametrize("change", NEW_MEANING)
def test_a_new_meaning_needs_a_new_code(change: Change) -> None:
    questions.load(changed(change))
    with pytest.raises(errors.QuestionMeaningChanged, match="an old code"):
        questions.load(changed(change), BANK.meanings())


def test_wording_is_not_meaning() -> None:
    reworded = changed(
        lambda tree: question(tree, "payslip")["text"].update(en="Do you get a payslip?"),
        lambda tree: question(tree, "hours_week").update(adverse=["over_72", "61_72"]),
    )
    assert questions.load(reworded, BANK.meanings()).changed(BANK.meanings()) == ()

"""The sentences beside the numbers are those of the design, word for word."""

import pytest

from laborvoice.domain.policy import STANDARD, STRICT
from laborvoice.web import words


def test_a_share_is_of_those_who_answered() -> None:
    told = words.share(0.186879, 0.124650, 0.252491)
    assert told == f"About 19 % (12{words.DASH}26 %) of those who answered name it among their three gravest."
    assert "of the workers" not in told


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ((73, 71, 84), "may be severe"),
        ((50, 40, 59), "may be moderate"),
        ((60, 55, 65), ""),
        ((50, 20, 80), "may be low or severe"),
    ],
)
def test_a_range_over_an_edge_says_what_it_may_be(figures: tuple[int, int, int], told: str) -> None:
    assert words.may_be(*figures) == told


def test_answers_are_about() -> None:
    assert words.answers(210, "standard") == "about 210 answers (± 5)"
    assert words.answers(210, "strict") == "about 210 answers (± 9)"


def test_confidence_always_has_its_reasons() -> None:
    assert words.confidence("medium", 210, 71, 83, ()) == "medium: 210 answers, range ± 6, invites by a watchdog"
    told = words.confidence("low", 60, 40, 71, ("answers", "distributor", "coverage", "workforce_unknown"))
    assert told == (
        "low: 60 answers, range ± 16, invites not by a watchdog alone, a small part of the workforce, workforce unknown"
    )


def test_what_is_usual_says_from_whom() -> None:
    assert words.usual(49.2, 11, "sector") == "usual for its industry in this country: 49, from 11 suppliers"
    assert words.usual(44.4, 0, "assumed") == "our assumption, no data yet: 44"
    assert words.coverage(0.178) == "about 18 % of the workforce; they chose to answer, they are not a sample"


def test_no_trend_without_its_sentence() -> None:
    assert words.trend("improving", "2026-Q2") == "improving since 2026-Q2, beyond chance"
    assert words.trend("no clear change", "2026-Q2") == "no clear change since 2026-Q2"
    assert words.trend("no clear change", "") == "first period published: nothing to compare with"


def test_pooled_periods_are_named() -> None:
    covers = ("2026-Q1", "2026-Q2", "2026-Q3")
    assert words.counted_with(covers) == "Counted with 2026-Q1 and 2026-Q2."
    assert words.pooled(covers) == (
        "With answers carried from 2026-Q1 and 2026-Q2, if any. Floor 10 counts ballots: three pooled quarters can be"
        " as few as four people."
    )


def test_why_there_are_no_conditions() -> None:
    under = "Under 100 answers we show only the condition most likely the most named."
    assert words.no_conditions(STANDARD, top=True) == under
    assert words.no_conditions(STANDARD, top=False) == "Under 50 answers we show no conditions."
    assert words.no_conditions(STRICT, top=False) == "Under 150 answers we show no conditions."


def test_the_policy_is_named_with_its_limits() -> None:
    assert words.policy(STANDARD) == (
        "Policy standard: epsilon 2, delta 1e-4, k 10; numbers from 26 answers, conditions from 100"
    )


def test_points_have_their_sign_in_words() -> None:
    assert (words.adds(0.687518), words.adds(-0.076357), words.adds(1.2)) == ("adds .69", "takes .08", "adds 1.20")

"""The overall figure: bands, edges, and what may enter at all (design, domain 4.4)."""

import inspect
from collections.abc import Callable

import msgspec
import pytest

from laborvoice.domain.condition import Condition
from laborvoice.domain.release import Statistics
from laborvoice.domain.score import METHOD, Score, Shown, Usual
from laborvoice.scoring.score import ASSUMED, assess, band, of_mean

Row = Callable[..., Statistics]


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (0.0, "low"),
        (24.999999, "low"),
        (25.0, "moderate"),
        (49.999999, "moderate"),
        (50.0, "high"),
        (74.999999, "high"),
        (75.0, "severe"),
        (100.0, "severe"),
    ],
)
def test_bands(score: float, name: str) -> None:
    assert band(score) == name


def test_two_points_are_the_middle() -> None:
    assert of_mean(2.0) == 50.0


def test_assumed() -> None:
    assert ASSUMED.composite == 1.6
    assert [ASSUMED.conditions[condition.place] for condition in (Condition.VIOLENCE, Condition.WAGES)] == [0.015, 0.06]
    assert ASSUMED.conditions[Condition.CONTRACT_TERMS.place] == 0.10
    assert (ASSUMED.suppliers, ASSUMED.level) == (0, "assumed")


def test_needs_a_release() -> None:
    with pytest.raises(ValueError, match="release"):
        assess([], ASSUMED, periods=[], workforce=None, distributor="watchdog")


def test_needs_a_label_for_each(row: Row) -> None:
    with pytest.raises(ValueError, match="zip"):
        assess([row("2026-09-30", 90, 90)], ASSUMED, periods=[], workforce=None, distributor="watchdog")


def test_shown_rounds_the_range_outward(row: Row, score: Callable[..., Score]) -> None:
    one = score([row("2026-09-30", 58, 121)], ASSUMED)
    assert one.shown() == Shown(score=50, low=40, high=59)


def test_invites_by_the_supplier_lower_confidence_alone(row: Row, score: Callable[..., Score]) -> None:
    rows = [row("2026-09-30", 800, 1600)]
    trusted = score(rows, ASSUMED, workforce=900)
    doubted = assess(rows, ASSUMED, periods=["2026-Q3"], workforce=900, distributor="supplier")
    assert (trusted.confidence, doubted.confidence, doubted.reasons) == ("high", "low", ("distributor",))
    restored = msgspec.structs.replace(
        doubted, distributor="watchdog", confidence=trusted.confidence, reasons=trusted.reasons
    )
    assert restored == trusted


@pytest.mark.parametrize("workforce", [None, 0])
def test_unknown_workforce_has_no_coverage(row: Row, score: Callable[..., Score], workforce: int | None) -> None:
    one = score([row("2026-09-30", 800, 1600)], ASSUMED, workforce=workforce)
    assert one.coverage is None
    assert one.confidence == "medium"


def test_lone_severe_condition_stays_below_severe(row: Row, score: Callable[..., Score], local: Usual) -> None:
    counts = [0] * 16
    counts[Condition.RECRUITMENT_DEBT.place] = 1000
    one = score([row("2026-09-30", 1000, 2000, counts)], local)
    assert (one.driver, one.band) == ("recruitment_debt", "high")
    assert one.score < 75


def test_fresh_share_alone_is_named(row: Row, score: Callable[..., Score], local: Usual) -> None:
    counts = [30] * 16
    calmer = [*counts[:8], 200, *counts[9:]]
    one = score([row("2026-06-30", 400, 800, calmer), row("2026-09-30", 400, 800, counts)], local)
    assert one.fresh_start == ("building_fire",)


def test_only_releases_baseline_workforce_distributor_enter() -> None:
    # The labels of periods are words for the trend; a test of properties shows that they change no number.
    assert list(inspect.signature(assess).parameters) == ["releases", "usual", "periods", "workforce", "distributor"]
    assert METHOD == "lv-score/1"

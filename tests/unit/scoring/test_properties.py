"""The properties of the design, domain 4.8."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.policy import POLICIES, PolicyName
from laborvoice.domain.release import Statistics
from laborvoice.domain.score import Score, Usual
from laborvoice.scoring.score import ASSUMED, assess

Row = Callable[..., Statistics]
Scored = Callable[..., Score]

NEWEST: Final = date(2026, 9, 30)
LAST_DIGIT: Final = 1.5e-6
some: Final = settings(max_examples=25, deadline=None)


class Plan(NamedTuple):
    """A release to be: ``age`` in days."""

    age: int
    n: int
    severity_sum: int
    counts: tuple[int, ...] | None
    policy: PolicyName

    def made(self, row: Row) -> Statistics:
        ended = NEWEST - timedelta(days=self.age)
        return row(ended, self.n, self.severity_sum, self.counts, policy=self.policy)

    def worse(self, place: int | None, by: int = 1) -> "Plan":
        """One more in the severity sum, or in the count at ``place``."""
        if place is None or self.counts is None:
            return self._replace(severity_sum=self.severity_sum + by)
        return self._replace(counts=(*self.counts[:place], self.counts[place] + by, *self.counts[place + 1 :]))


usuals = st.builds(
    Usual,
    composite=st.floats(0.2, 9),
    conditions=st.tuples(*[st.floats(0.005, 0.9)] * len(CONDITIONS)),
    suppliers=st.integers(5, 20),
    level=st.just("sector"),
    condition_suppliers=st.integers(5, 20),
    condition_level=st.just("country"),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Plan]:
    """One to four releases under one policy, newest first, of sizes that are published."""
    policy = draw(st.sampled_from(tuple(POLICIES.values())))
    plans: list[Plan] = []
    for age in (0, *sorted(draw(st.lists(st.integers(20, 400), max_size=3, unique=True)))):
        n = draw(st.integers(policy.published_from, 900))
        total = draw(st.integers(0, 3 * n) | st.integers(-60, 10 * n + 60))
        counts = draw(st.tuples(*[st.integers(-20, n // 3)] * len(CONDITIONS))) if n >= policy.conditions_from else None
        plans.append(Plan(age, n, total, counts, policy.name))
    return plans


any_int = st.integers(-(10**6), 10**6)
anything = st.builds(
    Plan,
    age=st.integers(0, 400),
    n=any_int,
    severity_sum=any_int,
    counts=st.none() | st.tuples(*[any_int] * len(CONDITIONS)),
    policy=st.sampled_from(["standard", "strict"]),
)


@some
@given(plans=st.lists(anything, min_size=1, max_size=4, unique_by=lambda plan: plan.age), usual=usuals)
def test_score_lies_in_its_range_for_any_integers(row: Row, plans: list[Plan], usual: Usual) -> None:
    releases = [
        # Counts come with the scale of their noise, whatever n is.
        msgspec.structs.replace(
            release := plan.made(row), scales=msgspec.structs.replace(release.scales, conditions=4.0)
        )
        for plan in plans
    ]
    one = assess(releases, usual, periods=["" for _ in releases], workforce=None, distributor="watchdog")
    assert 0 <= one.low <= one.score <= one.high <= 100
    assert all(0 <= part.low <= part.high <= 1 for part in one.because)


@some
@given(plans=histories(), usual=usuals, place=st.none() | st.integers(0, 15))
def test_worse_newest_release_never_lowers_the_score(
    row: Row, score: Scored, plans: list[Plan], usual: Usual, place: int | None
) -> None:
    older = [plan.made(row) for plan in plans[1:]]
    before = score([plans[0].made(row), *older], usual)
    assert score([plans[0].worse(place).made(row), *older], usual).score >= before.score


@pytest.mark.parametrize(
    "place", [None, Condition.WAGES.place, Condition.VIOLENCE.place, Condition.CONTRACT_TERMS.place]
)
def test_nor_across_fresh_starts(row: Row, score: Scored, local: Usual, place: int | None) -> None:
    older = [row("2026-06-30", 400, 1200, [60] * 16), row("2026-03-31", 300, 600, [40] * 16)]
    base = Plan(0, 200, 0, (0,) * 16, "standard")
    steps = range(0, 2001, 50) if place is None else range(0, 201, 4)
    found = [score([base.worse(place, by).made(row), *older], local) for by in steps]
    assert all(a.score <= b.score for a, b in pairwise(found))
    name = "composite" if place is None else CONDITIONS[place].value
    starts = [name in one.fresh_start for one in found]
    assert starts[0]
    assert starts[-1]
    assert not all(starts)


@some
@given(plans=histories(), usual=usuals, data=st.data())
def test_order_is_irrelevant(row: Row, score: Scored, plans: list[Plan], usual: Usual, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(plans))
    assert score([plan.made(row) for plan in shuffled], usual) == score([plan.made(row) for plan in plans], usual)


@some
@given(plans=histories(), usual=usuals, age=st.integers(360, 2000))
def test_old_release_has_no_effect(row: Row, score: Scored, plans: list[Plan], usual: Usual, age: int) -> None:
    recent = [plan.made(row) for plan in plans if plan.age < 360]
    old = plans[0]._replace(age=age, severity_sum=9 * plans[0].n)
    assert score([*recent, old.made(row)], usual) == score(recent, usual)


def test_release_of_359_days_has_an_effect(row: Row, score: Scored) -> None:
    newest, old = row(NEWEST, 100, 200), row(NEWEST - timedelta(days=359), 100, 210)
    assert score([newest, old], ASSUMED).mean != score([newest], ASSUMED).mean


@some
@given(plans=histories(), usual=usuals)
def test_because_and_unexplained_are_the_difference_from_usual(
    row: Row, score: Scored, plans: list[Plan], usual: Usual
) -> None:
    one = score([plan.made(row) for plan in plans], usual)
    total = sum(part.contribution for part in one.because) + one.unexplained
    assert total == pytest.approx(one.mean - usual.composite, abs=18 * LAST_DIGIT)
    sizes = [abs(part.contribution) for part in one.because]
    assert sizes == sorted(sizes, reverse=True)


@some
@given(plans=histories(), usual=usuals)
def test_without_counts_the_composite_drives(row: Row, score: Scored, plans: list[Plan], usual: Usual) -> None:
    one = score([plan._replace(counts=None).made(row) for plan in plans], usual)
    assert one.driver == "composite"
    assert one.because == ()
    assert one.unexplained == pytest.approx(one.mean - usual.composite, abs=LAST_DIGIT)


@some
@given(
    n=st.integers(60, 900),
    rate=st.floats(0.8, 4),
    by=st.floats(-0.6, 0.6),
    age=st.sampled_from([92, 183, 275]),
)
def test_older_release_moves_the_mean_less(row: Row, score: Scored, n: int, rate: float, by: float, age: int) -> None:
    total, changed = round(rate * n), round((rate + by) * n)
    base = Plan(0, n, total, None, "standard")

    def mean(newest: int, older: int) -> float:
        rows = [base._replace(severity_sum=newest), base._replace(severity_sum=older, age=age)]
        return score([plan.made(row) for plan in rows], ASSUMED).mean

    same = mean(total, total)
    assert abs(mean(total, changed) - same) <= abs(mean(changed, total) - same) + LAST_DIGIT


@some
@given(plans=histories(), usual=usuals, top=st.sampled_from(CONDITIONS))
def test_top_changes_its_sentence_alone(
    row: Row, score: Scored, plans: list[Plan], usual: Usual, top: Condition
) -> None:
    releases = [plan.made(row) for plan in plans]
    named = [msgspec.structs.replace(releases[0], top=top), *releases[1:]]
    assert msgspec.structs.replace(score(named, usual), top=None) == score(releases, usual)


@some
@given(plans=histories(), usual=usuals)
def test_labels_of_periods_change_no_number(row: Row, plans: list[Plan], usual: Usual) -> None:
    releases = [plan.made(row) for plan in plans]
    one, other = (
        assess(releases, usual, periods=[word] * len(releases), workforce=500, distributor="mixed")
        for word in ("2026-Q1", "x")
    )
    assert msgspec.structs.replace(one, trend=other.trend) == other
    assert msgspec.structs.replace(one.trend, since=other.trend.since) == other.trend


@some
@given(plans=histories(), usual=usuals)
def test_replay_from_rows_gives_the_stored_bytes(row: Row, plans: list[Plan], usual: Usual) -> None:
    releases = [plan.made(row) for plan in plans]
    periods = [str(plan.age) for plan in plans]
    stored = msgspec.json.encode(assess(releases, usual, periods=periods, workforce=700, distributor="watchdog"))
    known = msgspec.json.decode(stored, type=Score)
    rows = msgspec.json.decode(msgspec.json.encode(releases), type=list[Statistics])
    again = assess(rows, known.usual, periods=periods, workforce=known.workforce, distributor=known.distributor)
    assert msgspec.json.encode(again) == stored


@pytest.mark.parametrize(
    ("policy", "sizes"),
    [
        ("standard", (26, 50, 75, 99)),
        ("standard", (100, 150, 200, 400, 1000, 5000)),
        ("strict", (39, 75, 149)),
        ("strict", (150, 200, 1000, 5000)),
    ],
)
def test_range_narrows_with_answers(row: Row, score: Scored, policy: PolicyName, sizes: tuple[int, ...]) -> None:
    halves = [half_range(row, score, n, policy) for n in sizes]
    assert halves == sorted(halves, reverse=True)


@pytest.mark.parametrize(
    ("policy", "n", "half"),
    [
        ("standard", 99, 6.5),
        ("standard", 100, 6.9),
        ("standard", 200, 4.5),
        ("strict", 149, 5.5),
        ("strict", 150, 7.1),
    ],
)
def test_range_widens_where_the_budget_is_split(
    row: Row, score: Scored, policy: PolicyName, n: int, half: float
) -> None:
    assert half_range(row, score, n, policy) == pytest.approx(half, abs=0.051)


def half_range(row: Row, score: Scored, n: int, policy: PolicyName) -> float:
    """Of one release at two points a ballot."""
    counts = [round(n * share) for share in ASSUMED.conditions] if n >= POLICIES[policy].conditions_from else None
    one = score([row(NEWEST, n, 2 * n, counts, policy=policy)], ASSUMED)
    return (one.high - one.low) / 2

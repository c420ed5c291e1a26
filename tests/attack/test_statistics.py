"""What is published, as a statistician would attack it: noise, floor, neighbours, bounds, costs (guarantees 13 to 16).

ALARM is the false alarm of one comparison; fewer than ninety are made, so that all together stay below 1e-4. The bounds
hold at every size (support/tails.py). Draws are the product's own, through the only maker of releases.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.anonymize.noise import OpenDpNoise
from laborvoice.anonymize.policy import branch, full, summary
from laborvoice.anonymize.release import Imprint, make
from laborvoice.domain.ids import ReleaseId
from laborvoice.domain.policy import POLICIES, STANDARD, STRICT, Policy
from laborvoice.domain.release import Ledger, Release
from laborvoice.domain.report import Tally
from support import tails

ALARM = 1e-6
FEW = 1500
"""Draws of the quick run: a scale wrong by half is seen."""
FEWER = 700
"""Where each draw costs a whole release, and what is looked for is coarse."""
MANY = 20_000
"""Draws of the full run: a scale wrong by a sixth is seen."""
WIDE = 60
"""Scales to which a law is written out."""

IMPRINT = Imprint(
    id=ReleaseId.draw(bytes(16)), period="2026-Q1", covers=("2026-Q1",), questionnaire="core 1", method="m", code="c"
)
SUMMARY, FULL = 75, 300
"""Ballots at which the noised count is in one branch whatever the noise, and the most-named condition is shown."""

Law = Mapping[int, float]
Drawn = tuple[Release, Ledger]


def laplace(scale: float, bound: int) -> Law:
    mass = {z: math.exp(-abs(z) / scale) for z in range(-bound, bound + 1)}
    whole = sum(mass.values())
    return {z: one / whole for z, one in mass.items()}


def most_named(counts: tuple[int, ...], scale: float) -> Law:
    """Report noisy max with exponential noise, exactly: the winner's chance is a polynomial's integral.

    It is permute-and-flip: item i, once its turn comes, is taken with p_i; McKenna and Sheldon, NeurIPS 2020.
    """
    taken = [math.exp((count - max(counts)) / scale) for count in counts]
    law: dict[int, float] = {}
    for place, mine in enumerate(taken):
        left = [1.0]
        for other in (one for at, one in enumerate(taken) if at != place):
            left = [a - other * b for a, b in zip([*left, 0.0], [0.0, *left], strict=True)]
        law[place] = mine * sum(one / (degree + 1) for degree, one in enumerate(left))
    return law


def told(row: Ledger, place: int) -> float:
    """The scale that the ledger names."""
    found = re.search(r"scale=([0-9.e+-]+)", row.mechanisms[place])
    assert found is not None
    return float(found[1])


def drawn(tally: Tally, policy: Policy, draws: int) -> list[Drawn]:
    noise = OpenDpNoise(policy)
    made = [make(tally, policy, noise, IMPRINT) for _ in range(draws)]
    return [(one, row) for one, row in made if isinstance(one, Release)]


def tally(ballots: int, severity: int = 0, named: tuple[int, ...] = (0,) * 16) -> Tally:
    return Tally(ballots=ballots, severity_sum=severity, named=named)


def follows(values: list[int], law: Law) -> bool:
    return tails.furthest(values, law) <= tails.furthest_allowed(len(values), ALARM)


SLOW = pytest.param(MANY, marks=pytest.mark.slow_attack)
DRAWS = pytest.mark.parametrize("draws", [FEW, SLOW])
COARSE = pytest.mark.parametrize("draws", [FEWER, SLOW])
EACH = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
BELOW = {STANDARD.name: 16, STRICT.name: 29}
"""The bound of the count's noise, by the design's own table."""


@DRAWS
@EACH
@pytest.mark.parametrize("ballots", [SUMMARY, FULL])
def test_the_noise_is_what_the_ledger_says(policy: Policy, ballots: int, draws: int) -> None:
    """Each statistic of each branch against the exact law of the scale in its ledger row, and of no wider one."""
    counts = (9, 3, 4, 5, 1, *(0,) * 11)
    made = drawn(tally(ballots, 4 * ballots, counts), policy, draws)
    assert len(made) == draws, "so many ballots are always published"
    row = made[0][1]
    assert all(other == row for _, other in made)
    assert row.mechanisms[0].endswith(f"redrawn while abs(z) > {BELOW[policy.name]}")
    drawn_by: list[tuple[list[int], Callable[[float], Law]]] = [
        ([one.n - ballots for one, _ in made], partial(laplace, bound=policy.bound)),
        ([one.severity_sum - 4 * ballots for one, _ in made], unbounded),
    ]
    if ballots == FULL:
        noised = [one.conditions for one, _ in made if one.conditions is not None]
        drawn_by.append(([n - exact for each in noised for n, exact in zip(each, counts, strict=True)], unbounded))
    elif policy.top_from is not None:
        winners = [one.top.place for one, _ in made if one.top is not None]
        assert len(winners) == draws
        drawn_by.append((winners, partial(most_named, counts)))
    assert len(row.mechanisms) == len(drawn_by)
    for place, (values, law) in enumerate(drawn_by):
        assert follows(values, law(told(row, place))), place
        assert not follows(values, law(told(row, place) * 2)), place
        assert not follows(values, law(told(row, place) / 2)), place


def unbounded(scale: float) -> Law:
    return laplace(scale, int(WIDE * scale))


@EACH
def test_the_scales_printed_are_those_of_the_ledger(policy: Policy) -> None:
    for ballots, of in ((SUMMARY, summary(policy)), (FULL, full(policy))):
        [(one, row)] = drawn(tally(ballots), policy, 1)
        assert (one.scales.n, one.scales.severity_sum) == (told(row, 0), told(row, 1))
        assert one.scales.conditions == (told(row, 2) if of.eps_conditions else None)
        assert one.scales.bound == policy.bound
        assert (row.eps_count, row.eps_severity, row.eps_conditions, row.eps_top) == (
            1 / told(row, 0),
            policy.severity_limit / told(row, 1),
            of.eps_conditions,
            of.eps_top,
        )
        assert row.eps_count + row.eps_severity + row.eps_conditions + row.eps_top == policy.eps


@EACH
@COARSE
@pytest.mark.parametrize("near", [-6, 0, 6])
def test_a_period_is_published_as_often_as_its_count_says(policy: Policy, near: int, draws: int) -> None:
    """The branch depends on the noised count alone: how often it is taken follows from the count's law."""
    ballots = policy.published_from + near
    law = laplace(4 / policy.eps, policy.bound)
    exact = sum(mass for z, mass in law.items() if ballots + z >= policy.published_from)
    published = len(drawn(tally(ballots), policy, draws))
    assert tails.least(published, draws, ALARM) <= exact <= tails.most(published, draws, ALARM)


@EACH
def test_nothing_below_the_floor_can_be_published(policy: Policy) -> None:
    """Exactly: with the largest noise there is, fewer than k ballots stay below the threshold."""
    assert policy.k == 10
    for ballots in range(policy.k):
        assert ballots + policy.bound < policy.published_from
        assert branch(policy, ballots + policy.bound).eps == policy.eps / 4
    assert policy.k + policy.bound == policy.published_from


@EACH
@COARSE
def test_nothing_below_the_floor_is_published(policy: Policy, draws: int) -> None:
    """And drawn: the largest noise is met, and is not enough."""
    noise = OpenDpNoise(policy)
    below = policy.k - 1
    counts = [noise.count(below) - below for _ in range(draws)]
    assert max(map(abs, counts)) <= policy.bound
    for ballots in (0, below):
        assert drawn(tally(ballots, 10 * ballots, (ballots,) * 16), policy, draws) == []


def spill(here: Mapping[object, float], there: Mapping[object, float], eps: float) -> float:
    """The least delta with which the two laws are (eps, delta)-indistinguishable, one way."""
    return sum(max(0.0, mass - math.exp(eps) * there.get(what, 0.0)) for what, mass in here.items())


def shifted(law: Law, by: int) -> dict[object, float]:
    return {z + by: mass for z, mass in law.items()}


@EACH
def test_neighbouring_counts_differ_by_epsilon_and_delta_exactly(policy: Policy) -> None:
    law = laplace(4 / policy.eps, policy.bound)
    here, there = shifted(law, 30), shifted(law, 31)
    for one, other in ((here, there), (there, here)):
        assert spill(one, other, policy.eps / 4) <= policy.delta
        assert spill(one, other, policy.eps / 8) > policy.delta, "less would not be true"
    assert spill(here, shifted(law, 32), policy.eps / 4) > policy.delta, "nor would it be of two ballots"


def release_law(policy: Policy, ballots: int, severity: int) -> dict[object, float]:
    """Of what is shown without conditions: withheld, or noised count and severity sum."""
    counted = laplace(4 / policy.eps, policy.bound)
    of = summary(policy)
    summed = laplace(policy.severity_limit / of.eps_severity, 300)
    law: dict[object, float] = {"withheld": 0.0}
    for z, mass in counted.items():
        n = ballots + z
        if n < policy.published_from:
            law["withheld"] += mass
        else:
            law |= {(n, severity + s): mass * more for s, more in summed.items()}
    return law


@EACH
def test_whole_releases_of_neighbours_differ_by_epsilon_and_delta_exactly(policy: Policy) -> None:
    """With the gravest ballot there is, where the threshold lies between withheld and published."""
    of = summary(policy)
    here = release_law(policy, policy.published_from, 100)
    there = release_law(policy, policy.published_from + 1, 110)
    for one, other in ((here, there), (there, here)):
        assert spill(one, other, of.eps_count + of.eps_severity) <= policy.delta


@given(st.lists(st.integers(0, 40), min_size=16, max_size=16), st.sets(st.integers(0, 15), max_size=3))
def test_the_most_named_of_neighbours_differs_by_its_epsilon_exactly(counts: list[int], named: set[int]) -> None:
    here = most_named(tuple(counts), 2.0)
    there = most_named(tuple(count + (place in named) for place, count in enumerate(counts)), 2.0)
    assert math.isclose(sum(here.values()), 1, rel_tol=1e-6)
    limit = math.exp(summary(STANDARD).eps_top) * (1 + 1e-6)
    for place, mass in here.items():
        assert mass <= limit * there[place] + 1e-12
        assert there[place] <= limit * mass + 1e-12


Event = Callable[[Release | None], bool]
EVENTS: Mapping[str, Event] = {
    "withheld": lambda one: one is None,
    "published": lambda one: one is not None,
    "few": lambda one: one is not None and one.n <= STANDARD.published_from + 2,
    "many": lambda one: one is not None and one.n > STANDARD.published_from + 2,
    "mild": lambda one: one is not None and one.severity_sum <= 100,
    "grave": lambda one: one is not None and one.severity_sum > 110,
    "few and mild": lambda one: one is not None and one.n <= STANDARD.published_from + 2 and one.severity_sum <= 100,
}


def hits(of: Tally, draws: int) -> dict[str, int]:
    noise = OpenDpNoise(STANDARD)
    made = [make(of, STANDARD, noise, IMPRINT)[0] for _ in range(draws)]
    shown = [one if isinstance(one, Release) else None for one in made]
    return {name: sum(map(event, shown)) for name, event in EVENTS.items()}


def told_apart(here: Tally, there: Tally, draws: int) -> list[str]:
    """Events that are likelier under one input than epsilon and delta allow, beyond the alarm."""
    one, other = hits(here, draws), hits(there, draws)
    return [
        name
        for name in EVENTS
        for a, b in ((one[name], other[name]), (other[name], one[name]))
        if tails.least(a, draws, ALARM) > math.exp(STANDARD.eps) * tails.most(b, draws, ALARM) + STANDARD.delta
    ]


@COARSE
def test_releases_of_neighbours_are_not_told_apart(draws: int) -> None:
    """As drawn: one more ballot, the gravest there is. Of very different inputs they would be."""
    ballots = STANDARD.published_from
    here = tally(ballots, 100, (5,) * 16)
    assert told_apart(here, tally(ballots + 1, 110, (6, 6, 6, *(5,) * 13)), draws) == []
    assert told_apart(here, tally(ballots + 12, 220, (17,) * 16), draws) != []

"""The real noise. Statistical tests bound their false alarm by the Laurent-Massart tail of chi-square.

Each compares draws with exact probabilities and fails by chance less than once in 100,000 runs; all of them together
less than once in 10,000. Each also fails the same draws against a scale half as large again, so it can fail.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec
import pytest

from laborvoice import errors
from laborvoice.anonymize import noise as noises
from laborvoice.anonymize.noise import OpenDpNoise
from laborvoice.anonymize.policy import Branch, full, summary, truncation, withheld
from laborvoice.domain.policy import STANDARD, STRICT, Policy

LOG_ALARM = math.log(1e5)
SIGMAS = 5
"""A normal variable passes five standard errors once in 3.5 million."""
CELL = 25
"""Expected draws a cell holds at least."""
WIDE = 400
DRAWS = 1500


def laplace(scale: float, bound: int) -> dict[int, float]:
    """Exact probabilities of discrete Laplace noise, redrawn outside [-bound, bound]."""
    mass = {z: math.exp(-abs(z) / scale) for z in range(-bound, bound + 1)}
    total = sum(mass.values())
    return {z: one / total for z, one in mass.items()}


def surprise(drawn: Iterable[int], exact: Mapping[int, float]) -> float:
    """Chi-square over its alarm level: above 1 is an alarm. Neighbouring values share a cell until it is large."""
    counts = Counter(drawn)
    assert counts.keys() <= exact.keys()
    draws = counts.total()
    cells: list[tuple[float, int]] = []
    expected, seen = 0.0, 0
    for value in sorted(exact):
        expected += draws * exact[value]
        seen += counts[value]
        if expected >= CELL:
            cells.append((expected, seen))
            expected, seen = 0.0, 0
    last_expected, last_seen = cells.pop()
    cells.append((last_expected + expected, last_seen + seen))
    chi_square = sum((saw - want) ** 2 / want for want, saw in cells)
    freedom = len(cells) - 1
    return chi_square / (freedom + 2 * math.sqrt(freedom * LOG_ALARM) + 2 * LOG_ALARM)


@pytest.mark.parametrize(("policy", "scale"), [(STANDARD, 2.0), (STRICT, 4.0)])
def test_count(policy: Policy, scale: float) -> None:
    noise = OpenDpNoise(policy)
    drawn = [noise.count(100) - 100 for _ in range(3000)]
    assert surprise(drawn, laplace(scale, policy.bound)) <= 1
    assert surprise(drawn, laplace(scale * 1.5, policy.bound)) > 1


@pytest.mark.parametrize(
    ("policy", "of", "scale"), [(STANDARD, summary, 10.0), (STANDARD, full, 40 / 3), (STRICT, full, 80 / 3)]
)
def test_severity(policy: Policy, of: Callable[[Policy], Branch], scale: float) -> None:
    noise, branch = OpenDpNoise(policy), of(policy)
    drawn = [noise.severity(300, branch) - 300 for _ in range(3000)]
    assert surprise(drawn, laplace(scale, 10 * WIDE)) <= 1
    assert surprise(drawn, laplace(scale * 1.5, 10 * WIDE)) > 1


@pytest.mark.parametrize(("policy", "scale"), [(STANDARD, 4.0), (STRICT, 8.0)])
def test_conditions(policy: Policy, scale: float) -> None:
    noise, branch = OpenDpNoise(policy), full(policy)
    drawn = noise.conditions((0,) * 20_000, branch)
    assert surprise(drawn, laplace(scale, WIDE)) <= 1
    assert surprise(drawn, laplace(scale * 1.5, WIDE)) > 1
    assert len(noise.conditions(tuple(range(16)), branch)) == 16


def private(event: Callable[[int], bool], draws: int, eps: float, delta: float) -> bool:
    """Whether P(event | one input) <= e^eps P(event | its neighbour) + delta, within five standard errors."""
    here = sum(event(0) for _ in range(draws)) / draws
    there = sum(event(1) for _ in range(draws)) / draws
    error = math.sqrt((here * (1 - here) + math.exp(2 * eps) * there * (1 - there)) / draws)
    return here <= math.exp(eps) * there + delta + SIGMAS * error


def test_neighbouring_counts_obey_epsilon_and_delta() -> None:
    noise = OpenDpNoise(STANDARD)
    assert private(lambda more: noise.count(30 + more) <= 30, DRAWS, 0.5, STANDARD.delta)
    assert private(lambda more: noise.count(31 - more) > 30, DRAWS, 0.5, STANDARD.delta)
    assert not private(lambda more: noise.count(30 + 4 * more) <= 30, DRAWS, 0.5, STANDARD.delta)


def test_neighbouring_severities_obey_epsilon() -> None:
    noise, branch = OpenDpNoise(STANDARD), summary(STANDARD)
    assert private(lambda more: noise.severity(100 + 10 * more, branch) <= 100, DRAWS, 1.0, 0)
    assert not private(lambda more: noise.severity(100 + 30 * more, branch) <= 100, DRAWS, 1.0, 0)


def test_three_moved_conditions_obey_epsilon() -> None:
    noise, branch = OpenDpNoise(STANDARD), full(STANDARD)

    def event(more: int, moved: int = 1) -> bool:
        counts = (5 + more * moved,) * 3 + (5,) * 13
        return all(noised <= 5 for noised in noise.conditions(counts, branch)[:3])

    assert private(event, DRAWS, 0.75, 0)
    assert not private(lambda more: event(more, 4), DRAWS, 0.75, 0)


def test_top_obeys_epsilon_and_finds_a_clear_leader() -> None:
    noise, branch = OpenDpNoise(STANDARD), summary(STANDARD)
    clear = (0,) * 7 + (1000,) + (0,) * 8
    assert {noise.top(clear, branch) for _ in range(200)} == {7}
    assert private(lambda more: noise.top((3 + more, 4, 3, *(0,) * 13), branch) == 1, DRAWS, 0.5, 0)
    assert not private(lambda more: noise.top((3 + 10 * more, 4, 3, *(0,) * 13), branch) == 1, DRAWS, 0.5, 0)


def test_the_count_stays_within_its_bound() -> None:
    tight = msgspec.structs.replace(STANDARD, delta=0.3, bound=1, published_from=11)
    noise = OpenDpNoise(tight)
    assert {noise.count(100) for _ in range(300)} == {99, 100, 101}


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (withheld, ("scale=2.0): map(1) = 0.5, redrawn while abs(z) > 16",)),
        (
            summary,
            ("redrawn while abs(z) > 16", "scale=10.0): map(10) = 1.0", "monotonic, T=i32), scale=2.0): map(1) = 0.5"),
        ),
        (
            full,
            ("redrawn while abs(z) > 16", f"scale={40 / 3!r}): map(10) = 0.75", "scale=4.0): map(3) = 0.75"),
        ),
    ],
)
def test_mechanisms_say_what_opendp_accounts(of: Callable[[Policy], Branch], expected: tuple[str, ...]) -> None:
    mechanisms = OpenDpNoise(STANDARD).mechanisms(of(STANDARD))
    assert len(mechanisms) == len(expected)
    assert all(text.endswith(end) for text, end in zip(mechanisms, expected, strict=True))
    assert all("i32" in text for text in mechanisms)


def test_a_share_that_opendp_accounts_otherwise_is_refused() -> None:
    eps = 0.18
    bound = truncation(eps / 4, STANDARD.delta)
    odd = msgspec.structs.replace(STANDARD, eps=eps, bound=bound, published_from=10 + bound, conditions_from=1000)
    odd = msgspec.structs.replace(odd, top_from=500)
    with pytest.raises(errors.BadSetting, match="not what OpenDP accounts"):
        OpenDpNoise(odd)


def test_a_policy_whose_bound_is_too_small_never_draws() -> None:
    with pytest.raises(errors.BadSetting, match="wrong bound"):
        OpenDpNoise(msgspec.structs.replace(STANDARD, bound=15))


def test_numbers_beyond_32_bits_are_refused() -> None:
    with pytest.raises(ValueError, match="i32"):
        noises.OpenDpNoise(STANDARD).count(2**31)

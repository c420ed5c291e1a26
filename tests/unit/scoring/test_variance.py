"""The noise variances of the design, domain 4.1."""

import pytest

from laborvoice.scoring.variance import Variance, laplace, truncated


@pytest.mark.parametrize(
    ("scale", "variance"), [(10, 199.833417), (40 / 3, 355.388936), (4, 31.833853), (8, 127.833463)]
)
def test_noise_of_totals(scale: float, variance: float) -> None:
    assert laplace(scale) == pytest.approx(variance, abs=5e-7)


@pytest.mark.parametrize(("scale", "bound", "variance"), [(2, 16, 7.749285), (4, 29, 31.144570)])
def test_noise_of_counts_is_truncated(scale: float, bound: int, variance: float) -> None:
    assert truncated(scale, bound) == pytest.approx(variance, abs=5e-7)


def test_far_bound_is_no_bound() -> None:
    assert truncated(2, 200) == pytest.approx(laplace(2))


def test_the_day_has_no_wandering() -> None:
    variance = Variance(answers=100.0, total=7.0, count=40.0, wander=1e9)
    assert variance.of_the_day(0.25) == pytest.approx(100 * 0.1875 + 7 + 40 * 0.0625)

import math

import msgspec
import pytest

from laborvoice import errors
from laborvoice.anonymize import policy as implied
from laborvoice.domain.policy import POLICIES, STANDARD, STRICT, Policy
from laborvoice.domain.release import Scales


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_shipped_policies_hold(policy: Policy) -> None:
    implied.check(policy)


@pytest.mark.parametrize(("eps", "bound", "mass"), [(0.5, 16, 8.22e-5), (0.25, 29, 8.84e-5)])
def test_truncation(eps: float, bound: int, mass: float) -> None:
    assert implied.truncation(eps, 1e-4) == bound
    total = sum(math.exp(-eps * abs(z)) for z in range(-bound, bound + 1))
    assert math.exp(-eps * bound) / total == pytest.approx(mass, rel=1e-3)


TABLE = [
    (STANDARD, 25, (0.5, 0.0, 0.0, 0.0), 0.5),
    (STANDARD, 26, (0.5, 1.0, 0.0, 0.5), 2.0),
    (STANDARD, 99, (0.5, 1.0, 0.0, 0.5), 2.0),
    (STANDARD, 100, (0.5, 0.75, 0.75, 0.0), 2.0),
    (STRICT, 38, (0.25, 0.0, 0.0, 0.0), 0.25),
    (STRICT, 39, (0.25, 0.75, 0.0, 0.0), 1.0),
    (STRICT, 149, (0.25, 0.75, 0.0, 0.0), 1.0),
    (STRICT, 150, (0.25, 0.375, 0.375, 0.0), 1.0),
]


@pytest.mark.parametrize(("policy", "n", "shares", "eps"), TABLE)
def test_shares(policy: Policy, n: int, shares: tuple[float, ...], eps: float) -> None:
    of = implied.branch(policy, n)
    assert (of.eps_count, of.eps_severity, of.eps_conditions, of.eps_top) == shares
    assert of.eps == eps


@pytest.mark.parametrize(
    ("policy", "n", "expected"),
    [
        (STANDARD, 26, Scales(n=2.0, bound=16, severity_sum=10.0)),
        (STANDARD, 100, Scales(n=2.0, bound=16, severity_sum=40 / 3, conditions=4.0)),
        (STRICT, 39, Scales(n=4.0, bound=29, severity_sum=40 / 3)),
        (STRICT, 150, Scales(n=4.0, bound=29, severity_sum=80 / 3, conditions=8.0)),
    ],
)
def test_scales(policy: Policy, n: int, expected: Scales) -> None:
    assert implied.scales(policy, implied.branch(policy, n)) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bound", 15),
        ("published_from", 25),
        ("conditions_from", 26),
        ("top_from", 25),
        ("top_from", 101),
        ("eps", 2.1),
        ("delta", 1e-5),
        ("k", 11),
        ("named_limit", 2),
        ("severity_limit", 9),
    ],
)
def test_a_policy_whose_numbers_do_not_follow_is_refused(name: str, value: float) -> None:
    with pytest.raises(errors.BadSetting, match="policy standard: wrong"):
        implied.check(msgspec.structs.replace(STANDARD, **{name: value}))

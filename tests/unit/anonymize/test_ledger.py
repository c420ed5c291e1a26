from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.anonymize import ledger
from laborvoice.anonymize.noise import Noise
from laborvoice.anonymize.policy import branch
from laborvoice.crypto.framing import CarriedRow, unpack_row
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.policy import POLICIES, STANDARD, Policy
from laborvoice.domain.report import Contribution


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("n", range(-20, 200, 5))
def test_a_row_sums_to_what_the_policy_allows(recorded: Callable[[int], Noise], policy: Policy, n: int) -> None:
    row = ledger.row("2026-Q4", policy, branch(policy, n), recorded(0), "c0de")
    spent = row.eps_count + row.eps_severity + row.eps_conditions + row.eps_top
    assert spent == (policy.eps if n >= policy.published_from else policy.eps / 4)
    assert (row.period, row.delta, row.opendp, row.code) == ("2026-Q4", 1e-4, "recorded", "c0de")


def test_a_ballot_is_carried_twice_and_costs_at_most_one_and_a_half_epsilon() -> None:
    carried: Contribution | None = Contribution(severity=7, named=(Condition.WAGES,))
    attempts: list[int] = []
    while carried is not None:
        attempts.append(carried.carries)
        assert (carried.severity, carried.named) == (7, (Condition.WAGES,))
        carried = ledger.carried(carried, STANDARD)
    assert attempts == [0, 1, 2]
    withheld, published = branch(STANDARD, 0).eps, branch(STANDARD, 100).eps
    assert (len(attempts) - 1) * withheld + published == 1.5 * STANDARD.eps


@given(st.integers(0, 10), st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True).map(tuple), st.integers(1, 2))
def test_what_is_carried_comes_back(severity: int, named: tuple[Condition, ...], carries: int) -> None:
    row = unpack_row(ledger.pack(Contribution(severity=severity, named=named, carries=carries)))
    assert isinstance(row, CarriedRow)
    back = ledger.unpack(row)
    assert (back.severity, set(back.named), back.carries) == (severity, set(named), carries)


def test_the_set_of_the_vector() -> None:
    unpacked = ledger.unpack(CarriedRow(carries=1, severity=10, named=0x0103))
    assert unpacked.named == (Condition.WAGES, Condition.WORKING_HOURS, Condition.BUILDING_FIRE)

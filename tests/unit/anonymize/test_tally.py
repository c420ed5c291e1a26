from hypothesis import given
from hypothesis import strategies as st

from laborvoice.anonymize.tally import EMPTY, merged, total
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.report import Contribution, Tally

contributions = st.builds(
    Contribution,
    severity=st.integers(0, 10),
    named=st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True).map(tuple),
    carries=st.integers(0, 2),
)


def test_a_total() -> None:
    one = Contribution(severity=6, named=(Condition.VIOLENCE, Condition.WAGES))
    two = Contribution(severity=2, named=(Condition.WAGES,))
    assert total([one, two]) == Tally(ballots=2, severity_sum=8, named=(2, 0, 0, 0, 0, 1, *(0,) * 10))


def test_of_nothing() -> None:
    assert total([]) == merged([]) == EMPTY


@given(st.lists(st.lists(contributions, max_size=6), max_size=4))
def test_several_workers_count_what_one_would(shares: list[list[Contribution]]) -> None:
    together = [contribution for share in shares for contribution in share]
    assert merged(total(share) for share in shares) == total(together)

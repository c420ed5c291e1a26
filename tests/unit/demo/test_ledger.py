"""What was sent, times the published states: every ballot is counted, carried or dropped, none twice."""

from hypothesis import given
from hypothesis import strategies as st

from laborvoice.demo.ledger import Ledger, State, fate

PERIODS = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")


def test_a_withheld_quarter_goes_into_the_next_release() -> None:
    states: dict[str, State] = {"a": "withheld", "b": "published", "c": "withheld", "d": "published"}
    found = fate([("a", 18), ("b", 18), ("c", 18), ("d", 18)], states)
    assert (found.counted, found.carried, found.dropped) == ({"b": 36, "d": 36}, 0, 0)


def test_after_two_carries_ballots_are_dropped() -> None:
    states: dict[str, State] = dict.fromkeys(PERIODS[:4], "withheld")
    found = fate([(period, 6) for period in PERIODS[:4]], states)
    assert (found.counted, found.carried, found.dropped) == ({}, 12, 12)


def test_what_is_not_counted_yet_waits() -> None:
    found = fate([("a", 5), ("b", 7)], {"a": "published"})
    assert (found.counted, found.carried, found.dropped) == ({"a": 5}, 7, 0)


@given(
    counts=st.lists(st.integers(0, 300), min_size=5, max_size=5),
    given_states=st.lists(st.sampled_from(("published", "withheld")), max_size=5),
)
def test_it_always_adds_up(counts: list[int], given_states: list[State]) -> None:
    states: dict[str, State] = dict(zip(PERIODS, given_states, strict=False))
    found = fate(list(zip(PERIODS, counts, strict=True)), states)
    assert found.total == sum(counts)
    assert found.carried >= 0 <= found.dropped
    assert set(found.counted) == {period for period, state in states.items() if state == "published"}


def test_the_ledger_tells_votes_from_what_must_not_count() -> None:
    ledger = Ledger()
    for _ in range(3):
        ledger.voted("site", "a")
    ledger.repeated()
    ledger.redeemed_again()
    assert (ledger.sent, ledger.accepted.total(), ledger.refused) == (4, 3, 2)
    assert ledger.of("site", ("a", "b")) == [("a", 3), ("b", 0)]

from itertools import permutations, product

from hypothesis import given
from hypothesis import strategies as st

from laborvoice.anonymize.order import shuffled


@given(st.lists(st.integers()), st.data())
def test_nothing_is_lost_or_added(items: list[int], data: st.DataObject) -> None:
    assert sorted(shuffled(items, lambda limit: data.draw(st.integers(0, limit - 1)))) == sorted(items)


def test_every_order_comes_from_exactly_one_sequence_of_draws() -> None:
    def by(draws: tuple[int, ...]) -> tuple[str, ...]:
        left = iter(draws)
        return shuffled("abcd", lambda limit: next(left) % limit)

    orders = [by(draws) for draws in product(range(4), range(3), range(2))]
    assert sorted(orders) == sorted(permutations("abcd"))

"""How long a name waits after failures."""

from datetime import UTC, datetime, timedelta

from laborvoice.domain.patience import LONGEST, Tries

NOW = datetime(2026, 11, 12, 9, 30, tzinfo=UTC)


def test_four_failures_are_free_then_it_doubles_to_a_quarter_of_an_hour() -> None:
    tries, waits = Tries(), list[int]()
    for _ in range(16):
        tries = tries.failed(NOW)
        waits.append(tries.wait(NOW))
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_it_ends() -> None:
    tries = Tries(failures=99).failed(NOW)
    assert tries.retry_at is not None
    assert tries.wait(NOW + LONGEST - timedelta(seconds=1)) == 1
    assert tries.wait(NOW + LONGEST) == 0
    assert tries.wait(NOW + timedelta(milliseconds=200)) == 900

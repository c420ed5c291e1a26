"""The health of an endpoint, hour by hour."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from laborvoice.domain.health import Health, Told, judge

NOW = datetime(2026, 10, 8, 7, 28, tzinfo=UTC)
WELL = Health(
    state="active",
    reason=None,
    failing_since=None,
    failed_at=None,
    level=0,
    off_told=False,
    beats_missed=0,
    beats_told=False,
)


def failing(hours: float, one: Health = WELL) -> Health:
    return replace(one, failing_since=NOW, failed_at=NOW + timedelta(hours=hours))


def warned(level: int) -> Told:
    return Told(type="endpoint.failing", reason="failing", level=level)


RECOVERED = Told(type="endpoint.recovered", reason="recovered")
OFF = Told(type="endpoint.disabled", reason="auto", level=100)


def test_warnings_then_off() -> None:
    one, told = WELL, list[tuple[int, Told]]()
    for hour in range(122):
        one, news = judge(failing(hour, one) if one.state == "active" else one, NOW)
        told += [(hour, each) for each in news]
    assert told == [(60, warned(50)), (84, warned(70)), (108, warned(90)), (120, OFF)]
    assert (one.state, one.reason, one.failing_since, one.off_told) == ("disabled", "auto", None, True)


def test_what_was_missed_is_told_together() -> None:
    assert judge(failing(130), NOW)[1] == (warned(50), warned(70), warned(90), OFF)


def test_time_without_a_failure_does_not_count() -> None:
    """One failure and then silence: nobody knows that it is still broken."""
    assert judge(failing(0), NOW + timedelta(days=30)) == (failing(0), ())


def test_recovered_is_told_after_a_warning_only() -> None:
    assert judge(WELL, NOW) == (WELL, ())
    assert judge(replace(WELL, level=70), NOW) == (WELL, (RECOVERED,))


def test_five_failed_beats_are_told_once_and_then_that_they_come_again() -> None:
    missed = replace(WELL, beats_missed=4)
    assert judge(missed, NOW) == (missed, ())
    told, news = judge(replace(missed, beats_missed=5), NOW)
    assert news == (Told(type="endpoint.failing", reason="heartbeat"),)
    assert judge(replace(told, beats_missed=6), NOW)[1] == ()
    assert judge(replace(told, beats_missed=0), NOW) == (WELL, (RECOVERED,))


@pytest.mark.parametrize("reason", ["gone", "manual"])
def test_off_for_another_reason_is_told_once(reason: str) -> None:
    off = replace(failing(10), state="disabled", reason=reason)
    told, news = judge(off, NOW)
    assert news == (Told(type="endpoint.disabled", reason=reason),)  # type: ignore[arg-type]  # one of them
    assert judge(told, NOW) == (told, ())


def test_on_again_it_recovers_when_it_answers_and_has_its_time_anew() -> None:
    off, _ = judge(failing(120), NOW)
    on, news = judge(replace(off, state="active", reason=None), NOW)
    assert news == ()
    assert (on.level, on.failing_since, on.failed_at, on.off_told) == (1, NOW, NOW, False)
    assert judge(on, NOW) == (on, ())
    assert judge(failing(60, on), NOW)[1] == (warned(50),)
    assert judge(replace(on, failing_since=None, failed_at=None), NOW) == (WELL, (RECOVERED,))


def test_switched_off_by_hand_in_health_it_has_nothing_to_recover_from() -> None:
    off, _ = judge(replace(WELL, state="disabled", reason="manual"), NOW)
    assert judge(replace(off, state="active", reason=None), NOW) == (WELL, ())


def test_one_that_has_to_be_verified_first_is_left() -> None:
    pending = replace(WELL, state="pending", off_told=True)
    assert judge(pending, NOW) == (pending, ())

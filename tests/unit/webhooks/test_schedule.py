from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.webhooks import schedule
from laborvoice.webhooks.schedule import (
    Again,
    Answered,
    Attempt,
    Closed,
    Dead,
    Done,
    ErrorClass,
    Gone,
    Open,
    Probing,
    Unanswered,
)

NOW = datetime(2026, 10, 8, 7, 28, tzinfo=UTC)
MIDDLE = 0.5


def answered(status: int, **headers: str) -> Answered:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answered(status=status, ms=1, address="192.0.2.1", headers=pairs, body="")


def unanswered(error: ErrorClass = ErrorClass.RESET) -> Unanswered:
    return Unanswered(error=error, ms=1)


def delay(attempt: Attempt, made: int, uniform: float = MIDDLE) -> float:
    step = schedule.next_step(attempt, made, NOW, uniform)
    assert isinstance(step, Again)
    return step.delay


def test_the_delays_are_those_of_the_design() -> None:
    assert schedule.DELAYS == (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
    assert timedelta(seconds=sum(schedule.DELAYS)) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("made", range(1, 10))
def test_every_step(made: int) -> None:
    planned = schedule.DELAYS[made]
    assert delay(unanswered(), made) == pytest.approx(planned)
    assert delay(unanswered(), made, 0.0) == pytest.approx(0.8 * planned)
    assert delay(unanswered(), made, 0.999999) == pytest.approx(1.2 * planned, rel=1e-5)


@pytest.mark.parametrize("attempt", [unanswered(), answered(500), answered(429, retry_after="7")])
def test_the_tenth_attempt_is_the_last(attempt: Attempt) -> None:
    assert schedule.next_step(attempt, 10, NOW, MIDDLE) == Dead()


@pytest.mark.parametrize("attempt", [unanswered(), unanswered(ErrorClass.TIMEOUT), answered(503), answered(404)])
def test_failures_of_one_instant_spread(attempt: Attempt) -> None:
    delays = [delay(attempt, 1, i / 1_000) for i in range(1_000)]
    middle = (min(delays) + max(delays)) / 2
    assert max(delays) / middle >= 1.18
    assert min(delays) / middle <= 0.82


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_success(status: int) -> None:
    assert schedule.next_step(answered(status), 1, NOW, MIDDLE) == Done()
    assert schedule.error_class(answered(status)) is None


def test_gone_whatever_the_number() -> None:
    for made in (1, 10):
        assert schedule.next_step(answered(410), made, NOW, MIDDLE) == Gone()


@pytest.mark.parametrize("attempt", [answered(429), answered(503), unanswered(ErrorClass.TIMEOUT)])
@given(uniform=st.floats(0, 1, exclude_max=True))
def test_a_busy_receiver_gets_a_minute(attempt: Attempt, uniform: float) -> None:
    assert delay(attempt, 1, uniform) >= 60
    assert delay(attempt, 3, uniform) >= 0.8 * 1_800


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, ErrorClass.HTTP_3XX),
        (400, ErrorClass.HTTP_4XX),
        (410, ErrorClass.HTTP_4XX),
        (500, ErrorClass.HTTP_5XX),
        (599, ErrorClass.HTTP_5XX),
        (600, ErrorClass.PROTOCOL),
        (199, ErrorClass.PROTOCOL),
    ],
)
def test_classes_of_answers(status: int, error: ErrorClass) -> None:
    assert schedule.error_class(answered(status)) is error
    assert schedule.error_class(unanswered(error)) is error


def test_blocked_has_the_delay_of_any_failure() -> None:
    assert delay(unanswered(ErrorClass.BLOCKED), 1) == delay(unanswered(ErrorClass.DNS), 1) == 5


@pytest.mark.parametrize("status", [301, 429, 500, 503])
def test_retry_after_is_honoured(status: int) -> None:
    assert delay(answered(status, retry_after="3600"), 1) == 3_600
    assert delay(answered(status, retry_after="9999999999"), 1) == 86_400
    assert delay(answered(status, retry_after="1"), 2) == 300
    later = format_datetime(NOW + timedelta(hours=2), usegmt=True)
    assert delay(answered(status, retry_after=later), 1) == 7_200


@pytest.mark.parametrize("status", [400, 404])
def test_retry_after_of_other_answers_is_ignored(status: int) -> None:
    assert delay(answered(status, retry_after="3600"), 1) == 5


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        (" 120\t", 120),
        ("Thu, 08 Oct 2026 07:29:00 GMT", 60),
        ("Thursday, 08-Oct-26 07:29:00 GMT", 60),
        ("Thu Oct  8 07:29:00 2026", 60),
        ("Thu, 08 Oct 2020 07:29:00 GMT", 0),
        ("-5", 0),
        ("1.5", 0),
        ("1e9", 0),
        ("٣", 0),
        ("9" * 5_000, 0),
        ("tomorrow", 0),
        ("Thu, 32 Oct 2026 07:29:00 GMT", 0),
        ("", 0),
    ],
)
def test_retry_after_forms(text: str, seconds: float) -> None:
    assert schedule.parse_retry_after(text, NOW) == seconds


@given(st.text(max_size=60))
def test_retry_after_never_raises(text: str) -> None:
    assert schedule.parse_retry_after(text, NOW) >= 0


def run(attempts: list[Attempt], apart: float = 0) -> Closed | Open:
    """From a closed breaker, until it opens or all came."""
    breaker: Closed | Open = Closed()
    for i, attempt in enumerate(attempts):
        if isinstance(breaker, Closed):
            breaker = schedule.breaker_after(breaker, attempt, NOW + timedelta(seconds=apart * i))
    return breaker


def test_five_transport_failures_in_a_row_open() -> None:
    assert isinstance(run([unanswered()] * 4), Closed)
    assert run([unanswered()] * 5) == Open(until=NOW + timedelta(seconds=30), park=timedelta(seconds=30))
    assert isinstance(run([*[unanswered()] * 4, answered(500), *[unanswered()] * 4]), Closed)


def test_half_of_twenty_in_five_minutes_open() -> None:
    mixed: list[Attempt] = [answered(200), answered(500)] * 10
    assert isinstance(run(mixed[:-1]), Closed)
    assert isinstance(run(mixed), Open)
    assert isinstance(run(mixed, apart=14), Open)
    assert isinstance(run(mixed, apart=40), Closed)
    assert isinstance(run([answered(200), answered(200), answered(500)] * 20), Closed)


def test_the_window_stays_small() -> None:
    closed = run([answered(200)] * 1_000, apart=7)
    assert isinstance(closed, Closed)
    assert len(closed.buckets) <= 11


def test_parking_doubles_to_an_hour() -> None:
    breaker = run([unanswered()] * 5)
    parks: list[float] = []
    for _ in range(9):
        assert isinstance(breaker, Open)
        parks.append(breaker.park.total_seconds())
        breaker = schedule.breaker_after(Probing(park=breaker.park), answered(500), breaker.until)
    assert parks == [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]


def test_a_good_probe_closes() -> None:
    assert schedule.breaker_after(Probing(park=timedelta(hours=1)), answered(204), NOW) == Closed()


def test_a_verification_is_tried_three_times() -> None:
    assert schedule.verify_step(1, MIDDLE, met=False) == Again(delay=5)
    assert schedule.verify_step(2, MIDDLE, met=False) == Again(delay=300)
    assert schedule.verify_step(3, MIDDLE, met=False) == Dead()
    assert schedule.verify_step(3, MIDDLE, met=True) == Done()

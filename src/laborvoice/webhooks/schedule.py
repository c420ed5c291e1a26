"""What follows an attempt: done, again after a delay, dead, gone; and the breaker of a lane.

Pure: the time is an argument, and so is the uniform number that spreads retries (design, webhooks 5 and 6).
"""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from laborvoice.domain import Value

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400

DELAYS: Final = (0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Seconds before attempts 1 to 10, before they are spread."""
JITTER_LOW: Final = 0.8
JITTER_WIDTH: Final = 0.4
# Spread by at least 0.8, this leaves the 60 s that a busy receiver is given.
BUSY_BASE: Final = MINUTE / JITTER_LOW
RETRY_AFTER_MAX: Final = DAY
VERIFY_TRIES: Final = 3

OK: Final = range(200, 300)
MOVED: Final = range(300, 400)
REJECTED: Final = range(400, 500)
BROKEN: Final = range(500, 600)
GONE: Final = 410
TOO_MANY: Final = 429
UNAVAILABLE: Final = 503

BREAKER_STREAK: Final = 5
BREAKER_SAMPLE: Final = 20
BREAKER_WINDOW: Final = timedelta(minutes=5)
BREAKER_BUCKET: Final = timedelta(seconds=30)
PARK_FIRST: Final = timedelta(seconds=30)
PARK_MAX: Final = timedelta(hours=1)


class ErrorClass(StrEnum):
    DNS = "dns"
    BLOCKED = "blocked"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    TOO_LARGE = "too_large"
    HTTP_3XX = "http_3xx"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    PROTOCOL = "protocol"


class Answered(Value, tag="answered"):
    """An HTTP answer. ``headers`` are the allow-listed ones, names in lower case; ``body`` is cut and masked."""

    status: int
    ms: int
    address: str
    headers: tuple[tuple[str, str], ...]
    body: str


class Unanswered(Value, tag="unanswered"):
    """No HTTP answer. The address is not kept: of a refused one it would tell the subscriber how we resolve."""

    error: ErrorClass
    ms: int


Attempt: TypeAlias = Answered | Unanswered


class Done(Value, tag="done"):
    """Delivered."""


class Again(Value, tag="again"):
    """To be tried again after ``delay`` seconds."""

    delay: float


class Dead(Value, tag="dead"):
    """Given up; ``recover`` can revive it."""


class Gone(Value, tag="gone"):
    """The receiver wants nothing more: the endpoint is disabled, its deliveries are dead."""


Step: TypeAlias = Done | Again | Dead | Gone


def error_class(attempt: Attempt) -> ErrorClass | None:
    """None for a success."""
    if isinstance(attempt, Unanswered):
        return attempt.error
    status = attempt.status
    if status in OK:
        return None
    if status in MOVED:
        return ErrorClass.HTTP_3XX
    if status in REJECTED:
        return ErrorClass.HTTP_4XX
    return ErrorClass.HTTP_5XX if status in BROKEN else ErrorClass.PROTOCOL


def spread(seconds: float, uniform: float) -> float:
    """``seconds`` times 0.8 to 1.2, for a ``uniform`` in [0, 1)."""
    return seconds * (JITTER_LOW + JITTER_WIDTH * uniform)


def next_step(attempt: Attempt, made: int, now: datetime, uniform: float) -> Step:
    """What follows the attempt numbered ``made`` (1 to 10)."""
    error = error_class(attempt)
    if error is None:
        return Done()
    if isinstance(attempt, Answered) and attempt.status == GONE:
        return Gone()
    if made >= len(DELAYS):
        return Dead()
    base = max(DELAYS[made], BUSY_BASE) if _is_busy(attempt) else DELAYS[made]
    return Again(delay=max(spread(base, uniform), asked_delay(attempt, now)))


def verify_step(made: int, uniform: float, *, met: bool) -> Done | Again | Dead:
    """What follows a verification's attempt numbered ``made`` (1 to 3); ``met``: the challenge came back."""
    if met:
        return Done()
    return Dead() if made >= VERIFY_TRIES else Again(delay=spread(DELAYS[made], uniform))


def _is_busy(attempt: Attempt) -> bool:
    if isinstance(attempt, Unanswered):
        return attempt.error is ErrorClass.TIMEOUT
    return attempt.status in (TOO_MANY, UNAVAILABLE)


def asked_delay(attempt: Attempt, now: datetime) -> float:
    """Seconds the receiver asked for, at most a day; 0 where it asked nothing or nonsense."""
    if isinstance(attempt, Unanswered):
        return 0
    if not (attempt.status == TOO_MANY or attempt.status in MOVED or attempt.status in BROKEN):
        return 0
    return min(parse_retry_after(dict(attempt.headers).get("retry-after", ""), now), RETRY_AFTER_MAX)


_DELTA: Final = re.compile(r"[0-9]{1,10}")
_DATES: Final = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")


def parse_retry_after(text: str, now: datetime) -> float:
    """Seconds from now, never negative; seconds or one of the three dates of RFC 9110 5.6.7; nonsense is 0."""
    text = text.strip(" \t")
    if _DELTA.fullmatch(text):
        return int(text)
    for form in _DATES:
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return max(0.0, (moment - now).total_seconds())
    return 0


class Bucket(Value):
    """Results of half a minute."""

    start: datetime
    sent: int
    failed: int


class Closed(Value, tag="closed"):
    """The lane sends. ``streak`` counts transport failures in a row."""

    streak: int = 0
    buckets: tuple[Bucket, ...] = ()


class Open(Value, tag="open"):
    """The lane is parked; its deliveries burn no attempt."""

    until: datetime
    park: timedelta


class Probing(Value, tag="probing"):
    """One delivery is out to see whether the receiver is back, after a pause of ``park``."""

    park: timedelta


def breaker_after(breaker: Closed | Probing, attempt: Attempt, now: datetime) -> Closed | Open:
    """The breaker after a result."""
    failed = error_class(attempt) is not None
    if isinstance(breaker, Probing):
        return _park(now, min(2 * breaker.park, PARK_MAX)) if failed else Closed()
    streak = breaker.streak + 1 if isinstance(attempt, Unanswered) else 0
    buckets = _counted(breaker.buckets, failed, now)
    trips = streak >= BREAKER_STREAK or _is_mostly_failing(buckets)
    return _park(now, PARK_FIRST) if trips else Closed(streak=streak, buckets=buckets)


def _park(now: datetime, park: timedelta) -> Open:
    return Open(until=now + park, park=park)


def _counted(buckets: tuple[Bucket, ...], failed: int, now: datetime) -> tuple[Bucket, ...]:
    kept = tuple(bucket for bucket in buckets if now - bucket.start < BREAKER_WINDOW)
    if kept and now - kept[-1].start < BREAKER_BUCKET:
        last, kept = kept[-1], kept[:-1]
    else:
        last = Bucket(start=now, sent=0, failed=0)
    return (*kept, Bucket(start=last.start, sent=last.sent + 1, failed=last.failed + failed))


def _is_mostly_failing(buckets: tuple[Bucket, ...]) -> bool:
    sent = sum(bucket.sent for bucket in buckets)
    return sent >= BREAKER_SAMPLE and 2 * sum(bucket.failed for bucket in buckets) >= sent

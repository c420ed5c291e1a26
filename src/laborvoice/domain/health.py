"""The health of an endpoint: when its failures are told, when it is switched off, when it is well (webhooks 6)."""

from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

from msgspec.structs import replace

from laborvoice.domain import Value
from laborvoice.domain.endpoint import EndpointState, Reason
from laborvoice.domain.facts import Trouble

WARNINGS: Final = ((timedelta(hours=60), 50), (timedelta(hours=84), 70), (timedelta(hours=108), 90))
DISABLE_AFTER: Final = timedelta(hours=120)
OFF: Final = 100
BACK: Final = 1
"""The level of one that is on again after it was off, until it answers."""
BEATS_MISSED: Final = 5
"""Failed heartbeats in a row that are told at once."""


class Health(Value, frozen=True):
    """``failing_since`` and ``failed_at``: the first and the last failure since the last success; missing in health.

    ``level``: the last warning told, in per cent of the way to being switched off. ``off_told``: that it is off was
    told. ``beats_missed`` in a row; ``beats_told``: that there were too many was told.
    """

    state: EndpointState
    reason: Reason | None
    failing_since: datetime | None
    failed_at: datetime | None
    level: int
    off_told: bool
    beats_missed: int
    beats_told: bool


class Told(Value, frozen=True):
    type: Literal["endpoint.failing", "endpoint.disabled", "endpoint.recovered"]
    reason: Trouble
    level: int = 0


H = TypeVar("H", bound=Health)


def judge(one: H, now: datetime) -> tuple[H, tuple[Told, ...]]:
    """The endpoint from now on, switched off where it failed too long, and what has to be told, in this order."""
    if one.state == "disabled":
        return (one, ()) if one.off_told else _off(one)
    if one.state == "pending":
        return one, ()
    if one.off_told:
        return _on(one, now), ()
    warned, told = _warned(one)
    if _lasted(one) >= DISABLE_AFTER:
        off, last = _off(replace(warned, state="disabled", reason="auto"))
        return off, told + last
    return _well(warned, told) if _is_sound(one) else (warned, told)


def _lasted(one: Health) -> timedelta:
    if one.failing_since is None or one.failed_at is None:
        return timedelta()
    return one.failed_at - one.failing_since


def _is_sound(one: Health) -> bool:
    return one.failing_since is None and not one.beats_missed


def _warned(one: H) -> tuple[H, tuple[Told, ...]]:
    steps = [step for after, step in WARNINGS if _lasted(one) >= after and step > one.level]
    told = [Told(type="endpoint.failing", reason="failing", level=step) for step in steps]
    missed = one.beats_missed >= BEATS_MISSED
    if missed and not one.beats_told:
        told.append(Told(type="endpoint.failing", reason="heartbeat"))
    return replace(one, level=max((one.level, *steps)), beats_told=one.beats_told or missed), tuple(told)


def _well(one: H, told: tuple[Told, ...]) -> tuple[H, tuple[Told, ...]]:
    if not one.level and not one.beats_told:
        return one, told
    recovered = Told(type="endpoint.recovered", reason="recovered")
    return replace(one, level=0, beats_told=False), (*told, recovered)


def _off(one: H) -> tuple[H, tuple[Told, ...]]:
    """What it failed before it was switched off counts no more when it is on again."""
    reason = one.reason or "manual"
    told = Told(type="endpoint.disabled", reason=reason, level=OFF if reason == "auto" else 0)
    level = min(one.level, BACK) if reason == "manual" else OFF
    off = replace(one, failing_since=None, failed_at=None, level=level, off_told=True, beats_missed=0, beats_told=False)
    return off, (told,)


def _on(one: H, now: datetime) -> H:
    """One that was off for its failures has not recovered before it answers."""
    if not one.level:
        return replace(one, off_told=False)
    return replace(one, off_told=False, level=BACK, failing_since=now, failed_at=now)

"""Cases: their states, what each step asks for, and their clocks (design, domain 6). Nothing opens one by itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from laborvoice.domain import Value
from laborvoice.domain.due import after_working_days, full_hour
from laborvoice.domain.facts import CaseState, CaseStep

CaseClass = Literal["U1", "U2", "standard"]
Source = Literal["workers", "union", "watchdog_visit", "authority", "documents", "supplier", "brand"]
"""What a verdict or a repair is known from."""
Guard = Literal[
    "state",
    "condition",
    "reply",
    "reason",
    "evidence_source",
    "independent_evidence",
    "shared",
    "finding",
    "action",
    "loop_message",
    "result",
]
"""What was missing."""

ON_HOLD: Final = "on_hold_safety"
ENDED: Final[frozenset[CaseState]] = frozenset({"out_of_scope", "duplicate", "closed"})
VERDICTS: Final[frozenset[CaseState]] = frozenset({"substantiated", "not_substantiated", "inconclusive"})
INDEPENDENT: Final[frozenset[Source]] = frozenset({"workers", "union", "watchdog_visit"})
"""A repair is never believed because supplier or brand says so."""
REPLIES: Final = frozenset({"replied", "no_conversation"})

STATES: Final[tuple[CaseState, ...]] = get_args(CaseState)

STEPS: Final[Mapping[CaseState, tuple[CaseState, ...]]] = {
    "received": ("triaged",),
    "triaged": ("acknowledged", "out_of_scope", "duplicate"),
    "acknowledged": ("investigating",),
    "investigating": ("substantiated", "not_substantiated", "inconclusive"),
    "substantiated": ("plan_agreed",),
    "plan_agreed": ("remediating",),
    "remediating": ("verified",),
    "verified": ("loop_closed",),
    "not_substantiated": ("loop_closed",),
    "inconclusive": ("loop_closed",),
    "loop_closed": ("closed",),
    "closed": ("reopened",),
    "reopened": ("investigating",),
    "out_of_scope": (),
    "duplicate": (),
    "on_hold_safety": (),
}


class Standing(Value, frozen=True):
    """What guards go by. ``held``: where a case on hold was. ``verified``: a repair was, since it was last opened."""

    state: CaseState
    condition: bool
    shared: bool = False
    findings: int = 0
    actions: int = 0
    loop_messages: int = 0
    verified: bool = False
    held: CaseState | None = None


class Wanted(Value, frozen=True):
    """A step, and what is said with it."""

    to: CaseState
    reason: str | None = None
    evidence_source: Source | None = None
    loop_message: bool = False


def allowed(standing: Standing) -> tuple[CaseState, ...]:
    """Where it may go from here, guards apart."""
    if standing.state == ON_HOLD:
        return () if standing.held is None else (standing.held,)
    return STEPS[standing.state] if standing.state in ENDED else (*STEPS[standing.state], ON_HOLD)


def missing(standing: Standing, wanted: Wanted) -> Guard | None:
    """The first guard that is not met."""
    if wanted.to not in allowed(standing):
        return "state"
    if ON_HOLD in {standing.state, wanted.to}:
        return None if wanted.reason else "reason"
    return next((guard for guard in _NEEDS.get(wanted.to, ()) if not _met(standing, wanted)[guard]), None)


_NEEDS: Final[Mapping[CaseState, tuple[Guard, ...]]] = {
    "triaged": ("condition",),
    "acknowledged": ("reply",),
    "out_of_scope": ("reason",),
    "duplicate": ("reason",),
    "reopened": ("reason",),
    "substantiated": ("evidence_source",),
    "not_substantiated": ("evidence_source",),
    "inconclusive": ("evidence_source",),
    "plan_agreed": ("shared", "finding", "action", "reason"),
    "verified": ("independent_evidence",),
    "loop_closed": ("loop_message",),
    "closed": ("result",),
}


def _met(standing: Standing, wanted: Wanted) -> Mapping[Guard, bool]:
    said = bool(wanted.reason)
    return {
        "condition": standing.condition,
        "reply": wanted.reason in REPLIES,
        "reason": said,
        "evidence_source": wanted.evidence_source is not None,
        "independent_evidence": wanted.evidence_source in INDEPENDENT,
        "shared": standing.shared,
        "finding": standing.findings > 0,
        "action": standing.actions > 0,
        "loop_message": standing.loop_messages > 0 or wanted.loop_message or said,
        "result": said or not standing.verified,
    }


def needs_second(cls: CaseClass, to: CaseState) -> bool:
    """Whether another person must decide the same."""
    return cls == "U1" and to in VERDICTS


class Clock(Value, frozen=True):
    """Of one step: ``due`` a full hour while it runs, ``left`` hours while it is on hold, ``met`` when it is done."""

    step: CaseStep
    due: datetime | None = None
    left: int | None = None
    met: bool | None = None


_TOLD: Final[Mapping[CaseStep, int]] = {"feedback": 90 * 24}
"""Workers are told what came of it within three months, whatever the class."""
_HOURS: Final[Mapping[CaseClass, Mapping[CaseStep, int]]] = {
    "U1": {
        "triage": 1,
        "acknowledge": 4,
        "brand_told": 24,
        "containment": 24,
        "plan": 7 * 24,
        **_TOLD,
        "close": 30 * 24,
    },
    "U2": {"acknowledge": 3 * 24, "plan": 14 * 24, **_TOLD, "close": 90 * 24},
    "standard": {"acknowledge": 7 * 24, "plan": 30 * 24, **_TOLD, "close": 180 * 24},
}
_WORKING: Final[Mapping[CaseClass, int]] = {"U1": 0, "U2": 1, "standard": 3}
"""Working days for the triage of what is not U1."""
_BRAND: Final[Mapping[CaseClass, int]] = {"U1": 24, "U2": 3 * 24, "standard": 7 * 24}
"""Hours in which a brand acknowledges, from when it was told."""
_DONE: Final[Mapping[CaseState, tuple[CaseStep, ...]]] = {
    "triaged": ("triage",),
    "acknowledged": ("acknowledge",),
    "plan_agreed": ("plan",),
    "loop_closed": ("feedback",),
    "closed": ("close",),
}
_HOUR: Final = timedelta(hours=1)
_REVIEW: Final = timedelta(days=7)
"""How long a case may stay on hold until somebody looks whether it still must."""


def clocks(cls: CaseClass, now: datetime) -> tuple[Clock, ...]:
    """Those that begin when the case is opened."""
    timed = tuple(Clock(step=step, due=full_hour(now + hours * _HOUR)) for step, hours in _HOURS[cls].items())
    if not _WORKING[cls]:
        return timed
    return (Clock(step="triage", due=full_hour(after_working_days(now, _WORKING[cls]))), *timed)


def brand_clock(cls: CaseClass, told: datetime) -> Clock:
    """From when a brand sees the case."""
    return Clock(step="brand_acknowledge", due=full_hour(told + timedelta(hours=_BRAND[cls])))


def done(clock: Clock, now: datetime) -> Clock:
    """What is left of it: met or missed."""
    return clock if clock.due is None else Clock(step=clock.step, met=now <= clock.due)


def held(clock: Clock, now: datetime) -> Clock:
    """It stops: what was left is kept, in hours, rounded up; what was overdue stays missed."""
    if clock.due is None:
        return clock
    return done(clock, now) if now > clock.due else Clock(step=clock.step, left=-((now - clock.due) // _HOUR))


def resumed(clock: Clock, now: datetime) -> Clock:
    return clock if clock.left is None else Clock(step=clock.step, due=full_hour(now + clock.left * _HOUR))


def moved(running: tuple[Clock, ...], to: CaseState, now: datetime, held_from: CaseState | None) -> tuple[Clock, ...]:
    """The clocks after a step to ``to``, from hold if ``held_from`` is set."""
    if to == ON_HOLD:
        return tuple(held(one, now) for one in running)
    if held_from is not None:
        return tuple(resumed(one, now) for one in running)
    ended = to in ENDED and to != "closed"
    after = tuple(done(one, now) if one.step in _DONE.get(to, ()) else one for one in running)
    return tuple(one for one in after if one.due is None) if ended else after


def reviewing(running: tuple[Clock, ...], now: datetime, *, on_hold: bool) -> tuple[Clock, ...]:
    """With the clock of the weekly review begun anew, or without it."""
    others = tuple(one for one in running if one.step != "review")
    return (*others, Clock(step="review", due=full_hour(now + _REVIEW))) if on_hold else others


def lacking(standing: Standing, to: CaseState) -> tuple[Guard, ...]:
    """What no word said with the step can make up for."""
    said = Wanted(to=to, reason="replied", evidence_source="union")
    return tuple(guard for guard in _NEEDS.get(to, ()) if not _met(standing, said)[guard])


DisclosureAnswer = Literal["yes", "no", "not_applicable"]


MAY_NOT_APPLY: Final = frozenset({"child_and_consent_first", "undocumented_advised"})


def failing(check: Mapping[str, DisclosureAnswer]) -> tuple[str, ...]:
    """The questions whose answer forbids it."""
    return tuple(
        name
        for name, answer in check.items()
        if answer == "no" or (answer == "not_applicable" and name not in MAY_NOT_APPLY)
    )

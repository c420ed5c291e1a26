"""The state of a deployment as its operator is shown it: one line a matter, each with what to do about it.

Only what the portal's own rights let it see. Nothing here moves with what a worker does.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.party import ADMINS, HelpNumber
from laborvoice.domain.period import Period
from laborvoice.store.access import admin
from laborvoice.store.ballot import manifest, period_state
from laborvoice.store.ballot.manifest import Stored
from laborvoice.store.ballot.period_state import PeriodState
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import delivery
from laborvoice.store.registry import help_number, watchdog_key
from laborvoice.store.registry.watchdog_key import Lasting

State = Literal["well", "look", "act", "elsewhere"]

FRESH_DAYS: Final = 5
"""A new manifest comes each week and lasts for two: so few days left, and one has not come."""
LATE_DAYS: Final = 2
"""After a box's day until its period must be counted."""
LAG: Final = timedelta(minutes=15)
CHECKED: Final = timedelta(days=365)
CEREMONY: Final = timedelta(days=30)
"""Before its last key ends a watchdog makes the next year's."""
NAMES: Final = 5
"""How many are named on a line."""


class Line(Value, frozen=True):
    """``command`` and ``href``: where the remedy is a command or a page."""

    about: str
    state: State
    text: str
    remedy: str = ""
    command: str = ""
    href: str = ""


async def lines(database: Database, now: datetime) -> tuple[Line, ...]:
    async def step(db: Connection) -> tuple[Line, ...]:
        today = now.date()
        return (
            MIX,
            _manifest(await manifest.current(db, today), today),
            *_periods(await period_state.all_states(db), today),
            _lag((await delivery.waiting(db, now)).oldest, now),
            _keys(await watchdog_key.lasting(db), today),
            _numbers(await help_number.all(db), today),
            _parties(await admin.unled(db, ADMINS, NAMES + 1)),
        )

    return await database.run("operation", step)


MIX: Final = Line(
    about="Mix",
    state="elsewhere",
    text="How long ago the last mix was, the vault alone knows: on its metrics port, laborvoice_mix_age_seconds.",
    remedy="Ask on the vault's machine.",
    command="laborvoice doctor",
)


def _manifest(found: Stored | None, today: date) -> Line:
    about = "Manifest"
    if found is None:
        text = "There is none that has begun: phones cannot start."
        return Line(
            about=about, state="act", text=text, remedy="Start a vault: it makes one.", command="laborvoice vault"
        )
    left = (found.not_after - today).days
    named = f"Number {found.seq}, until {found.not_after}"
    if left < 0:
        text = f"{named}: it has ended, and phones refuse it."
    elif left <= FRESH_DAYS:
        text = f"{named}: {_days(left)} left, and no newer one has come."
    else:
        return Line(about=about, state="well", text=f"{named}: {_days(left)} left.", href="/admin/keys")
    return Line(
        about=about,
        state="act" if left < 0 else "look",
        text=text,
        remedy="See whether a vault runs, and what its log says. Where its key is offline, sign the vault's draft.",
        command="laborvoice manifest sign",
        href="/admin/keys",
    )


def _periods(states: Sequence[PeriodState], today: date) -> Iterable[Line]:
    alive = [Period.parse(one.period) for one in states if one.state in {"open", "closing"}]
    late = [one for one in alive if today >= one.close + timedelta(days=LATE_DAYS)]
    for one in late:
        yield Line(
            about="Close",
            state="act",
            text=f"The box of {one.label} was due on {one.close} and is not counted.",
            remedy="See what the vault's log says. Where it refuses its clock, look at it and confirm it.",
            command="laborvoice vault confirm-clock",
        )
    present = [one for one in alive if one.begin <= today <= one.end]
    if present:
        text = f"{present[0].label} is open; its box closes on {present[0].close}."
        yield Line(about="Period", state="well", text=text)
    else:
        text = "No period is open: nobody can answer."
        yield Line(
            about="Period", state="act", text=text, remedy="Start a vault: it opens one.", command="laborvoice vault"
        )


def _lag(oldest: datetime | None, now: datetime) -> Line:
    about = "Webhooks"
    lag = timedelta() if oldest is None else now - oldest
    text = f"The oldest that is due has waited for {lag // timedelta(minutes=1)} min."
    if lag <= LAG:
        return Line(about=about, state="well", text=text)
    return Line(about=about, state="act", text=text, remedy="See whether a courier runs.", command="laborvoice courier")


def _keys(rows: Sequence[Lasting], today: date) -> Line:
    about = "Watchdogs' keys"
    ending = [row.name for row in rows if row.until is None or row.until < today + CEREMONY]
    if not rows:
        text = "There is no watchdog: nobody could read a call for help."
        return Line(about=about, state="act", text=text, remedy="Enrol one.", href="/admin/parties")
    if not ending:
        return Line(about=about, state="well", text="Every watchdog has keys for the next 30 days.", href="/admin/keys")
    text = f"None, or none for more than 30 days: {_named(ending)}."
    return Line(about=about, state="look", text=text, remedy="Ask them for the yearly ceremony on their page of keys.")


def _numbers(rows: Sequence[HelpNumber], today: date) -> Line:
    about, href = "Help numbers", "/admin/help-numbers"
    old = sorted({row.country for row in rows if row.checked_on < today - CHECKED})
    if not rows:
        text = "There are none: no campaign can open."
        return Line(about=about, state="look", text=text, remedy="Write the first.", href=href)
    if old:
        text = f"Not called to see for a year: {_named(old)}."
        return Line(about=about, state="look", text=text, remedy="Call them, then save the day.", href=href)
    return Line(about=about, state="well", text="Each was called to see within a year.", href=href)


def _parties(unled: Sequence[str]) -> Line:
    about, href = "Parties", "/admin/parties"
    if not unled:
        return Line(about=about, state="well", text="Each has an admin who has set a password.", href=href)
    text = f"Without an admin who has set a password: {_named(unled)}."
    return Line(about=about, state="look", text=text, remedy="Invite one, or hand over a new link.", href=href)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMES]) + (" and others" if len(names) > NAMES else "")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"

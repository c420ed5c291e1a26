"""What the vault's metrics port shows besides the mix: the last close, ages of keys, rows that are in no partition.

All of it moves with days, closes and faults, nothing with an envelope (design, operations 6).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from laborvoice.bootstrap import seconds_since
from laborvoice.domain.period import Period
from laborvoice.keyring import Keyring
from laborvoice.metrics import Metric, Sample
from laborvoice.pipeline.rotate import week
from laborvoice.store.ballot import manifest, partition, period_state
from laborvoice.store.database import Connection, Database

CLOSING: Final[tuple[period_state.State, ...]] = ("closing", "counted", "burning", "burned")

OPEN_TO_NOISE: Final = frozenset({"seen"})
"""One envelope under a key that is none of ours fills its default partition: what shows of it would move with that."""


async def watched(database: Database, keyring: Keyring, now: datetime) -> Mapping[Sample, int]:
    """Raises DatabaseUnavailable."""

    async def look(db: Connection) -> dict[Sample, int]:
        states = await period_state.all_states(db)
        current = await manifest.current(db, now.date())
        ages = {**_boxes(states, now), **_mixes(keyring, now)}
        if current is not None:
            ages["manifest"] = seconds_since(current.not_before, now)
        return {
            (Metric.STRAY, ()): len(frozenset(await partition.stray(db)) - OPEN_TO_NOISE),
            **dict(_closes(states)),
            **{(Metric.KEY_AGE, (key,)): age for key, age in ages.items()},
        }

    return await database.run("samples", look)


def _closes(states: Sequence[period_state.PeriodState]) -> Iterator[tuple[Sample, int]]:
    """Nothing before the first close."""
    closed = [one for one in states if one.state != "open"]
    if closed:
        last = max(closed, key=lambda one: Period.parse(one.period))
        for state in CLOSING:
            yield (Metric.CLOSE, (state,)), int(last.state == state)


def _boxes(states: Sequence[period_state.PeriodState], now: datetime) -> dict[str, int]:
    begun = [Period.parse(one.period).begin for one in states if one.state == "open"]
    return {"box": seconds_since(max(begun), now)} if begun else {}


def _mixes(keyring: Keyring, now: datetime) -> dict[str, int]:
    """Of the newest whose week has begun: it grows beyond a week where no new one was made."""
    weeks = [week.begin(name.partition("/")[2]) for name in keyring.names("mix")]
    begun = [day for day in weeks if day <= now.date()]
    return {"mix": seconds_since(max(begun), now)} if begun else {}

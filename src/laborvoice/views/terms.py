"""The terms of all numbers: conditions, periods, and the disclosure policy."""

from datetime import date

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.condition import Condition, Severity
from laborvoice.domain.mapping import MAPPINGS, Mapping
from laborvoice.domain.period import Kind, Period
from laborvoice.domain.policy import POLICIES, Policy, PolicyName
from laborvoice.domain.questionnaire import Bank, ConditionText
from laborvoice.errors import NotFound
from laborvoice.scoring.score import ACTION, FACTOR
from laborvoice.store.ballot import manifest, period_state
from laborvoice.store.ballot.period_state import State
from laborvoice.store.database import Connection, Database


class ConditionView(Value, frozen=True):
    """``weight`` is what one adverse answer adds to a ballot's severity.

    ``action_level`` is the share at which the condition's own scale reads 50, ``factor`` how much of that scale a lone
    condition brings into the score. ``fundamental`` are those of ``mappings.ilo`` that are fundamental instruments.
    """

    code: Condition
    label: str
    severity: Severity
    weight: int
    action_level: float
    factor: float
    mappings: Mapping
    fundamental: tuple[str, ...]


class PeriodView(Value, frozen=True):
    """``end`` is its last day; its box closes on the day ``close``, at 00:00 UTC."""

    label: str
    kind: Kind
    begin: date
    end: date
    close: date
    state: State


class _Frozen(Value, frozen=True):
    name: PolicyName


class _Payload(Value, frozen=True):
    policy: _Frozen


def conditions(bank: Bank) -> tuple[ConditionView, ...]:
    """In the order of ties, tables and charts."""
    return tuple(_condition(text) for text in bank.conditions)


async def periods(database: Database) -> tuple[PeriodView, ...]:
    """Newest first."""

    async def step(db: Connection) -> list[period_state.PeriodState]:
        return await period_state.all_states(db)

    found = [(Period.parse(row.period), row) for row in await database.run("periods", step)]
    return tuple(_period(period, row) for period, row in sorted(found, key=lambda pair: pair[0].begin, reverse=True))


async def policy(database: Database, today: date) -> Policy:
    """The one that the signed manifest names. Raises NotFound before the first manifest."""

    async def step(db: Connection) -> manifest.Stored | None:
        return await manifest.current(db, today)

    found = await database.run("policy", step)
    if found is None:
        raise NotFound
    return POLICIES[msgspec.json.decode(found.payload, type=_Payload).policy.name]


def _condition(text: ConditionText) -> ConditionView:
    mappings = MAPPINGS[text.code]
    return ConditionView(
        code=text.code,
        label=text.label,
        severity=text.severity,
        weight=text.severity.weight,
        action_level=ACTION[text.severity],
        factor=FACTOR[text.severity],
        mappings=mappings,
        fundamental=mappings.fundamental,
    )


def _period(period: Period, row: period_state.PeriodState) -> PeriodView:
    return PeriodView(
        label=row.period, kind=row.kind, begin=period.begin, end=period.end, close=period.close, state=row.state
    )

"""Releases as they are shown: the single source of every number."""

from datetime import date

from msgspec import UNSET, UnsetType

from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.ids import ReleaseId, SupplierId
from laborvoice.domain.period import Period
from laborvoice.domain.policy import POLICIES, PolicyName
from laborvoice.domain.release import Release, Scales
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import sight as sights
from laborvoice.store.registry.sight import Sight
from laborvoice.store.release import release as releases
from laborvoice.views import given


class ScalesView(Value, frozen=True):
    """Scales of the discrete Laplace noise in the totals; ``bound`` truncates that of ``n``."""

    n: float
    bound: int
    severity_sum: float
    conditions: float | UnsetType = UNSET


class Totals(Value, frozen=True):
    """Noised integers: they can be negative."""

    n: int
    severity_sum: int
    scales: ScalesView
    conditions: dict[Condition, int] | UnsetType = UNSET


class PublishedRelease(Value, frozen=True, tag_field="state", tag="published"):
    id: ReleaseId
    supplier: SupplierId
    period: str
    covers: tuple[str, ...]
    totals: Totals
    policy: PolicyName
    questionnaire: str
    method: str
    published_on: date
    top: Condition | UnsetType = UNSET


class WithheldRelease(Value, frozen=True, tag_field="state", tag="withheld"):
    """Too few answers to say anything safely. It would look the same had no one answered."""

    id: ReleaseId
    supplier: SupplierId
    period: str
    covers: tuple[str, ...]
    policy: PolicyName
    questionnaire: str
    method: str
    published_on: date


ReleaseView = PublishedRelease | WithheldRelease


async def one(database: Database, sight: Sight, release: ReleaseId) -> ReleaseView:
    """Raises NotFound."""

    async def step(db: Connection) -> ReleaseView:
        return shown(await releases.by_id(db, sight, release))

    return await database.run("release", step)


async def page(
    database: Database, sight: Sight, supplier: SupplierId, before: date, limit: int
) -> tuple[ReleaseView, ...]:
    """Newest first, of periods that ended before ``before``. Raises NotFound."""

    async def step(db: Connection) -> tuple[ReleaseView, ...]:
        found = await sights.key(db, sight, supplier)
        rows = await releases.page(db, sight, found.supplier_id, before, limit)
        return tuple(shown(row) for row in rows)

    return await database.run("releases", step)


def top_of(release: Release) -> Condition | UnsetType:
    """The condition most likely the most named, where the policy shows it; others are not even stored."""
    policy = POLICIES[release.policy]
    if policy.top_from is None or not policy.top_from <= release.n < policy.conditions_from:
        return UNSET
    return given(release.top)


def published_on(period: str) -> date:
    """The day its box closed: a day of the calendar, not of the count."""
    return Period.parse(period).close


def shown(seen: releases.Seen) -> ReleaseView:
    release = seen.published
    if not isinstance(release, Release):
        return WithheldRelease(
            id=release.id,
            supplier=seen.supplier,
            period=release.period,
            covers=release.covers,
            policy=release.policy,
            questionnaire=release.questionnaire,
            method=release.method,
            published_on=published_on(release.period),
        )
    return PublishedRelease(
        id=release.id,
        supplier=seen.supplier,
        period=release.period,
        covers=release.covers,
        totals=_totals(release),
        policy=release.policy,
        questionnaire=release.questionnaire,
        method=release.method,
        published_on=published_on(release.period),
        top=top_of(release),
    )


def _totals(release: Release) -> Totals:
    counts = release.conditions
    return Totals(
        n=release.n,
        severity_sum=release.severity_sum,
        scales=_scales(release.scales),
        conditions=UNSET if counts is None else dict(zip(CONDITIONS, counts, strict=True)),
    )


def _scales(scales: Scales) -> ScalesView:
    return ScalesView(
        n=scales.n, bound=scales.bound, severity_sum=scales.severity_sum, conditions=given(scales.conditions)
    )

"""Releases: the noised totals of one supplier and one closed period, the single source of every number shown."""

from datetime import date
from typing import Literal

from laborvoice.domain import Value
from laborvoice.domain.condition import Condition
from laborvoice.domain.ids import ReleaseId
from laborvoice.domain.policy import PolicyName


class Scales(Value, frozen=True):
    """Scales of the discrete Laplace noise in the row's numbers; ``bound`` truncates that of ``n``."""

    n: float
    bound: int
    severity_sum: float
    conditions: float | None = None


class Release(Value, frozen=True, tag_field="state", tag="published"):
    """A published period.

    ``n`` and ``severity_sum`` are noised integers; ``conditions`` 16 noised integers in the order of
    ``condition.CONDITIONS`` or None below the policy's threshold; ``top`` the condition most likely the most named.
    ``covers`` = the period and the withheld ones directly before it (at most two), newest last.
    """

    id: ReleaseId
    period: str
    covers: tuple[str, ...]
    n: int
    severity_sum: int
    conditions: tuple[int, ...] | None
    top: Condition | None
    scales: Scales
    policy: PolicyName
    questionnaire: str
    method: str


class Withheld(Value, frozen=True, tag_field="state", tag="withheld"):
    """A period not published. It looks the same for every number of ballots, zero included."""

    id: ReleaseId
    period: str
    covers: tuple[str, ...]
    policy: PolicyName
    questionnaire: str
    method: str


Published = Release | Withheld


class Ledger(Value, frozen=True):
    """What one release cost. No clock time."""

    period: str
    eps_count: float
    eps_severity: float
    eps_conditions: float
    eps_top: float
    delta: float
    mechanisms: tuple[str, ...]
    opendp: str
    code: str


class Statistics(Value, frozen=True):
    """What scoring takes of a release: ``ended`` is the last day of its own period."""

    ended: date
    n: int
    severity_sum: int
    conditions: tuple[int, ...] | None
    top: Condition | None
    scales: Scales


def statistics(release: Release, ended: date) -> Statistics:
    return Statistics(
        ended=ended,
        n=release.n,
        severity_sum=release.severity_sum,
        conditions=release.conditions,
        top=release.top,
        scales=release.scales,
    )


Distributor = Literal["watchdog", "supplier", "mixed"]
"""Who handed out a campaign's invites; mixed counts as supplier."""

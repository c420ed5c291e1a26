"""The only maker of releases: exact totals in, noise once, a published or a withheld period out."""

from laborvoice.anonymize import ledger
from laborvoice.anonymize.noise import Noise
from laborvoice.anonymize.policy import Branch, branch, scales
from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.ids import ReleaseId
from laborvoice.domain.policy import Policy
from laborvoice.domain.release import Ledger, Release, Withheld
from laborvoice.domain.report import Tally


class Imprint(Value, frozen=True):
    """What a release prints beside its numbers. ``covers`` ends with ``period``; ``code`` is for the ledger alone."""

    id: ReleaseId
    period: str
    covers: tuple[str, ...]
    questionnaire: str
    method: str
    code: str


def make(tally: Tally, policy: Policy, noise: Noise, imprint: Imprint) -> tuple[Release | Withheld, Ledger]:
    """Draws once. What is drawn depends on the noised count alone; each draw is in the ledger row."""
    n = noise.count(tally.ballots)
    of = branch(policy, n)
    cost = ledger.row(imprint.period, policy, of, noise, imprint.code)
    if n < policy.published_from:
        return _withheld(policy, imprint), cost
    release = Release(
        id=imprint.id,
        period=imprint.period,
        covers=imprint.covers,
        n=n,
        severity_sum=noise.severity(tally.severity_sum, of),
        conditions=noise.conditions(tally.named, of) if of.eps_conditions else None,
        top=_top(tally, policy, noise, of, n) if of.eps_top else None,
        scales=scales(policy, of),
        policy=policy.name,
        questionnaire=imprint.questionnaire,
        method=imprint.method,
    )
    return release, cost


def _top(tally: Tally, policy: Policy, noise: Noise, of: Branch, n: int) -> Condition | None:
    """Drawn and paid for wherever the branch holds it, shown only where it is right often enough."""
    place = noise.top(tally.named, of)
    return CONDITIONS[place] if policy.top_from is not None and n >= policy.top_from else None


def _withheld(policy: Policy, imprint: Imprint) -> Withheld:
    """It is given no number at all, so that it cannot show one."""
    return Withheld(
        id=imprint.id,
        period=imprint.period,
        covers=imprint.covers,
        policy=policy.name,
        questionnaire=imprint.questionnaire,
        method=imprint.method,
    )

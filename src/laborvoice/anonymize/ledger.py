"""What a release costs, written down beside it, and how often a withheld ballot may try again (design, privacy 8)."""

from laborvoice.anonymize.noise import Noise
from laborvoice.anonymize.policy import Branch
from laborvoice.crypto.framing import CarriedRow, pack_carried_row
from laborvoice.domain.condition import CONDITIONS
from laborvoice.domain.policy import Policy
from laborvoice.domain.release import Ledger
from laborvoice.domain.report import Contribution


def row(period: str, policy: Policy, of: Branch, noise: Noise, code: str) -> Ledger:
    """``code`` is the hash of the program that drew. No clock time."""
    return Ledger(
        period=period,
        eps_count=of.eps_count,
        eps_severity=of.eps_severity,
        eps_conditions=of.eps_conditions,
        eps_top=of.eps_top,
        delta=policy.delta,
        mechanisms=noise.mechanisms(of),
        opendp=noise.library,
        code=code,
    )


def carried(contribution: Contribution, policy: Policy) -> Contribution | None:
    """What a withheld ballot takes into the next period; None when it has tried as often as it may.

    Its answers are gone by then. A ballot costs at most epsilon plus one quarter of it for each carry.
    """
    if contribution.carries >= policy.carry_limit:
        return None
    return Contribution(severity=contribution.severity, named=contribution.named, carries=contribution.carries + 1)


def pack(contribution: Contribution) -> bytes:
    """The plain box row of a carried ballot; bit i of its set stands for the i-th of the sixteen conditions."""
    named = sum(1 << condition.place for condition in contribution.named)
    return pack_carried_row(contribution.carries, contribution.severity, named)


def unpack(carried_row: CarriedRow) -> Contribution:
    """What a carried ballot adds to the tally. The order in which the worker named the conditions is gone."""
    return Contribution(
        severity=carried_row.severity,
        named=tuple(condition for condition in CONDITIONS if carried_row.named >> condition.place & 1),
        carries=carried_row.carries,
    )

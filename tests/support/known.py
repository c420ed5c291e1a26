"""Time and noise that a test knows."""

import asyncio

from laborvoice.anonymize.policy import Branch
from laborvoice.clock import ToldClock
from laborvoice.domain.policy import Policy


class QuickClock(ToldClock):
    """Told the day; sleeps are short, so that a mix need not wait for what is not there."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))


class TrueClock(QuickClock):
    """Told as well, but it claims to be the machine's: so it is compared with PostgreSQL's and with the last mix."""

    told = False


class KnownNoise:
    """What it adds to a count is known, and so is what it was asked: ``counts`` in the order of the draws."""

    library = "known"

    def __init__(self, shift: int = 0) -> None:
        self.shift = shift
        self.counts: list[int] = []
        self.sums: list[int] = []
        self.named: list[tuple[int, ...]] = []

    def __call__(self, policy: Policy) -> "KnownNoise":
        """As a vault takes it: what makes the noise of a policy."""
        assert policy.k > 0
        return self

    def mechanisms(self, branch: Branch) -> tuple[str, ...]:
        return (f"known, {branch.eps}",)

    def count(self, n: int) -> int:
        self.counts.append(n)
        return n + self.shift

    def severity(self, total: int, branch: Branch) -> int:
        assert branch.eps_severity
        self.sums.append(total)
        return total

    def conditions(self, counts: tuple[int, ...], branch: Branch) -> tuple[int, ...]:
        assert branch.eps_conditions
        self.named.append(counts)
        return counts

    def top(self, counts: tuple[int, ...], branch: Branch) -> int:
        assert branch.eps_top
        self.named.append(counts)
        return counts.index(max(counts))

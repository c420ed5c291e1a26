"""The demo's own ledger: what it sent, and by the states that were published, what became of it.

Exact counts never leave the vault's count; these are known because the demo is every worker at once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from laborvoice.domain import Value

State = Literal["published", "withheld"]
CARRY_LIMIT: Final = 2


class Fate(Value, frozen=True):
    """What became of one supplier's ballots. ``counted``: by period, those in the release, carried ones included."""

    counted: Mapping[str, int]
    carried: int
    dropped: int

    @property
    def total(self) -> int:
        return sum(self.counted.values()) + self.carried + self.dropped


def fate(accepted: Sequence[tuple[str, int]], states: Mapping[str, State]) -> Fate:
    """``accepted``: period and ballots, oldest first; a period without a state is not counted yet."""
    waiting: list[tuple[int, int]] = []
    counted: dict[str, int] = {}
    dropped = 0
    for period, ballots in accepted:
        waiting.append((ballots, 0))
        if period not in states:
            continue
        if states[period] == "published":
            counted[period] = sum(count for count, _ in waiting)
            waiting = []
        else:
            dropped += sum(count for count, carries in waiting if carries == CARRY_LIMIT)
            waiting = [(count, carries + 1) for count, carries in waiting if carries < CARRY_LIMIT]
    return Fate(counted=counted, carried=sum(count for count, _ in waiting), dropped=dropped)


class Ledger:
    """Written as it happens. ``sent`` counts envelopes with a ballot in them, ``refused`` what must count nowhere.

    ``told``: how often which words were sent from which site.
    """

    def __init__(self) -> None:
        self.accepted: Counter[tuple[str, str]] = Counter()
        self.told: Counter[tuple[str, str]] = Counter()
        self.sent = 0
        self.refused = 0

    def voted(self, site: str, period: str) -> None:
        """A ballot with a fresh voice was answered with 202."""
        self.sent += 1
        self.accepted[site, period] += 1

    def repeated(self) -> None:
        """A ballot that was there before, or another one with a spent voice, was sent."""
        self.sent += 1
        self.refused += 1

    def redeemed_again(self) -> None:
        """A card that had given its voice was shown once more, and gave none."""
        self.refused += 1

    def spoke(self, site: str, text: str) -> None:
        """A message was answered with 202, as everything is."""
        self.told[site, text] += 1

    def of(self, site: str, periods: Sequence[str]) -> list[tuple[str, int]]:
        return [(period, self.accepted[site, period]) for period in periods]

"""Probes: requests that a party can have us send to a server that never asked for them. They are few."""

from typing import Final

from laborvoice.api.problems import Refusal
from laborvoice.api.ratelimit import Limiter
from laborvoice.clock import Clock
from laborvoice.domain.ids import PartyId

COUNT: Final = 10
SECONDS: Final = 3600


class Probes:
    """Challenges and tests: ten an hour for a party."""

    def __init__(self, clock: Clock, processes: int) -> None:
        self._limiter = Limiter(clock, COUNT, SECONDS, processes)

    def take(self, party: PartyId) -> None:
        """Raises Refusal for one too many."""
        left = self._limiter.take(party)
        if left.refused:
            text = f"Challenges and tests are sent {left.quota} times an hour at most."
            raise Refusal("rate-limited", text, headers=((b"retry-after", str(left.reset).encode()),))

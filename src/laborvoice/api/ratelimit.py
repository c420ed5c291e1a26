"""How often a key may ask: a window in memory for each, its count and its end (design, api 2)."""

import math
from typing import Final

from laborvoice.clock import Clock
from laborvoice.domain import Value

NAME: Final = "default"
_MANY: Final = 10_000


class Left(Value, frozen=True):
    """``refused``: this request is one too many. ``reset`` in seconds, at least 1."""

    quota: int
    window: int
    remaining: int
    reset: int
    refused: bool

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """As the draft of the HTTP working group spells them, and Retry-After where refused."""
        told = (
            (b"ratelimit-policy", f'"{NAME}";q={self.quota};w={self.window}'.encode()),
            (b"ratelimit", f'"{NAME}";r={self.remaining};t={self.reset}'.encode()),
        )
        return (*told, (b"retry-after", str(self.reset).encode())) if self.refused else told


class Limiter:
    """``count`` requests in ``seconds``; of several processes each gives its share."""

    def __init__(self, clock: Clock, count: int, seconds: int, processes: int = 1) -> None:
        self._clock = clock
        self._quota = max(1, count // processes)
        self._seconds = seconds
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, who: str) -> Left:
        """Counts one request of ``who``."""
        now = self._clock.monotonic()
        if len(self._windows) >= _MANY:
            self._forget(now)
        began, taken = self._windows.get(who, (now, 0))
        if now - began >= self._seconds:
            began, taken = now, 0
        self._windows[who] = (began, min(taken + 1, self._quota + 1))
        return Left(
            quota=self._quota,
            window=self._seconds,
            remaining=max(0, self._quota - taken - 1),
            reset=max(1, math.ceil(began + self._seconds - now)),
            refused=taken >= self._quota,
        )

    def _forget(self, now: float) -> None:
        """Whatever names there were: memory stays flat."""
        going = {who: one for who, one in self._windows.items() if now - one[0] < self._seconds}
        self._windows = going if len(going) < _MANY else {}

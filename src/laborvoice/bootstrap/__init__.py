"""Wiring: each process opens what it needs and nothing else; the result is a frozen struct of parts and its beats."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time

from laborvoice.domain import Value


class Beat(Value, frozen=True):
    """Something done every ``every`` seconds, or sooner when ``bell`` rings."""

    name: str
    every: float
    step: Callable[[], Awaitable[None]]
    bell: asyncio.Event | None = None


def seconds_since(day: date, now: datetime) -> int:
    """From the day's beginning on: how old a key is that counts from then."""
    return int((now - datetime.combine(day, time(), UTC)).total_seconds())

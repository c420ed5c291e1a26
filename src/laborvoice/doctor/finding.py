"""What a check says: how bad it is, what it is, whom it costs what, and what to do about it."""

from typing import Literal

from laborvoice.domain import Value

Level = Literal["red", "amber", "green"]


class Finding(Value, frozen=True):
    level: Level
    what: str
    costs: str = ""
    remedy: str = ""


def red(what: str, costs: str, remedy: str) -> Finding:
    """A promise does not hold."""
    return Finding(level="red", what=what, costs=costs, remedy=remedy)


def amber(what: str, costs: str, remedy: str) -> Finding:
    """A promise holds with less behind it, or nobody could look."""
    return Finding(level="amber", what=what, costs=costs, remedy=remedy)


def green(what: str) -> tuple[Finding, ...]:
    return (Finding(level="green", what=what),)


def several(names: list[str], most: int = 5) -> str:
    """The first few of them, and how many there are besides."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"

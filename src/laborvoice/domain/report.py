"""Reports, what becomes of them when a box is opened, and why some are dropped (design, privacy 2)."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from laborvoice.domain import Inbound, Value
from laborvoice.domain.condition import Condition

VERSION: Final = 1
"""The only version of a report there is."""


class Report(Inbound, frozen=True):
    """The answers, as the phone sealed them. ``a`` maps question code to option code; ``g`` holds condition codes.

    ``ch`` is absent, or "gw" when the report came through a gateway.
    """

    v: int
    q: Annotated[str, Meta(max_length=32)]
    qv: int
    a: Annotated[dict[str, str], Meta(max_length=64)]
    g: Annotated[tuple[str, ...], Meta(max_length=3)] = ()
    ch: Literal["gw"] | UnsetType = UNSET


class Reject(StrEnum):
    """Why a ballot is counted nowhere."""

    UNOPENED = "unopened"
    UNBOUND = "unbound"
    UNREADABLE = "unreadable"
    OTHER_QUESTIONNAIRE = "other_questionnaire"
    EMPTY = "empty"
    GATEWAY = "gateway"


class Contribution(Value, frozen=True):
    """What one ballot may move: ``severity`` 0 to 10, at most three ``named`` conditions, ``carries`` so far."""

    severity: int
    named: tuple[Condition, ...]
    carries: int = 0


class Tally(Value, frozen=True):
    """Exact totals of one supplier and period. Never stored, never leaves ``pipeline.count``.

    ``named`` holds 16 integers, order of ``condition.CONDITIONS``.
    """

    ballots: int
    severity_sum: int
    named: tuple[int, ...]

"""Reads: what a principal may see."""

from typing import TypeVar

from msgspec import UNSET, UnsetType

T = TypeVar("T")


def given(value: T | None) -> T | UnsetType:
    """What is missing is left out of an answer, never null."""
    return UNSET if value is None else value

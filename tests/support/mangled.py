"""Things that were right until something happened to them, and a way to try many: the same in every run."""

import contextlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

SEED = 20261124
HITS_MAX = 4
FILLED_MAX = 8

T = TypeVar("T")


@st.composite
def hit_bytes(draw: st.DrawFn, valid: Sequence[bytes]) -> bytes:
    """One of ``valid``, changed in a few places: bytes replaced, put in, taken out, cut off, or said twice."""
    raw = draw(st.sampled_from(valid))
    for _ in range(draw(st.integers(1, HITS_MAX))):
        at = draw(st.integers(0, len(raw)))
        gone = draw(st.integers(0, FILLED_MAX) | st.just(len(raw)))
        new = draw(
            st.binary(max_size=FILLED_MAX)
            | st.binary(min_size=gone % (FILLED_MAX + 1), max_size=gone % (FILLED_MAX + 1))
            | st.just(raw[: at + 1])
        )
        raw = raw[:at] + new + raw[at + gone :]
    return raw


@st.composite
def hit_text(draw: st.DrawFn, valid: Sequence[str]) -> str:
    """The same of text; what is put in may be any character."""
    text = draw(st.sampled_from(valid))
    for _ in range(draw(st.integers(1, HITS_MAX))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.integers(0, FILLED_MAX) | st.just(len(text)))
        new = draw(st.text(max_size=FILLED_MAX) | st.sampled_from(["null", "[", '"', "-1", "1e9", "\0", "%", text]))
        text = text[:at] + new + text[at + gone :]
    return text


def bytes_near(*valid: bytes) -> st.SearchStrategy[bytes]:
    """Right, nearly right, or anything."""
    return st.sampled_from(valid) | hit_bytes(valid) | st.binary(max_size=200)


def text_near(*valid: str) -> st.SearchStrategy[str]:
    return st.sampled_from(valid) | hit_text(valid) | st.text(max_size=80)


def keeps_to(parse: Callable[[T], object], declared: tuple[type[Exception], ...]) -> Callable[[T], None]:
    """A check that ``parse`` returns, or raises what it says it may."""

    def check(value: T) -> None:
        with contextlib.suppress(*declared):
            parse(value)

    return check


def tried(values: st.SearchStrategy[T], times: int, check: Callable[[T], object]) -> None:
    """Raises what ``check`` raises, for the smallest value that was found."""

    @seed(SEED)
    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
        phases=[Phase.generate, Phase.shrink],
    )
    @given(value=values)
    def one(value: T) -> None:
        check(value)

    one()

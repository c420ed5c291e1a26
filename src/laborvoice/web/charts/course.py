"""A score over time: the sparkline of a row, the trend of a page. A period not published is a gap, never guessed."""

from collections.abc import Iterator, Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.web.charts import svg
from laborvoice.web.charts.svg import Svg, percent

_SPARK: Final = (120, 26)
_SLOTS: Final = 12
_TREND: Final = 260
_PLOT: Final = (8, 200)
_GRID: Final = (0, 25, 50, 75, 100)
_LEFT: Final = 6
"""Percent of the width that the numbers of the axis take."""


class Point(Value, frozen=True):
    """A published period, as people see it; ``answers`` to the nearest ten."""

    period: str
    score: int
    low: int
    high: int
    answers: int


class Gap(Value, frozen=True):
    """A period not published."""

    period: str


Course = Sequence[Point | Gap]
"""Oldest first."""


def sparkline(name: str, course: Course) -> Svg:
    shown = list(course)[-_SLOTS:]
    first = _SLOTS - len(shown)
    marks: list[str] = []
    for run in _runs(shown):
        at = [(5 + 10 * (first + place), point) for place, point in run]
        marks.append(_band([(x, _spark(p.low), _spark(p.high)) for x, p in at]))
        marks.append(_path([(x, _spark(p.score)) for x, p in at]))
    last = shown[-1] if shown else None
    if isinstance(last, Point):
        marks.append(svg.dot("dot", "115", f"{_spark(last.score):g}", 3))
    size = (str(_SPARK[0]), _SPARK[1])
    return svg.chart("spark", name, (f"{len(shown)} periods", _told(shown)), size, *marks)


def trend(name: str, of: str, course: Course) -> Svg:
    """Stretches; the numbers do not. The axis is always 0 to 100."""
    points = list(course)
    width = (100 - _LEFT) / max(1, len(points))
    middle = [_LEFT + (place + 0.5) * width for place in range(len(points))]
    pattern = f"{name}h"
    gaps = [
        svg.rect("gap", f"url(#{pattern})", percent(middle[place] - width / 2), _PLOT[0], (percent(width), _PLOT[1]))
        for place, one in enumerate(points)
        if isinstance(one, Gap)
    ]
    return svg.chart(
        "trend",
        name,
        (f"Score of {of} over {len(points)} periods", _told(points)),
        ("100%", _TREND),
        svg.hatch(pattern) if gaps else "",
        *_grid(),
        *gaps,
        _plot(points),
        *(mark for x, one in zip(middle, points, strict=True) for mark in _under(x, one)),
    )


def _grid() -> Iterator[str]:
    for value in _GRID:
        y = f"{_down(value):g}"
        yield svg.line("tick", svg.LINE, (percent(_LEFT), y), ("100%", y))
        yield svg.text(str(value), percent(_LEFT - 1), _down(value) + 4, "end")


def _plot(points: Sequence[Point | Gap]) -> str:
    """Stretched, strokes apart: its unit is one period wide."""
    drawn: list[str] = []
    for run in _runs(points):
        at = [(place + 0.5, point) for place, point in run]
        drawn.append(_band([(x, 100 - p.low, 100 - p.high) for x, p in at], 0.12))
        drawn.append(_path([(x, 100 - p.score) for x, p in at]))
    return (
        f'<svg x="{_LEFT}%" y="{_PLOT[0]}" width="{100 - _LEFT}%" height="{_PLOT[1]}"'
        f' viewBox="0 0 {max(1, len(points))} 100" preserveAspectRatio="none">{"".join(drawn)}</svg>'
    )


def _under(x: float, one: Point | Gap) -> Iterator[str]:
    at = percent(x)
    yield svg.text(one.period, at, 226)
    if isinstance(one, Gap):
        yield svg.text("withheld", at, 244)
        return
    yield svg.dot("dot", at, f"{_down(one.score):g}", 5)
    yield svg.text(str(one.score), at, max(20, _down(one.high) - 6), "middle", "n")
    yield svg.text(f"about {one.answers}", at, 244)


def _band(at: Sequence[tuple[float, float, float]], wide: float = 3) -> str:
    """One period alone is a bar."""
    if len(at) == 1:
        x, low, high = at[0]
        at = [(x - wide, low, high), (x + wide, low, high)]
    corners = [(x, high) for x, _, high in at] + [(x, low) for x, low, _ in reversed(at)]
    return f'<path class="range" fill="{svg.RANGE}" d="M{_through(corners)}z"/>'


def _path(at: Sequence[tuple[float, float]]) -> str:
    if len(at) == 1:
        return ""
    return (
        f'<path class="line" fill="none" stroke="{svg.ACCENT}" stroke-width="2" vector-effect="non-scaling-stroke"'
        f' d="M{_through(at)}"/>'
    )


def _through(at: Sequence[tuple[float, float]]) -> str:
    return "L".join(f"{x:g} {y:g}" for x, y in at)


def _spark(value: int) -> float:
    return round(_SPARK[1] - 3 - value * (_SPARK[1] - 6) / 100, 1)


def _down(value: int) -> float:
    return _PLOT[0] + (100 - value) * _PLOT[1] / 100


def _runs(points: Sequence[Point | Gap]) -> list[list[tuple[int, Point]]]:
    """Of neighbouring published periods, each with its place."""
    runs: list[list[tuple[int, Point]]] = []
    for place, one in enumerate(points):
        if isinstance(one, Gap):
            continue
        if runs and runs[-1][-1][0] == place - 1:
            runs[-1].append((place, one))
        else:
            runs.append([(place, one)])
    return runs


def _told(points: Sequence[Point | Gap]) -> str:
    known = [one for one in points if isinstance(one, Point)]
    withheld = len(points) - len(known)
    gaps = f" {withheld} withheld." if withheld else ""
    if not known:
        return f"No period is published.{gaps}"
    first, last = known[0], known[-1]
    if first is last:
        return f"{last.score} in {last.period}.{gaps}"
    return f"From {first.score} in {first.period} to {last.score} in {last.period}.{gaps}"

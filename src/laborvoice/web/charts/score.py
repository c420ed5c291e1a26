"""A score on its way from 0 to 100: the strip of a row, the gauge of a page, several on one axis."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.score import Band
from laborvoice.web.charts import svg
from laborvoice.web.charts.svg import Svg, percent

DASH: Final = "\N{EN DASH}"
_STRIP: Final = 18
_GAUGE: Final = 124
_ROW: Final = 40
_LABEL: Final = 15
_EDGES: Final = (0, 25, 50, 75, 100)
_WHISKER: Final = 40
_BAND: Final = (56, 24)
_MARKS: Final = 118
_COVERED: Final = 3
_NEAR: Final = 8
"""So near to the end of the axis a number has no room beside its mark."""


class Figures(Value, frozen=True):
    """The integers people see. ``of`` names the supplier."""

    of: str
    score: int
    low: int
    high: int
    band: Band

    @property
    def sentence(self) -> str:
        return f"{self.score} of 100, 90 % range {self.low} to {self.high}, {self.band}."


class Gauge(Value, frozen=True):
    """``previous`` and ``usual`` are scores too; None where there is none."""

    figures: Figures
    previous: int | None = None
    usual: int | None = None


def strip(name: str, one: Figures) -> Svg:
    """Stretches with its column; the ticks are the sheet's."""
    return svg.chart(
        "strip",
        name,
        ("Score", one.sentence),
        ("100%", _STRIP),
        _range(one, 5, 8),
        svg.dot("dot", percent(one.score), "9", 5),
    )


def gauge(name: str, drawn: Gauge) -> Svg:
    one = drawn.figures
    return svg.chart(
        "gauge",
        name,
        (f"Score of {one.of}", f"{one.sentence}{_besides(drawn)}"),
        ("100%", _GAUGE),
        *_bands(),
        *_whisker(one),
        *(() if drawn.usual is None else _usual(drawn.usual)),
        *(() if drawn.previous is None else _previous(drawn.previous)),
    )


def beside(name: str, many: Sequence[Figures]) -> Svg:
    """Several on one axis, each under its name."""
    height = _ROW * len(many) + 20
    axis = [svg.line("tick", svg.LINE, (percent(at), "0"), (percent(at), str(height - 18))) for at in _EDGES]
    named = [svg.text(str(at), percent(at), height - 4, svg.above(at)) for at in _EDGES]
    sentence = " ".join(f"{one.of}: {one.sentence}" for one in many)
    marks = [mark for place, one in enumerate(many) for mark in _row(one, place * _ROW)]
    return svg.chart("beside", name, ("Scores on one axis", sentence), ("100%", height), *axis, *marks, *named)


def _row(one: Figures, top: int) -> tuple[str, ...]:
    return (
        svg.text(f"{one.of}: {one.score} ({one.low}{DASH}{one.high})", "0", top + _LABEL, "start", "m"),
        _range(one, top + 21, 10),
        svg.dot("dot", percent(one.score), str(top + 26), 6),
    )


def _range(one: Figures, y: float, height: float) -> str:
    size = (percent(one.high - one.low), height)
    return svg.rect("range", svg.RANGE, percent(one.low), y, size, f' rx="{height / 2:g}"')


def _bands() -> list[str]:
    top, height = _BAND
    quarter = 100 / len(svg.BANDS)
    fills = [
        svg.rect(f"b-{band}", svg.FILL[band], percent(place * quarter), top, (percent(quarter), height))
        for place, band in enumerate(svg.BANDS)
    ]
    names = [
        svg.text(band, percent((place + 0.5) * quarter), top + height + 14) for place, band in enumerate(svg.BANDS)
    ]
    return [*fills, *names]


def _whisker(one: Figures) -> tuple[str, ...]:
    y, low, high = str(_WHISKER), percent(one.low), percent(one.high)
    top, bottom = str(_WHISKER - 5), str(_WHISKER + 5)
    left = ("start", 0) if one.low < _NEAR else ("end", -_beyond(one.score - one.low))
    right = ("end", 0) if one.high > 100 - _NEAR else ("start", _beyond(one.high - one.score))
    return (
        svg.line("whisker", svg.INK, (low, y), (high, y), ' stroke-width="2"'),
        svg.line("whisker", svg.INK, (low, top), (low, bottom), ' stroke-width="2"'),
        svg.line("whisker", svg.INK, (high, top), (high, bottom), ' stroke-width="2"'),
        _end(one.low, low, left),
        _end(one.high, high, right),
        svg.dot("ring", percent(one.score), y, 8, f' fill="{svg.CARD}" stroke="{svg.INK}" stroke-width="4"'),
        svg.text(str(one.score), percent(one.score), 22, svg.above(one.score), "n"),
    )


def _beyond(distance: int) -> int:
    """Pixels from the end of the whisker to its number, which the ring must not cover."""
    return 6 if distance > _COVERED else 14


def _end(value: int, x: str, side: tuple[str, int]) -> str:
    anchor, shift = side
    y = _WHISKER + 4 if shift else _WHISKER - 10
    return (
        f'<text class="t" fill="{svg.MUTED}" font-size="12" x="{x}" dx="{shift}" y="{y}" text-anchor="{anchor}">'
        f"{value}</text>"
    )


def _usual(value: int) -> tuple[str, ...]:
    x = percent(value)
    return (
        svg.line("usual", svg.INK, (x, "50"), (x, "84"), ' stroke-width="2" stroke-dasharray="4 3"'),
        svg.text(f"usual {value}", x, _MARKS, svg.above(value)),
    )


def _previous(value: int) -> tuple[str, ...]:
    triangle = f'<path class="before" fill="{svg.INK}" d="M0 9l-6-9h12z"/>'
    return (f'<svg x="{percent(value)}" y="47" overflow="visible">{triangle}</svg>',)


def _besides(drawn: Gauge) -> str:
    usual = "" if drawn.usual is None else f" Usual: {drawn.usual}."
    previous = "" if drawn.previous is None else f" The period before: {drawn.previous}."
    return previous + usual

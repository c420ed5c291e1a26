"""The share of those who answered that names a condition, and how that moves the score."""

from typing import Final

from laborvoice.domain import Value
from laborvoice.web.charts import svg
from laborvoice.web.charts.svg import Svg, percent

_HEIGHT: Final = 18
_ZERO: Final = 50
_REACH: Final = 48


class Named(Value, frozen=True):
    """Whole percents, as people see them; ``contribution`` in composite points, ``most`` the largest beside it.

    ``axis``: the percent at which the drawing ends.
    """

    label: str
    share: int
    low: int
    high: int
    usual: int
    contribution: float
    most: float
    axis: int = 100


def named(name: str, one: Named) -> Svg:
    """From 0 to the axis: the range, the share, and what is usual."""
    usual, share, low = (percent(100 * value / one.axis) for value in (one.usual, one.share, one.low))
    width = percent(100 * max(1, one.high - one.low) / one.axis)
    sentence = f"{one.share} %, 90 % range {one.low} to {one.high} %. Usual: {one.usual} %."
    return svg.chart(
        "share",
        name,
        (one.label, sentence),
        ("100%", _HEIGHT),
        svg.rect("range", svg.RANGE, low, 5, (width, 8), ' rx="4"'),
        svg.line("usual", svg.INK, (usual, "1"), (usual, "17"), ' stroke-width="2" stroke-dasharray="3 2"'),
        svg.dot("dot", share, "9", 4),
    )


def moved(name: str, one: Named) -> Svg:
    """To the right what raises the score, to the left what lowers it."""
    width = _REACH * abs(one.contribution) / one.most if one.most else 0
    left = _ZERO if one.contribution > 0 else _ZERO - width
    kind = "raises" if one.contribution > 0 else "lowers"
    fill = svg.FILL["high"] if one.contribution > 0 else svg.HATCH
    return svg.chart(
        "moved",
        name,
        (one.label, f"{kind.capitalize()} the composite by {abs(one.contribution):.2f}."),
        ("100%", _HEIGHT),
        svg.rect(kind, fill, percent(left), 4, (percent(width), 10)),
        svg.line("zero", svg.MUTED, (f"{_ZERO}%", "0"), (f"{_ZERO}%", str(_HEIGHT))),
    )

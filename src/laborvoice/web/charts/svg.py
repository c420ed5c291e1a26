"""The parts that all charts are made of."""

from html import escape
from typing import Final

from laborvoice.domain.score import Band

INK: Final = "#1d1b18"
MUTED: Final = "#5c5750"
LINE: Final = "#d9d4ca"
HATCH: Final = "#a8a195"
ACCENT: Final = "#0b5c6b"
RANGE: Final = "#b5d0d5"
CARD: Final = "#fff"
FILL: Final[dict[Band, str]] = {"low": "#efe3c8", "moderate": "#eaa95a", "high": "#cf6a34", "severe": "#8f2013"}
BANDS: Final[tuple[Band, ...]] = ("low", "moderate", "high", "severe")

_XMLNS: Final = ' xmlns="http://www.w3.org/2000/svg"'


class Svg(str):
    """Markup: a template prints it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self

    def alone(self) -> bytes:
        """As a file of its own."""
        return f"{self[:4]}{_XMLNS}{self[4:]}".encode()


def chart(kind: str, name: str, words: tuple[str, str], size: tuple[str, int], *marks: str) -> Svg:
    """``name`` is unique in the page; ``words`` = a title and a sentence; ``size`` = a width and pixels of height."""
    title, sentence = words
    width, height = size
    return Svg(
        f'<svg class="{kind}" role="img" aria-labelledby="{name}t {name}d" width="{width}" height="{height}">'
        f'<title id="{name}t">{escape(title)}</title><desc id="{name}d">{escape(sentence)}</desc>'
        f"{''.join(marks)}</svg>"
    )


def rect(kind: str, fill: str, x: str, y: float, size: tuple[str, float], more: str = "") -> str:
    width, height = size
    return f'<rect class="{kind}" fill="{fill}" x="{x}" y="{y:g}" width="{width}" height="{height:g}"{more}/>'


def line(kind: str, stroke: str, start: tuple[str, str], end: tuple[str, str], more: str = "") -> str:
    return f'<line class="{kind}" stroke="{stroke}" x1="{start[0]}" y1="{start[1]}" x2="{end[0]}" y2="{end[1]}"{more}/>'


def dot(kind: str, x: str, y: str, radius: float, more: str = f' fill="{ACCENT}"') -> str:
    return f'<circle class="{kind}" cx="{x}" cy="{y}" r="{radius:g}"{more}/>'


def text(words: str, x: str, y: float, anchor: str = "middle", kind: str = "t") -> str:
    fill = INK if kind == "n" else MUTED
    size = "18" if kind == "n" else "12"
    weight = ' font-weight="700"' if kind == "n" else ""
    return (
        f'<text class="{kind}" fill="{fill}" font-size="{size}"{weight} x="{x}" y="{y:g}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def hatch(name: str) -> str:
    """A pattern to fill with: ``url(#name)``."""
    return (
        f'<pattern id="{name}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="7" height="7" fill="none"/><line class="hatch" stroke="{HATCH}" x1="0" y1="0" x2="0" y2="7"'
        ' stroke-width="2"/></pattern>'
    )


def percent(value: float) -> str:
    """Of the width, at most one decimal."""
    return f"{round(value, 1):g}%"


def above(value: float) -> str:
    """An anchor that keeps a number inside the chart."""
    if value < _EDGE:
        return "start"
    return "end" if value > 100 - _EDGE else "middle"


_EDGE: Final = 6

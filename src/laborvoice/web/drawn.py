"""From what a view shows to what a chart draws."""

from collections.abc import Iterable
from typing import Protocol

from laborvoice.domain.score import Band
from laborvoice.web.charts import course as courses
from laborvoice.web.charts import score as scores
from laborvoice.web.charts.course import Course, Gap, Point
from laborvoice.web.charts.score import Figures, Gauge
from laborvoice.web.charts.svg import Svg


class Scored(Protocol):
    """A published score."""

    @property
    def score(self) -> int: ...
    @property
    def low(self) -> int: ...
    @property
    def high(self) -> int: ...
    @property
    def band(self) -> Band: ...


class Usual(Protocol):
    @property
    def value(self) -> float: ...


class Compared(Scored, Protocol):
    @property
    def usual(self) -> Usual: ...


class Turn(Protocol):
    """A period of a supplier: figures are None where it is withheld."""

    @property
    def period(self) -> str: ...
    @property
    def score(self) -> int | None: ...
    @property
    def low(self) -> int | None: ...
    @property
    def high(self) -> int | None: ...
    @property
    def answers(self) -> int: ...


def figures(of: str, one: Scored) -> Figures:
    return Figures(of=of, score=one.score, low=one.low, high=one.high, band=one.band)


def strip(name: str, of: str, one: Scored) -> Svg:
    return scores.strip(name, figures(of, one))


def gauge(name: str, of: str, one: Compared, previous: Scored | None) -> Svg:
    before = None if previous is None else previous.score
    return scores.gauge(name, Gauge(figures=figures(of, one), previous=before, usual=round(one.usual.value)))


def beside(name: str, many: Iterable[tuple[str, Scored]]) -> Svg:
    return scores.beside(name, [figures(*one) for one in many])


def sparkline(name: str, turns: Iterable[Turn]) -> Svg:
    return courses.sparkline(name, _course(turns))


def trend(name: str, of: str, turns: Iterable[Turn]) -> Svg:
    return courses.trend(name, of, _course(turns))


def _course(turns: Iterable[Turn]) -> Course:
    return tuple(_point(one) for one in turns)


def _point(one: Turn) -> Point | Gap:
    if one.score is None or one.low is None or one.high is None:
        return Gap(period=one.period)
    return Point(period=one.period, score=one.score, low=one.low, high=one.high, answers=one.answers)

"""Charts: well formed, small, said in a sentence, drawn the same with a sheet and without."""

import gzip
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.domain.score import band
from laborvoice.web.charts import course, score, share, svg
from laborvoice.web.charts.course import Gap, Point
from laborvoice.web.charts.score import Figures, Gauge
from laborvoice.web.charts.share import Named
from laborvoice.web.charts.svg import Svg

MOST_BYTES = 3 * 1024
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"rect", "line", "circle", "path", "text"}


def figures(value: int = 73, low: int = 71, high: int = 84, of: str = "A & <B>") -> Figures:
    return Figures(of=of, score=value, low=low, high=high, band=band(value))


def named(contribution: float = 0.69) -> Named:
    return Named(label="Wages", share=19, low=12, high=26, usual=6, contribution=contribution, most=0.69, axis=40)


def points(count: int = 12) -> list[Point | Gap]:
    every = [Point(period=f"20{i:02}-Q1", score=40 + i, low=30, high=60 + i, answers=120) for i in range(count)]
    return [Gap(period=one.period) if place in {3, 4} else one for place, one in enumerate(every)]


CHARTS: dict[str, Svg] = {
    "strip": score.strip("a", figures()),
    "gauge": score.gauge("b", Gauge(figures=figures(), previous=60, usual=49)),
    "gauge at the ends": score.gauge("c", Gauge(figures=figures(2, 0, 5), previous=1, usual=99)),
    "gauge alone": score.gauge("d", Gauge(figures=figures(98, 95, 100))),
    "beside": score.beside("e", [figures(), figures(20, 10, 30), figures(40, 30, 50), figures(3, 1, 9)]),
    "sparkline": course.sparkline("f", points()),
    "sparkline of nothing": course.sparkline("g", []),
    "sparkline of gaps": course.sparkline("h", [Gap(period="2026-Q1")]),
    "trend": course.trend("i", "A & <B>", points()),
    "trend of one": course.trend("j", "A", points(1)),
    "trend of nothing": course.trend("k", "A", []),
    "share": share.named("l", named()),
    "raises": share.moved("m", named()),
    "lowers": share.moved("n", named(-0.3)),
    "moves nothing": share.moved("o", Named(label="x", share=0, low=0, high=0, usual=0, contribution=0.0, most=0.0)),
}


@pytest.mark.parametrize("name", CHARTS)
def test_it_is_small_and_well_formed(name: str) -> None:
    chart = CHARTS[name]
    assert len(gzip.compress(chart.encode())) <= MOST_BYTES
    assert "style=" not in chart
    assert "<script" not in chart
    assert not re.search(r"\bon\w+=", chart)
    root = ET.fromstring(chart.alone())  # noqa: S314 - our own
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"


@pytest.mark.parametrize("name", CHARTS)
def test_it_says_in_a_sentence_what_it_shows(name: str) -> None:
    root = ET.fromstring(CHARTS[name].alone())  # noqa: S314 - our own
    title, told = root[0], root[1]
    assert (title.tag, told.tag) == (f"{SVG}title", f"{SVG}desc")
    assert title.text
    assert told.text is not None
    assert told.text[0].isupper() or told.text[0].isdigit() or told.text.startswith("A & <B>")
    assert told.text.endswith(".")
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"


@pytest.mark.parametrize("name", CHARTS)
def test_each_mark_has_a_class_and_is_drawn_without_a_sheet(name: str) -> None:
    root = ET.fromstring(CHARTS[name].alone())  # noqa: S314 - our own
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    for one in root.iter():
        if one.tag.removeprefix(SVG) in DRAWN and one.get("fill") != "none":
            assert one.get("class"), ET.tostring(one)
            assert one.get("fill") or one.get("stroke"), ET.tostring(one)


def test_names_in_one_page_do_not_meet() -> None:
    whole = "".join(CHARTS.values())
    ids = re.findall(r' id="([^"]+)"', whole)
    assert len(ids) == len(set(ids))


def test_what_a_supplier_is_called_is_text() -> None:
    assert "A &amp; &lt;B&gt;" in CHARTS["trend"]
    assert "<B>" not in CHARTS["trend"]


def test_a_gap_breaks_the_line_and_is_hatched() -> None:
    assert CHARTS["trend"].count('class="line"') == 2
    assert CHARTS["trend"].count('class="gap"') == 2
    assert "2 withheld" in CHARTS["sparkline"]


def test_a_chart_is_markup() -> None:
    assert CHARTS["strip"].__html__() == CHARTS["strip"]
    assert svg.above(50) == "middle"


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100)) | st.none(), max_size=14))
def test_any_course_can_be_drawn(drawn: list[tuple[int, int, int] | None]) -> None:
    turns = [_turn(place, one) for place, one in enumerate(drawn)]
    for chart in (course.sparkline("a", turns), course.trend("b", "x", turns)):
        ET.fromstring(chart.alone())  # noqa: S314 - our own
        assert "nan" not in chart


def _turn(place: int, one: tuple[int, int, int] | None) -> Point | Gap:
    if one is None:
        return Gap(period=str(place))
    low, middle, high = sorted(one)
    return Point(period=str(place), score=middle, low=low, high=high, answers=10)

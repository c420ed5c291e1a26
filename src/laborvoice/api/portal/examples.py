"""Examples of the contract: made up, and of the very structs that answer. They show no real site."""

from datetime import date
from typing import Final

from laborvoice.domain.condition import Condition, Severity
from laborvoice.domain.ids import LinkId, ReleaseId, SupplierId
from laborvoice.domain.mapping import MAPPINGS
from laborvoice.domain.policy import STANDARD
from laborvoice.domain.score import METHOD, Because, ConditionTrend
from laborvoice.domain.supplier import identifiers
from laborvoice.views.releases import PublishedRelease, ScalesView, Totals, WithheldRelease
from laborvoice.views.scores import NoScore, PublishedScore, Rated, TrendView, UsualView, WithheldScore
from laborvoice.views.suppliers import LinkView, SupplierView
from laborvoice.views.terms import ConditionView, PeriodView

POLICY: Final = STANDARD

_SUPPLIER_ID: Final = SupplierId.parse("sup_4jfhky32628wfaybwzv7f5tadw")
_RELEASE_ID: Final = ReleaseId.parse("rel_1vgvkpez469jqtcz423kd5we15")
_COUNTS: Final = (31, 22, 4, 41, 9, -3, 12, 15, 6, 18, 7, 25, 14, 3, 20, 27)
_EMPTY: Final = {"next_cursor": None, "has_more": False}

SUPPLIER: Final = SupplierView(
    id=_SUPPLIER_ID,
    name="Sample Garments 11",
    address="11 Example Road, Dhaka",
    country="BD",
    kind="factory",
    isic=("1410",),
    products=("610910",),
    identifiers=identifiers("BD2026001DEM011", ()),
    engagement="ok",
    closed=False,
    synthetic=True,
    links=(
        LinkView(
            id=LinkId.parse("lnk_2c8xkq7m1v0zt5r9w4hbn6jyde"),
            tier=1,
            role="sewing",
            since=date(2026, 1, 1),
            state="confirmed",
            disclosure="public",
            created_on=date(2026, 1, 12),
        ),
    ),
    created_on=date(2026, 1, 5),
    os_id="BD2026001DEM011",
    workers_min=1000,
    workers_max=1400,
)
SUPPLIERS: Final = {"data": (SUPPLIER,), **_EMPTY}

RELEASE: Final = PublishedRelease(
    id=_RELEASE_ID,
    supplier=_SUPPLIER_ID,
    period="2026-Q3",
    covers=("2026-Q3",),
    totals=Totals(
        n=214,
        severity_sum=498,
        scales=ScalesView(n=2.0, bound=16, severity_sum=40 / 3, conditions=4.0),
        conditions=dict(zip(Condition, _COUNTS, strict=True)),
    ),
    policy="standard",
    questionnaire="core 1",
    method=METHOD,
    published_on=date(2026, 10, 3),
)
_WITHHELD: Final = WithheldRelease(
    id=ReleaseId.parse("rel_3h5dq0r8m6x2v9t1k7zcw4bnjs"),
    supplier=_SUPPLIER_ID,
    period="2026-Q2",
    covers=("2026-Q2",),
    policy="standard",
    questionnaire="core 1",
    method=METHOD,
    published_on=date(2026, 7, 3),
)
RELEASES: Final = {"data": (RELEASE, _WITHHELD), **_EMPTY}

SCORE: Final = PublishedScore(
    period="2026-Q3",
    covers=("2026-Q3",),
    release=_RELEASE_ID,
    score=73,
    band="high",
    low=71,
    high=84,
    confidence="medium",
    reasons=("answers", "range"),
    answers=210,
    usual=UsualView(value=48.717949, suppliers=11, level="sector"),
    driver="freedom_of_movement",
    because=(
        Because(
            condition=Condition.FREEDOM_OF_MOVEMENT,
            severity="critical",
            share=0.186879,
            low=0.12465,
            high=0.252491,
            usual=0.015,
            contribution=0.687518,
        ),
        Because(
            condition=Condition.WORKING_HOURS,
            severity="severe",
            share=0.101821,
            low=0.062007,
            high=0.147213,
            usual=0.14,
            contribution=-0.076357,
        ),
    ),
    unexplained=0.124214,
    fresh_start=(),
    trend=TrendView(
        direction="no clear change",
        conditions=(ConditionTrend(condition=Condition.WAGES, direction="no clear change", z=0.41),),
        since="2026-Q1",
        z=0.72,
    ),
    method=METHOD,
    coverage=0.178333,
)
_NONE: Final = WithheldScore(period="2026-Q2")
SCORES: Final = {"data": (SCORE, _NONE), **_EMPTY}

WANTED: Final = {"suppliers": (_SUPPLIER_ID,), "period": "2026-Q3"}
_RATED: Final = (
    Rated(supplier=_SUPPLIER_ID, score=_NONE),
    Rated(supplier=SupplierId.parse("sup_0q4m8z2k6x1v7t3r5w9hcbnjyd"), score=NoScore()),
)
RATED_LIST: Final = {"data": (Rated(supplier=_SUPPLIER_ID, score=SCORE), *_RATED), **_EMPTY}
CSV: Final = (
    "supplier,state,period,score,low,high,band,confidence,answers,usual,driver,trend,release,override\r\n"
    "sup_4jfhky32628wfaybwzv7f5tadw,withheld,2026-Q2,,,,,,,,,,,\r\n"
)
NDJSON: Final = '{"supplier":"sup_4jfhky32628wfaybwzv7f5tadw","score":{"state":"withheld","period":"2026-Q2"}}\n'

CONDITIONS: Final = {
    "data": (
        ConditionView(
            code=Condition.CHILD_LABOUR,
            label="Child labour",
            severity=Severity.CRITICAL,
            weight=4,
            action_level=0.05,
            factor=1.0,
            mappings=MAPPINGS[Condition.CHILD_LABOUR],
            fundamental=MAPPINGS[Condition.CHILD_LABOUR].fundamental,
        ),
    )
}
PERIODS: Final = {
    "data": (
        PeriodView(
            label="2026-Q3",
            kind="quarter",
            begin=date(2026, 7, 1),
            end=date(2026, 9, 30),
            close=date(2026, 10, 3),
            state="burned",
        ),
    )
}

from collections.abc import Callable
from datetime import date
from typing import Protocol

import msgspec
import pytest

from laborvoice.anonymize.noise import Noise, OpenDpNoise
from laborvoice.anonymize.release import Imprint, make
from laborvoice.domain import ids
from laborvoice.domain.condition import Condition
from laborvoice.domain.ids import ReleaseId
from laborvoice.domain.policy import POLICIES, STANDARD, STRICT, Policy
from laborvoice.domain.release import Release, Scales, Withheld, statistics
from laborvoice.domain.report import Tally


class Recorder(Noise, Protocol):
    asked: list[str]


Recorded = Callable[[int], Recorder]

IMPRINT = Imprint(
    id=ReleaseId.draw(bytes(16)),
    period="2026-Q4",
    covers=("2026-Q3", "2026-Q4"),
    questionnaire="core 1",
    method="lv-score/1",
    code="c0de",
)
NAMED = (1, 2, 3, 9, *(0,) * 12)


def tally(ballots: int) -> Tally:
    return Tally(ballots=ballots, severity_sum=3 * ballots, named=NAMED)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_withheld_looks_the_same_for_every_number_of_ballots(recorded: Recorded, policy: Policy) -> None:
    made = {
        msgspec.json.encode(make(tally(n), policy, recorded(-1), IMPRINT), enc_hook=ids.encode)
        for n in range(policy.published_from + 1)
    }
    assert len(made) == 1
    withheld, _ = make(tally(0), policy, recorded(0), IMPRINT)
    assert withheld == Withheld(
        id=IMPRINT.id,
        period="2026-Q4",
        covers=IMPRINT.covers,
        policy=policy.name,
        questionnaire="core 1",
        method="lv-score/1",
    )


def test_withheld_draws_the_count_alone(recorded: Recorded) -> None:
    noise = recorded(0)
    make(tally(25), STANDARD, noise, IMPRINT)
    assert noise.asked == ["count"]


@pytest.mark.parametrize(("n", "top"), [(26, None), (49, None), (50, Condition.FREEDOM_OF_MOVEMENT)])
def test_standard_summary(recorded: Recorded, n: int, top: Condition | None) -> None:
    noise = recorded(1)
    release, ledger = make(tally(n - 1), STANDARD, noise, IMPRINT)
    assert release == Release(
        id=IMPRINT.id,
        period="2026-Q4",
        covers=IMPRINT.covers,
        n=n,
        severity_sum=3 * (n - 1) + 1,
        conditions=None,
        top=top,
        scales=Scales(n=2.0, bound=16, severity_sum=10.0),
        policy="standard",
        questionnaire="core 1",
        method="lv-score/1",
    )
    assert noise.asked == ["count", "severity 1.0", "top 0.5"]
    assert ledger.mechanisms == ("recorded 2.0",)


@pytest.mark.parametrize("n", [39, 50, 149])
def test_strict_summary_has_no_top(recorded: Recorded, n: int) -> None:
    noise = recorded(0)
    release, _ = make(tally(n), STRICT, noise, IMPRINT)
    assert isinstance(release, Release)
    assert (release.n, release.conditions, release.top) == (n, None, None)
    assert noise.asked == ["count", "severity 0.75"]


@pytest.mark.parametrize(("policy", "n", "eps"), [(STANDARD, 100, 0.75), (STRICT, 150, 0.375)])
def test_full_shows_raw_noised_integers(recorded: Recorded, policy: Policy, n: int, eps: float) -> None:
    noise = recorded(-2)
    release, _ = make(tally(n + 2), policy, noise, IMPRINT)
    assert isinstance(release, Release)
    assert release.conditions == (-1, 0, 1, 7, *(-2,) * 12)
    assert release.top is None
    assert noise.asked == ["count", f"severity {eps}", f"conditions {eps}"]


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_nothing_is_published_below_k_ballots(policy: Policy) -> None:
    noise = OpenDpNoise(policy)
    for _ in range(500):
        release, _ = make(tally(policy.k - 1), policy, noise, IMPRINT)
        assert isinstance(release, Withheld)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_ledger_names_the_real_mechanisms(policy: Policy) -> None:
    release, ledger = make(tally(1000), policy, OpenDpNoise(policy), IMPRINT)
    assert isinstance(release, Release)
    assert ledger.opendp.startswith("opendp 0.16")
    assert len(ledger.mechanisms) == 3
    assert msgspec.json.decode(msgspec.json.encode(ledger), type=type(ledger)) == ledger


def test_scoring_takes_numbers_and_scales_alone(recorded: Recorded) -> None:
    release, _ = make(tally(120), STANDARD, recorded(0), IMPRINT)
    assert isinstance(release, Release)
    taken = statistics(release, date(2026, 12, 31))
    assert (taken.ended, taken.n, taken.severity_sum, taken.top) == (date(2026, 12, 31), 120, 360, None)
    assert (taken.conditions, taken.scales) == (release.conditions, release.scales)

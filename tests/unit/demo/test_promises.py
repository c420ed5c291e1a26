"""A promise that is broken is told: each judgement fails on what it is there to catch."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from laborvoice.clock import ToldClock
from laborvoice.demo import closing, promises, table
from laborvoice.demo.ledger import Ledger, fate
from laborvoice.demo.promises import Promise
from laborvoice.demo.receiver import Receiver
from laborvoice.demo.seen import Seen, Shown
from laborvoice.demo.setting import Keys, Stage
from laborvoice.demo.sites import SMALL
from laborvoice.domain.condition import CONDITIONS
from laborvoice.views.recompute import again, agrees
from laborvoice.views.releases import ReleaseView
from laborvoice.views.scores import TrendView
from laborvoice.webhooks.verifier import Event
from support.demo_shown import CLOSED, COUNTS, PERIODS, SUPPLIERS, release, score, shown
from support.demo_told import PARTY, spoken
from support.demo_told import heard as told


@pytest.fixture
def ledger() -> Ledger:
    written = Ledger()
    for site in SMALL.polled:
        for period in PERIODS:
            for _ in range(site.answers):
                written.voted(site.short, period)
    written.repeated()
    return written


@pytest.fixture
def seen(ledger: Ledger) -> Seen:
    one, other, orchard, closed = SMALL.sites
    found = {
        one.short: shown(one.short, (40, 44, 52), one.workforce),
        other.short: shown(other.short, (50, 47, 52), other.workforce),
        orchard.short: shown(orchard.short, (None, None, None), orchard.workforce),
        closed.short: Shown(scores=(), releases=()),
    }
    fates = {site.short: fate(ledger.of(site.short, PERIODS), found[site.short].states) for site in SMALL.polled}
    return Seen(world=SMALL, periods=PERIODS, shown=found, fates=fates)


def broken(judged: list[Promise]) -> list[str]:
    return [one.sentence for one in judged if not one.held]


def altered(seen: Seen, short: str, releases: tuple[ReleaseView, ...]) -> Seen:
    one = msgspec.structs.replace(seen.shown[short], releases=releases)
    return msgspec.structs.replace(seen, shown={**seen.shown, short: one})


def test_all_of_a_good_world_hold(seen: Seen, ledger: Ledger) -> None:
    assert broken(promises.of_numbers(seen, ledger)) == []


def test_one_ballot_that_counted_too_often_is_seen(seen: Seen, ledger: Ledger) -> None:
    short = SMALL.sites[0].short
    first, *others = seen.shown[short].published
    bad = altered(seen, short, (release(short, first.period, 44 + 17), *others))
    assert any("counts once" in one for one in broken(promises.of_numbers(bad, ledger)))


def test_a_score_that_the_releases_do_not_make_is_seen(seen: Seen, ledger: Ledger) -> None:
    short = SMALL.sites[0].short
    good = seen.shown[short]
    newest = good.scored[-1]
    for wrong in (
        msgspec.structs.replace(newest, score=newest.score + 1),
        msgspec.structs.replace(newest, driver="wages"),
        msgspec.structs.replace(newest, fresh_start=("composite",)),
        msgspec.structs.replace(newest, trend=TrendView(direction="worsening", conditions=())),
    ):
        one = msgspec.structs.replace(good, scores=(*good.scores[:-1], wrong))
        bad = msgspec.structs.replace(seen, shown={**seen.shown, short: one})
        assert any("releases served" in sentence for sentence in broken(promises.of_numbers(bad, ledger)))


def test_a_lost_ballot_a_missing_release_and_a_number_below_the_floor_are_seen(seen: Seen, ledger: Ledger) -> None:
    short = SMALL.sites[2].short
    few = altered(seen, short, (release(short, PERIODS[0], 26), *seen.shown[short].releases[1:]))
    few = msgspec.structs.replace(
        few, fates={**few.fates, short: fate(ledger.of(short, PERIODS), few.shown[short].states)}
    )
    found = broken(promises.of_numbers(few, ledger))
    assert any("floor" in one for one in found)
    assert any("no other has" in one for one in found)
    less = altered(seen, short, seen.shown[short].releases[:-1])
    assert any("one release for each" in one for one in broken(promises.of_numbers(less, ledger)))
    ledger.voted(short, PERIODS[0])
    assert any("adds up" in one for one in broken(promises.of_numbers(seen, ledger)))


def test_a_score_with_counts_is_done_again_from_what_is_served() -> None:
    short = SMALL.sites[0].short
    releases = [release(short, "2026-Q2", 205, counts=COUNTS[::-1]), release(short, "2026-Q3", 214, counts=COUNTS)]
    served = score(releases, 1_200)
    assert len(served.because) == len(CONDITIONS)
    assert agrees(served, again(served, releases, 1_200, "watchdog"))
    early = score(releases[:1], 1_200)
    assert agrees(early, again(early, releases, 1_200, "watchdog"))
    assert not agrees(early, again(served, releases, 1_200, "watchdog"))


def test_what_the_whole_world_must_show_is_missed_where_it_is_missing(seen: Seen) -> None:
    assert len(broken(promises.of_expectations(seen))) == 3
    short = SMALL.sites[0].short
    newest = msgspec.structs.replace(
        seen.shown[short].scored[-1], band="severe", trend=TrendView(direction="improving", conditions=())
    )
    worse = msgspec.structs.replace(newest, trend=TrendView(direction="worsening", conditions=()))
    better = msgspec.structs.replace(seen.shown[short], scores=(newest, worse))
    full = msgspec.structs.replace(seen, shown={**seen.shown, short: better})
    assert broken(promises.of_expectations(full)) == []


def stage(**changes: Any) -> Stage:
    whole = Stage(
        suppliers=SUPPLIERS,
        brands=(PARTY, PARTY),
        years=(),
        cards={},
        keys=Keys(operator="o", watchdog="w", colleague="c", brands=("a", "b")),
        endpoints=(),
        prohibited=("Marrowby Textile",),
    )
    return msgspec.structs.replace(whole, **changes)


def test_a_campaign_where_none_may_be_is_seen() -> None:
    assert promises.of_refusals(stage(), SMALL).held
    assert not promises.of_refusals(stage(prohibited=()), SMALL).held


def heard(*told: tuple[str, str], kind: str = "release.published") -> Receiver:
    receiver = Receiver(ToldClock(CLOSED))
    for number, (short, period) in enumerate(told):
        body = {"type": kind, "data": {"supplier": str(SUPPLIERS[short]), "period": period}}
        receiver.events.append(Event(id=f"evt_{number}", timestamp=0, body=body))
    return receiver


def test_a_webhook_too_many_too_few_or_unsigned_is_seen() -> None:
    brand = SMALL.brands[1]
    (linked,) = brand.links
    right = heard(*((linked, period) for period in PERIODS))
    one = {brand.short: right}
    assert broken(promises.of_webhooks(one, stage(), SMALL, PERIODS)) == []
    assert broken(promises.of_webhooks({brand.short: heard((linked, PERIODS[0]))}, stage(), SMALL, PERIODS))
    foreign = heard(*((linked, period) for period in PERIODS), ("Aurelline Stitch", PERIODS[0]))
    assert broken(promises.of_webhooks({brand.short: foreign}, stage(), SMALL, PERIODS))
    right.refused = 1
    assert broken(promises.of_webhooks(one, stage(), SMALL, PERIODS))
    assert promises.releases_told(heard((linked, "a"), kind="score.changed")).total() == 0


def test_the_watchdog_hears_of_what_its_scopes_cover() -> None:
    expected = promises.expected_releases(None, stage(), SMALL, PERIODS)
    assert expected.total() == len(SMALL.polled) * len(PERIODS)
    assert promises.covers(("BD",), SMALL.sites[0])
    assert not promises.covers(("TR",), SMALL.sites[0])


def test_a_box_that_is_not_burned_or_whose_key_is_there_is_seen(tmp_path: Path) -> None:
    states: dict[str, str] = dict.fromkeys(PERIODS, "burned")
    assert promises.of_burning(states, PERIODS, tmp_path).held
    assert not promises.of_burning({**states, PERIODS[0]: "burning"}, PERIODS, tmp_path).held
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / PERIODS[1]).touch()
    assert not promises.of_burning(states, PERIODS, tmp_path).held


def test_totals_add_up_and_miss_what_did_not_happen(seen: Seen, ledger: Ledger) -> None:
    spoken(ledger, SMALL.call)
    found = closing.totals(seen, ledger, told(), dict.fromkeys(PERIODS, "burned"), 7)
    assert (found.messages_sent, found.messages_opened, found.answers_read, found.cases_shared) == (3, 3, 2, 1)
    assert found.ballots_counted + found.ballots_carried + found.ballots_dropped == found.ballots_accepted
    assert (found.suppliers, found.periods, found.releases, found.withheld, found.scores) == (4, 3, 6, 3, 6)
    assert closing.of_totals(found).held
    assert not closing.of_totals(msgspec.structs.replace(found, webhooks_verified=0)).held


def test_the_tables_show_scores_and_say_why_there_is_none(seen: Seen, tmp_path: Path) -> None:
    short = SMALL.sites[0].short
    wide = [release(short, "2026-Q3", 214, counts=COUNTS)]
    full = score(wide, 220)
    fresh = msgspec.structs.replace(full, fresh_start=("composite",))
    one = Shown(scores=(fresh,), releases=tuple(wide))
    both = msgspec.structs.replace(seen, shown={**seen.shown, short: one})
    console = Console(record=True, width=200, file=(tmp_path / "out").open("w"))
    closing.show(console, both, told(), [Promise(sentence="Good.", held=True), Promise(sentence="Bad.", held=False)])
    closing.what_next(console, tmp_path, "http://127.0.0.1:1", stage().keys)
    closing.what_next(console, None, "http://127.0.0.1:1", stage().keys)
    text = console.export_text()
    console.file.close()
    for words in (
        "freedom_of_movement +",
        "most likely the most named: wages",
        "withheld: too few answers",
        "contact itself endangers",
        "withheld in 2026-Q1, 2026-Q2, 2026-Q3",
        "fresh start: composite",
        "BROKEN Bad.",
        "held   Good.",
        f"laborvoice up --home {tmp_path}",
        f"laborvoice watchdog inbox --home {tmp_path}",
        "1234 5678 9012 3456 7890 1234 5627, opens:",
    ):
        assert words in text
    assert table.story(SMALL.sites[3], Shown(scores=(), releases=())) == "refused"
    assert table.story(SMALL.sites[0], Shown(scores=(), releases=())) == "none"
    assert table.state(SMALL.sites[0], Shown(scores=(), releases=())) == "no release yet"

"""From boxes to releases: once, whatever happens meanwhile (guarantees 14, 15, 16, 18)."""

import re
from datetime import date

import msgspec
import pytest

from laborvoice.client.worker import Message
from laborvoice.domain.policy import STANDARD
from laborvoice.domain.release import Release, Withheld
from laborvoice.keyring.journal import FileJournal
from laborvoice.pipeline.count import lot
from laborvoice.store.database import Connection, Database
from support.known import KnownNoise
from support.phone import grave_answers, quiet_answers
from support.poll import FIRST, World

SECOND = FIRST.next()
THIRD = SECOND.next()
FOURTH = THIRD.next()


async def test_withheld_looks_the_same_for_every_number_of_ballots(world: World, noise: KnownNoise) -> None:
    """Guarantee 18: none, one, nine, and fifteen that noise has brought below the line."""
    numbers = (0, 1, 9, 15)
    sites = [await world.admit(cards=20) for _ in numbers]
    await world.learn()
    for site, number in zip(sites, numbers, strict=True):
        await world.vote(site.cards[:number], grave_answers(), ())
    await world.close(FIRST)
    assert sorted(noise.counts) == sorted(numbers)
    published = [(await world.released(site))[0] for site in sites]
    assert all(isinstance(one, Withheld) for one in published)
    assert len({repr(msgspec.structs.replace(one, id=published[0].id)) for one in published}) == 1
    ledger = "SELECT (to_jsonb(l) - 'supplier_id')::text FROM release.ledger l"
    assert len(set(await world.values(str, ledger))) == 1
    assert len(await world.values(str, ledger)) == 4
    assert await world.values(int, "SELECT count(*) FROM release.score") == [0]
    assert (noise.sums, noise.named) == ([], [])
    entries = [entry for _, _, entry in FileJournal(world.settings.keyring).entries()]
    assert len({re.sub(rb"rel_\w+", b"", entry) for entry in entries}) == 1
    assert len({len(entry) for entry in entries}) == 1


async def test_events_of_withheld_periods_are_alike(world: World, superuser: Database) -> None:
    sites = [await world.admit(cards=20) for _ in range(2)]
    await world.learn()
    await world.vote(sites[0].cards[:5])
    await world.close(FIRST)

    async def step(db: Connection) -> list[str]:
        return await db.values(str, "SELECT concat_ws(' ', type, period, occurred_on, not_before) FROM outbox.event")

    events = await superuser.run("test", step)
    assert len(events) == 2
    assert len(set(events)) == 1


async def test_carried_twice_then_dropped(world: World, noise: KnownNoise) -> None:
    """Guarantee 16: a ballot has three attempts, and what covers says has nothing to do with how many were carried."""
    site = await world.admit(cards=20)
    await world.learn()
    await world.vote(site.cards[:3], grave_answers(), ())
    await world.close(FIRST)
    assert await world.boxed(SECOND) == 3
    await world.learn()
    await world.vote(site.cards[5:7])
    await world.close(SECOND)
    assert await world.boxed(THIRD) == 5
    await world.close(THIRD)
    assert await world.boxed(FOURTH) == 2
    noise.shift = 40
    await world.close(FOURTH)
    assert noise.counts == [3, 5, 5, 2]
    assert noise.sums == [0]
    covers = [one.covers for one in reversed(await world.released(site))]
    first, second, third, fourth = (one.label for one in (FIRST, SECOND, THIRD, FOURTH))
    assert covers == [(first,), (first, second), (first, second, third), (second, third, fourth)]
    assert await world.values(int, "SELECT count(*) FROM ballot.box") == [0]


async def test_carried_ballots_keep_their_weight(world: World, noise: KnownNoise) -> None:
    """A supplier without a campaign of its own in the second period: counted from carried ballots alone."""
    site = await world.admit(cards=20, periods=(FIRST.label,))
    await world.learn()
    answers = quiet_answers() | {"wages_full": "no", "toilets": "no"}
    await world.vote(site.cards[:4], answers)
    await world.close(FIRST)
    noise.shift = 150
    await world.close(SECOND)
    [published, _] = await world.released(site)
    assert isinstance(published, Release)
    assert (published.n, published.severity_sum) == (154, 12)
    assert published.questionnaire == "none"
    assert published.covers == (FIRST.label, SECOND.label)
    assert sum(noise.named[-1]) == 8
    await world.close(THIRD)
    assert noise.counts == [4, 4, 0]
    await world.close(FOURTH)
    assert len(await world.released(site)) == 3


async def test_copies_count_nowhere(world: World, noise: KnownNoise, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guarantee 13: whoever can write rows copies them inside their lot and to others, sealed ones and carried ones."""
    monkeypatch.setattr(lot, "_BATCH", 2)
    sites = [await world.admit(cards=20) for _ in range(2)]
    await world.learn()
    await world.vote(sites[0].cards[:2])
    await world.vote(sites[1].cards[:3])
    copied = """INSERT INTO ballot.box (lot, period, id, blob)
        SELECT l.lot, b.period, gen_random_uuid(), b.blob FROM ballot.box b
        CROSS JOIN (SELECT DISTINCT lot FROM ballot.box) l"""
    junk = """INSERT INTO ballot.box (lot, period, id, blob)
        SELECT lot, period, gen_random_uuid(), set_byte(blob, 2000, 0) || '\\x00' FROM ballot.box LIMIT 2"""
    await world.due(FIRST)
    await world.execute(copied)
    await world.execute(junk)
    await world.vault.close()
    assert sorted(noise.counts) == [2, 3]
    assert await world.boxed(SECOND) == 5
    await world.execute(copied)
    await world.close(SECOND)
    assert sorted(noise.counts[2:]) == [2, 3]


async def test_a_ledger_row_is_what_the_policy_allows(world: World, noise: KnownNoise) -> None:
    """Guarantee 16, for a withheld, a short and a full release."""
    site = await world.admit(cards=20)
    await world.learn()
    for period, shift in ((FIRST, 0), (SECOND, 40), (THIRD, 150)):
        noise.shift = shift
        await world.close(period)
    assert len(await world.released(site)) == 3
    sums = "SELECT eps_count + eps_severity + eps_conditions + eps_top FROM release.ledger ORDER BY period"
    assert await world.values(float, sums) == [STANDARD.eps / 4, STANDARD.eps, STANDARD.eps]
    assert await world.values(float, "SELECT DISTINCT delta FROM release.ledger") == [STANDARD.delta]


async def test_a_long_outage_closes_every_period_in_turn(world: World, noise: KnownNoise) -> None:
    """No vault ran for a year: what was cast before is counted, and carried through the periods nobody opened."""
    site = await world.admit(cards=20)
    await world.learn()
    call = Message(kind="urgent", text="Help.", language="en", conversation=bytes(32))
    await world.vote(site.cards[:3], message=call)
    world.set(date(2027, 1, 20))
    world.vault = await world.another(noise)
    states = "SELECT state FROM ballot.period_state ORDER BY period"
    assert await world.values(str, states) == ["open"] * 5
    await world.vault.close()
    assert await world.values(str, states) == [*["closing"] * 4, "open"]
    for _ in range(2):
        await world.vault.mix()
    for _ in range(4):
        await world.vault.close()
    assert await world.values(str, states) == [*["burned"] * 4, "open"]
    assert noise.counts == [3, 3, 3, 0]
    assert len(await world.messages()) == 3
    assert len(list((world.settings.keyring / "box").iterdir())) == 2


async def test_without_suppliers_a_period_closes_too(world: World) -> None:
    await world.close(FIRST)
    assert await world.state(FIRST) == "burned"


async def test_a_second_policy_is_counted_by_its_own_line(world: World, noise: KnownNoise) -> None:
    """``strict``: 38 is withheld, 39 is not."""
    world.settings = msgspec.structs.replace(world.settings, policy="strict")
    world.vault = await world.another(noise)
    site = await world.admit(cards=20)
    await world.learn()
    for period, shift in ((FIRST, 38), (SECOND, 39)):
        noise.shift = shift
        await world.close(period)
    second, first = await world.released(site)
    assert isinstance(first, Withheld)
    assert isinstance(second, Release)
    assert (second.policy, second.top, second.n) == ("strict", None, 39)

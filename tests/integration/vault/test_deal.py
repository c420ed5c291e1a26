"""Parcels: urgent ones at the next mix, stories together (guarantees 9, 10, 21); unreadable by anyone but watchdogs."""

import json
from datetime import date, timedelta
from typing import Literal

import msgspec
import pytest

from laborvoice.client.worker import Message, envelope
from laborvoice.crypto import parcel, suites
from laborvoice.domain import Value
from laborvoice.domain.release import Release
from laborvoice.pipeline import enrol
from laborvoice.store.database import Connection
from support import phone
from support.known import KnownNoise
from support.phone import CHANCE, grave_answers, quiet_answers
from support.poll import FIRST, Site, World
from support.watchdog import months


class Row(Value, frozen=True):
    kid: bytes
    kind: str
    suite: int
    slots: int
    place: int
    voiced: bool
    inner_message: bytes
    week: str


@pytest.fixture
async def site(world: World) -> Site:
    made = await world.admit(cards=30)
    await world.learn()
    return made


def said(kind: Literal["urgent", "story"], text: str = "They locked the gate.") -> Message:
    return Message(kind=kind, text=text, language="en", conversation=bytes(32))


async def inbox(world: World) -> list[Row]:
    async def step(db: Connection) -> list[Row]:
        sql = "SELECT kid, kind, suite, slots, place, voiced, inner_message, week FROM desk.message ORDER BY ctid"
        return await db.fetch(Row, sql)

    return await world.databases["portal"].run("test", step)


def texts(world: World, rows: list[Row]) -> list[str]:
    pair = world.watchdog.pair
    opened = [parcel.open_message(pair, one.slots, one.place, one.inner_message) for one in rows]
    return [json.loads(one.text)["t"] for one in opened]


async def shelved(world: World) -> list[bytes]:
    return await world.values(bytes, "SELECT sealed FROM ballot.shelf")


async def both_lanes(world: World) -> None:
    for _ in range(2):
        await world.vault.mix()


async def test_an_urgent_message_is_there_after_the_next_mix(world: World, site: Site) -> None:
    await world.vote(site.cards[:1], message=said("urgent"))
    await world.tell(said("urgent", "Fire."))
    await world.vault.mix()
    rows = await inbox(world)
    assert sorted(zip(texts(world, rows), [one.voiced for one in rows], strict=True)) == [
        ("Fire.", False),
        ("They locked the gate.", True),
    ]
    assert {(one.kind, one.week, one.kid) for one in rows} == {("urgent", "2026-W03", world.watchdog.pair.kid)}


async def test_stories_wait_for_sixteen(world: World, site: Site) -> None:
    await world.vote(site.cards[:9], message=said("story"))
    await both_lanes(world)
    await world.tell(*(said("story", f"{number}") for number in range(6)))
    await both_lanes(world)
    assert (await inbox(world), len(await shelved(world))) == ([], 15)
    assert {len(one) for one in await shelved(world)} == {len((await shelved(world))[0])}
    await world.tell(said("story", "last"))
    await both_lanes(world)
    rows = await inbox(world)
    assert (len(rows), await shelved(world)) == (16, [])
    assert sum(one.voiced for one in rows) == 9
    order = texts(world, rows)
    # In the order of their coming by chance, nine of them alike: once in 5e7 runs.
    assert order != [*["They locked the gate."] * 9, *(f"{number}" for number in range(6)), "last"]


async def test_the_shelf_goes_out_at_the_full_hour(world: World) -> None:
    await world.vault.mix()
    await world.tell(said("story"))
    await both_lanes(world)
    assert await inbox(world) == []
    await world.execute("INSERT INTO ballot.shelf (sealed) VALUES ($1)", CHANCE.bytes(7000))
    world.set(FIRST.begin + timedelta(days=14), hour=13)
    await world.vault.mix()
    assert [one.voiced for one in await inbox(world)] == [False]
    assert await shelved(world) == []


async def test_another_day_at_the_same_hour_is_another_hour(world: World) -> None:
    await world.vault.mix()
    await world.tell(said("story"))
    await both_lanes(world)
    world.set(FIRST.begin + timedelta(days=15))
    await world.vault.mix()
    assert len(await inbox(world)) == 1


async def test_a_story_shelved_last_week_is_found(world: World) -> None:
    """Under a key that is no longer the newest, by a vault that was away for a week."""
    await world.tell(said("story"))
    await both_lanes(world)
    world.set(FIRST.begin + timedelta(days=21))
    await world.learn()
    await world.vault.mix()
    assert texts(world, await inbox(world)) == ["They locked the gate."]


async def test_what_names_no_known_reader_is_dropped_and_counts_for_nothing(world: World) -> None:
    """Else stories to nobody could drive one that waits out of the shelf."""
    await world.tell(said("story"))
    await world.tell(*(said("urgent", f"{number}") for number in range(2)))
    others = [await unknown(world) for _ in range(15)]
    await world.cast(*others)
    await both_lanes(world)
    rows = await inbox(world)
    assert [one.kind for one in rows] == ["urgent", "urgent"]
    assert len(await shelved(world)) == 1


async def unknown(world: World) -> bytes:
    """An envelope with a story for a key that no manifest names."""
    trusted = await phone.trusted(world.databases["intake"], world.fingerprint, "any", world.today)
    stranger = suites.key_pair(CHANCE.bytes(32), suites.OURS).public
    lied = msgspec.structs.replace(trusted, places=(stranger, None))
    return envelope.seal(lied, None, said("story"), phone.BITS, CHANCE)


async def test_a_concern_moves_no_statistic(world: World, site: Site, noise: KnownNoise) -> None:
    """Guarantee 9: its ballot part is discarded, its parcel arrives."""
    [(one, token)] = await world.redeem(site.cards[:1])
    await world.cast(one.seal(token, quiet_answers()))
    for _ in range(3):
        await world.cast(one.seal(None, grave_answers(), (), said("urgent")))
    await world.close(FIRST)
    assert noise.counts == [1]
    assert len(await inbox(world)) == 3


async def test_urgent_messages_leave_the_release_as_it_is(world: World, noise: KnownNoise) -> None:
    """Guarantee 21: of two suppliers with the same ballots, one with ten calls, all that a brand can see is equal."""
    noise.shift = 150
    sites = [await world.admit(cards=20) for _ in range(2)]
    await world.learn()
    await world.vote(sites[0].cards[:4], grave_answers(), ())
    await world.vote(sites[1].cards[:4], grave_answers(), (), said("urgent"))
    await world.close(FIRST)
    [[one], [two]] = [await world.released(site) for site in sites]
    assert isinstance(one, Release)
    assert isinstance(two, Release)
    assert (one.n, one.severity_sum, one.conditions, one.top) == (two.n, two.severity_sum, two.conditions, two.top)
    bodies = await world.values(bytes, "SELECT body FROM release.score")
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert len(await inbox(world)) == 4


async def test_a_reader_of_an_older_manifest_is_still_written_to(world: World, site: Site) -> None:
    """A phone may go by a manifest that stands, though a newer one names other keys of the watchdog."""
    [(one, _)] = await world.redeem(site.cards[:1])
    sealed = one.seal(None, {}, None, said("urgent"))
    first = world.watchdog.pair.kid
    world.watchdog.root = CHANCE.bytes(32)
    await enrol.watchdog_keys(world.databases["portal"], [months(world.watchdog, date(2027, 1, 31))])
    await world.learn()
    await world.cast(sealed)
    await world.tell(said("urgent"))
    await world.vault.mix()
    assert {row.kid for row in await inbox(world)} == {first, world.watchdog.pair.kid}
    world.set(FIRST.begin + timedelta(days=31))
    await world.learn()
    await world.vault.mix()
    assert len(await inbox(world)) == 2

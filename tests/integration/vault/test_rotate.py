"""Keys made ahead and destroyed in time; manifests each week and when something changed (design, privacy 9, 12)."""

import asyncio
import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from laborvoice.crypto import manifest as signed
from laborvoice.crypto import signing
from laborvoice.crypto.at_rest import SEED, Secret
from laborvoice.crypto.framing import b64, unb64
from laborvoice.crypto.suites import key_pair
from laborvoice.domain.manifest import Manifest
from laborvoice.errors import ManifestRefused
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.pipeline import enrol
from laborvoice.store.ballot import manifest, part
from laborvoice.store.database import Connection, Database
from laborvoice.views import vouched
from support.known import KnownNoise
from support.phone import CHANCE, HOST
from support.poll import FIRST, World
from support.watchdog import Watchdog, months

MASTER = bytes((7,)) * 32
SECOND = FIRST.next()


async def stored(world: World) -> list[Manifest]:
    """Every number, its signature checked."""

    async def step(db: Connection) -> list[Manifest]:
        found: list[Manifest] = []
        for one in await manifest.after(db, 0):
            body = await manifest.body(db, one.seq, date(2030, 1, 1))
            text = signed.verify_manifest(signed.decode_manifest(body or b""), world.fingerprint)
            assert text == one.payload
            found.append(msgspec.json.decode(text, type=Manifest))
        return found

    return await world.databases["vault"].run("test", step)


async def parts_of(world: World, seq: int) -> list[bytes]:
    async def step(db: Connection) -> list[bytes]:
        return [one.body async for one in part.of(db, seq, ahead=10)]

    return await world.databases["vault"].run("test", step)


async def seqs(world: World) -> list[int]:
    return [one.seq for one in await stored(world)]


async def test_a_number_each_week_and_when_something_changed(world: World) -> None:
    assert await seqs(world) == [1]
    for _ in range(3):
        await world.vault.rotate()
    assert await seqs(world) == [1]
    await world.admit(cards=20)
    await world.learn()
    assert await seqs(world) == [1, 2]
    world.set(date(2026, 1, 18))
    await world.vault.rotate()
    assert await seqs(world) == [1, 2]
    for day, expected in ((date(2026, 1, 19), 3), (date(2026, 1, 25), 3), (date(2026, 1, 26), 4)):
        world.set(day)
        await world.vault.rotate()
        assert (await seqs(world))[-1] == expected
    found = await stored(world)
    for before, after in pairwise(found):
        assert after.prev
        assert (after.seq, after.not_before >= before.not_before) == (before.seq + 1, True)
    for one in found:
        first, last = date.fromisoformat(one.not_before), date.fromisoformat(one.not_after)
        assert last - first == timedelta(days=14)
        [mix] = one.mix
        assert date.fromisoformat(mix.week + "-1") <= first < date.fromisoformat(mix.until)


async def test_each_number_names_the_one_before_it(world: World) -> None:
    await world.admit(cards=20)
    await world.learn()
    first, second = await world.values(str, "SELECT payload FROM ballot.manifest ORDER BY seq")
    assert json.loads(first)["prev"] == ""
    assert json.loads(second)["prev"] == signed.payload_hash(first)


async def test_parts_are_in_order_of_locator_and_all_equally_long(world: World) -> None:
    sites = [await world.admit(cards=20) for _ in range(3)]
    await world.learn()
    newest = (await stored(world))[-1]
    files = await parts_of(world, newest.seq)
    assert {len(one) for one in files} == {newest.parts.size}
    assert newest.parts.size % 1024 == 0
    opened = sorted((signed.unpack_part(one) for one in files), key=lambda one: one.index)
    locators = [json.loads(one.part)["locator"] for one in opened]
    assert locators == [*sorted(site.locator for site in sites), "any"]
    root = unb64(newest.parts.root)
    assert all(signed.verify_part(one, newest.seq, root, newest.parts.count) for one in opened)
    assert json.loads(opened[-1].part)["periods"] == []
    assert await world.values(int, "SELECT DISTINCT seq FROM ballot.part ORDER BY seq") == [1, 2]


async def test_keys_and_partitions_are_made_ahead(world: World) -> None:
    await world.admit(cards=20)
    await world.learn()
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    assert keyring.names("box") == (f"box/{FIRST.label}", f"box/{SECOND.label}")
    assert keyring.names("mix") == ("mix/2026-W03", "mix/2026-W04", "mix/2026-W05")
    assert len(keyring.names("token")) == 2
    ahead = await world.values(
        str, "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname ~ '^box_[0-9a-f]{16}$'"
    )
    assert len(ahead) == 4
    kids = await world.values(
        str, "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname ~ '^seen_[0-9a-f]{16}$'"
    )
    assert len(kids) == 6


async def test_both_boxes_are_shown_while_a_period_begins(world: World) -> None:
    """So that a phone finds the new box in the old manifest; it takes the newest that has begun."""
    early = await world.admit(cards=20, periods=(FIRST.label,))
    world.set(date(2026, 3, 17))
    late = await world.admit(cards=20, periods=(SECOND.label,))
    await world.learn()
    assert [one.period for one in (await stored(world))[-1].box] == [FIRST.label]
    world.set(date(2026, 3, 18))
    await world.learn()
    assert [one.period for one in (await stored(world))[-1].box] == [FIRST.label, SECOND.label]
    files = await parts_of(world, (await stored(world))[-1].seq)
    periods = {
        found["locator"]: [one["period"] for one in found["periods"]]
        for found in (json.loads(signed.unpack_part(one).part) for one in files)
    }
    assert periods == {early.locator: [FIRST.label], late.locator: [SECOND.label], "any": []}
    assert (await world.phone(early.cards[0])).trusted.period == FIRST.label
    world.set(SECOND.begin)
    await world.learn()
    assert [one.period for one in (await stored(world))[-1].box] == [SECOND.label]
    await world.vote(late.cards[:1])
    await world.vault.mix()
    assert await world.boxed(SECOND) == 1


async def test_mix_keys_die_a_week_after_their_own_with_who_was_seen(world: World) -> None:
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    root = keyring.load("mix/2026-W03").data
    kids = {key_pair(root, suite).kid.hex() for suite in (1, 2)}
    tables = "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname ~ '^seen_[0-9a-f]{16}$'"
    for day, alive in ((date(2026, 1, 25), True), (date(2026, 1, 26), False)):
        world.set(day)
        for _ in range(2):
            await world.vault.mix()
        await world.vault.rotate()
        assert ("mix/2026-W03" in keyring.names("mix")) == alive
        assert (len([one for one in await world.values(str, tables) for kid in kids if kid in one]) == 2) == alive


async def test_a_mix_key_outlives_its_day_until_both_lanes_were_mixed(world: World) -> None:
    """What came in its last minute is still in the spool."""
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    await world.vault.mix()
    world.set(date(2026, 1, 26))
    for alive in (True, True, False):
        await world.vault.rotate()
        assert ("mix/2026-W03" in keyring.names("mix")) == alive
        await world.vault.mix()


async def test_two_vaults_sign_one_chain(world: World, noise: KnownNoise) -> None:
    other = await world.another(noise)
    for _ in range(3):
        await world.admit(cards=20)
        await asyncio.gather(world.vault.rotate(), other.rotate(), world.vault.rotate())
    assert await seqs(world) == [1, 2, 3, 4]
    tokens = await world.values(int, "SELECT count(*) FROM ballot.token_key")
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    assert (tokens, len(keyring.names("token"))) == ([6], 6)


async def test_the_vault_believes_nothing_that_its_key_did_not_sign(world: World, database: Any) -> None:
    """Whoever can write rows enrols a million, or names readers of their own."""
    await world.admit(cards=20)
    await world.learn()
    good = frozenset(bytes.fromhex(path.name) for path in (world.settings.keyring / "manifest").iterdir())
    believed = await vouched.vouched(world.databases["vault"], good, world.today, None)
    assert believed is not None
    assert believed.readers == world.watchdog.kids
    assert list(believed.enrolled.values()) == [20]
    assert await vouched.vouched(world.databases["vault"], good, world.today, believed) is believed
    with pytest.raises(ManifestRefused):
        await vouched.vouched(world.databases["vault"], frozenset({CHANCE.bytes(16)}), world.today, None)
    [newest] = await world.values(bytes, "SELECT body FROM ballot.manifest ORDER BY seq DESC LIMIT 1")
    forged = signed.encode_manifest(
        signed.sign_manifest(signed.decode_manifest(newest).payload.replace(HOST, "evil.test"), [CHANCE.bytes(32)])
    )

    async def forge(db: Connection) -> None:
        sql = "UPDATE ballot.manifest SET body = $1 WHERE seq = (SELECT max(seq) FROM ballot.manifest)"
        await db.execute(sql, forged)

    async with Database.open(database.superuser, size=1) as superuser:
        await superuser.run("test", forge)
    with pytest.raises(ManifestRefused):
        await vouched.vouched(world.databases["vault"], good, world.today, None)


async def test_before_the_first_manifest_nothing_is_vouched_for(world: World) -> None:
    found = await vouched.vouched(world.databases["vault"], frozenset(), date(2020, 1, 1), None)
    assert found is None


async def test_an_older_manifest_of_another_key_names_no_readers(world: World) -> None:
    """As after the key of the cards was replaced: the old numbers stand, but nobody vouches for them."""
    await world.admit(cards=20)
    await world.learn()
    strange = [CHANCE.bytes(32)]
    [oldest] = await world.values(bytes, "SELECT body FROM ballot.manifest ORDER BY seq LIMIT 1")
    payload = signed.decode_manifest(oldest).payload
    kid = b64(world.watchdog.pair.kid)
    assert kid in payload
    lied = payload.replace(kid, b64(CHANCE.bytes(8)))
    body = signed.encode_manifest(signed.sign_manifest(lied, strange))
    await world.execute("UPDATE ballot.manifest SET body = $1 WHERE seq = 1", body)
    good = frozenset(bytes.fromhex(path.name) for path in (world.settings.keyring / "manifest").iterdir())
    believed = await vouched.vouched(world.databases["vault"], good, world.today, None)
    assert believed is not None
    assert believed.readers == world.watchdog.kids


async def test_a_manifest_signed_by_two_keys_while_one_replaces_the_other(world: World, noise: KnownNoise) -> None:
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    seed = CHANCE.bytes(32)
    name = signed.fingerprint(signing.public_of(seed)).hex()
    keyring.store(f"manifest/{name}", Secret(kind=SEED, data=seed))
    await world.admit(cards=20)
    await world.another(noise)
    [newest] = await world.values(bytes, "SELECT body FROM ballot.manifest ORDER BY seq DESC LIMIT 1")
    opened = signed.decode_manifest(newest)
    assert len(opened.sigs) == 2
    assert signed.verify_manifest(opened, bytes.fromhex(name)) == signed.verify_manifest(opened, world.fingerprint)


async def test_more_watchdogs_take_more_slots(world: World) -> None:
    """Those on duty first, of the most specific scope that has one; a country nobody watches is watched by all."""
    portal = world.databases["portal"]
    parties = [await enrol.party(portal, world.clock, CHANCE, ("watchdog", f"W{n}", "BD")) for n in range(3)]
    for party in parties:
        await enrol.watchdog_keys(portal, [months(Watchdog(party, CHANCE.bytes(32), CHANCE.bytes(32)))])
        await enrol.jurisdiction(portal, party, "BD", duty=party == parties[-1])
    here, there = await world.admit(cards=20), await world.admit(cards=20, country="PK")
    await world.learn()
    files = [json.loads(signed.unpack_part(one).part) for one in await parts_of(world, 2)]
    found = {one["locator"]: (one["slots"], [who["party"] for who in one["watchdogs"]]) for one in files}
    assert found[here.locator][0] == 3
    assert found[here.locator][1][0] == parties[-1]
    assert set(found[here.locator][1]) == set(parties)
    assert found[there.locator] == (2, [world.watchdog.party])

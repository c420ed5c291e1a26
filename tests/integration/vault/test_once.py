"""One release, once: under races, crashes, deadlocks, from an old backup (guarantees 15 and 17)."""

import asyncio
from typing import Any

import pytest

from laborvoice.domain.release import Release, Withheld
from laborvoice.keyring.journal import FileJournal
from laborvoice.pipeline import burn
from laborvoice.store.database import Connection, Database
from support.known import KnownNoise
from support.phone import grave_answers
from support.poll import FIRST, World

SECOND = FIRST.next()


async def ordered(superuser: Database, *statements: Any) -> None:
    async def step(db: Connection) -> None:
        for statement in statements:
            await db.execute(statement)

    await superuser.run("test", step)


async def test_two_vaults_count_each_supplier_once(world: World, noise: KnownNoise) -> None:
    """Guarantee 15, under a race for every lease."""
    sites = [await world.admit(cards=20) for _ in range(5)]
    await world.learn()
    for site in sites[:3]:
        await world.vote(site.cards[:2])
    other = await world.another(noise)
    await world.due(FIRST)
    await other.rotate()
    await asyncio.gather(world.vault.close(), other.close(), world.vault.close())
    if await world.state(FIRST) != "burned":
        await other.close()
    assert await world.state(FIRST) == "burned"
    assert sorted(noise.counts) == [0, 0, 2, 2, 2]
    assert [len(await world.released(site)) for site in sites] == [1] * 5
    assert await world.values(int, "SELECT count(*) FROM release.ledger") == [5]
    await other.close()
    await world.vault.close()
    assert len(noise.counts) == 5


async def test_a_crash_after_the_draw_publishes_what_was_drawn(
    world: World, noise: KnownNoise, superuser: Database
) -> None:
    """Guarantee 15: the journal is written, the transaction is not committed; the vault starts again."""
    site = await world.admit(cards=20)
    await world.learn()
    await world.vote(site.cards[:4], grave_answers(), ())
    await world.due(FIRST)
    noise.shift = 60
    await ordered(superuser, "ALTER TABLE release.release ADD CONSTRAINT crash CHECK (false) NOT VALID")
    with pytest.raises(ExceptionGroup):
        await world.vault.close()
    assert await world.released(site) == []
    assert await world.state(FIRST) == "closing"
    await ordered(superuser, "ALTER TABLE release.release DROP CONSTRAINT crash")
    noise.shift = 99
    world.vault = await world.another(noise)
    await world.vault.close()
    [published] = await world.released(site)
    assert isinstance(published, Release)
    assert (published.n, noise.counts) == (64, [4])
    [(_, _, entry)] = FileJournal(world.settings.keyring).entries()
    assert str(published.id).encode() in entry


async def test_a_withheld_period_of_the_journal_is_carried_all_the_same(
    world: World, noise: KnownNoise, superuser: Database
) -> None:
    site = await world.admit(cards=20)
    await world.learn()
    await world.vote(site.cards[:4])
    await world.due(FIRST)
    await ordered(superuser, "ALTER TABLE release.release ADD CONSTRAINT crash CHECK (false) NOT VALID")
    with pytest.raises(ExceptionGroup):
        await world.vault.close()
    assert await world.boxed(SECOND) == 0
    await ordered(superuser, "ALTER TABLE release.release DROP CONSTRAINT crash")
    noise.shift = 60
    await world.vault.close()
    assert isinstance((await world.released(site))[0], Withheld)
    assert (await world.boxed(SECOND), noise.counts) == (4, [4])


async def test_a_restored_database_gets_the_same_numbers(
    world: World, noise: KnownNoise, superuser: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guarantee 15: from a backup of before the count, and from one in which only the job is not yet done."""
    site = await world.admit(cards=20)
    await world.learn()
    await world.vote(site.cards[:4])
    await world.due(FIRST)
    noise.shift = 60
    monkeypatch.setattr(burn, "burn", nobody_burns)
    await world.vault.close()
    first = await world.released(site)
    noise.shift = 90
    back = "UPDATE ballot.period_state SET state = 'closing'", "UPDATE ballot.count_job SET done = false"
    await ordered(superuser, *back)
    await world.vault.close()
    assert await world.released(site) == first
    lost = ("DELETE FROM release.score", "DELETE FROM release.release", "DELETE FROM release.ledger")
    await ordered(superuser, *back, *lost)
    await world.vault.close()
    assert await world.released(site) == first
    assert noise.counts == [4]


async def nobody_burns(*_: object) -> tuple[str, ...]:
    return ()


async def test_deadlocks_draw_no_second_noise(world: World, noise: KnownNoise, superuser: Database) -> None:
    """The transaction is tried again: it finds in the journal what it drew before."""
    site = await world.admit(cards=20)
    await world.learn()
    await world.vote(site.cards[:4])
    await world.due(FIRST)
    await ordered(
        superuser,
        "CREATE SEQUENCE public.tries",
        "GRANT USAGE ON SEQUENCE public.tries TO PUBLIC",
        """CREATE FUNCTION public.block() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('public.tries') < 4 THEN RAISE EXCEPTION 'blocked' USING ERRCODE = '40P01'; END IF;
            RETURN NEW; END $$""",
        "GRANT EXECUTE ON FUNCTION public.block() TO PUBLIC",
        "CREATE TRIGGER block BEFORE INSERT ON release.release FOR EACH ROW EXECUTE FUNCTION public.block()",
    )
    await world.vault.close()
    assert await world.state(FIRST) == "burned"
    assert (len(await world.released(site)), noise.counts) == (1, [4])


async def test_a_supplier_that_is_gone_holds_up_nobody(world: World, noise: KnownNoise, superuser: Database) -> None:
    """The registry is the portal's: it may lose a supplier that has a token key, and jobs."""
    gone, stays = [await world.admit(cards=20) for _ in range(2)]
    await world.learn()
    await world.vote(stays.cards[:2])
    of = f"WHERE supplier_id = {gone.key}"
    await ordered(superuser, f"DELETE FROM registry.campaign {of}", f"DELETE FROM registry.supplier {of}")  # noqa: S608 - a number
    await world.vote(stays.cards[2:3])
    await world.close(FIRST)
    assert (await world.state(FIRST), len(await world.released(stays)), noise.counts) == ("burned", 1, [3])


async def test_nothing_of_a_period_is_told_before_all_of_it_is_counted(
    world: World, noise: KnownNoise, superuser: Database
) -> None:
    """Guarantee 17: one supplier fails, so the other's release stays unseen, though it is written."""
    sites = [await world.admit(cards=20) for _ in range(2)]
    await world.learn()
    noise.shift = 60
    await world.due(FIRST)
    bad = f"ALTER TABLE release.release ADD CONSTRAINT crash CHECK (supplier_id <> {sites[0].key}) NOT VALID"
    await ordered(superuser, bad)
    for _ in range(3):
        with pytest.raises(ExceptionGroup):
            await world.vault.close()
    assert await world.state(FIRST) == "closing"
    await ordered(superuser, "ALTER TABLE release.release DROP CONSTRAINT crash")
    await world.vault.close()
    assert [len(await world.released(site)) for site in sites] == [1, 1]
    assert len(noise.counts) == 2

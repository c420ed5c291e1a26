"""One release for a supplier and period, for ever; a ballot is tried three times, then dropped (guarantees 15, 16)."""

import asyncio

import pytest

from laborvoice.crypto import at_rest
from laborvoice.crypto.framing import CarriedRow, unpack_row
from laborvoice.domain.period import Period
from laborvoice.domain.policy import STANDARD
from laborvoice.domain.release import Release, Withheld
from support.phone import grave_answers
from support.scene import FIRST, Raw, Scene

SECOND = FIRST.next()
THIRD = SECOND.next()
FOURTH = THIRD.next()
FEW = STANDARD.k - 1
"""Ballots that no noise there is can publish."""

RELEASES = "SELECT * FROM release.release ORDER BY supplier_id, period"
COSTS = """SELECT period, eps_count + eps_severity + eps_conditions + eps_top AS eps, delta FROM release.ledger
    WHERE supplier_id = $1 ORDER BY period"""


async def carried(scene: Scene, period: Period) -> list[CarriedRow]:
    cipher, size = at_rest.row_cipher(scene.root(period)), at_rest.LOT_SIZE
    sql = "SELECT lot || blob FROM ballot.box WHERE period = $1"
    rows = [
        unpack_row(at_rest.unwrap(cipher, raw[:size], raw[size:]))
        for raw in await scene.values(bytes, sql, period.label)
    ]
    return [row for row in rows if isinstance(row, CarriedRow)]


async def test_carried_ballots_cost_what_the_ledger_adds_up_to(scene: Scene) -> None:
    """Withheld twice, then published with others: 1.5 epsilon, 3 delta, and counted once."""
    site = await scene.admit(cards=80)
    await scene.learn()
    await scene.vote(site.cards[:FEW], grave_answers())
    await scene.close(FIRST)
    assert [row.carries for row in await carried(scene, SECOND)] == [1] * FEW
    await scene.close(SECOND)
    assert [row.carries for row in await carried(scene, THIRD)] == [2] * FEW
    await scene.learn()
    await scene.vote(site.cards[:60])
    await scene.close(THIRD)
    assert await carried(scene, FOURTH) == []
    published, second, first = await scene.released(site)
    assert isinstance(first, Withheld)
    assert isinstance(second, Withheld)
    assert isinstance(published, Release)
    assert published.covers == (FIRST.label, SECOND.label, THIRD.label)
    assert abs(published.n - 60 - FEW) <= STANDARD.bound
    async with scene.admin() as admin:
        rows = await admin.fetch(COSTS, site.key)
    assert [row["period"] for row in rows] == [FIRST.label, SECOND.label, THIRD.label]
    assert sum(row["eps"] for row in rows) == 1.5 * STANDARD.eps
    assert sum(row["delta"] for row in rows) == pytest.approx(3 * STANDARD.delta)


async def test_after_two_carries_a_ballot_is_dropped(scene: Scene) -> None:
    site = await scene.admit()
    await scene.learn()
    await scene.vote(site.cards[:FEW], grave_answers())
    for period in (FIRST, SECOND, THIRD):
        await scene.close(period)
    assert await carried(scene, FOURTH) == []
    assert await scene.values(int, "SELECT 1 FROM ballot.box") == []
    assert all(isinstance(one, Withheld) for one in await scene.released(site))
    async with scene.admin() as admin:
        rows = await admin.fetch(COSTS, site.key)
    assert [row["eps"] for row in rows] == [STANDARD.eps / 4] * 3


async def counts(raw: Raw) -> list[int]:
    tables = ("release.release", "release.ledger", "release.score", "outbox.event")
    return [int(await raw.fetchval(f"SELECT count(*) FROM {table}")) for table in tables]  # noqa: S608 - four names


@pytest.mark.parametrize(
    "vaults", [2, pytest.param(4, marks=pytest.mark.slow_attack)], ids=lambda vaults: f"{vaults} vaults"
)
async def test_vaults_that_race_publish_once(vaults: int, scene: Scene) -> None:
    sites = [await scene.admit() for _ in range(4)]
    await scene.learn()
    for site in sites:
        await scene.vote(site.cards, grave_answers())
    others = [await scene.another() for _ in range(vaults - 1)]
    await scene.due(FIRST)
    for other in others:
        await other.rotate()
    await asyncio.gather(*(vault.close() for vault in (scene.vault, *others)), return_exceptions=True)
    await scene.vault.close()
    assert await scene.state(FIRST) == "burned"
    for site in sites:
        assert len(await scene.released(site)) == 1
    assert len((scene.settings.keyring / "journal").read_bytes().splitlines()) == len(sites)


async def test_a_count_that_is_run_again_changes_nothing(scene: Scene) -> None:
    """Its jobs forgotten, its state turned back, its rows lost: the same numbers, to the last byte."""
    site = await scene.admit(cards=60)
    await scene.learn()
    await scene.vote(site.cards, grave_answers())
    before = scene.keys()[f"box/{FIRST.label}"]
    await scene.close(FIRST)
    journal = (scene.settings.keyring / "journal").read_bytes()
    async with scene.admin() as admin:
        shown, many = await admin.fetch(RELEASES), await counts(admin)
        for loss in ("SELECT", LOSS):
            await admin.execute(loss)
            await admin.execute("DELETE FROM ballot.count_job")
            await admin.execute("UPDATE ballot.period_state SET state = 'closing' WHERE period = $1", FIRST.label)
            (scene.settings.keyring / "destroyed.log").write_bytes(b"")
            await again(scene, before)
            assert await admin.fetch(RELEASES) == shown
            assert (await counts(admin))[:3] == many[:3]
    assert (scene.settings.keyring / "journal").read_bytes() == journal


LOSS = "DELETE FROM release.score; DELETE FROM release.release; DELETE FROM release.ledger"


async def again(scene: Scene, root: bytes) -> None:
    """As a restore of everything would have it, the box key included."""
    vault = await scene.restored({f"box/{FIRST.label}": root})
    await vault.rotate()
    await vault.close()
    assert await scene.state(FIRST) == "burned"

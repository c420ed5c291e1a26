"""A broken portal, and a broken courier: code, memory and database role are the attacker's (guarantees 6, 12, 17, 25).

What a broken portal may do is lie to those who read it, and print invites: as many votes as the signed part allows.
"""

from collections.abc import Sequence

import asyncpg
import pytest

from laborvoice.crypto.exchange import SIGNED, code_hash
from laborvoice.domain import card
from laborvoice.domain.card import Card
from laborvoice.pipeline.issue import SPARE
from support import phone
from support.breakin import refused
from support.phone import CHANCE
from support.scene import FIRST, Raw, Scene, Site

CODES = len(card.ALPHABET) ** card.CODE_SIZE
READ = ("SELECT FROM {}", "EXPLAIN SELECT * FROM {}", "COPY {} TO STDOUT", "SELECT FROM {} FOR UPDATE", "LOCK TABLE {}")
WRITE = (
    "INSERT INTO {} DEFAULT VALUES",
    "DELETE FROM {}",
    "TRUNCATE {} CASCADE",
    "DROP TABLE {}",
    "ALTER TABLE {} ADD x int",
)

SECRET = ("spool", "seen", "spent", "invite_use", "exchange_request", "exchange_answer", "box", "tray", "shelf")
KEYS = ("token_key", "count_job", "part", "spool_switch")
FROZEN = (
    "release.release",
    "release.ledger",
    "release.score",
    "release.baseline",
    "ballot.period_state",
    "ballot.manifest",
)

COLUMNS = ("n", "eps_count", "score", "body", "state", "payload")


def spelled(deeds: Sequence[str], tables: Sequence[str]) -> list[str]:
    return [deed.format(table) for table in tables for deed in deeds]


async def granted(raw: Raw, statements: Sequence[str]) -> list[str]:
    return [one for one in statements if not await refused(raw, one)]


@pytest.mark.parametrize("role", ["portal", "courier"])
async def test_they_reach_no_ballot_and_no_key(role: str, scene: Scene) -> None:
    tables = [f"ballot.{one}" for one in (*SECRET, *KEYS)] + ["ballot.invite"]
    functions = [
        "SELECT ballot.cast_in('{}', '{}', '{}', '{}', '{}', '{}')",
        "SELECT ballot.ask('', '', '')",
        "SELECT ballot.answered('')",
        "SELECT ballot.make_partition('box', '2026-Q1', false)",
        "SELECT ballot.drop_partition('box', '2026-Q1')",
        "SELECT ballot.reshuffle('box', '2026-Q1', '')",
    ]
    async with scene.connect(role) as raw:
        writes = [
            one
            for one in spelled(WRITE, tables)
            if not (role == "portal" and one.startswith("INSERT INTO ballot.invite "))
        ]
        assert await granted(raw, [*spelled(READ, tables), *writes, *functions]) == []


@pytest.mark.parametrize("role", ["portal", "courier", "intake"])
async def test_they_publish_and_alter_no_release(role: str, scene: Scene) -> None:
    pairs = zip(FROZEN, COLUMNS, strict=True)
    changes = [f"UPDATE {table} SET {column} = {column}" for table, column in pairs]  # noqa: S608 - our own words
    async with scene.connect(role) as raw:
        assert await granted(raw, [*spelled(WRITE, FROZEN), *changes]) == []


async def test_the_courier_learns_of_no_message_user_or_name(scene: Scene) -> None:
    tables = ["desk.message", "access.key", "release.release", "release.score", "release.ledger", "registry.campaign"]
    names = [
        "SELECT name FROM registry.supplier",
        "SELECT locator FROM registry.supplier",
        "SELECT name FROM registry.party",
    ]
    async with scene.connect("courier") as raw:
        assert await granted(raw, [*spelled(READ, tables), *spelled(WRITE, tables), *names]) == []


async def invented(raw: Raw, site: Site, count: int) -> list[Card]:
    """Invites that nobody printed: the portal may add as many as it likes."""
    codes = [card.make_code(CHANCE.below(CODES)) for _ in range(count)]
    await raw.execute(
        "INSERT INTO ballot.invite (code_hash, supplier_id) SELECT unnest($1::bytea[]), $2",
        [code_hash(code) for code in codes],
        site.key,
    )
    return [Card(locator=site.cards[0].locator, code=code, fingerprint=site.cards[0].fingerprint) for code in codes]


async def signed(scene: Scene, cards: Sequence[Card]) -> int:
    phones = [await scene.opened(one) for one in cards]
    requests = [one.asked.request for one in phones]
    answers = await phone.exchanged(scene.databases["intake"], scene.vault.issue, requests)
    return sum(phone.outcome(answer) == SIGNED for answer in answers)


async def test_invented_invites_share_the_cap_of_the_real_ones(scene: Scene) -> None:
    site = await scene.admit(cards=20, headcount=20)
    other = await scene.admit()
    await scene.learn()
    assert await signed(scene, site.cards[:5]) == 5
    async with scene.connect("portal") as raw:
        false = await invented(raw, site, 70)
        # What the registry says of it counts for nothing before the manifest key has signed it.
        await raw.execute("UPDATE registry.campaign SET enrolled = 100000, printed = 100000, headcount = 100000")
    assert await signed(scene, false) == 20 + SPARE - 5
    assert await signed(scene, site.cards[5:]) == 0
    assert await signed(scene, other.cards[:5]) == 5, "another supplier's cap is its own"


async def test_an_invite_of_one_supplier_is_no_vote_at_another(scene: Scene) -> None:
    """The portal may file a code under any supplier; the vault signs with that supplier's key alone."""
    here, there = await scene.admit(), await scene.admit()
    await scene.learn()
    async with scene.connect("portal") as raw:
        [false] = await invented(raw, there, 1)
    elsewhere = Card(locator=here.cards[0].locator, code=false.code, fingerprint=false.fingerprint)
    assert await signed(scene, [elsewhere]) == 0


async def shown_early(scene: Scene, role: str, sql: str) -> int:
    """How many rows of a period a role finds while that period is still being counted."""
    await scene.admit()
    await scene.learn()
    await scene.close(FIRST)
    async with scene.admin() as admin, scene.connect(role) as raw:
        await admin.execute("UPDATE ballot.period_state SET state = 'closing' WHERE period = $1", FIRST.label)
        assert await admin.fetchval(sql, FIRST.label) > 0
        early = int(await raw.fetchval(sql, FIRST.label))
        await admin.execute("UPDATE ballot.period_state SET state = 'counted' WHERE period = $1", FIRST.label)
        assert await raw.fetchval(sql, FIRST.label) > 0
    return early


@pytest.mark.parametrize("table", ["release.release", "release.ledger", "outbox.event"])
async def test_the_portal_sees_no_release_before_its_period_is_counted(table: str, scene: Scene) -> None:
    """They are written supplier by supplier; all are shown at once, and until then to no one."""
    counted = f"SELECT count(*) FROM {table} WHERE period = $1"  # noqa: S608 - our own words
    assert await shown_early(scene, "portal", counted) == 0


async def _broken(scene: Scene, statement: str, *args: object) -> None:
    async with scene.connect("portal") as raw:
        try:
            await raw.execute(statement, *args)
        except asyncpg.InsufficientPrivilegeError:
            return


async def test_a_supplier_that_is_gone_does_not_stop_the_vault(scene: Scene) -> None:
    """The registry is the portal's. Whom it deletes, nobody can be told about; all others must still be counted."""
    gone, stays = await scene.admit(), await scene.admit()
    await scene.learn()
    await scene.vote(stays.cards)
    await _broken(scene, "DELETE FROM registry.campaign WHERE supplier_id = $1", gone.key)
    await _broken(scene, "DELETE FROM registry.supplier WHERE supplier_id = $1", gone.key)
    await scene.vault.rotate()
    await scene.close(FIRST)
    assert await scene.state(FIRST) == "burned"
    assert len(await scene.released(stays)) == 1


async def test_a_supplier_under_anothers_id_takes_no_ballots_of_it(scene: Scene) -> None:
    """Ballots are filed under the public id. Who could move it to another supplier would move its ballots along."""
    here, there = await scene.admit(), await scene.admit()
    await scene.learn()
    await scene.vote(here.cards)
    swap = "UPDATE registry.supplier SET public_id = $2 WHERE supplier_id = $1"
    await _broken(scene, swap, there.key, CHANCE.bytes(16).hex())
    async with scene.admin() as admin:
        owner = await admin.fetchval(
            "SELECT supplier_id FROM registry.supplier WHERE public_id = $1", here.supplier.uuid
        )
        name = await admin.fetchval("SELECT public_id FROM registry.supplier WHERE supplier_id = $1", there.key)
    assert (owner, name) == (here.key, there.supplier.uuid)

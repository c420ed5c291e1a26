"""The audit log in the database: bound rows, one after another, that no role can change; and its heads, told."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
import pytest

from laborvoice.domain.audit import ACTS, Act, Actor, Head
from laborvoice.domain.ids import MessageId, PartyId
from laborvoice.pipeline.anchor import anchor
from laborvoice.store.access import audit
from laborvoice.store.database import Connection
from laborvoice.views.audit import first_bad, page
from support.registry_world import World

SWAP = (
    "UPDATE access.audit SET seq = seq + 99 WHERE seq IN (5, 6);UPDATE access.audit SET seq = 110 - seq WHERE seq > 99"
)


async def record(world: World, *acts: Act) -> None:
    async def step(db: Connection) -> None:
        for act in acts:
            await audit.record(db, world.clock.now(), act)

    await world.portal.run("test", step)


def login(party: PartyId) -> Act:
    return Act(action="login", actor=Actor(party=party))


def read(party: PartyId) -> Act:
    return Act(action="message.read", actor=Actor(party=party), object=MessageId.draw(b"m" * 16))


@pytest.fixture
async def party(world: World) -> PartyId:
    return await world.party("watchdog")


@pytest.fixture
async def acts(world: World, party: PartyId) -> PartyId:
    """Nine logins and three messages."""
    await record(world, *[login(party)] * 9, *[read(party)] * 3)
    return party


async def test_many_at_once_make_one_chain(world: World, party: PartyId) -> None:
    await asyncio.gather(*(record(world, login(party), read(party)) for _ in range(20)))
    assert await first_bad(world.portal) is None
    for chain in ("acts", "inbox"):
        rows = await page(world.portal, ("operator", party), chain, 0, 50)
        assert [row.seq for row in rows] == [*range(1, 21)]


async def test_an_act_that_fails_leaves_no_row(world: World, party: PartyId) -> None:
    async def step(db: Connection) -> None:
        await audit.record(db, world.clock.now(), login(party))
        raise LookupError

    with pytest.raises(LookupError):
        await world.portal.run("test", step)
    await record(world, login(party))
    assert [row.seq for row in await page(world.portal, ("operator", party), "acts", 0, 9)] == [1]


@pytest.mark.usefixtures("acts")
@pytest.mark.parametrize(
    ("spoil", "seq", "why"),
    [
        ("UPDATE access.audit SET actor = 'console' WHERE chain = 'acts' AND seq = 5", 5, "changed"),
        ("UPDATE access.audit SET prev = hash WHERE chain = 'acts' AND seq = 5", 5, "unbound"),
        ("DELETE FROM access.audit WHERE chain = 'acts' AND seq = 5", 5, "missing"),
        (SWAP, 5, "unbound"),
        ("DELETE FROM access.audit WHERE chain = 'acts' AND seq > 7", 8, "missing"),
        ("DELETE FROM access.audit WHERE chain = 'acts'", 1, "missing"),
    ],
)
async def test_whoever_owns_the_database_is_found_out(spoil: str, seq: int, why: str, world: World) -> None:
    assert await first_bad(world.portal) is None
    for statement in spoil.split(";"):
        await world.sql(statement)
    found = await first_bad(world.portal)
    assert found is not None
    assert (found[0], found[1].seq, found[1].why) == (ACTS, seq, why)


@pytest.mark.usefixtures("acts")
@pytest.mark.parametrize("role", ["intake", "vault", "portal", "courier"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access.audit SET actor = 'x'",
        "DELETE FROM access.audit",
        "TRUNCATE access.audit",
        "DROP TABLE access.audit",
    ],
)
async def test_no_role_changes_a_row(role: str, statement: str, database: Any) -> None:
    connection = await asyncpg.connect(database.dsn(role))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def told(world: World) -> list[tuple[str, str, Any, datetime]]:
    rows = await world.sql(
        "SELECT jsonb_agg(jsonb_build_array(audience, resource, facts, occurred_on) ORDER BY audience, resource)::text"
        " FROM outbox.event WHERE type = 'audit.anchored'"
    )
    found: list[Any] = msgspec.json.decode(rows or "[]")
    return [(audience, resource, facts, datetime.fromisoformat(when)) for audience, resource, facts, when in found]


async def test_heads_are_told_of_the_day_and_the_week_before(world: World, acts: PartyId) -> None:
    operator, brand = await world.party("operator"), await world.party("brand")
    assert await anchor(world.portal, world.clock, world.chance) is None
    assert await told(world) == []
    world.clock.skip(days=1)
    await record(world, login(brand), read(acts))
    head = await anchor(world.portal, world.clock, world.chance)
    ninth = (await page(world.portal, ("operator", operator), "acts", 8, 1))[0]
    assert head == Head(seq=9, hash=ninth.hash)
    day = datetime(2026, 11, 13, tzinfo=UTC)
    facts = {"chain": "acts", "seq": 9, "hash": ninth.hash}
    expected = [(f"party:{party}", "acts", facts, day) for party in sorted((operator, acts))]
    assert sorted(await told(world), key=repr) == sorted(expected, key=repr)
    assert await anchor(world.portal, world.clock, world.chance) is None
    world.clock.skip(days=4)
    await record(world, read(acts))
    tenth = await anchor(world.portal, world.clock, world.chance)
    assert tenth is not None
    assert tenth.seq == 10
    inbox = [one for one in await told(world) if one[1] != "acts"]
    fourth = (await page(world.portal, ("watchdog", acts), "inbox", 3, 1))[0]
    weekly = {"chain": "inbox", "seq": 4, "hash": fourth.hash}
    assert inbox == [(f"party:{acts}", acts, weekly, datetime(2026, 11, 16, tzinfo=UTC))]


async def test_nothing_of_an_inbox_chain_shows_a_day(world: World, party: PartyId) -> None:
    """Two watchdogs read a message on different days of one week: what is stored differs in nothing but ids, hashes."""
    for _ in range(2):
        await record(world, read(party))
        world.clock.skip(days=2)
    world.clock.skip(days=7)
    await anchor(world.portal, world.clock, world.chance)
    rows = await world.sql(
        "SELECT string_agg(a::text, ' ') || (SELECT string_agg(h::text, ' ') FROM access.audit_head h)"
        " || (SELECT string_agg(e::text, ' ') FROM outbox.event e) FROM access.audit a"
    )
    assert "2026-W46" in rows
    assert not any(day in rows for day in ("2026-11-12", "2026-11-14", "09:30"))

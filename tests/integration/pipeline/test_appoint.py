"""The first operator, who comes from the command line; the demo's people; what two at once may do."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest
from click.testing import CliRunner

from laborvoice.cli import people
from laborvoice.crypto import totp
from laborvoice.demo.logins import logins
from laborvoice.domain.audit import Actor
from laborvoice.domain.party import MATRIX
from laborvoice.errors import BadField, BadSetting, Busy, LastAdmin, LinkExpired
from laborvoice.pipeline import appoint, sign_in
from laborvoice.pipeline.sign_in import redeem
from laborvoice.pipeline.sign_in.tools import AT_ONCE, IN_LINE, STRANGERS, Strangers, Tools
from laborvoice.workers import Threads
from support.registry_world import World
from support.signing import PASSWORD, Person, invited, person


@pytest.fixture
def tools(world: World) -> Tools:
    return Tools(
        database=world.portal,
        clock=world.clock,
        chance=world.chance,
        secret=b"secret",
        threads=Threads(AT_ONCE),
        strangers=Strangers(),
    )


async def rows(dsn: str) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(
            "SELECT u.name, u.role, p.name AS party, p.country FROM access.user u"
            " JOIN registry.party p ON p.id = u.party_id ORDER BY u.name"
        )
    finally:
        await connection.close()


def test_the_first_operator_comes_from_the_command_line(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABORVOICE_DATABASE_URL", database.dsn("portal"))
    monkeypatch.setenv("LABORVOICE_ORIGIN", "https://portal.example")
    run = CliRunner().invoke
    first = run(people.operator, ["create", "Olga", "--organisation", "A host", "--country", "NL"])
    assert first.exit_code == 0, first.exception
    assert first.stdout.startswith("https://portal.example/welcome/")
    assert run(people.operator, ["create", "Second"]).exit_code == 0
    assert isinstance(run(people.operator, ["create", "olga"]).exception, BadField)
    found = [tuple(row) for row in asyncio.run(rows(database.superuser))]
    assert found == [("Olga", "operator_admin", "A host", "NL"), ("Second", "operator_admin", "A host", "NL")]


def test_a_home_that_is_none_is_named(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABORVOICE_DATABASE_URL", raising=False)
    done = CliRunner().invoke(people.operator, ["create", "Olga", "--home", str(tmp_path)])
    assert isinstance(done.exception, BadSetting)


async def test_the_demo_has_a_login_for_each_role(world: World, tools: Tools) -> None:
    made = await logins(
        tools,
        {
            "brand": await world.party("brand"),
            "watchdog": await world.party("watchdog"),
            "operator": await world.party("operator"),
        },
    )
    assert {one.role for one in made} == set(MATRIX)
    assert "password" not in repr(made)
    world.clock.skip(minutes=1)
    for one in made:
        code = totp.at(totp.secret_of(one.totp_secret), int(world.clock.now().timestamp()) // 30)
        outcome = await sign_in.sign_in(tools, one.name, one.password, code)
        assert isinstance(outcome, sign_in.Signed)


async def test_of_two_who_use_a_link_at_once_one_gets_in(world: World, tools: Tools) -> None:
    linked = await invited(world, await world.party("brand"), "brand_viewer", "Vera")
    tries = [redeem.redeem(tools, linked.link, f"{PASSWORD} {at}") for at in range(4)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["LinkExpired"] * 3 + ["Redeemed"]
    with pytest.raises(LinkExpired):
        await redeem.looked_at(tools, linked.link)


async def test_of_two_admins_removed_at_once_one_stays(world: World, tools: Tools) -> None:
    party = await world.party("brand")
    both = [await person(world, tools, party, "brand_admin", name) for name in ("Ana", "Berta")]
    now, by = world.clock.now(), Actor(party=party)

    async def remove(one: Person) -> None:
        await world.portal.run("test", lambda db: appoint.remove_in(db, now, one.id, party, by))

    removals = [remove(one) for one in both]
    done = await asyncio.gather(*removals, return_exceptions=True)
    assert sum(isinstance(one, LastAdmin) for one in done) == 1
    assert sum(one is None for one in done) == 1


async def test_a_second_factor_under_another_secret_is_no_proof(world: World, tools: Tools) -> None:
    one = await person(world, tools, await world.party("brand"), "brand_admin", "Ana")
    other = msgspec.structs.replace(tools, secret=b"another")
    assert isinstance(await sign_in.sign_in(other, "Ana", PASSWORD, one.code()), sign_in.Wrong)
    assert isinstance(await sign_in.sign_in(other, "Ana", PASSWORD, one.codes[0]), sign_in.Signed)


async def test_more_than_wait_in_line_are_told_to_come_again(tools: Tools) -> None:
    tries = [sign_in.sign_in(tools, f"nobody {at}", "something") for at in range(IN_LINE + AT_ONCE + 5)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert any(isinstance(one, Busy) for one in done)
    assert any(isinstance(one, sign_in.Wrong) for one in done)


def test_strangers_are_forgotten_the_oldest_first(world: World) -> None:
    strangers = Strangers()
    for at in range(STRANGERS + 1):
        strangers.failed(str(at), world.clock.now())
    assert strangers.tries("0").failures == 0
    assert strangers.tries("1").failures == 1
    for _ in range(5):
        strangers.failed("1", world.clock.now())
    assert timedelta(seconds=0) < timedelta(seconds=strangers.tries("1").wait(world.clock.now()))

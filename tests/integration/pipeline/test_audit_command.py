"""The audit log as an operator meets it: the command that checks the database, and the portal's own beats."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from laborvoice.bootstrap.portal import open_portal
from laborvoice.cli import commands
from laborvoice.domain.audit import Act
from laborvoice.domain.ids import PartyId
from laborvoice.settings import PortalSettings
from laborvoice.settings.kinds import Secret
from laborvoice.store.access import audit
from laborvoice.store.database import Connection, Database
from support.registry_world import World

ORIGIN = "https://voice.example"
SESSION = Secret("of the test's own, at least 32 characters")


def logins(count: int) -> Any:
    async def step(db: Connection, world: World) -> None:
        for _ in range(count):
            await audit.record(db, world.clock.now(), Act(action="restored", actor=None))

    return step


async def three_acts(database: Any) -> None:
    async with Database.open(database.dsn("portal"), size=1) as portal:
        world = World(portal, portal, database.superuser)
        await portal.run("test", lambda db: logins(3)(db, world))


async def spoil(database: Any, statement: str) -> None:
    async with Database.open(database.superuser, size=1) as superuser:
        await World(superuser, superuser, database.superuser).sql(statement)


def verified(url: str) -> Result:
    return CliRunner().invoke(commands, ["verify-audit"], env={"LABORVOICE_DATABASE_URL": url})


def test_it_checks_every_chain_of_the_database(database: Any) -> None:
    asyncio.run(three_acts(database))
    good = verified(database.superuser)
    assert (good.exit_code, good.output) == (0, "Every row is as it was written.\n")
    asyncio.run(spoil(database, "DELETE FROM access.audit WHERE seq = 2"))
    bad = verified(database.superuser)
    assert (bad.exit_code, bad.output) == (1, "laborvoice: Chain acts, row 2 is missing.\n")


def test_it_wants_rows_or_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABORVOICE_DATABASE_URL", raising=False)
    assert CliRunner().invoke(commands, ["verify-audit"]).exit_code == 1


async def test_the_portal_tells_the_head_and_forgets(
    world: World, database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "laborvoice")
    await world.portal.run("test", lambda db: logins(2)(db, world))
    operator = await world.party("operator")
    await world.sql(
        "INSERT INTO access.idempotency SELECT id, 'old', '', 201, '', '[]', '', '', '2026-11-12 09:00Z'"
        " FROM registry.party WHERE id = $1",
        PartyId.parse(operator).uuid,
    )
    world.clock.skip(days=1)
    settings = PortalSettings(
        home=Path("/"),
        database_url=Secret(database.dsn("portal")),
        session_key=SESSION,
        export_key=Secret("07" * 32),
        intake_origin=ORIGIN,
        origin=ORIGIN,
    )
    async with open_portal(settings, world.clock, world.chance) as parts:
        beats = {beat.name: beat for beat in parts.beats}
        for name in ("forget", "anchor", "anchor"):
            await beats[name].step()
    assert await world.sql("SELECT count(*) FROM access.idempotency") == 0
    (line,) = [vars(record)["laborvoice_line"] for record in caplog.records if record.getMessage() == "anchored"]
    assert line["seq"] == 2
    assert line["hash"] == await world.sql("SELECT encode(hash, 'hex') FROM access.audit WHERE seq = 2")
    assert await world.sql("SELECT count(*) FROM outbox.event WHERE type = 'audit.anchored'") == 1

"""No status, media type, header or body that the contract does not name, and no 500, whatever is sent."""

import asyncio
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from laborvoice.api.intake import contract as intake
from laborvoice.api.portal import app
from laborvoice.store.database import Database
from support.fuzzing import Target, faults, operations
from support.registry_world import World

CHILD = Path(__file__).with_name("child.py")


@contextmanager
def served(name: str, dsn: str) -> Generator[str]:
    """The URL of a process's door."""
    command = [sys.executable, str(CHILD), name, dsn]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


async def furnished(database: Any) -> tuple[list[str], dict[str, str]]:
    """Keys of each kind of party, and one of everything that can be named."""
    async with (
        Database.open(database.dsn("portal"), size=2) as portal,
        Database.open(database.dsn("vault"), size=2) as vault,
    ):
        world = World(portal, vault, database.superuser)
        brand, watchdog = await world.party("brand"), await world.watchdog("all")
        supplier = await world.supplier()
        await world.period("2026-Q3")
        link = await world.linked(brand, supplier)
        release = await world.release(supplier, "2026-Q3", n=214)
        keys = (
            await world.secret(brand, "brand"),
            await world.secret(watchdog, "watchdog"),
            await world.secret(await world.party("operator"), "operator"),
        )
        return [*keys, ""], {"sup": supplier, "lnk": link, "rel": release, "par": brand}


def test_the_portal_keeps_to_its_contract(database: Any, examples: int) -> None:
    keys, known = asyncio.run(furnished(database))
    with served("portal", database.dsn("portal")) as url:
        target = Target(url, keys, known)
        found = [fault for one in operations(app.document()) if (fault := faults(one, target, examples))]
    assert found == [], "\n\n".join(found)


def test_what_a_contract_hides_is_found(database: Any, examples: int) -> None:
    """Of an operation that answers 401 and 200 with a list: first the 401 is taken out, then room for the list."""
    keys, known = asyncio.run(furnished(database))
    with served("portal", database.dsn("portal")) as url:
        target = Target(url, keys, known)
        for hide in (_status, _room):
            contract = msgspec.json.decode(app.document())
            hide(contract)
            (told,) = (one for one in operations(msgspec.json.encode(contract)) if one.label == "GET /v1/conditions")
            assert faults(told, target, 10 * examples)


def _status(contract: Any) -> None:
    del contract["paths"]["/v1/conditions"]["get"]["responses"]["401"]


def _room(contract: Any) -> None:
    contract["components"]["schemas"]["ConditionList"]["properties"]["data"]["maxItems"] = 15


def test_intake_keeps_to_its_contract(database: Any, examples: int) -> None:
    with served("intake", database.dsn("intake")) as url:
        target = Target(url, ("",), {})
        found = [fault for one in operations(intake.document()) if (fault := faults(one, target, examples))]
    assert found == [], "\n\n".join(found)

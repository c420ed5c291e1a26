"""Pending ballots move nothing, and withheld periods are alike: over all that can be read together.

The doors are walked, not named: one that is added to HANDLERS or PAGES is in these tests.
"""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import Role
from support import poll, surfaces
from support.known import KnownNoise
from support.registry_world import World
from support.signing import person
from support.surfaces import Reader

CHARTS = ("trend.svg", "gauge.svg")
JUDGED = frozenset(
    {
        *("supplier", "release", "chart", "campaign", "link", "case", "endpoint", "delivery", "job", "export", "name"),
        *("user", "key", "party", "message", "country", "seq", "code", "path", "action"),
    }
)
"""Names in paths. A new one is looked at here: of what belongs to a supplier the tests fill in a value of their own."""


@pytest.fixture
async def voting(database: Any, tmp_path: Path) -> AsyncIterator[poll.World]:
    """Phones, intake and vault; the noise is none."""
    async with poll.playing(database.dsn, tmp_path, noise=KnownNoise(), serves=False) as ready:
        yield ready


@pytest.fixture
def world(voting: poll.World, database: Any) -> World:
    """The same deployment as the portal has it."""
    made = World(voting.databases["portal"], voting.databases["vault"], database.superuser)
    made.clock.moment = voting.clock.now()
    return made


async def entered(
    client: Any, world: World, parts: PortalParts, who: tuple[PartyId, Role, str], values: dict[str, Any]
) -> Reader:
    """``who``: party, role, name."""
    return await surfaces.reader(client, parts, await person(world, parts.signing_in, *who), **values)


def test_every_part_of_a_path_was_looked_at() -> None:
    assert {name for _, operation in surfaces.READS for name in operation.path} <= JUDGED


async def test_pending_ballots_move_nothing(voting: poll.World, world: World, client: Any, parts: PortalParts) -> None:
    """0, 1, 9 and 20 of them, in spool and box: the same bytes for a brand, the watchdog and the operator."""
    site = await voting.admit(cards=20)
    await world.period("2025-Q4")
    release = await world.release(site.supplier, "2025-Q4", n=210)
    brand = await world.party("brand")
    await world.linked(brand, site.supplier, from_day=date(2025, 1, 1))
    await voting.learn()
    values: dict[str, Any] = {"supplier": (site.supplier,), "s": (site.supplier,), "release": (release,)}
    values |= {"campaign": (site.campaign,), "chart": CHARTS, "period": ("2025-Q4",)}
    readers = [
        await entered(client, world, parts, (brand, "brand_admin", "Ana"), values),
        await entered(client, world, parts, (voting.watchdog.party, "watchdog_admin", "Wanda"), values),
        await entered(client, world, parts, (await world.party("operator"), "operator_admin", "Olga"), values),
    ]
    files = [await one.exported() for one in readers[:2]]
    first = [await one.everything() for one in readers]
    cast = 0
    for pending in (1, 9, 20):
        await voting.vote(site.cards[cast:pending])
        cast = pending
        await voting.vault.mix()
        for reader, before in zip(readers, first, strict=True):
            now = await reader.everything()
            assert [asked for asked, answer in now.items() if answer != before[asked]] == []
    await voting.vault.mix()
    assert await voting.boxed(poll.FIRST) == 20
    world.clock.ticks += 3600  # Twenty exports an hour.
    for reader, before in zip(readers, files, strict=False):
        now = await reader.exported()
        moved = [name for name in before if surfaces.alike(now[name]) != surfaces.alike(before[name])]
        assert {name.partition(" ")[0] for name in moved} <= {"E7"}, "E7 lists the exports themselves"
    await voting.close(poll.FIRST)
    counted = await readers[0].everything()
    assert f"GET /suppliers/{site.supplier} text/html" in {at for at in counted if counted[at] != first[0][at]}


async def test_withheld_periods_are_alike(voting: poll.World, world: World, client: Any, parts: PortalParts) -> None:
    """Of 0, 1, 9 and 25 ballots: but for names and ids the same bytes for each one's brand."""
    sites = [await voting.admit(cards=26) for _ in range(4)]
    await voting.learn()
    for site, ballots in zip(sites, (0, 1, 9, 25), strict=True):
        await voting.vote(site.cards[:ballots])
    await voting.close(poll.FIRST)
    world.clock.moment = voting.clock.now()
    found: list[dict[str, bytes]] = []
    for at, site in enumerate(sites):
        await world.sql("UPDATE registry.supplier SET name = 'Test works' WHERE public_id = $1", site.supplier.uuid)
        brand = await world.party("brand", "Example Brand")
        await world.linked(brand, site.supplier)
        [release] = await voting.released(site)
        values = {"supplier": (site.supplier,), "s": (site.supplier,), "release": (release.id,), "chart": CHARTS}
        reader = await entered(client, world, parts, (brand, "brand_admin", f"Ana {at}"), values)
        told = await reader.everything(own=False) | await reader.exported()
        same = {surfaces.alike(asked.encode()): surfaces.alike(body) for asked, body in told.items()}
        found.append({asked.decode(): body.replace(b"Ana %d" % at, b"Ana") for asked, body in same.items()})
    assert b"withheld" in b"".join(found[0].values())
    for other in found[1:]:
        assert found[0].keys() == other.keys()
        assert [asked for asked in other if other[asked] != found[0][asked]] == []

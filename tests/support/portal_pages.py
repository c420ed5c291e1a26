"""A brand's portfolio in every state a page can show, and the portal that serves it on a loopback port."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from uvicorn import Config, Server

from laborvoice import data
from laborvoice.api.portal.app import create_portal_app
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.condition import CONDITIONS, Severity
from laborvoice.domain.ids import PartyId, ReleaseId, SupplierId
from laborvoice.domain.questionnaire import load
from laborvoice.pipeline import export
from laborvoice.settings import Rate
from laborvoice.views import terms
from support.registry_world import CountedChance, World

LABELS = ("2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
BASE = {Severity.CRITICAL: 0.008, Severity.SEVERE: 0.055, Severity.MODERATE: 0.06}


@dataclass
class Portfolio:
    """``suppliers`` and ``releases`` by the first word of the supplier's name."""

    brand: PartyId
    key: str
    suppliers: dict[str, SupplierId] = field(default_factory=dict[str, SupplierId])
    releases: dict[str, list[ReleaseId]] = field(default_factory=dict[str, list[ReleaseId]])


SITES: tuple[tuple[str, str, int, float, dict[str, float]], ...] = (
    ("Harrowfin Seafood", "TH", 340, 1.3, {"freedom_of_movement": 0.30}),
    ("Ivorel Labour Supply", "MY", 140, 1.2, {"recruitment_debt": 0.75}),
    ("Farrowdene Fashion", "BD", 240, 1.5, {"freedom_of_association": 0.50}),
    ("Lanternsea Fleet", "ID", 62, 2.2, {}),
    ("Elmgate Garments", "BD", 160, 1.0, {}),
    ("Dovemark Sewing", "BD", 160, 0.8, {}),
    ("Aurelline Stitch", "BD", 480, 0.15, {}),
    ("Brackenfold Knit", "BD", 60, 0.9, {}),
)


def numbers(n: int, level: float, more: dict[str, float], seed: int) -> dict[str, Any]:
    drawn = CountedChance(str(seed))
    shares = {each: min(0.9, BASE[each.severity] * level) for each in CONDITIONS} | more
    counts = tuple(round(n * share) + drawn.below(7) - 3 for share in shares.values())
    weights = [each.severity.weight for each in CONDITIONS]
    total = sum(weight * max(0, count) for weight, count in zip(weights, counts, strict=True))
    return {"severity_sum": total, **({"conditions": counts} if n >= 100 else {})}


async def portfolio(world: World) -> Portfolio:
    """Eight suppliers with six periods, then: improved, worsened, pooled, withheld, none, ended."""
    brand = await world.party("brand", "Example Brand")
    made = Portfolio(brand, await world.secret(brand, "brand"))
    for label in LABELS:
        await world.period(label)
    await world.period("2026-Q4", "open")
    for seed, (name, country, n, level, more) in enumerate(SITES):
        one = await _site(world, made, name, country)
        for at, label in enumerate(LABELS):
            some = n + 7 * (at % 3) if n >= 100 else n
            release = await world.release(one, label, n=some, **numbers(some, level, more, 10 * seed + at))
            made.releases[name.partition(" ")[0]].append(release)
    await _moved(world, made)
    return made


async def _moved(world: World, made: Portfolio) -> None:
    courses: dict[str, tuple[float | None, ...]] = {
        "Corvane Apparel": (0.4, 0.4, 0.5, 0.5, 0.5, 2.5),
        "Gildry Weave": (2.4, 2.3, 2.4, 2.2, 2.3, 0.6),
        "Juniper Ten": (0.9, None, 0.9, 0.9, None, None),
        "Pooled Looms": (1.0, 1.1, 0.9, None, None, 1.0),
        "Kestrel Orchard": (None,) * 6,
    }
    for seed, (name, levels) in enumerate(courses.items()):
        one = await _site(world, made, name, "PK", os_id=None)
        for at, (label, level) in enumerate(zip(LABELS, levels, strict=True)):
            covers = LABELS[3:6] if name == "Pooled Looms" and at == 5 else (label,)
            shown = {} if level is None else {"n": 210, **numbers(210, level, {}, 100 + 10 * seed + at)}
            made.releases[name.partition(" ")[0]].append(await world.release(one, label, covers=covers, **shown))
    await _site(world, made, "Nettlewick Works", "VN", os_id=None)


async def _site(world: World, made: Portfolio, name: str, country: str, **more: Any) -> SupplierId:
    sizes = {"workers_min": 800, "workers_max": 1200, **more}
    one = await world.supplier(f"{name} (demo)", country=country, **{k: v for k, v in sizes.items() if k != "os_id"})
    await world.linked(made.brand, one, from_day=date(2025, 1, 1))
    first = name.partition(" ")[0]
    made.suppliers[first] = one
    made.releases[first] = []
    return one


def parts(world: World, origin: str = "http://127.0.0.1") -> PortalParts:
    return PortalParts(
        clock=world.clock,
        chance=world.chance,
        database=world.portal,
        origin=origin,
        cursor_secret=b"secret",
        export_seed=bytes(range(32)),
        rate=Rate(count=100_000, seconds=60),
        processes=1,
        conditions=terms.conditions(load(data.questions())),
    )


@asynccontextmanager
async def served(app: Any) -> AsyncGenerator[str]:
    """The origin under which ``app`` answers, in this loop."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = Server(Config(app, log_config=None, access_log=False, server_header=False, lifespan="off"))
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def _make_exports(made: PortalParts) -> None:
    """As the beat of the process does."""
    while True:
        await made.exporting.wait()
        made.exporting.clear()
        await export.make(made.database, made.maker)


@asynccontextmanager
async def shown(world: World) -> AsyncGenerator[tuple[str, Portfolio, PortalParts]]:
    made, of = await portfolio(world), parts(world)
    making = asyncio.create_task(_make_exports(of))
    async with served(create_portal_app(of)) as origin:
        yield origin, made, of
    making.cancel()

"""Exports as they are made: every kind, in every format; interrupted, given up, big."""

import asyncio
import csv
import io
import json
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from laborvoice.crypto.signed_export import verified
from laborvoice.domain.audit import Actor
from laborvoice.domain.export import KINDS, ExportFormat, ExportKind, Narrow, Page, Section, Table, Wanted
from laborvoice.domain.ids import ExportId, PartyId, SupplierId
from laborvoice.domain.party import PartyKind
from laborvoice.pipeline import export
from laborvoice.pipeline.export import Maker
from laborvoice.views import exported
from laborvoice.views.exports import sections
from support.registry_world import World

MANY = 10_000
FLAT = 12 << 20
"""Bytes: far less than 10,000 suppliers with their scores take."""


@pytest.fixture
def maker(world: World) -> Maker:
    return Maker(clock=world.clock, chance=world.chance, seed=bytes(range(32)), sections=sections)


async def asked(
    world: World, party: PartyId, kind: ExportKind, form: ExportFormat = "csv", who: PartyKind = "brand", **narrow: Any
) -> ExportId:
    wanted = Wanted(kind=kind, format=form, period=None, narrow=Narrow(**narrow))
    given = (wanted, world.sight(who, party))
    return await world.portal.run(
        "test", lambda db: export.ask_in(db, world.clock.now(), world.chance, Actor(party=party), given)
    )


async def files(world: World, party: PartyId, one: ExportId) -> dict[str, bytes]:
    found = await exported.one(world.portal, party, world.today, one)
    assert found.state == "ready"
    told: dict[str, bytes] = {}
    for file in found.files:
        told[file.name] = b"".join([piece async for piece in exported.pieces(world.portal, (one, file.name))])
    return told


@pytest.fixture
async def brand(world: World) -> PartyId:
    party = await world.party("brand")
    await world.period("2026-Q3")
    for name, n in (("A", 400), ("B", 60), ("C", None)):
        one = await world.supplier(name, products=("610910",))
        await world.linked(party, one)
        numbers: dict[str, Any] = {} if n is None else {"n": n}
        if n == 400:
            numbers["conditions"] = (4, 5, 60, 70, 90, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2)
        await world.release(one, "2026-Q3", **numbers)
    await world.linked(party, await world.supplier("D"))
    return party


@pytest.mark.parametrize("form", ["csv", "json", "html"])
async def test_every_kind_is_made(world: World, maker: Maker, brand: PartyId, form: ExportFormat) -> None:
    found_id = SupplierId.of(await world.sql("SELECT public_id FROM registry.supplier WHERE name = 'A'"))
    for kind in KINDS:
        narrow: dict[str, Any] = {"supplier": found_id} if kind == "E1" else {}
        made = await asked(world, brand, kind, form, **narrow)
        assert await export.make(world.portal, maker)
        found = await files(world, brand, made)
        manifest = verified(found.pop("manifest.json"))
        assert {file.name for file in manifest.files} == set(found)
        assert (manifest.kind, manifest.limits) == (kind, export.LIMITS)
        if form == "json":
            assert [len(json.loads(raw)) for raw in found.values()] == [file.rows for file in manifest.files]
        if form == "html":
            assert all(export.LIMITS[-1].encode() in raw for raw in found.values())
    assert not await export.make(world.portal, maker)


def _told(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))


async def test_the_report_says_what_is_measured(world: World, maker: Maker, brand: PartyId) -> None:
    made = await asked(world, brand, "E3")
    await export.make(world.portal, maker)
    rows = _told((await files(world, brand, made))["E3-esrs-s2.csv"])
    told = {one["datapoint"]: one["value"] for one in rows}
    assert told["SBM-3 11(b)"] == "countries: BD; HS codes: 610910"
    assert "at fewer: child_labour, freedom_of_movement" in told["SBM-3 11(c)"]
    assert told["S2-2 22"] == "workers themselves, anonymously: about 460 answers at 2 of 4 suppliers; 1 withheld"
    assert [one["value"] for one in rows].count("not measured") == 4


@pytest.mark.parametrize(("name", "state", "period"), [("C", "withheld", "2026-Q3"), ("D", "none", "")])
async def test_a_sheet_without_a_score(
    world: World, maker: Maker, brand: PartyId, name: str, state: str, period: str
) -> None:
    found = await world.sql("SELECT public_id FROM registry.supplier WHERE name = $1", name)
    made = await asked(world, brand, "E1", supplier=SupplierId.of(found))
    assert await export.make(world.portal, maker)
    told = await files(world, brand, made)
    (row,) = _told(told["E1-site.csv"])
    assert (row["state"], row["period"], row["covers"], row["score"]) == (state, period, period, "")
    assert row["links"] == "confirmed, tier 1, sewing, from 2026-01-01"
    assert _told(told["E1-conditions.csv"]) == []
    manifest = verified(told["manifest.json"])
    assert (len(manifest.withheld), manifest.releases) == (int(state == "withheld"), ())


async def test_the_log_is_the_partys_own(world: World, maker: Maker, brand: PartyId) -> None:
    operator = await world.party("operator")
    own, every = await asked(world, brand, "E7"), await asked(world, operator, "E7", who="operator")
    for _ in range(2):
        await export.make(world.portal, maker)
    rows = _told((await files(world, brand, own))["E7-log.csv"])
    assert {one["party"] for one in rows} == {brand}
    assert (rows[-1]["date"], rows[-1]["act"], rows[-1]["object"]) == ("2026-11-12", "export.made", own)
    assert len(_told((await files(world, operator, every))["E7-log.csv"])) > len(rows)


async def test_one_that_was_interrupted_is_made_again(world: World, maker: Maker, brand: PartyId) -> None:
    made = await asked(world, brand, "E2")
    began = asyncio.Event()

    async def pages() -> AsyncIterator[Page]:
        yield Page(rows=(("a",),))
        began.set()
        await asyncio.Event().wait()

    def stuck(*_: object) -> tuple[Section, ...]:
        return (Section(table=Table(name="t", title="T", columns=("c",)), pages=pages()),)

    making = asyncio.create_task(export.make(world.portal, msgspec.structs.replace(maker, sections=stuck)))
    await began.wait()
    # Who comes meanwhile finds nothing to do.
    assert not await export.make(world.portal, maker)
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)
    assert (await exported.one(world.portal, brand, world.today, made)).state == "asked"
    assert await export.make(world.portal, maker)
    assert set(await files(world, brand, made)) == {"E2-portfolio.csv", "manifest.json"}


async def test_one_that_always_fails_is_given_up(world: World, maker: Maker, brand: PartyId) -> None:
    made = await asked(world, brand, "E2")

    def broken(*_: object) -> tuple[Section, ...]:
        raise ValueError("as always")

    for _ in range(3):
        with pytest.raises(ValueError, match="as always"):
            await export.make(world.portal, msgspec.structs.replace(maker, sections=broken))
    assert await export.make(world.portal, maker)
    assert (await exported.one(world.portal, brand, world.today, made)).state == "failed"
    assert not await export.make(world.portal, maker)


async def test_what_can_no_longer_be_seen_is_not_exported(world: World, maker: Maker) -> None:
    party, one = await world.party("brand"), await world.supplier()
    link = await world.linked(party, one)
    made = await asked(world, party, "E1", supplier=one)
    await world.sql("UPDATE registry.link SET state = 'claimed', confirmed_on = NULL WHERE id = $1", link.uuid)
    assert await export.make(world.portal, maker)
    assert (await exported.one(world.portal, party, world.today, made)).state == "failed"


async def test_ten_thousand_rows_in_flat_memory(world: World, maker: Maker) -> None:
    party, pattern = await world.party("brand"), await world.supplier("Pattern")
    await world.linked(party, pattern)
    await world.period("2026-Q3")
    await world.release(pattern, "2026-Q3", n=210)
    await _multiplied(world, MANY - 1)
    made = await asked(world, party, "E2")
    tracemalloc.start()
    try:
        assert await export.make(world.portal, maker)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < FLAT
    found = await exported.one(world.portal, party, world.today, made)
    rows = 0
    async for piece in exported.pieces(world.portal, (made, "E2-portfolio.csv")):
        assert len(piece) <= export.PIECE
        rows += piece.count(b"\r\n")
    assert (found.files[0].rows, rows) == (MANY, MANY + 1)


async def _multiplied(world: World, count: int) -> None:
    """The one supplier, its link, release and score ``count`` times more."""
    for table, changed in (
        ("registry.supplier", "'supplier_id', 1000000 + i, 'public_id', gen_random_uuid(), 'name', 'Site ' || i"),
        ("registry.link", "'supplier_id', 1000000 + i, 'id', gen_random_uuid()"),
        ("release.ledger", "'supplier_id', 1000000 + i"),
        ("release.release", "'supplier_id', 1000000 + i, 'id', gen_random_uuid()"),
        ("release.score", "'supplier_id', 1000000 + i"),
    ):
        await world.sql(
            f"INSERT INTO {table} SELECT n.* FROM (SELECT * FROM {table} LIMIT 1) t,"  # noqa: S608 - our own names
            f" generate_series(1, {count}) i,"
            f" jsonb_populate_record(NULL::{table}, to_jsonb(t) || jsonb_build_object({changed})) n"
        )

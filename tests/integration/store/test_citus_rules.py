"""What lets the same schema be spread by Citus, read from a plain PostgreSQL (design, operations 5)."""

import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest

import laborvoice
from laborvoice import store
from laborvoice.store import rights

BY_SUPPLIER = frozenset({"release.release", "release.ledger", "release.score"})
"""Spread by ``supplier_id``, together."""
BY_LOT = frozenset({"ballot.box", "ballot.tray"})
SPREAD = BY_SUPPLIER | BY_LOT
EVERYWHERE = frozenset({"registry.supplier", "registry.period", "registry.party"})
"""Reference tables: a copy on every node. All others are the coordinator's own."""
SETS = re.compile(r"\bDO UPDATE SET\b(?P<sets>.*?)(?:;|\bWHERE\b|\bRETURNING\b|\Z)", re.DOTALL)
CALL = re.compile(r"\b([a-z_]+)\(")
ANY_ROW = frozenset({"ballot.reach.box", "ballot.reach.tray", "ballot.box.beyond"})
"""They ask whether there is a row at all, of whatever lot."""
KEYS_REPLACED = ["jsonb_agg"]
"""In ``registry.watchdog_key``, which is the coordinator's own; PostgreSQL calls it stable for types of other kinds."""
CALLS_AND_CHECKS = ("constraint_name", "ON CONFLICT ON CONSTRAINT")

COLUMNS = """SELECT n.nspname || '.' || c.relname AS name, a.attname AS column,
       format_type(a.atttypid, a.atttypmod) AS type
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0
   AND NOT a.attisdropped"""
KEYS = """SELECT n.nspname || '.' || c.relname AS name, i.indisprimary AS first,
       array(SELECT a.attname::text FROM unnest(i.indkey::smallint[]) WITH ORDINALITY k (num, place)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num ORDER BY k.place) AS columns
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1) AND i.indisunique AND NOT c.relispartition"""
FOREIGN = """SELECT o.conname AS name, n.nspname || '.' || c.relname AS child, m.nspname || '.' || p.relname AS parent,
       array(SELECT a.attname::text FROM unnest(o.conkey) WITH ORDINALITY k (num, place)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num ORDER BY k.place) AS columns,
       array(SELECT a.attname::text FROM unnest(o.confkey) WITH ORDINALITY k (num, place)
             JOIN pg_attribute a ON a.attrelid = p.oid AND a.attnum = k.num ORDER BY k.place) AS of
  FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class p ON p.oid = o.confrelid JOIN pg_namespace m ON m.oid = p.relnamespace
 WHERE o.contype = 'f' AND n.nspname = ANY ($1) AND o.conparentid = 0"""
TRIGGERS = """SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY ($1) AND NOT t.tgisinternal"""
SEQUENCES = """SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1) AND c.relkind = 'S'"""
SCHEMAS = sorted({name.partition(".")[0] for name in rights.TABLES})
PRIVATE = "SELECT p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY ($1)"
CHANGING = "SELECT DISTINCT proname::text FROM pg_proc WHERE provolatile <> 'i' AND proname = ANY ($1)"


@pytest.fixture
async def catalogue(database: Any) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    opened = await asyncpg.connect(database.superuser)
    yield opened
    await opened.close()


def _texts() -> Iterator[str]:
    for one in pkgutil.walk_packages(store.__path__, "laborvoice.store."):
        for value in vars(importlib.import_module(one.name)).values():
            if isinstance(value, str):
                yield value
            elif isinstance(value, tuple):
                yield from (part for part in cast("Sequence[object]", value) if isinstance(part, str))


STATEMENTS = frozenset(text for text in _texts() if text.startswith("-- ") and "-- roles:" in text)


async def test_the_tables_that_are_spread_are_there(catalogue: "asyncpg.Connection[asyncpg.Record]") -> None:
    there = {row["name"] for row in await catalogue.fetch(COLUMNS, SCHEMAS)}
    assert there >= SPREAD | EVERYWHERE
    assert there == set(rights.TABLES)


async def test_suppliers_are_known_by_a_bigint(catalogue: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Made by the application, at random: no sequence tells an order of arrival. Periods go by their labels."""
    columns = await catalogue.fetch(COLUMNS, SCHEMAS)
    assert {row["type"] for row in columns if row["column"] == "supplier_id"} == {"bigint"}
    assert {row["type"] for row in columns if row["column"] == "period"} == {"text"}
    assert [row[0] for row in await catalogue.fetch(SEQUENCES, SCHEMAS)] == []


async def test_every_key_of_a_spread_table_is_led_by_what_it_is_spread_by(
    catalogue: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    keys = [row for row in await catalogue.fetch(KEYS, SCHEMAS) if row["name"] in SPREAD]
    assert {row["name"] for row in keys if row["first"]} == SPREAD
    by = {**dict.fromkeys(BY_SUPPLIER, "supplier_id"), **dict.fromkeys(BY_LOT, "lot")}
    assert [tuple(row) for row in keys if row["columns"][0] != by[row["name"]]] == []


async def test_foreign_keys_stay_within_a_node(catalogue: "asyncpg.Connection[asyncpg.Record]") -> None:
    """From a spread table to one beside it or to a copy, from a copy to a copy, from others to no spread one."""
    found = await catalogue.fetch(FOREIGN, SCHEMAS)
    assert found
    for row in found:
        child, parent = row["child"], row["parent"]
        if child in BY_SUPPLIER:
            assert parent in BY_SUPPLIER | EVERYWHERE, row["name"]
            assert row["columns"][0] == row["of"][0] == "supplier_id", row["name"]
        else:
            assert child not in BY_LOT, row["name"]
            assert parent not in SPREAD, row["name"]
            assert child not in EVERYWHERE or parent in EVERYWHERE, row["name"]


async def test_there_are_no_triggers(catalogue: "asyncpg.Connection[asyncpg.Record]") -> None:
    assert [row[0] for row in await catalogue.fetch(TRIGGERS, SCHEMAS)] == []


async def test_what_an_upsert_sets_depends_on_nothing_but_its_row(
    catalogue: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    bodies = [row[0] for row in await catalogue.fetch(PRIVATE, SCHEMAS)]
    sets = [found["sets"] for text in (*STATEMENTS, *bodies) for found in SETS.finditer(text)]
    assert sets
    called = sorted({name for text in sets for name in CALL.findall(text)})
    assert [row[0] for row in await catalogue.fetch(CHANGING, called)] == KEYS_REPLACED


def _named(text: str) -> set[str]:
    return {table for table in SPREAD if re.search(rf"\b{re.escape(table)}\b", text.partition("-- roles:")[2])}


def test_statements_name_the_column_and_join_nothing_across() -> None:
    spread = [text for text in STATEMENTS if _named(text)]
    assert len(spread) > len(SPREAD)
    without = [text for text in spread if not re.search(r"\b(supplier_id|lot)\b", text)]
    assert {text.split()[1] for text in without} == ANY_ROW
    assert [text for text in spread if _named(text) & BY_SUPPLIER and _named(text) & BY_LOT] == []


def test_locked_rows_are_skipped_only_on_the_coordinator() -> None:
    assert [text for text in STATEMENTS if "SKIP LOCKED" in text and _named(text)] == []


def test_what_a_row_is_spread_by_is_never_changed() -> None:
    changes = re.compile(
        rf"\bUPDATE ({'|'.join(map(re.escape, sorted(SPREAD)))})\b.*?\bSET\b.*?\b(supplier_id|lot) =", re.DOTALL
    )
    assert [text for text in STATEMENTS if changes.search(text.partition("WHERE")[0])] == []


def test_nothing_is_decided_by_the_name_of_a_constraint() -> None:
    """Citus names those of its shards itself; what went wrong is told by its SQLSTATE."""
    sources = list(Path(laborvoice.__file__).parent.rglob("*.py"))
    told = [path.name for path in sources for word in CALLS_AND_CHECKS if word in path.read_text("utf-8")]
    assert told == []

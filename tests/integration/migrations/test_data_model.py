"""docs/data-model.md against the migrated schema: every table, who reads it and who writes it, in both directions."""

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs" / "data-model.md"
ROW = re.compile(
    r"^\| `(?P<table>\w+\.\w+)` \| (?P<what>[^|]+) \| (?P<reads>[^|]*) \| (?P<writes>[^|]*) \|$", re.MULTILINE
)
ROLES = ("intake", "vault", "portal", "courier")

_TABLES = """
SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ('{ballot,registry,release,desk,access,outbox}') AND c.relkind IN ('r', 'p')
   AND NOT c.relispartition"""
_WHO = """
SELECT r || CASE WHEN has_table_privilege('laborvoice_' || r, $2, $3) THEN '' ELSE ' (some columns)' END AS who
  FROM unnest($1::text[]) r WHERE has_any_column_privilege('laborvoice_' || r, $2, $3)"""
_DELETES = "SELECT r AS who FROM unnest($1::text[]) r WHERE has_table_privilege('laborvoice_' || r, $2, 'DELETE')"


def page() -> dict[str, tuple[set[str], set[str]]]:
    return {
        row["table"]: (set(row["reads"].split(", ")), set(row["writes"].split(", ")))
        for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))
    }


async def schema(superuser: Any) -> dict[str, tuple[set[str], set[str]]]:
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row in await superuser.fetch(_TABLES):
        rights = {
            right: {one["who"] for one in await superuser.fetch(_WHO, ROLES, row["name"], right)}
            for right in ("SELECT", "INSERT", "UPDATE")
        }
        deletes = {one["who"] for one in await superuser.fetch(_DELETES, ROLES, row["name"])}
        found[row["name"]] = (rights["SELECT"], rights["INSERT"] | rights["UPDATE"] | deletes)
    return found


async def test_the_page_is_the_schema(superuser: Any) -> None:
    assert page() == await schema(superuser)


def test_a_table_is_named_once() -> None:
    tables = [row["table"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
    assert sorted(tables) == sorted(set(tables))


async def test_a_table_that_is_forgotten_is_seen(superuser: Any) -> None:
    await superuser.execute("CREATE TABLE desk.planted (id uuid PRIMARY KEY)")
    assert page() != await schema(superuser)

"""Every SQL statement of the store, on the migrated schema: it prepares, gives what its struct asks for, and runs for
exactly the roles that it names. EXPLAIN (GENERIC_PLAN) checks rights and executes nothing."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

import asyncpg
import msgspec
import pytest

from laborvoice import store

ROLES = ("intake", "vault", "portal", "courier")
HEADER = re.compile(r"-- (?P<name>[a-z_]+\.[a-z_]+\.[a-z_]+)\n-- roles: (?P<roles>[a-z]+(, [a-z]+)*)\n\S")
SQL = re.compile(
    r"\s*(--|(SELECT|INSERT|UPDATE|DELETE|WITH|LOCK|TRUNCATE|CHECKPOINT|SET|CREATE|DROP|ALTER|GRANT|COPY|NOTIFY|CALL)\b)"
)
OURS = re.compile(r"\b(ballot|registry|release|desk|access|outbox)\.[a-z_]+")
CANNOT_EXPLAIN = re.compile(r"\s*(TRUNCATE|LOCK)\b")

# The only ones that ask the database for its time: the vault compares it with its own.
CLOCKS = frozenset({"ballot.period_state.now"})

# Utility statements that no PREPARE takes, and those of migrations, backup and restore, which run as the owner: they
# carry no header.
UTILITY = frozenset(
    {
        "laborvoice.store.ballot.exchange._CLEAR",
        "laborvoice.store.ballot.exchange._LOCK",
        "laborvoice.store.ballot.reply._CLEAR",
        "laborvoice.store.ballot.reply._LOCK",
        "laborvoice.store.ballot.spool._CHECKPOINT",
        "laborvoice.store.ballot.spool._CLEAR",
        "laborvoice.store.ballot.spool._LOCK",
        "laborvoice.store.migrations._LOCK",
        "laborvoice.store.migrations._LOCK_TIMEOUT",
        "laborvoice.store.schema._VERSION",
        "laborvoice.store.whole._BURNING",
        "laborvoice.store.whole._MAKE",
        "laborvoice.store.whole._MOMENT",
        "laborvoice.store.whole._PARTITIONS",
        "laborvoice.store.whole._PRESENT",
        "laborvoice.store.whole._VISITORS",
    }
)


@dataclass(frozen=True)
class Statement:
    module: ModuleType
    constant: str
    sql: str

    @property
    def place(self) -> str:
        return f"{self.module.__name__}.{self.constant}"

    @property
    def name(self) -> str:
        return self._header["name"]

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self._header["roles"].split(", "))

    @property
    def _header(self) -> re.Match[str]:
        found = HEADER.match(self.sql)
        assert found is not None, f"{self.place} has no header"
        return found


@dataclass(frozen=True)
class Use:
    """One call ``db.fetch(Struct, _SQL, ...)`` in the function ``function``."""

    function: str
    method: str
    kind: str


def modules() -> list[ModuleType]:
    return [importlib.import_module(one.name) for one in pkgutil.walk_packages(store.__path__, "laborvoice.store.")]


def texts(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(one for one in cast("Sequence[object]", value) if isinstance(one, str))
    return (value,) if isinstance(value, str) else ()


def constants() -> list[Statement]:
    """Whatever looks like SQL, with a header or without."""
    return [
        Statement(module, constant, sql)
        for module in modules()
        for constant, value in vars(module).items()
        if not constant.startswith("__")
        for sql in texts(value)
        if SQL.match(sql)
    ]


STATEMENTS = [one for one in constants() if one.place not in UTILITY]


def uses(module: ModuleType) -> Mapping[str, list[Use]]:
    """By constant: which functions of the module pass it to the database."""
    found: dict[str, list[Use]] = {}
    for function in ast.parse(inspect.getsource(module)).body:
        if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                    arguments = [argument.id if isinstance(argument, ast.Name) else "" for argument in call.args]
                    for place, argument in enumerate(arguments[:2]):
                        found.setdefault(argument, []).append(
                            Use(function.name, call.func.attr, arguments[0] if place else "")
                        )
    return found


def gathered(statement: Statement) -> set[str]:
    """The keys under which mappings of the module hold the statement."""
    values: list[object] = [*vars(statement.module).values()]
    mappings = [cast("Mapping[object, object]", value) for value in values if isinstance(value, Mapping)]
    return {str(key) for one in mappings for key, sql in one.items() if sql == statement.sql}


@pytest.fixture
async def connection(database: Any) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    opened = await asyncpg.connect(database.superuser)
    yield opened
    await opened.close()


async def runs(connection: "asyncpg.Connection[asyncpg.Record]", role: str, sql: str) -> bool:
    """Whether the role may. A utility statement cannot be explained: it is run and rolled back."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SET LOCAL ROLE laborvoice_{role}")
        await connection.execute(sql if CANNOT_EXPLAIN.match(_body(sql)) else f"EXPLAIN (GENERIC_PLAN) {sql}")
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await transaction.rollback()
    return True


def test_there_are_statements() -> None:
    assert len(STATEMENTS) > 50


def test_utility_statements_are_listed_by_name() -> None:
    without = {one.place for one in constants() if HEADER.match(one.sql) is None}
    assert without == UTILITY


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one.place)
def test_its_name_tells_where_it_is(statement: Statement) -> None:
    schema_table, _, function = statement.name.rpartition(".")
    assert f"laborvoice.store.{schema_table}" == statement.module.__name__
    assert statement.roles <= set(ROLES)
    users = {use.function for use in uses(statement.module).get(statement.constant, [])}
    assert len(users) == 1 or function in gathered(statement), f"used by {sorted(users)}, not by one function"
    assert function in {*users, *gathered(statement), statement.constant.strip("_").lower()}


def test_names_are_given_once() -> None:
    names = [statement.name for statement in STATEMENTS]
    assert sorted(names) == sorted(set(names))


async def test_each_prepares(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    for statement in STATEMENTS:
        if not CANNOT_EXPLAIN.match(_body(statement.sql)):
            await connection.prepare(statement.sql)


def wanted(kind: type[msgspec.Struct]) -> tuple[set[str], set[str]]:
    fields = msgspec.structs.fields(kind)
    return {field.encode_name for field in fields}, {field.encode_name for field in fields if field.required}


async def test_columns_are_what_the_struct_asks_for(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    seen = 0
    for statement in STATEMENTS:
        columns = [one.name for one in (await connection.prepare(statement.sql)).get_attributes()]
        for use in uses(statement.module).get(statement.constant, []):
            kind: object = vars(statement.module).get(use.kind)
            if use.method in {"value", "values"}:
                assert len(columns) == 1, statement.name
            elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                every, required = wanted(kind)
                assert required <= set(columns) <= every, statement.name
                assert len(columns) == len(set(columns)), statement.name
                seen += 1
    assert seen > 10


async def test_it_runs_for_exactly_its_roles(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    if connection.get_server_version().major < 16:
        pytest.fail("the embedded server has GENERIC_PLAN; give the tests a PostgreSQL from 16 on")
    wrong: list[str] = []
    for statement in STATEMENTS:
        can = frozenset([role for role in ROLES if await runs(connection, role, statement.sql)])
        # What touches nothing of ours, such as pg_notify, is anyone's; it must still run for those it names.
        ok = statement.roles == can if OURS.search(_body(statement.sql)) else statement.roles <= can
        if not ok:
            wrong.append(f"{statement.name}: says {sorted(statement.roles)}, runs for {sorted(can)}")
    assert not wrong, "\n".join(wrong)


def _body(sql: str) -> str:
    return sql.split("\n", 2)[2]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one.place)
def test_columns_are_listed(statement: Statement) -> None:
    body = _body(statement.sql)
    assert re.search(r"SELECT\s+(\w+\.)?\*(?!\s+FROM\s+unnest\()", body, re.IGNORECASE) is None
    assert re.search(r"RETURNING\s+(\w+\.)?\*", body, re.IGNORECASE) is None


def test_none_asks_for_time_or_chance() -> None:
    """They are arguments; so a statement does the same on every machine of a cluster, and in a test."""
    asks = re.compile(r"\b(now|\w+_timestamp|current_(date|time)|localtime\w*|random|gen_random_uuid|uuidv\d)\b")
    assert {one.name for one in STATEMENTS if asks.search(_body(one.sql))} <= CLOCKS


def test_a_planted_statement_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = modules()[-1]
    monkeypatch.setattr(module, "_PLANTED", "SELECT 1", raising=False)
    assert "_PLANTED" in {one.constant for one in constants() if HEADER.match(one.sql) is None}

"""A pool, named transactions, and rows that become structs. Only literal SQL passes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, LiteralString, Self, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from laborvoice.domain import ids
from laborvoice.errors import DatabaseUnavailable, NotFound

T = TypeVar("T")
R = TypeVar("R")

ATTEMPTS = 5
"""How often a step is tried when transactions block each other."""

CONNECT_SECONDS = 5.0

AWAY = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    # No connection, memory or disk left: told by what watches the server, not by each step that meets it.
    asyncpg.InsufficientResourcesError,
)
REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""The database refuses a row for what it holds."""
DENIED = (asyncpg.InsufficientPrivilegeError,)
"""The role may not do that."""

_AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


def _decode(kind: type, value: object) -> object:
    if isinstance(value, UUID) and issubclass(kind, ids.Id):
        return kind.of(value)
    return ids.decode(kind, value)


class Connection:
    """One transaction's view of the database. Arguments are bound by place; ids are passed as they are."""

    def __init__(self, raw: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
        self._raw = raw

    async def execute(self, sql: LiteralString, *args: object) -> None:
        await self._raw.execute(sql, *map(_plain, args))

    async def changed(self, sql: LiteralString, *args: object) -> int:
        """How many rows the statement touched."""
        tag = await self._raw.execute(sql, *map(_plain, args))
        return int(tag.rpartition(" ")[2])

    async def many(self, sql: LiteralString, rows: Sequence[Sequence[object]]) -> None:
        """The same statement for each row, in one round trip."""
        await self._raw.executemany(sql, [tuple(map(_plain, row)) for row in rows])

    async def fetch(self, kind: type[T], sql: LiteralString, *args: object) -> list[T]:
        rows = await self._raw.fetch(sql, *map(_plain, args))
        return [_convert(row, kind) for row in rows]

    async def first(self, kind: type[T], sql: LiteralString, *args: object) -> T | None:
        row = await self._raw.fetchrow(sql, *map(_plain, args))
        return None if row is None else _convert(row, kind)

    async def one(self, kind: type[T], sql: LiteralString, *args: object) -> T:
        """Raises NotFound where there is no row."""
        found = await self.first(kind, sql, *args)
        if found is None:
            raise NotFound
        return found

    async def values(self, kind: type[T], sql: LiteralString, *args: object) -> list[T]:
        """The first column of each row."""
        rows = await self._raw.fetch(sql, *map(_plain, args))
        return [_value(row[0], kind) for row in rows]

    async def value(self, kind: type[T], sql: LiteralString, *args: object) -> T | None:
        """The first column of the first row; None where there is no row or no value."""
        found = await self._raw.fetchval(sql, *map(_plain, args))
        return None if found is None else _value(found, kind)

    async def one_value(self, kind: type[T], sql: LiteralString, *args: object) -> T:
        """The first column of the first row. Raises NotFound where there is none."""
        found = await self.value(kind, sql, *args)
        if found is None:
            raise NotFound
        return found

    async def stream(self, kind: type[T], sql: LiteralString, *args: object, ahead: int = 1000) -> AsyncIterator[T]:
        """Rows through a server-side cursor: memory stays flat."""
        async for row in self._raw.cursor(sql, *map(_plain, args), prefetch=ahead):
            yield _convert(row, kind)


def _plain(value: object) -> object:
    return value.uuid if isinstance(value, ids.Id) else value


def _convert(row: "asyncpg.Record", kind: type[T]) -> T:
    return msgspec.convert(dict(row), kind, dec_hook=_decode, strict=False, builtin_types=(bytes, UUID))


def _value(found: Any, kind: type[T]) -> T:  # noqa: ANN401 - whatever the driver hands out
    return msgspec.convert(found, kind, dec_hook=_decode, strict=False, builtin_types=(bytes, UUID))


async def _as_it_is(_: object) -> None:
    """No step leaves anything in a session, so giving a connection back costs no round trip."""


class Database:
    """A pool of connections of one role."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, *, size: int = 10, plan_once: bool = False) -> AsyncGenerator[Self]:
        """``plan_once``: a statement's plan does not look at its values; making it takes longer than most reads.

        Raises DatabaseUnavailable where nothing answers.
        """
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=size,
                timeout=CONNECT_SECONDS,
                reset=_as_it_is,
                server_settings={"plan_cache_mode": "force_generic_plan"} if plan_once else {},
            )
        except AWAY as error:
            raise DatabaseUnavailable from error
        try:
            yield cls(pool)
        finally:
            pool.terminate() if pool.is_closing() else await pool.close()

    async def run(self, name: str, step: Callable[[Connection], Awaitable[R]]) -> R:
        """One step, one transaction. Deadlocks are tried again, so a step's only effect is its rows.

        ``name`` is the step's in logs and in ``pg_stat_activity``. Raises DatabaseUnavailable where the server is away.
        """
        for attempt in range(ATTEMPTS):
            try:
                async with self._pool.acquire(timeout=CONNECT_SECONDS) as raw, raw.transaction():
                    await raw.execute("SELECT set_config('application_name', $1, true)", f"laborvoice {name}")
                    return await step(Connection(raw))
            except _AGAIN:
                if attempt == ATTEMPTS - 1:
                    raise
            except AWAY as error:
                raise DatabaseUnavailable from error
        raise AssertionError("unreachable")

    @property
    def open_connections(self) -> tuple[int, int]:
        """How many are in use, and how many are idle."""
        idle = self._pool.get_idle_size()
        return self._pool.get_size() - idle, idle

    @asynccontextmanager
    async def listen(self, channel: LiteralString, ring: Callable[[], None]) -> AsyncGenerator[None]:
        """Call ``ring`` at each NOTIFY on ``channel`` while the block runs."""

        def heard(*_: object) -> None:
            ring()

        async with self._pool.acquire() as raw:
            await raw.add_listener(channel, heard)
            try:
                yield
            finally:
                # Where the pool was closed meanwhile, there is nothing left to take back.
                with suppress(asyncpg.InterfaceError):
                    await raw.remove_listener(channel, heard)

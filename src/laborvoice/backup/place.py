"""Which database is meant: the one that is named, or the private one of a home."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from laborvoice.clock import SystemClock
from laborvoice.embedded import SUPERUSER, Embedded
from laborvoice.errors import BadSetting, HomeInUse
from laborvoice.settings import UpSettings


@asynccontextmanager
async def database(chosen: UpSettings, *, alone: bool) -> AsyncGenerator[str]:
    """The address for its owner. A home's server is started where it does not run.

    ``alone``: a home may be new; HomeInUse where another process uses it. Raises BadSetting, DatabaseUnavailable.
    """
    if chosen.database_url is not None:
        yield chosen.database_url.reveal()
        return
    if not alone and not (chosen.home / "pg").is_dir():
        raise BadSetting(f"{chosen.home} is not a home of laborvoice.")
    server = Embedded(
        chosen.home,
        clock=SystemClock(),
        user=chosen.pg_user,
        port=chosen.pg_port,
        start_timeout=chosen.pg_start_timeout,
    )
    try:
        await server.start()
    except HomeInUse:
        if alone:
            raise
        yield server.dsn(SUPERUSER)
        return
    try:
        yield server.superuser_dsn
    finally:
        await server.stop()

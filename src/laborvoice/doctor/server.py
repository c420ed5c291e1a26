"""PostgreSQL's own settings: what it logs, keeps and promises (design, operations 1 and privacy 7)."""

from collections.abc import Iterator, Mapping
from typing import Final

from laborvoice.doctor.finding import Finding, Level, amber, green, red, several
from laborvoice.doctor.host import Host
from laborvoice.embedded.config import DURABLE, PRIVACY
from laborvoice.store.database import Connection
from laborvoice.store.pg_catalog import pg_settings
from laborvoice.store.pg_catalog.pg_settings import Setting

_LOGGED: Final = "Workers: the server's log holds what was sent, and when."
_KEPT: Final = "Workers: who takes the log of writes sees when each envelope came, and old pages."
_LOST: Final = "Workers: what was answered 202 can be lost when the machine stops."
_SPIES: Final = ("auto_explain", "pg_stat_statements")
_SEGMENT: Final = "wal_segment_size"
_SEGMENT_BYTES: Final = "1048576B"
_UNITS: Final = ("", "B", "ms")

JUDGED: Final[Mapping[str, tuple[Level, str]]] = {
    **dict.fromkeys(PRIVACY, ("amber", _KEPT)),
    **dict.fromkeys((name for name in PRIVACY if name.startswith("log_")), ("red", _LOGGED)),
    "track_commit_timestamp": ("red", "Workers: the server keeps when each envelope came, to the microsecond."),
    "fsync": ("red", _LOST),
    "full_page_writes": ("amber", _LOST),
    "synchronous_commit": ("amber", _LOST),
}
"""How bad another value than ours is, and whom it costs what."""

_WANTED: Final = {**PRIVACY, **DURABLE}


async def check(host: Host) -> tuple[Finding, ...]:
    async def look(db: Connection) -> tuple[list[Setting], list[Setting]]:
        names = (*_WANTED, _SEGMENT)
        return await pg_settings.named(db, names), await pg_settings.apart(db, names)

    found, apart = await host.look(look)
    findings = (*judged((*found, *apart)), *_hidden(found))
    return findings or green("PostgreSQL logs nothing, keeps little and writes through.")


def judged(found: tuple[Setting, ...]) -> Iterator[Finding]:
    for one in found:
        if one.name.endswith("_preload_libraries"):
            yield from _libraries(one)
        elif one.name == _SEGMENT:
            yield from _segment(one)
        elif one.value not in {f"{_WANTED[one.name]}{unit}" for unit in _UNITS} | _off(one.name):
            level, costs = JUDGED[one.name]
            told = f"{one.name} is {one.value or 'empty'}, not {_WANTED[one.name]}."
            remedy = f"ALTER SYSTEM SET {one.name} = '{_WANTED[one.name]}'; some settings need a restart."
            yield Finding(level=level, what=told, costs=costs, remedy=remedy)


def _off(name: str) -> set[str]:
    """From PostgreSQL 18 on it is a list of what is logged of a connection."""
    return {""} if name == "log_connections" else set()


def _libraries(one: Setting) -> Iterator[Finding]:
    spies = [name for name in _SPIES if name in one.value]
    remedy = f"Set {one.name} to nothing and restart PostgreSQL."
    if spies:
        yield red(f"{one.name} loads {several(spies)}.", _LOGGED, remedy)
    elif one.value:
        yield amber(f"{one.name} loads {one.value}.", "Workers: nobody here knows what it keeps.", remedy)


def _segment(one: Setting) -> Iterator[Finding]:
    if one.value != _SEGMENT_BYTES:
        yield amber(
            f"{_SEGMENT} is {one.value}, not 1 MB.",
            "Workers: what a mix moved stays longer in a file.",
            "Make the cluster with initdb --wal-segsize=1.",
        )


def _hidden(found: list[Setting]) -> Iterator[Finding]:
    hidden = sorted({*_WANTED, _SEGMENT} - {one.name for one in found})
    if hidden:
        yield amber(
            f"This login does not see {several(hidden)}.",
            "You: nobody looked.",
            "Run the doctor with a login that has pg_read_all_settings.",
        )

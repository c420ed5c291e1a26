"""What must hold on this host: each check one function, its findings one line each (design, operations 3).

Nothing here opens a key, a ballot or a message: names, settings, rights, dates.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from laborvoice.doctor import chosen, clocks, counters, keys, machine, partitions, rights, server
from laborvoice.doctor.finding import Finding, amber, red
from laborvoice.doctor.host import Host
from laborvoice.errors import DatabaseUnavailable
from laborvoice.store.database import DENIED

__all__ = ["CHECKS", "Check", "Finding", "Host", "examine"]

Check: TypeAlias = Callable[[Host], Awaitable[tuple[Finding, ...]]]

CHECKS: Final[Mapping[str, Check]] = {
    "settings": chosen.check_settings,
    "proxy": chosen.check_proxy,
    "schema": rights.check_schema,
    "server": server.check,
    "roles": rights.check_roles,
    "grants": rights.check_grants,
    "vacuum": counters.check_vacuum,
    "counters": counters.check_counters,
    "cleaning": counters.check_cleaning,
    "clock": clocks.check_clock,
    "mix": clocks.check_mix,
    "partitions": partitions.check_ahead,
    "default partitions": partitions.check_stray,
    "keys": keys.check_keyring,
    "manifest": keys.check_manifest,
    "disk": machine.check_disk,
    "swap": machine.check_swap,
    "egress": machine.check_egress,
}
"""By name, in the order in which they are looked at."""


async def examine(host: Host, checks: Mapping[str, Check] = CHECKS) -> AsyncIterator[tuple[str, tuple[Finding, ...]]]:
    """The findings of one check after another."""
    for name, check in checks.items():
        yield name, await _guarded(check, host)


async def _guarded(check: Check, host: Host) -> tuple[Finding, ...]:
    """A check that cannot look says so, and the next goes on."""
    try:
        return await check(host)
    except DENIED:
        told = "This login may not look."
        return (amber(told, "You: nobody looked.", "Run the doctor as the database's owner or superuser."),)
    except DatabaseUnavailable:
        return (red("The database does not answer.", "Everybody.", "Start it."),)

"""Room for what comes: partitions made ahead, and none of the rows that found no room."""

from collections.abc import Iterator

import msgspec

from laborvoice.crypto.framing import unb64
from laborvoice.doctor.finding import Finding, amber, green, red, several
from laborvoice.doctor.host import Host
from laborvoice.domain.manifest import Manifest
from laborvoice.domain.period import Period
from laborvoice.pipeline.rotate import PARTITIONS_AHEAD
from laborvoice.store.ballot import manifest, partition, period_state
from laborvoice.store.database import Connection
from laborvoice.store.pg_catalog import pg_class


async def check_ahead(host: Host) -> tuple[Finding, ...]:
    today = host.clock.now().date()

    async def look(db: Connection) -> list[str]:
        states = await period_state.all_states(db)
        if not states:
            return []
        current = await manifest.current(db, today)
        names = {partition.name_of(family, label): f"{family} of {label}" for family, label in _wanted(states, host)}
        names |= dict(_seen(current))
        return [names[one] for one in await pg_class.missing(db, tuple(names))]

    missing = sorted(await host.look(look))
    if not missing:
        return green(f"There are partitions for this period and {PARTITIONS_AHEAD} ahead.")
    return (
        red(
            f"A partition is missing: {several(missing)}.",
            "Workers: what they cast then lies where no burn ends it.",
            "Start the vault: it makes them within a minute. Else look at its log for `failed`.",
        ),
    )


def _wanted(states: list[period_state.PeriodState], host: Host) -> Iterator[tuple[partition.Family, str]]:
    period = Period.at(host.clock.now().date(), max(states, key=lambda one: Period.parse(one.period)).kind)
    for _ in range(PARTITIONS_AHEAD + 1):
        for family in partition.OF_PERIOD:
            yield family, period.label
        period = period.next()


def _seen(current: manifest.Stored | None) -> Iterator[tuple[str, str]]:
    """For each mix key that phones may seal to just now."""
    if current is not None:
        for week in msgspec.json.decode(current.payload, type=Manifest).mix:
            for key in week.keys:
                yield partition.name_of("seen", unb64(key.kid).hex()), f"seen of {week.week}"


async def check_stray(host: Host) -> tuple[Finding, ...]:
    found = await host.look(partition.stray)
    beyond = [one for one in found if one != "seen"]
    findings: list[Finding] = []
    if beyond:
        findings.append(
            red(
                f"Rows lie in the default partition of {several(beyond)}.",
                "Workers: no burn ends them.",
                "Make the partition that is missing, and move the rows there.",
            )
        )
    if "seen" in found:
        findings.append(
            amber(
                "Rows lie in the default partition of seen.",
                "You: envelopes came that were sealed to no key of ours. Nothing opens them.",
                "The vault empties it by night; if it fills again, somebody sends noise.",
            )
        )
    return tuple(findings) or green("No default partition holds a row.")

"""Side doors: counters of the server that tell of arrivals, and what the vault must be able to clean up."""

from typing import Final

from laborvoice.doctor.finding import Finding, amber, green, red, several
from laborvoice.doctor.host import Host
from laborvoice.store import rights
from laborvoice.store.pg_catalog import pg_class, pg_proc

QUIET: Final = (
    *sorted(name.partition(".")[2] for name in rights.SEALED),
    "exchange_request",
    "exchange_answer",
    "invite_use",
    "mailbox",
)
"""Tables whose rows come and go with what workers do."""


async def check_counters(host: Host) -> tuple[Finding, ...]:
    found = await host.look(lambda db: pg_proc.open_to_all(db, pg_proc.COUNTERS))
    if not found:
        return green("Counters, sizes and positions are closed to all but the superuser.")
    return (
        amber(
            f"{len(found)} functions that count for everyone: {several(found, 3)}.",
            "Workers: a broken-into intake or portal sees how many envelopes come, and when.",
            "laborvoice migrate as superuser; on a managed database nobody may, and then it stays so.",
        ),
    )


async def check_vacuum(host: Host) -> tuple[Finding, ...]:
    found = await host.look(lambda db: pg_class.loud(db, QUIET))
    if not found:
        return green("Autovacuum is off in ballot.")
    return (
        red(
            f"Autovacuum is on for {several(found)}.",
            "Workers: its statistics count pending ballots.",
            "ALTER TABLE ballot.NAME SET (autovacuum_enabled = off); for each of them.",
        ),
    )


async def check_cleaning(host: Host) -> tuple[Finding, ...]:
    may = await host.look(pg_proc.cleaning)
    lacking = [
        name for name, given in (("CHECKPOINT", may.checkpoints), ("pg_switch_wal()", may.switches)) if not given
    ]
    if not lacking:
        return green("The vault may leave segments and pages behind after each mix.")
    return (
        amber(
            f"The vault may not {several(lacking)}.",
            "Workers: what a mix moved stays in the server's files until it writes over them by itself.",
            "GRANT pg_checkpoint TO laborvoice_vault; GRANT EXECUTE ON FUNCTION pg_switch_wal() TO laborvoice_vault;",
        ),
    )

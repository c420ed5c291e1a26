"""Roles and grants against the house table (design, operations 4)."""

from collections.abc import Iterator, Sequence
from typing import Final

from laborvoice.doctor.finding import Finding, amber, green, red, several
from laborvoice.doctor.host import Host
from laborvoice.store import rights, schema
from laborvoice.store.pg_catalog import pg_class, pg_roles
from laborvoice.store.pg_catalog.pg_class import Held
from laborvoice.store.pg_catalog.pg_roles import Role

MEMBERSHIPS: Final = {
    "laborvoice_vault": {"pg_checkpoint"},
    "laborvoice_owner": {"pg_signal_backend", "pg_read_all_stats"},
}
EXPECTED: Final = frozenset({"laborvoice_owner", *(f"laborvoice_{role}" for role in rights.ROLES)})


async def check_schema(host: Host) -> tuple[Finding, ...]:
    if await schema.served(host.database):
        return green(f"The schema is at {schema.HEAD} or ahead.")
    return (
        red(
            "The schema is behind this version, or is not there.", "Everybody: no process starts.", "laborvoice migrate"
        ),
    )


async def check_roles(host: Host) -> tuple[Finding, ...]:
    found = await host.look(pg_roles.ours)
    return tuple(judged(found)) or green("The five roles are there and have no power of their own.")


def judged(found: Sequence[Role]) -> Iterator[Finding]:
    missing = sorted(EXPECTED - {one.name for one in found})
    if missing:
        yield red(f"There is no role {several(missing)}.", "Everybody: its process cannot start.", "laborvoice migrate")
    for one in found:
        beyond = [*one.powers, *sorted(set(one.member_of) - MEMBERSHIPS.get(one.name, set()))]
        if beyond:
            yield red(
                f"{one.name} has {several(beyond)}.",
                "Workers: whoever breaks into that process reads what its own rights would not show.",
                f"ALTER ROLE {one.name} or REVOKE, as superuser, until it has no more than the migrations gave it.",
            )


async def check_grants(host: Host) -> tuple[Finding, ...]:
    privileges = sorted(rights.EVERY)
    found = await host.look(lambda db: pg_class.held(db, rights.ROLES, privileges))
    unknown = [one.name for one in found if one.family not in rights.TABLES and one.role == rights.ROLES[0]]
    findings = [finding for one in found if one.family in rights.TABLES for finding in _held(one)]
    if unknown:
        findings.append(
            amber(
                f"Tables of nobody's in our schemas: {several(unknown)}.",
                "You: the rights on them are in no table of ours.",
                "Move them out of our schemas.",
            )
        )
    return tuple(findings) or green("Every right is as the house table has it.")


def _held(one: Held) -> Iterator[Finding]:
    wanted = rights.TABLES[one.family].get(one.role, frozenset())
    surplus = sorted({*set(one.whole) - wanted, *_columns_beyond(one, wanted)})
    lacking = sorted(wanted - set(one.whole))
    if surplus:
        yield _surplus(one, surplus)
    if lacking:
        yield amber(
            f"{one.role} lacks {several(lacking)} on {one.name}.",
            f"Everybody whom the {one.role} serves: some of its steps fail.",
            f"GRANT {', '.join(lacking)} ON {one.name} TO laborvoice_{one.role};",
        )


def _columns_beyond(one: Held, wanted: frozenset[str]) -> set[str]:
    """Rights on some columns, where the house gives none on any."""
    known = {
        privilege for (role, privilege), tables in rights.SINGLE_COLUMNS.items() if role == one.role for _ in tables
    }
    known |= {"UPDATE"} if (one.role, one.family) == ("portal", "registry.supplier") else set()
    return set(one.columns) - wanted - known if one.family not in rights.SEALED else set(one.columns)


def _surplus(one: Held, surplus: list[str]) -> Finding:
    what = f"{one.role} may {several(surplus)} on {one.name}."
    remedy = f"REVOKE {', '.join(surplus)} ON {one.name} FROM laborvoice_{one.role}, PUBLIC;"
    if one.family in rights.SEALED and one.role != "vault":
        costs = f"Workers: whoever breaks into the {one.role} can count, read or alter what they cast."
        return red(what, costs, remedy)
    return amber(what, f"Whoever is behind {one.name}: a broken-into {one.role} reaches more than it needs.", remedy)

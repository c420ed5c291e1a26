"""Counters and positions of the server: none that a neighbour reads may move with what is cast (guarantees 12 and 17).

Each role tries with its own password; what is refused tells nothing.
"""

from itertools import pairwise
from typing import Literal

import asyncpg
import pytest

from laborvoice.client.worker import Message
from laborvoice.store.ballot.cast import nothing
from support.breakin import CLOSED, cast, refused, seat
from support.phone import CHANCE, quiet_answers
from support.scene import Raw, Scene

NEIGHBOURS = ("intake", "portal", "courier")
CAST = 160
"""Envelopes: more than a segment of the log holds."""
WORDS = 40
HEADS = 34
"""Bytes: an envelope's head and the type of its token."""


LOCKS = "SELECT count(*) FROM pg_locks WHERE pid <> pg_backend_pid() AND relation IS NOT NULL"


@pytest.mark.parametrize("role", NEIGHBOURS)
async def test_locks_of_others_are_not_seen(role: str, scene: Scene) -> None:
    """A cast locks the spool: whoever sees locks sees each cast come."""
    site = await scene.admit()
    await scene.learn()
    [body] = await scene.sealed(site.cards[:1])
    async with scene.connect("intake") as intake, scene.connect(role) as raw:
        await intake.execute("BEGIN")
        await cast(intake, [seat(body)])
        assert await refused(raw, LOCKS) or await raw.fetchval(LOCKS) == 0


# Whatever gives out a number of the server's. What is refused tells nothing; what is granted may not tell of casts.
NUMBERS: dict[str, str] = {
    "log position, by a message": "SELECT pg_logical_emit_message(false, '', '') - '0/0'::pg_lsn",
    "log position, by a message that lasts": "SELECT pg_logical_emit_message(true, '', '') - '0/0'::pg_lsn",
    "log position of the last checkpoint": "SELECT redo_lsn - '0/0'::pg_lsn FROM pg_control_checkpoint()",
    "next object, by the last checkpoint": "SELECT next_oid::bigint FROM pg_control_checkpoint()",
    "next object, by a large object": "SELECT lo_create(0)::bigint",
    "next object, by a large object from bytes": "SELECT lo_from_bytea(0, '')::bigint",
    "next object, by a file's name": "SELECT max(relfilenode)::bigint FROM pg_class",
    "next object, by a function": "SELECT max(pg_relation_filenode(oid))::bigint FROM pg_class",
    "next object, by a path": "SELECT split_part(pg_relation_filepath('ballot.spool_0'), '/', 3)::bigint",
    "next transaction": "SELECT pg_current_xact_id()::text::bigint",
    "oldest transaction": "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    "bells that wait": "SELECT (pg_notification_queue_usage() * 1e9)::bigint",
    "pages and rows": "SELECT coalesce(sum(relpages + reltuples), 0)::bigint FROM pg_class",
    "transactions of the database": "SELECT sum(age(datfrozenxid)) FROM pg_database",
}
TEMPORARY = "next object, by a temporary table"


async def read(raw: Raw, name: str) -> int | None:
    """None where it is refused."""
    try:
        if name == TEMPORARY:
            await raw.execute("DROP TABLE IF EXISTS pg_temp.mine; CREATE TEMP TABLE mine (a int)")
            return int(await raw.fetchval("SELECT 'pg_temp.mine'::regclass::oid::bigint"))
        return int(await raw.fetchval(NUMBERS[name]))
    except CLOSED:
        return None


async def arrive(scene: Scene, raw: Raw, bodies: list[bytes]) -> None:
    """One batch is cast, or an empty one, as intake does it."""
    if bodies:
        await cast(raw, [seat(body, period=None, tag=None) for body in bodies])
    else:
        await scene.databases["intake"].run("receive", lambda db: nothing(db, 1 << 30))


async def minute(scene: Scene, raw: Raw, bodies: list[bytes]) -> None:
    await arrive(scene, raw, bodies)
    await scene.vault.mix()


def noise(body: bytes) -> bytes:
    """An envelope that holds nothing: for what moves by an envelope's size alone."""
    return body[:HEADS] + CHANCE.bytes(len(body) - HEADS)


async def readings(scene: Scene, role: str, minutes: list[list[bytes]]) -> dict[str, list[tuple[int, int]]]:
    """What a role can read: for each minute, by how much it moved at the cast and at the mix."""
    names = [*NUMBERS, TEMPORARY]
    seen: list[dict[str, int | None]] = []
    async with scene.connect(role) as raw, scene.connect("intake") as intake:
        for _ in range(3):
            await minute(scene, intake, [])
            seen = [{name: await read(raw, name) for name in names}]
        for bodies in minutes:
            await arrive(scene, intake, bodies)
            seen.append({name: await read(raw, name) for name in names})
            await scene.vault.mix()
            seen.append({name: await read(raw, name) for name in names})
    moved: dict[str, list[tuple[int, int]]] = {}
    for name in names:
        found = [one[name] for one in seen]
        steps = [after - before for before, after in pairwise(found) if before is not None and after is not None]
        if steps:
            moved[name] = list(zip(steps[::2], steps[1::2], strict=True))
    return moved


@pytest.mark.parametrize("role", NEIGHBOURS)
async def test_no_number_moves_by_what_is_cast(role: str, scene: Scene) -> None:
    """160 envelopes in a minute, or none: what a neighbour can read moves alike."""
    site = await scene.admit()
    await scene.learn()
    [body] = await scene.sealed(site.cards[:1])
    moved = await readings(scene, role, [[], [noise(body) for _ in range(CAST)]])
    assert moved == {name: [quiet, quiet] for name, (quiet, _) in moved.items()}


@pytest.mark.parametrize("kind", ["urgent", "story"])
async def test_no_number_moves_by_what_an_envelope_holds(kind: Literal["urgent", "story"], scene: Scene) -> None:
    """Intake saw them come. Were the mix to tell how many of them held words, it could name who called for help."""
    site = await scene.admit()
    await scene.learn()
    phone = await scene.opened(site.cards[0])
    said = Message(kind=kind, text="help", language="en", conversation=bytes(32))
    empty = [phone.seal(None, quiet_answers()) for _ in range(WORDS)]
    words = [phone.seal(None, quiet_answers(), message=said) for _ in range(WORDS)]
    moved = await readings(scene, "intake", [empty, words])
    assert moved == {name: [quiet, quiet] for name, (quiet, _) in moved.items()}


async def catalogue(raw: Raw) -> dict[str, str]:
    """A digest of each table and view of the server's that the role may read."""
    names = await raw.fetch(
        """SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'v')
            AND c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"""
    )
    found: dict[str, str] = {}
    for (name,) in names:
        try:
            digest = f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {name} t"  # noqa: S608 - the server's names
            found[name] = str(await raw.fetchval(digest))
        except asyncpg.PostgresError:
            continue
    return found


@pytest.mark.slow_attack
@pytest.mark.parametrize("role", NEIGHBOURS)
async def test_nothing_in_the_catalogue_changes_by_what_is_cast(role: str, scene: Scene) -> None:
    """Whatever changes in a minute with envelopes changes in one without: tables of the server that nobody listed."""
    site = await scene.admit()
    await scene.learn()
    [body] = await scene.sealed(site.cards[:1])
    async with scene.connect(role) as raw, scene.connect("intake") as intake:
        for _ in range(3):
            await minute(scene, intake, [])
        before = await catalogue(raw)
        changed: list[set[str]] = []
        for bodies in ([], [noise(body) for _ in range(CAST)]):
            await minute(scene, intake, bodies)
            after = await catalogue(raw)
            changed.append({name for name, digest in after.items() if before.get(name) != digest})
            before = after
    assert len(before) > 50
    assert changed[1] <= changed[0]

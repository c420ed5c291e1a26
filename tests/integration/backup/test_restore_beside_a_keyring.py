"""Backup, close, restore: burned ballots absent, the same releases, no second answer (guarantees 15, 20, 25)."""

from pathlib import Path

import pytest

from laborvoice.backup import programs, restore
from laborvoice.crypto import at_rest, sealed_file
from laborvoice.errors import BackupRefused, BadSetting, Conflict, KeyDestroyed, Undecryptable
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.keyring.hold import Held
from laborvoice.store.whole import LEFT_OUT, SCHEMAS
from support.kept import PAIR, Kept, rows
from support.known import KnownNoise
from support.phone import CHANCE, grave_answers, quiet_answers
from support.poll import FIRST

RELEASES = "SELECT row_to_json(r)::text FROM release.release r ORDER BY supplier_id, period"
LEDGER = "SELECT row_to_json(r)::text FROM release.ledger r ORDER BY supplier_id, period"
SCORES = "SELECT row_to_json(r)::text FROM release.score r ORDER BY supplier_id, period"
TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind = 'r' ORDER BY 1"""

ROLES = ("intake", "vault", "portal", "courier")
MAY_CONNECT = """
SELECT DISTINCT has_database_privilege('laborvoice_' || r, current_database(), 'CONNECT') FROM unnest($1::text[]) r"""


async def voted(kept: Kept) -> None:
    world = kept.world
    loud, quiet = await world.admit(cards=30), await world.admit(cards=20)
    await world.learn()
    await world.vote(loud.cards[:20], grave_answers(), ())
    await world.vote(quiet.cards[:5], quiet_answers(), ())
    await world.vault.mix()
    await world.vault.mix()


async def test_what_was_counted_since_is_the_same_and_burned_ballots_stay_away(kept: Kept, noise: KnownNoise) -> None:
    await voted(kept)
    await kept.backup()
    assert await kept.world.boxed(FIRST) == 25
    later = await kept.world.admit(cards=20)
    await kept.world.learn()
    await kept.world.close(FIRST)
    drawn, next_box = len(noise.counts), await kept.world.boxed(FIRST.next())
    restored = await kept.restore()
    assert (restored.burned, restored.bad) == ((FIRST.label,), None)
    assert (restored.releases.put, restored.releases.there, restored.releases.unknown) == (2, 0, 1)
    for table in (RELEASES, LEDGER, SCORES):
        known = [row for row in await rows(kept.first, table) if f'"supplier_id":{later.key}' not in row[0]]
        assert await rows(kept.other, table) == known
    assert await rows(kept.other, "SELECT period, state FROM ballot.period_state") == [(FIRST.label, "burned")]
    for family in ("box", "tray", "spent", "invite_use"):
        assert await rows(kept.other, f"SELECT FROM ballot.{family} WHERE period = '{FIRST.label}'") == []
    assert (len(noise.counts), next_box) == (drawn, 0)
    assert await rows(kept.other, "SELECT action, actor FROM access.audit ORDER BY seq DESC LIMIT 1") == [
        ("restored", "console")
    ]
    with pytest.raises(Conflict, match="--replace"):
        await kept.restore()


async def test_every_row_comes_back_but_what_ends_in_a_day(kept: Kept) -> None:
    await voted(kept)
    await kept.backup()
    before = kept.world.settings.keyring / "held"
    assert not before.exists()
    restored = await kept.restore()
    assert (restored.held, restored.burned) == ((FIRST.label,), ())
    assert before.read_text() == f"{FIRST.label}\n"
    tables = [str(one[0]) for one in await rows(kept.first, TABLES, list(SCHEMAS))]
    assert tables == [one[0] for one in await rows(kept.other, TABLES, list(SCHEMAS))]
    holding = 0
    for table in set(tables) - set(LEFT_OUT) - {"access.audit", "access.audit_head"}:
        schema, _, name = table.partition(".")
        every = f'SELECT t::text FROM {schema}."{name}" t ORDER BY 1'  # noqa: S608 - names from the catalogue
        found = await rows(kept.other, every)
        assert found == await rows(kept.first, every), table
        holding += bool(found)
    assert holding > 15
    for table in LEFT_OUT:
        assert table == "ballot.spool_switch" or await rows(kept.other, f"SELECT FROM {table}") == []
    assert await outcome(kept) == 2
    Held(kept.world.settings.keyring).release()
    assert await outcome(kept) == 0


async def outcome(kept: Kept) -> int:
    """Of an exchange with the vault of this keyring: 0 signed, 2 as for an unknown card."""
    await kept.world.vault.rotate()
    phone = await kept.world.phone(kept.world.sites[0].cards[25])
    [answer] = await kept.world.exchange(phone.asked.request)
    return answer[0]


async def test_where_the_keyring_is_lost_the_open_period_is_too_and_no_more(kept: Kept) -> None:
    await voted(kept)
    await kept.world.close(FIRST)
    await kept.world.learn()
    await kept.backup()
    kept.world.clock.tell("2026-12-24T12:00:00+00:00")
    restored = await kept.restore(keyring=False)
    assert (restored.burned, restored.held) == ((FIRST.label, FIRST.next().label), ())
    assert await rows(kept.other, "SELECT DISTINCT state FROM ballot.period_state") == [("burned",)]
    assert await rows(kept.other, RELEASES) == await rows(kept.first, RELEASES)
    assert await rows(kept.other, "SELECT FROM ballot.seen") == []


async def test_nothing_in_the_clear_and_no_key_of_the_server_opens_it(kept: Kept) -> None:
    await voted(kept)
    await kept.backup()
    raw = kept.file.read_bytes()
    assert kept.file.stat().st_mode & 0o777 == 0o600
    assert b"PGDMP" not in raw
    plain = b"".join(sealed_file.opened(PAIR, "backup", [raw]))
    assert b"PGDMP" in plain
    secrets = [path.read_bytes() for path in kept.world.settings.keyring.rglob("*") if path.is_file()]
    assert not any(one in plain for one in secrets if len(one) > 32)
    ballots = await rows(kept.first, "SELECT lot, blob FROM ballot.box")
    assert len(ballots) == 25
    await kept.world.close(FIRST)
    keyring = DirectoryKeyring(kept.world.settings.keyring, bytes.fromhex("07" * 32), CHANCE)
    with pytest.raises(KeyDestroyed):
        keyring.load(f"box/{FIRST.label}")
    roots = [keyring.load(name).data for room in ("box", "mix", "manifest") for name in keyring.names(room)]
    assert len(roots) > 3
    for root in roots:
        for lot, blob in ballots:
            with pytest.raises(Undecryptable):
                at_rest.unwrap(at_rest.row_cipher(root), lot, blob)
    keyring.close()


@pytest.mark.parametrize("harm", ["cut", "altered"])
async def test_a_harmed_file_changes_nothing(kept: Kept, harm: str) -> None:
    await voted(kept)
    await kept.backup()
    raw = bytearray(kept.file.read_bytes())
    if harm == "cut":
        del raw[-1:]
    else:
        raw[len(raw) // 2] ^= 1
    kept.file.write_bytes(raw)
    with pytest.raises(Undecryptable, match="cut or altered"):
        await kept.restore()
    assert await rows(kept.other, "SELECT FROM pg_namespace WHERE nspname = 'ballot'") == []


async def test_where_a_process_is_connected_or_the_keyring_is_another_nothing_is_done(
    kept: Kept, tmp_path: Path
) -> None:
    await kept.backup()
    header = restore.check(kept.source, lambda _: None)
    world = kept.world

    async def onto(dsn: str, keyring: Path) -> None:
        source = restore.Source(file=kept.file, pair=PAIR, keyring=keyring)
        await restore.restore(dsn, source, header, kept.means, replace=True)

    with pytest.raises(Conflict, match="connected"):
        await onto(kept.first, world.settings.keyring)
    with pytest.raises(BadSetting, match="no keyring"):
        await onto(kept.other, tmp_path / "elsewhere")
    assert await world.state(FIRST) == "open"


async def test_a_load_that_fails_leaves_the_roles_outside_and_may_be_run_again(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here of a backup that has the releases already: nothing is put a second time."""
    await voted(kept)
    await kept.world.close(FIRST)
    await kept.backup()
    monkeypatch.setattr(programs, "load", refuse)
    with pytest.raises(BackupRefused):
        await kept.restore()
    assert await rows(kept.other, MAY_CONNECT, list(ROLES)) == [(False,)]
    monkeypatch.undo()
    restored = await kept.restore(replace=True)
    assert await rows(kept.other, MAY_CONNECT, list(ROLES)) == [(True,)]
    assert (restored.releases.put, restored.releases.there) == (0, 2)
    for table in (RELEASES, LEDGER):
        assert await rows(kept.other, table) == await rows(kept.first, table)


def refuse(*_: object) -> None:
    raise BackupRefused

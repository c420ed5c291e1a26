"""The mix: each token one ballot, whatever intake did (guarantees 7, 8); nothing of the order of arrival (10)."""

import asyncio
from concurrent.futures import BrokenExecutor
from typing import Any

import asyncpg
import pytest

from laborvoice.client.worker.redeem import Token
from laborvoice.crypto import framing, token
from laborvoice.crypto.suites import SUITES
from laborvoice.domain.condition import Condition
from laborvoice.domain.release import Release
from laborvoice.store.ballot import cast
from laborvoice.store.ballot.cast import Cast
from laborvoice.store.database import Connection, Database
from support.known import KnownNoise
from support.phone import CHANCE, Phone, grave_answers, quiet_answers
from support.poll import FIRST, Site, World

LAST = 1 << 30
"""No manifest is newer."""

BALLOT = slice(386, 386 + framing.LAYOUTS[1].ballot)


@pytest.fixture
async def site(world: World) -> Site:
    made = await world.admit(cards=20)
    await world.learn()
    return made


async def breaks_in(world: World, *rows: Cast) -> None:
    """What a compromised intake can do with its role: call the function with what it likes."""

    async def step(db: Connection) -> None:
        assert await cast.cast_in(db, rows, LAST)

    await world.databases["intake"].run("test", step)


def row(body: bytes, tag: bytes | None = None, period: str = FIRST.label) -> Cast:
    """As if it had been judged: the digest is new each time, so that nothing is a replay."""
    digest = CHANCE.bytes(32)
    return Cast(mix_kid=body[12:20], digest=digest, period=period, tag=tag or CHANCE.bytes(16), worked=True, body=body)


async def ticket(world: World, site: Site, number: int = 0) -> tuple[Phone, Token]:
    [made] = await world.redeem([site.cards[number]])
    return made


async def mixed(world: World) -> int:
    for _ in range(2):
        await world.vault.mix()
    return await world.boxed(FIRST)


async def count_of(world: World, noise: KnownNoise) -> int:
    """Ballots counted at the close of the first period, by what the noise was asked."""
    noise.counts.clear()
    await world.close(FIRST)
    [counted] = noise.counts
    return counted


async def test_one_token_is_one_ballot_under_any_race(world: World, site: Site, noise: KnownNoise) -> None:
    """Twenty different envelopes with one token, cast at once, in batches of every kind, and again after a mix."""
    one, tok = await ticket(world, site)
    envelopes = [one.seal(tok, grave_answers(), ()) for _ in range(20)]
    await asyncio.gather(world.cast(*envelopes[:8]), *(world.cast(body) for body in envelopes[8:]))
    assert await mixed(world) == 1
    await world.cast(*envelopes)
    await world.cast(one.seal(tok, quiet_answers()))
    assert await mixed(world) == 1
    assert await count_of(world, noise) == 1


async def test_a_broken_intake_adds_no_vote(world: World, site: Site, noise: KnownNoise) -> None:
    """It gives one token a new tag each time, within a batch, across batches and after a mix."""
    one, tok = await ticket(world, site)
    envelopes = [one.seal(tok, quiet_answers()) for _ in range(4)]
    await breaks_in(world, *(row(body) for body in envelopes[:3]))
    await breaks_in(world, row(envelopes[0]), row(envelopes[3]))
    assert await mixed(world) == 1
    await breaks_in(world, *(row(body) for body in envelopes))
    assert await mixed(world) == 1
    assert await count_of(world, noise) == 1


async def test_forged_foreign_and_altered_tokens_give_no_ballot(world: World, site: Site) -> None:
    other = await world.admit(cards=20)
    await world.learn()
    (one, tok), (_, strange) = await ticket(world, site), await ticket(world, other)
    good = one.seal(tok, quiet_answers())
    signed = token.parse_token(tok.token)
    forged = token.token_input(CHANCE.bytes(32), signed.challenge_digest, signed.token_key_id) + CHANCE.bytes(256)
    moved = signed.signed[:66] + token.parse_token(strange.token).token_key_id + signed.signature
    bodies = [good[:32] + bad + good[386:] for bad in (forged, moved, bytes(354), tok.token[:-1] + b"\0")]
    bodies += [good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :] for at in range(32, 386, 59)]
    bodies.append(one.seal(None, {}))
    await breaks_in(world, *(row(body) for body in bodies))
    assert await mixed(world) == 0


async def test_an_altered_or_exchanged_ballot_part_is_counted_nowhere(
    world: World, site: Site, noise: KnownNoise
) -> None:
    """Guarantee 8: who holds token and envelope can give neither another partner; at worst a ballot is lost."""
    tickets = await world.redeem(site.cards[:4])
    first, second, third, fourth = [one.seal(tok, grave_answers(), ()) for one, tok in tickets]
    sealed_by_intake = tickets[3][0].seal(Token(token=tickets[3][1].token, r=CHANCE.bytes(32)), quiet_answers())
    exchanged = first[: BALLOT.start] + second[BALLOT] + first[BALLOT.stop :]
    altered = third[: BALLOT.start] + b"\0" + third[BALLOT.start + 1 :]
    await breaks_in(world, row(exchanged), row(second), row(altered), row(sealed_by_intake))
    await breaks_in(world, row(fourth))
    assert await mixed(world) == 4
    assert await count_of(world, noise) == 1


async def test_a_token_that_comes_late_gives_none(world: World, site: Site, noise: KnownNoise) -> None:
    """By an honest intake, and by a broken one that says it was cast for the period which is open."""
    tickets = await world.redeem(site.cards[:3])
    in_time, late, lied = [one.seal(tok, quiet_answers()) for one, tok in tickets]
    await world.cast(in_time)
    world.set(FIRST.close)
    await world.learn()
    await world.vault.close()
    assert await world.state(FIRST) == "closing"
    await world.cast(late)
    await breaks_in(world, row(lied, period=FIRST.next().label), row(late))
    assert await mixed(world) == 1
    await world.vault.close()
    assert noise.counts == [1]
    assert await world.values(int, "SELECT count(*) FROM ballot.box") == [1]
    await world.vault.mix()


async def test_what_two_vaults_mix_at_once_is_mixed_once(world: World, site: Site, noise: KnownNoise) -> None:
    other = await world.another(noise)
    await world.vote(site.cards[:6])
    await asyncio.gather(world.vault.mix(), other.mix(), world.vault.mix(), other.mix())
    assert await world.boxed(FIRST) == 6


async def test_a_mix_that_failed_is_made_good_before_the_count(
    world: World, site: Site, noise: KnownNoise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lane that it left full is not thought mixed: neither are two mixes of the other enough."""
    await world.vote(site.cards[:3])
    world.set(FIRST.close)
    await world.vault.rotate()
    await world.vault.close()

    async def broken(*_: object) -> None:
        raise BrokenExecutor

    with monkeypatch.context() as patched:
        patched.setattr(world.workers, "run", broken)
        with pytest.raises(BrokenExecutor):
            await world.vault.mix()
    await world.vault.mix()
    await world.vault.close()
    assert await world.state(FIRST) == "closing"
    await world.vault.mix()
    await world.vault.close()
    assert (await world.state(FIRST), noise.counts) == ("burned", [3])


async def test_junk_in_the_spool_stops_nothing(world: World, site: Site) -> None:
    """Rows that no intake writes: the vault judges by the bytes alone."""
    one, tok = await ticket(world, site)
    good = one.seal(tok, quiet_answers())
    lanes = (
        "INSERT INTO ballot.spool (lane, voiced, body) SELECT live, true, unnest($1::bytea[]) FROM ballot.spool_switch"
    )
    parcels = [good[: BALLOT.stop] + CHANCE.bytes(len(good) - BALLOT.stop) for _ in range(3)]
    bodies = [CHANCE.bytes(9216), bytes(9216), good[:2] + b"\1" + good[3:], *parcels]
    for odd in (b"", good[:4000], good + b"\0", bytes(1 << 22)):
        with pytest.raises(asyncpg.CheckViolationError):
            await world.execute(lanes, [odd])
    heads = [bytes((version, suite)) + good[2:] for version in (0, 2) for suite in (0, 1, 2, 3)]
    await world.execute(lanes, [*bodies, *heads, bytes((1, 2)) + good[2:]])
    assert await mixed(world) == 1
    assert SUITES.keys() == {1, 2}


async def test_nothing_lies_in_the_order_in_which_it_came(world: World, site: Site) -> None:
    """Guarantee 10. Boxed rows lie by lot and random id, spent ones by tag; neither knows of the coming."""
    tickets = await world.redeem(site.cards[:12])
    tags: list[bytes] = []
    for one, tok in tickets:
        await world.cast(one.seal(tok, quiet_answers()))
        signed = token.parse_token(tok.token)
        tags.append(token.spent_tag(signed.token_key_id, signed.nonce))
    await mixed(world)
    ids = await world.values(str, "SELECT lot::text || id::text FROM ballot.box ORDER BY ctid")
    assert ids == sorted(ids)
    spent = await world.values(bytes, "SELECT tag FROM ballot.spent ORDER BY ctid")
    assert spent == sorted(tags)
    assert await world.values(int, "SELECT count(DISTINCT xmin::text) FROM ballot.box") == [1]
    lengths = await world.values(int, "SELECT DISTINCT length(blob) FROM ballot.box")
    assert lengths == [2480]


async def test_the_tables_of_workers_have_no_column_for_time_or_order(world: World) -> None:
    columns = await world.values(
        str,
        """SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('ballot', 'desk') AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
        AND (a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype, 'time'::regtype, 'date'::regtype)
            OR pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) IS NOT NULL)""",
    )
    # What watchdogs do has days and full hours; none of them is an arrival's.
    acts = {one for one in columns if one.startswith(("message_state.", "case_", "case.", "approval.", "export."))}
    assert set(columns) - acts == {"manifest.not_before", "manifest.not_after"}


async def test_nothing_ever_lies_in_a_default_partition(world: World, site: Site) -> None:
    await world.vote(site.cards[:2])
    await mixed(world)
    await world.close(FIRST)
    await world.vault.upkeep()
    left = await world.values(
        int,
        """SELECT count(*) FROM ballot.seen_default UNION ALL SELECT count(*) FROM ballot.spent_default
        UNION ALL SELECT count(*) FROM ballot.invite_use_default UNION ALL SELECT count(*) FROM ballot.box_default
        UNION ALL SELECT count(*) FROM ballot.tray_default""",
    )
    assert left == [0] * 5


async def test_a_vault_with_keys_of_yesterday_fills_no_burned_box(world: World, site: Site, noise: KnownNoise) -> None:
    """Another vault has counted and burned; this one has not heard, and finds a late envelope in the spool."""
    await world.vote(site.cards[:2])
    stale = await world.another(noise)
    one, tok = await ticket(world, site, 3)
    late = one.seal(tok, quiet_answers())
    await world.close(FIRST)
    await world.execute(
        "INSERT INTO ballot.spool (lane, voiced, body) SELECT live, true, $1 FROM ballot.spool_switch", late
    )
    await stale.mix()
    assert await world.values(int, "SELECT count(*) FROM ballot.box_default") == [0]
    assert await world.values(int, "SELECT count(*) FROM ballot.spent_default") == [0]


async def test_one_ballot_moves_no_more_than_it_may(world: World, site: Site, noise: KnownNoise) -> None:
    """Guarantee 13: all sixteen conditions flagged, and more named than may be."""
    noise.shift = 150
    one, tok = await ticket(world, site)
    flagged = one.seal(tok, grave_answers(), (Condition.WAGES, Condition.VIOLENCE, Condition.CHILD_LABOUR))
    await world.cast(flagged)
    await mixed(world)
    await world.close(FIRST)
    [published] = await world.released(site)
    assert isinstance(published, Release)
    assert (noise.counts, noise.sums) == ([1], [10])
    assert sum(noise.named[0]) == 3
    assert set(noise.named[0]) == {0, 1}
    assert published.n == 151


async def test_a_mix_needs_no_right_that_a_managed_database_withholds(database: Any, world: World, site: Site) -> None:
    async def withhold(db: Connection) -> None:
        await db.execute("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() FROM laborvoice_vault")

    async with Database.open(database.superuser, size=1) as superuser:
        await superuser.run("test", withhold)
    await world.vote(site.cards[:1])
    assert await mixed(world) == 1

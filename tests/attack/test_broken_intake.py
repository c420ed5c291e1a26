"""A broken intake: its code, its memory and its database role are the attacker's (guarantees 6, 7, 8 and 13).

What it may do is lose ballots, and spend a code that it sees in the exchange. ``Scene.exact`` is what would be counted.
"""

import msgspec

from laborvoice.client.worker import Message
from laborvoice.crypto.framing import token_of
from laborvoice.crypto.token import parse_token
from laborvoice.store.ballot.cast import Cast
from support.breakin import cast, forged, nonce_of, other_work, refused, seat, spliced, tag_of, tried, with_token
from support.phone import CHANCE, grave_answers, quiet_answers
from support.scene import FIRST, Scene

BALLOT_TABLES = [
    "period_state",
    "spool_switch",
    "spool",
    "spool_0",
    "spool_1",
    "exchange_request",
    "exchange_request_0",
    "exchange_answer",
    "exchange_answer_1",
    "seen",
    "seen_default",
    "spent",
    "spent_default",
    "invite",
    "invite_use",
    "box",
    "box_default",
    "tray",
    "shelf",
    "count_job",
    "token_key",
]
DEEDS = (
    "SELECT FROM {}",
    "TABLE {}",
    "EXPLAIN SELECT * FROM {}",
    "SELECT count(*) FROM {}",
    "SELECT FROM {} TABLESAMPLE SYSTEM (1)",
    "SELECT FROM {} FOR UPDATE",
    "COPY {} TO STDOUT",
    "COPY {} FROM STDIN",
    "INSERT INTO {} DEFAULT VALUES",
    "UPDATE {} SET ctid = ctid",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "LOCK TABLE {} IN ACCESS SHARE MODE",
    "DECLARE c CURSOR FOR SELECT FROM {}",
    "CREATE TEMP VIEW v AS SELECT * FROM {0}; SELECT FROM v",
    "MERGE INTO {} t USING (SELECT 1) s ON false WHEN NOT MATCHED THEN DO NOTHING",
)


async def test_it_reads_and_touches_no_table(scene: Scene) -> None:
    async with scene.connect("intake") as raw:
        statements = [deed.format(f"ballot.{table}") for table in BALLOT_TABLES for deed in DEEDS]
        assert [one for one in statements if not await refused(raw, one)] == []


def variants(body: bytes, other: bytes) -> list[Cast]:
    """One token, however it may be brought in."""
    header = other[12:20]
    return [
        seat(body),
        seat(other_work(body), digest=CHANCE.bytes(32)),
        seat(body, digest=CHANCE.bytes(32)),
        seat(body, digest=CHANCE.bytes(32), tag=None, period=None),
        seat(body, digest=CHANCE.bytes(32), tag=CHANCE.bytes(16)),
        seat(body, digest=CHANCE.bytes(32), tag=tag_of(other)),
        seat(body, digest=CHANCE.bytes(32), period="2026-Q2"),
        seat(body, digest=CHANCE.bytes(32), period=f" {FIRST.label}"),
        seat(body, digest=CHANCE.bytes(32), period=FIRST.label.lower()),
        seat(body, digest=CHANCE.bytes(32), period="", tag=b""),
        seat(body, digest=CHANCE.bytes(32), worked=False),
        seat(body, digest=CHANCE.bytes(32), mix_kid=CHANCE.bytes(8)),
        seat(body, digest=b"", mix_kid=b""),
        seat(spliced(body, body, other), digest=CHANCE.bytes(32)),
        seat(spliced(body, other, body), digest=CHANCE.bytes(32)),
        seat(body[:12] + header + body[20:], digest=CHANCE.bytes(32)),
    ]


async def test_one_token_is_one_ballot_however_it_is_written(scene: Scene) -> None:
    site = await scene.admit()
    await scene.learn()
    body, other = await scene.sealed(site.cards[:2])
    async with scene.connect("intake") as raw:
        for _ in range(2):
            await tried(cast(raw, [one for one in variants(body, other) for _ in range(3)]))
            for one in variants(body, other):
                await tried(cast(raw, [one]))
            await scene.vault.mix()
    assert [row.nonce for row in await scene.boxed()] == [nonce_of(body)]
    assert (await scene.exact(site)).ballots <= 1


async def test_a_token_spent_under_false_names_adds_nothing(scene: Scene) -> None:
    """It can take a vote from her whose token it sees, which is to lose a ballot; it cannot make a second of one."""
    site = await scene.admit()
    await scene.learn()
    mine, hers = await scene.sealed(site.cards[:2])
    async with scene.connect("intake") as raw:
        for other in (tag_of(hers), CHANCE.bytes(16), CHANCE.bytes(16)):
            await cast(raw, [seat(mine, tag=other, digest=CHANCE.bytes(32))])
        await cast(raw, [seat(hers)])
        for _ in range(2):
            await scene.vault.mix()
        await cast(raw, [seat(one, tag=CHANCE.bytes(16), digest=CHANCE.bytes(32)) for one in (mine, hers) * 3])
        for _ in range(2):
            await scene.vault.mix()
    nonces = [row.nonce for row in await scene.boxed()]
    assert len(set(nonces)) == len(nonces)
    assert set(nonces) <= {nonce_of(mine), nonce_of(hers)}
    assert (await scene.exact(site)).ballots == len(nonces)


async def test_no_vote_by_a_forged_foreign_or_altered_token(scene: Scene) -> None:
    here, there = await scene.admit(), await scene.admit()
    await scene.learn()
    [body] = await scene.sealed(here.cards[:1])
    [foreign] = await scene.sealed(there.cards[:1])
    mine, theirs = parse_token(token_of(body)), parse_token(token_of(foreign))
    tokens = [
        forged(),
        bytes(354),
        bytes(msgspec.structs.replace(mine, nonce=CHANCE.bytes(32))),
        bytes(msgspec.structs.replace(mine, signature=CHANCE.bytes(256))),
        bytes(msgspec.structs.replace(mine, signature=bytes(256))),
        bytes(msgspec.structs.replace(mine, challenge_digest=theirs.challenge_digest)),
        bytes(msgspec.structs.replace(mine, token_key_id=theirs.token_key_id)),
        bytes(msgspec.structs.replace(theirs, challenge_digest=mine.challenge_digest)),
        bytes(msgspec.structs.replace(theirs, token_key_id=mine.token_key_id)),
        bytes(msgspec.structs.replace(mine, token_key_id=CHANCE.bytes(32))),
        token_of(body)[:-1] + bytes([token_of(body)[-1] ^ 1]),
    ]
    async with scene.connect("intake") as raw:
        for token in tokens:
            await cast(raw, [seat(body, body=with_token(body, token), digest=CHANCE.bytes(32), tag=CHANCE.bytes(16))])
    for _ in range(2):
        await scene.vault.mix()
    assert await scene.boxed() == []


async def test_ballots_under_each_others_tokens_count_nowhere(scene: Scene) -> None:
    """Within a supplier, across two, and a ballot copied under two tokens: once at most, and only where it belongs."""
    here, there = await scene.admit(), await scene.admit()
    await scene.learn()
    a, b, c, d = await scene.sealed(here.cards[:4])
    [x] = await scene.sealed(there.cards[:1], grave_answers())
    swapped = [spliced(a, b, a), spliced(b, a, b), spliced(c, x, c), spliced(x, c, x), spliced(d, c, d)]
    async with scene.connect("intake") as raw:
        await cast(raw, [seat(one) for one in swapped])
    for _ in range(2):
        await scene.vault.mix()
    assert len(await scene.boxed()) == 5
    assert (await scene.exact(here)).ballots == (await scene.exact(there)).ballots == 0
    await scene.close(FIRST)
    assert await scene.state(FIRST) == "burned"


async def test_a_copied_row_counts_once(scene: Scene) -> None:
    """Even whoever can write to the box, and knows the lots, adds nothing by copying what is in it."""
    site = await scene.admit()
    await scene.learn()
    await scene.vote(site.cards[:3], grave_answers())
    for _ in range(2):
        await scene.vault.mix()
    async with scene.admin() as admin:
        copy = "INSERT INTO ballot.box SELECT lot, period, gen_random_uuid(), blob FROM ballot.box"
        assert await admin.execute(copy) == "INSERT 0 3"
        assert await admin.execute(copy.replace("INTO ballot.box", "INTO ballot.tray")) == "INSERT 0 6"
    tally = await scene.exact(site)
    assert (tally.ballots, tally.severity_sum) == (3, 30)


async def test_late_tokens_count_nowhere(scene: Scene) -> None:
    """Cast after the burn of their period, also past a vault that has not heard of the burn."""
    site = await scene.admit()
    await scene.learn()
    late, later = await scene.sealed(site.cards[:2])
    stale = await scene.another()
    await scene.close(FIRST)
    assert await scene.state(FIRST) == "burned"
    async with scene.connect("intake") as raw:
        await cast(raw, [seat(late)])
        await scene.vault.mix()
        await scene.vault.mix()
        await cast(raw, [seat(later, tag=None, period=None)])
    await stale.mix()
    await stale.mix()
    for table in ("box", "spent"):
        assert await scene.values(str, f"SELECT period FROM ballot.{table}") == [], table  # noqa: S608 - two words


async def test_odd_calls_are_refused_and_break_nothing(scene: Scene) -> None:
    site = await scene.admit()
    await scene.learn()
    first, second = await scene.sealed(site.cards[:2])
    odd: list[list[Cast]] = [
        [],
        [seat(first, mix_kid=None)],
        [seat(first, digest=None)],
        [seat(first, body=None)],
        [seat(first, worked=None, tag=None)],
        [seat(first, digest=CHANCE.bytes(4000))],
        [seat(first, tag=CHANCE.bytes(4000))],
        [seat(first, period="\N{SNOWMAN}" * 4000)],
        [seat(first, body=b"", digest=CHANCE.bytes(32))],
        [seat(first, body=first[:97], digest=CHANCE.bytes(32))],
        [seat(first, body=first + b"\0", digest=CHANCE.bytes(32))],
        [seat(first, body=bytes(9216), digest=CHANCE.bytes(32))],
        [seat(first, body=CHANCE.bytes(9216), digest=CHANCE.bytes(32)) for _ in range(300)],
        [seat(first, tag=None, period=None, worked=False)] * 3000,
    ]
    async with scene.connect("intake") as raw:
        for seats in odd:
            await tried(cast(raw, seats))
        call = "SELECT ballot.cast_in($1, $2, $3, $4, $5, $6)::text"
        await tried(raw.execute(call, [first[12:20]], [], [], [], [], []))
        await tried(raw.execute(call, [], [], [], [], [], [first]))
        await tried(raw.execute(call, None, None, None, None, None, None))
        for request in (None, b"", bytes(2368), CHANCE.bytes(2368), CHANCE.bytes(5000)):
            await tried(raw.execute("SELECT ballot.ask($1, $2, $3)::text", CHANCE.bytes(32), CHANCE.bytes(32), request))
        await tried(raw.execute("SELECT ballot.ask($1, $2, $3)::text", CHANCE.bytes(4000), b"", b""))
    await scene.vault.issue()
    for _ in range(2):
        await scene.vault.mix()
    await scene.cast(second)
    for _ in range(2):
        await scene.vault.mix()
    assert nonce_of(second) in {row.nonce for row in await scene.boxed()}
    assert len(await scene.boxed()) <= 2


async def test_a_call_is_marked_as_an_invites_only_by_a_good_token(scene: Scene) -> None:
    """Intake's word that an envelope is voiced is worth nothing to its reader."""
    site = await scene.admit()
    await scene.learn()
    [(one, token), (other, _)] = await scene.redeem(site.cards[:2])
    said = Message(kind="urgent", text="locked in", language="en", conversation=bytes(32))
    voiced = one.seal(token, quiet_answers(), message=said)
    voiceless = other.seal(None, quiet_answers(), message=said)
    async with scene.connect("intake") as raw:
        await cast(raw, [seat(voiced), seat(voiceless, tag=CHANCE.bytes(16), worked=False)])
    for _ in range(2):
        await scene.vault.mix()
    async with scene.admin() as admin:
        rows = await admin.fetch("SELECT voiced FROM desk.message ORDER BY voiced")
    assert [row[0] for row in rows] == [False, True]

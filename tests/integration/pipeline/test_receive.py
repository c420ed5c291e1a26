"""From bytes to the spool, with the envelopes of the published vectors."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from laborvoice.crypto import issuer, token
from laborvoice.domain.envelope import Known, Voice
from laborvoice.pipeline.learn import learn
from laborvoice.pipeline.receive import Seat, distinct, judge, receive, seat
from laborvoice.store.ballot import manifest, part
from laborvoice.store.database import Database

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "envelope.json").read_bytes())
ENVELOPES = [bytes.fromhex(one["envelope"]) for one in VECTORS["envelopes"]]
BITS = VECTORS["pow_bits"]
TODAY, CLOSE, UNTIL = date(2026, 11, 25), date(2027, 1, 3), date(2026, 12, 7)
TOO_MANY_BITS = 200
VOICE = Voice(
    period="2026-Q4",
    close=CLOSE,
    challenge=bytes.fromhex(VECTORS["token"]["challenge_digest"]),
    spki=bytes.fromhex(VECTORS["token"]["spki"]),
)
KNOWN = Known(
    seq=41,
    boxes={raw[4:12]: CLOSE for raw in ENVELOPES},
    mixes={raw[12:20]: UNTIL for raw in ENVELOPES},
    voices={bytes.fromhex(VECTORS["token"]["token_key_id"]): VOICE},
)


def altered(raw: bytes, at: int, value: int | None = None) -> bytes:
    return raw[:at] + bytes((raw[at] ^ 1 if value is None else value,)) + raw[at + 1 :]


def other_parcel(raw: bytes) -> bytes:
    """Same token, other digest; its work is no longer done."""
    return altered(raw, 9_000)


def test_the_vectors_are_voiced_and_worked() -> None:
    for raw in ENVELOPES:
        row = judge(raw, KNOWN, TODAY, BITS)
        assert row is not None
        assert (row.period, row.worked, row.body, row.mix_kid) == ("2026-Q4", True, raw, raw[12:20])
        assert row.tag == bytes.fromhex(VECTORS["token"]["spent_tag"])
    first = judge(ENVELOPES[0], KNOWN, TODAY, BITS)
    assert first is not None
    assert first.digest.hex() == VECTORS["envelopes"][0]["envelope_digest"]


@pytest.mark.parametrize(("at", "value"), [(0, 2), (1, 3), (2, 1), (28, 1), (4, None), (12, None)], ids=str)
def test_a_header_that_does_not_fit_is_not_kept(at: int, value: int | None) -> None:
    assert judge(altered(ENVELOPES[0], at, value), KNOWN, TODAY, 0) is None


@pytest.mark.parametrize("at", [33, 40, 70, 100, 385])
def test_an_altered_token_is_no_voice(at: int) -> None:
    worked = judge(altered(ENVELOPES[0], at), KNOWN, TODAY, 0)
    assert worked is not None
    assert (worked.tag, worked.period, worked.worked) == (None, None, True)
    assert judge(altered(ENVELOPES[0], at), KNOWN, TODAY, TOO_MANY_BITS) is None


def test_a_voice_needs_no_work() -> None:
    row = judge(ENVELOPES[0], KNOWN, TODAY, TOO_MANY_BITS)
    assert row is not None
    assert row.tag is not None
    assert not row.worked


@pytest.mark.parametrize("today", [UNTIL, CLOSE, CLOSE + timedelta(days=9)])
def test_after_the_end_of_a_key_nothing_is_kept(today: date) -> None:
    assert judge(ENVELOPES[0], KNOWN, today, 0) is None


def test_a_period_that_closed_before_its_mix_key_has_no_voice() -> None:
    ended = Known(boxes=KNOWN.boxes, mixes=KNOWN.mixes, voices={
        key: Voice(period=one.period, close=TODAY, challenge=one.challenge, spki=one.spki)
        for key, one in KNOWN.voices.items()
    })  # fmt: skip
    row = judge(ENVELOPES[0], ended, TODAY, BITS)
    assert row is not None
    assert row.tag is None


def test_of_equals_the_first() -> None:
    voiced, again = (judge(one, KNOWN, TODAY, 0) for one in (ENVELOPES[0], other_parcel(ENVELOPES[0])))
    idle = judge(altered(ENVELOPES[0], 9_001), KNOWN, TODAY, TOO_MANY_BITS)
    assert voiced and again and idle  # noqa: PT018 - all three are there
    kept = distinct((voiced, voiced, again, idle))
    assert [(row.digest, row.tag is not None) for row in kept] == [(voiced.digest, True), (again.digest, False)]


@dataclass
class Doors:
    intake: Database
    vault: Database
    admin: Any

    async def spool(self) -> list[bool]:
        async def read(db: Any) -> list[bool]:
            found: list[bool] = await db.values(bool, "SELECT voiced FROM ballot.spool ORDER BY voiced")
            return found

        return await self.vault.run("test", read)


@pytest.fixture
async def doors(database: Any) -> AsyncGenerator[Doors]:
    admin = await asyncpg.connect(database.superuser)
    await admin.execute("INSERT INTO ballot.period_state (period, kind, state) VALUES ('2026-Q4', 'quarter', 'open')")
    async with Database.open(database.dsn("intake")) as intake, Database.open(database.dsn("vault")) as vault:
        yield Doors(intake, vault, admin)
    await admin.close()


def seats(known: Known, bits: int, *bodies: bytes) -> list[Seat]:
    return [seat(body, known, TODAY, bits) for body in bodies]


async def test_what_another_manifest_judged_is_judged_again(doors: Doors) -> None:
    first, second = ENVELOPES
    before = msgspec.structs.replace(KNOWN, seq=KNOWN.seq - 1)
    unknown = msgspec.structs.replace(before, boxes={})
    assert all(one.row is None for one in seats(unknown, BITS, first, second))
    await receive(doors.intake, seats(unknown, BITS, first, second), KNOWN, TODAY, BITS)
    assert await doors.spool() == [False, True]


async def test_a_batch_is_cast_and_a_replay_is_nothing(doors: Doors) -> None:
    first, second = ENVELOPES
    await receive(doors.intake, seats(KNOWN, BITS, first, second, bytes(9_216)), KNOWN, TODAY, BITS)
    # Both vectors carry the same token: one of them is voiced.
    assert await doors.spool() == [False, True]
    await receive(doors.intake, seats(KNOWN, BITS, first, second), KNOWN, TODAY, BITS)
    await receive(doors.intake, seats(KNOWN, TOO_MANY_BITS, other_parcel(first)), KNOWN, TODAY, TOO_MANY_BITS)
    assert await doors.spool() == [False, True]


async def test_a_batch_of_nothing_takes_a_transaction_number_too(doors: Doors) -> None:
    position = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    before = await doors.admin.fetchval(position)
    assert await receive(doors.intake, seats(KNOWN, BITS, bytes(9_216)), KNOWN, TODAY, BITS)
    assert await doors.admin.fetchval(position) > before


async def test_a_refused_row_is_dropped_and_the_others_are_kept(doors: Doors) -> None:
    poison = other_parcel(ENVELOPES[0])
    await doors.admin.execute(f"ALTER TABLE ballot.spool ADD CHECK (sha256(body) <> sha256('\\x{poison.hex()}'))")
    await receive(doors.intake, seats(KNOWN, 0, poison, ENVELOPES[1]), KNOWN, TODAY, 0)
    assert await doors.spool() == [True]


async def test_keys_are_learnt_from_what_is_served(doors: Doors) -> None:
    payload = VECTORS["manifest"]["payload_utf8"]
    stored = manifest.Stored(seq=41, not_before=date(2026, 11, 23), not_after=date(2026, 12, 7), payload=payload)

    async def put(db: Any) -> None:
        assert await manifest.put(db, stored, b"gzip")
        assert not await manifest.put(db, stored, b"another")
        await part.put(db, 41, [VECTORS["part"]["locator"]], [bytes.fromhex(VECTORS["part"]["file"])])

    await doors.vault.run("test", put)
    assert not await receive(doors.intake, seats(Known(), BITS, ENVELOPES[0]), Known(), TODAY, BITS)
    assert await doors.spool() == []
    known = await learn(doors.intake, Known(), TODAY)
    assert (known.boxes, known.mixes) == (KNOWN.boxes, KNOWN.mixes)
    assert known.voices == KNOWN.voices
    assert (known.seq, known.floor(TODAY), known.floor(date(2026, 11, 22))) == (41, 15, None)
    assert judge(ENVELOPES[0], known, TODAY, BITS) is not None
    assert await learn(doors.intake, known, TODAY) == known
    later = await learn(doors.intake, known, CLOSE)
    assert (later.seq, later.boxes, later.mixes, later.voices) == (41, {}, {}, {})


async def test_parts_before_a_number_can_be_dropped(doors: Doors) -> None:
    async def turn(db: Any) -> list[bytes]:
        await part.put(db, 1, ["AAAAAA"], [b"one"])
        await part.put(db, 2, ["AAAAAA", "any"], [b"two", b"any"])
        await part.drop_before(db, 2)
        return [one.body for seq in (1, 2) for one in [row async for row in part.of(db, seq, ahead=5)]]

    assert sorted(await doors.vault.run("test", turn)) == [b"any", b"two"]


async def test_the_latest_manifest_may_not_have_begun(doors: Doors) -> None:
    async def turn(db: Any) -> Any:
        assert await manifest.latest(db) is None
        for seq, begins in ((1, TODAY), (2, TODAY + timedelta(days=7))):
            await manifest.put(db, manifest.Stored(seq=seq, not_before=begins, not_after=begins, payload="{}"), b"")
        return await manifest.latest(db), await manifest.current(db, TODAY)

    latest, current = await doors.vault.run("test", turn)
    assert (latest.seq, current.seq) == (2, 1)


def test_a_key_of_the_vectors_verifies_what_its_private_half_signs() -> None:
    made = issuer.load(bytes.fromhex(VECTORS["token"]["pkcs8"]))
    assert token.load_public(made.spki).key_id in KNOWN.voices

"""The ballot slot from outside: one answer for everything, each token once, nothing accepted is lost."""

import asyncio
import itertools
from typing import Any


async def test_whatever_it_holds_it_is_answered_alike_and_kept_or_not(door: Any, booth: Any, signers: Any) -> None:
    spoken = booth.token()
    twice = booth.envelope(spoken)
    kinds = {
        "voiced": twice,
        "concern": booth.envelope(),
        "voiced without work": booth.workless(booth.token()),
        "replayed": twice,
        "spent": booth.envelope(spoken),
        "spent without work": booth.workless(spoken),
        "forged": booth.workless(spoken[:-1] + bytes((spoken[-1] ^ 1,))),
        "foreign supplier": booth.workless(booth.token(supplier="sup_other")),
        "foreign key": booth.workless(booth.token(signer=signers[1])),
        "no work": booth.workless(),
        "unknown box": booth.envelope(box=booth.mix),
        "garbage": bytes(range(256)) * 36,
        "zeros": bytes(9_216),
    }
    answers = {kind: await door.cast(body) for kind, body in kinds.items()}
    first = answers["voiced"]
    assert (first.status, first.body) == (202, b"")
    assert [kind for kind, answer in answers.items() if answer != first] == []
    # voiced, voiced without work | concern, spent but worked
    assert await booth.spool() == (2, 2)


async def test_a_token_in_one_batch_twice_is_one_vote(door: Any, booth: Any) -> None:
    spoken = booth.token()
    bodies = [booth.envelope(spoken) for _ in range(20)]
    answers = await asyncio.gather(*(door.cast(body) for body in (*bodies, *bodies)))
    assert {answer.status for answer in answers} == {202}
    assert await booth.spool() == (1, 19)


async def test_a_closed_period_takes_no_vote_but_the_parcel(door: Any, booth: Any) -> None:
    await booth.sql("UPDATE ballot.period_state SET state = 'closing'")
    await door.cast(booth.envelope(booth.token()))
    assert await booth.spool() == (0, 1)


async def test_past_the_close_nothing_is_kept(door: Any, booth: Any, quick_clock: Any) -> None:
    quick_clock.day = quick_clock.day.replace(year=2027)
    assert (await door.cast(booth.envelope(booth.token()))).status == 202
    assert await booth.spool() == (0, 0)


async def test_a_full_queue_refuses_and_loses_nothing(open_intake_door: Any, booth: Any) -> None:
    async with open_intake_door(intake_queue=2, intake_batch=1) as door:

        async def refused_meanwhile(db: Any) -> list[Any]:
            await db.execute("LOCK TABLE ballot.spool_0, ballot.spool_1 IN ACCESS EXCLUSIVE MODE")
            casts = [asyncio.ensure_future(door.cast(booth.envelope())) for _ in range(8)]
            for one in itertools.islice(asyncio.as_completed(casts), 5):
                assert (await one).status == 503
            return casts

        answers = await asyncio.gather(*await booth.vault.run("test", refused_meanwhile))
        refused = [answer for answer in answers if answer.status != 202]
        assert {answer.status for answer in refused} == {503}
        assert all(3 <= int(answer.header("retry-after") or 0) <= 15 for answer in refused)
        assert len({answer.body for answer in refused}) == 1
        assert await booth.spool() == (0, 8 - len(refused))
        assert 1 in {number for (metric, _), number in (await door.parts.samples()).items() if metric.name == "BUSY"}
        assert (await door.cast(booth.envelope())).status == 202


async def test_a_row_the_database_refuses_does_not_take_the_batch_along(open_intake_door: Any, booth: Any) -> None:
    poison = booth.envelope()
    await booth.sql(f"ALTER TABLE ballot.spool ADD CHECK (body <> '\\x{poison.hex()}')")
    async with open_intake_door() as door:
        answers = await asyncio.gather(*(door.cast(body) for body in (booth.envelope(), poison, booth.envelope())))
    assert [answer.status for answer in answers] == [202] * 3
    assert await booth.spool() == (0, 2)


async def test_a_batch_that_keeps_nothing_still_writes(door: Any, booth: Any) -> None:
    position = "SELECT pg_current_wal_insert_lsn()::text"
    before = await booth.sql(position)
    assert (await door.cast(bytes(9_216))).status == 202
    assert await booth.sql(position) != before

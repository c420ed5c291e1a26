"""Order of arrival: cast in a known order, mixed, and looked for in everything PostgreSQL keeps (guarantee 10).

The test owns every key, so it knows which row is whose; who looks has no worse sight than it.
Kendall's rank test is exact; ALARM is its false alarm for each place looked at, and fewer than fifty are.
"""

from collections.abc import Sequence
from typing import LiteralString

import msgspec
import pytest

from laborvoice.client.worker import Message
from laborvoice.crypto import parcel
from laborvoice.crypto.framing import SealedRow
from support import forensics, tails
from support.breakin import nonce_of, tag_of
from support.phone import quiet_answers
from support.scene import FIRST, Scene

ALARM = 1e-6
BATCH = 36

_FILE = "SELECT pg_relation_filepath(c.oid) FROM pg_class c WHERE c.oid = ANY (SELECT t.tableoid FROM ballot.box t)"


def even(order: Sequence[int]) -> bool:
    """Ranks of arrival as they were found: no trend, either way."""
    ranks = {arrived: rank for rank, arrived in enumerate(sorted(order))}
    return tails.order_chance([ranks[arrived] for arrived in order]) > ALARM


async def test_the_test_itself() -> None:
    """What is sorted, reversed or only nearly sorted is seen; what was shuffled is not."""
    straight = list(range(BATCH))
    nearly = [one for at in range(0, BATCH, 4) for one in reversed(straight[at : at + 4])]
    assert not even(straight)
    assert not even(straight[::-1])
    assert not even(nearly)
    halves = [one for pair in zip(straight[: BATCH // 2], straight[BATCH // 2 :], strict=True) for one in pair]
    assert even([halves[(7 * at) % BATCH] for at in range(BATCH) if at % 2] + halves[1::5])
    assert tails.order_chance([1, 0]) == 1
    assert tails.orders_by_swaps(4) == [1, 3, 5, 6, 5, 3, 1]


async def arrivals(scene: Scene, bodies: Sequence[bytes]) -> None:
    """One after the other, each in a batch of its own."""
    for body in bodies:
        await scene.cast(body)


async def by(scene: Scene, key: LiteralString, came: Sequence[bytes]) -> list[int]:
    """Ranks of arrival of the rows in the box, in the order of ``key``."""
    return [came.index(row.nonce) for row in await scene.boxed(order=key)]


async def in_files(scene: Scene, came: Sequence[bytes]) -> list[int]:
    """Ranks of arrival of the rows in the file that holds the box, from its first byte to its last."""
    async with scene.admin() as admin:
        [path] = [row[0] for row in await admin.fetch(_FILE)]
    [(_, raw)] = [(name, raw) for name, raw in forensics.files(scene.home.parent) if name.endswith(path)]
    names = forensics.lots(scene.home.parent)
    found = {raw.index(blob): blob for blob in forensics.row_candidates(scene.home.parent) if blob in raw}
    rows = [forensics.open_row([scene.root()], names, found[at]) for at in sorted(found)]
    return [came.index(row.nonce) for row in rows if isinstance(row, SealedRow)]


async def stamps(scene: Scene, table: LiteralString) -> list[str]:
    """Which transactions wrote what is there, as the rows tell it."""
    return await scene.values(str, "SELECT DISTINCT xmin::text FROM " + table + " WHERE period = $1", FIRST.label)  # noqa: S608 - our own words


async def spent_order(scene: Scene, bodies: Sequence[bytes]) -> list[int]:
    tags = [tag_of(body) for body in bodies]
    sql: LiteralString = "SELECT tag FROM ballot.spent WHERE period = $1 ORDER BY ctid"
    return [tags.index(tag) for tag in await scene.values(bytes, sql, FIRST.label)]


async def test_no_place_number_or_stamp_tells_the_order_of_ballots(scene_alone: Scene) -> None:
    scene = scene_alone
    site = await scene.admit(cards=2 * BATCH)
    await scene.learn()
    bodies = await scene.sealed(site.cards)
    came = [nonce_of(body) for body in bodies]

    await arrivals(scene, bodies[:BATCH])
    assert not even(await spent_order(scene, bodies)), "before the mix the order is there to be seen"
    await scene.vault.mix()
    for key in ("ctid", "id", "blob"):
        order = await by(scene, key, came)
        assert len(order) == BATCH
        assert even(order), key
    assert even(await in_files(scene, came))
    assert len(await stamps(scene, "ballot.box")) == 1

    # A second batch stands behind the first, which the reshuffle ends.
    await arrivals(scene, bodies[BATCH:])
    await scene.vault.mix()
    behind = await by(scene, "ctid", came)
    assert not even(behind), "batches are told apart until the reshuffle"
    assert even(behind[BATCH:])
    await scene.vault.upkeep()
    await scene.vault.mix()
    for key in ("ctid", "id", "blob"):
        order = await by(scene, key, came)
        assert len(order) == 2 * BATCH
        assert even(order), key
    assert even(await in_files(scene, came))
    assert even(await spent_order(scene, bodies))
    assert len(await stamps(scene, "ballot.box")) == len(await stamps(scene, "ballot.spent")) == 1


async def test_no_file_keeps_the_order_once_it_is_reshuffled(scene_alone: Scene) -> None:
    """Deleted rows and the log included: wherever the spent tags stand, they do not stand as they came."""
    scene = scene_alone
    site = await scene.admit(cards=BATCH)
    await scene.learn()
    bodies = await scene.sealed(site.cards)
    tags = [tag_of(body) for body in bodies]

    def orders() -> list[list[int]]:
        """For each stream of bytes with all tags in it, the order of their first and of their last places."""
        whole: list[list[int]] = []
        for _, raw in forensics.streams(scene.home.parent):
            if all(tag in raw for tag in tags):
                firsts, lasts = [raw.find(tag) for tag in tags], [raw.rfind(tag) for tag in tags]
                whole += [sorted(range(BATCH), key=places.__getitem__) for places in (firsts, lasts)]
        return whole

    await arrivals(scene, bodies)
    assert any(not even(order) for order in orders())
    await scene.vault.mix()
    await scene.vault.upkeep()
    await scene.vault.mix()
    assert orders()
    assert all(even(order) for order in orders())


async def test_messages_tell_neither_their_order_nor_their_ballots(scene: Scene) -> None:
    """Urgent calls leave with the mix that they came to: all the more must they leave shuffled."""
    site = await scene.admit(cards=BATCH)
    await scene.learn()
    phones = await scene.redeem(site.cards)
    calls = [
        Message(kind="urgent", text=f"call {number}", language="en", conversation=bytes(32)) for number in range(BATCH)
    ]
    bodies = [
        phone.seal(token, quiet_answers(), message=call) for (phone, token), call in zip(phones, calls, strict=True)
    ]
    await arrivals(scene, bodies)
    await scene.vault.mix()
    ballots = await by(scene, "ctid", [nonce_of(body) for body in bodies])

    async def messages(key: LiteralString) -> list[int]:
        sql: LiteralString = "SELECT inner_message FROM desk.message ORDER BY " + key  # noqa: S608 - our own words
        async with scene.admin() as admin:
            inners = [row[0] for row in await admin.fetch(sql)]
        pair = scene.watchdog.pair
        texts = [msgspec.json.decode(parcel.open_message(pair, 2, 0, inner).text)["t"] for inner in inners]
        return [int(text.removeprefix("call ")) for text in texts]

    for key in ("ctid", "id", "inner_message"):
        calls_found = await messages(key)
        assert sorted(calls_found) == list(range(BATCH))
        assert even(calls_found), key
        assert even([ballots.index(call) for call in calls_found]), "a call and a ballot of one envelope"


@pytest.mark.slow_attack
async def test_many_batches(scene_alone: Scene) -> None:
    """Eight batches, each looked at by itself: more places to find a trend in, the same alarm for each."""
    scene = scene_alone
    site = await scene.admit(cards=8 * BATCH, headcount=8 * BATCH)
    await scene.learn()
    came: list[bytes] = []
    for batch in range(8):
        bodies = await scene.sealed(site.cards[batch * BATCH : (batch + 1) * BATCH])
        came += [nonce_of(body) for body in bodies]
        await arrivals(scene, bodies)
        await scene.vault.mix()
        for key in ("ctid", "id"):
            order = await by(scene, key, came)
            assert even([one for one in order if one >= batch * BATCH]), (batch, key)
    await scene.vault.upkeep()
    assert even(await by(scene, "ctid", came))

"""Mix: a lane of the spool, shuffled. Ballots go to their boxes still sealed, parcels one layer further.

Design, privacy 6. Intake is trusted with nothing: header and token are judged again.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto import at_rest
from laborvoice.crypto.receipt import ITEM_SIZE
from laborvoice.domain import Value
from laborvoice.domain.audit import week
from laborvoice.pipeline.mix.apart import KEY_ID, Batch, Halves, Voice, Vote, take_apart
from laborvoice.pipeline.mix.deal import Dealt, Readers, deal
from laborvoice.store.ballot import box, exchange, mailbox, partition, period_state, reply, spent, spool
from laborvoice.store.database import Connection, Database
from laborvoice.workers import Workers, batched

__all__ = ["Keys", "Mixer", "Voice"]

SETTLE_SECONDS: Final = 2.0
"""From the turn of the switch until the lane is taken: what was writing to it has ended by then, or waits a turn."""

TRAY_ROWS: Final = 200_000
"""Above so many rows a box is not reshuffled whole; what comes then waits in the tray for the night."""

_BATCH: Final = 256
_UUID_BYTES: Final = 16
_SEED_SIZE: Final = 32


class Keys(Value, frozen=True):
    """What a mix needs. ``mix_roots``: newest first. ``boxes``: root by period. ``readers``: watchdogs' key ids."""

    mix_roots: tuple[bytes, ...]
    boxes: Mapping[str, bytes]
    voices: Mapping[bytes, Voice]
    readers: frozenset[bytes]


class Mixer:
    """Mixes one lane a turn; of several vaults one at a time."""

    def __init__(self, database: Database, workers: Workers, clock: Clock, chance: Chance) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._chance = chance

    async def mix(self, keys: Keys, *, full_hour: bool, covers: int = 0) -> int:
        """Turn the switch, let the lane come to rest, empty it, and leave its traces behind; which lane it was.

        ``full_hour``: stories leave the shelf, however few wait. ``covers``: how many rows the mailbox gets that are no
        replies.
        """

        async def turn(db: Connection) -> int:
            await spool.take_turn(db)
            lane = await self._database.run("flip", spool.flip)
            await self._clock.sleep(SETTLE_SECONDS)
            await self._empty(lane, keys, full_hour=full_hour, covers=covers)
            await self._database.run("settle", spool.settle)
            return lane

        return await self._database.run("turn", turn)

    async def _empty(self, lane: int, keys: Keys, *, full_hour: bool, covers: int) -> None:
        async def empty(db: Connection) -> None:
            await period_state.alive(db)
            await spool.lock(db, lane)
            halves = [half async for half in self._taken_apart(db, lane, keys)]
            accepted = await _spend(db, halves)
            await self._box(db, keys.boxes, accepted.values())
            readers = Readers(
                kids=keys.readers, shelf_roots=keys.mix_roots, today=self._clock.now().date(), full_hour=full_hour
            )
            await deal(db, self._chance, readers, _dealt(halves, accepted))
            await self._reply(db, covers)
            await spool.clear(db, lane)
            await period_state.mixed(db, lane)
            await exchange.clear(db, lane)

        await self._database.run("mix", empty)

    async def _taken_apart(self, db: Connection, lane: int, keys: Keys) -> AsyncGenerator[Halves]:
        async def batches() -> AsyncGenerator[Batch]:
            async for rows in batched(spool.read(db, lane), _BATCH):
                named = {row.body[KEY_ID] for row in rows if row.voiced}
                yield Batch(
                    mix_roots=keys.mix_roots,
                    voices={key_id: keys.voices[key_id] for key_id in named if key_id in keys.voices},
                    bodies=tuple(row.body for row in rows),
                    voiced=tuple(row.voiced for row in rows),
                )

        async for halves in self._workers.stream(take_apart, batches()):
            for half in halves:
                yield half

    async def _reply(self, db: Connection, covers: int) -> None:
        """A cover is as long as a reply, and as random to all who have no key."""
        this = week(self._clock.now())
        await mailbox.begin(db, this, self._chance.bytes(_SEED_SIZE))
        await partition.make(db, "mailbox", this)
        await reply.move(db, this, [self._chance.bytes(ITEM_SIZE) for _ in range(covers)])

    async def _box(self, db: Connection, roots: Mapping[str, bytes], votes: Iterable[Vote]) -> None:
        by_period: dict[str, list[Vote]] = {}
        for vote in votes:
            by_period.setdefault(vote.period, []).append(vote)
        for period, ballots in by_period.items():
            put = box.put_tray if await box.beyond(db, period, TRAY_ROWS) else box.put
            await put(db, self._wrapped(roots[period], ballots))

    def _wrapped(self, root: bytes, votes: Iterable[Vote]) -> list[box.Row]:
        cipher, key = at_rest.row_cipher(root), at_rest.lot_key(root)
        rows: list[box.Row] = []
        for vote in votes:
            lot = at_rest.lot_of(key, vote.supplier, vote.period)
            blob = at_rest.rewrap(cipher, lot, vote.row, self._chance.bytes(at_rest.NONCE_SIZE))
            identity = UUID(bytes=self._chance.bytes(_UUID_BYTES), version=4)
            rows.append(box.Row(lot=lot, period=vote.period, id=identity, blob=blob))
        return rows


async def _spend(db: Connection, halves: Sequence[Halves]) -> Mapping[bytes, Vote]:
    """By tag, the one vote that goes into the box. Sorted by tag: the order of arrival ends here."""
    first: dict[bytes, Vote] = {}
    for half in halves:
        if half.vote is not None:
            first.setdefault(half.vote.tag, half.vote)
    ordered = sorted(first)
    unspent = await spent.mix(db, [first[tag].period for tag in ordered], ordered)
    return {tag: first[tag] for tag in ordered if tag in unspent}


def _dealt(halves: Iterable[Halves], accepted: Mapping[bytes, Vote]) -> list[Dealt]:
    return [
        Dealt(voiced=half.vote is not None and accepted.get(half.vote.tag) is half.vote, parcel=half.parcel)
        for half in halves
        if half.parcel
    ]

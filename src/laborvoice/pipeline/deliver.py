"""Deliver: claim what is due, send it, settle what came of it. While a request is out nothing is held open."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from weakref import WeakValueDictionary

import msgspec

from laborvoice import log
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto.at_rest import open_sealed
from laborvoice.crypto.suites import KeyPair
from laborvoice.domain import Value
from laborvoice.domain.endpoint import secret_purpose
from laborvoice.domain.ids import DeliveryId, EndpointId  # noqa: TC001 - as all our types are imported
from laborvoice.errors import Undecryptable
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import attempt, delivery, endpoint
from laborvoice.store.outbox.delivery import PER_CLAIM, Leased, Settled
from laborvoice.webhooks import signing
from laborvoice.webhooks.schedule import (
    GONE,
    Again,
    Answered,
    Attempt,
    Done,
    ErrorClass,
    Unanswered,
    error_class,
    next_step,
)
from laborvoice.webhooks.sender import DESIGNED, Message

FLUSH_SECONDS: Final = 0.02
LATE_SHARE: Final = 4
"""One slot in so many, at most, serves a third or later attempt."""
LATE_AFTER: Final = 2
REQUEST: Final = timedelta(seconds=DESIGNED.total)
KEYS_KEPT: Final = 10_000
UNIFORM_STEPS: Final = 1 << 32
OK: Final = "ok"

Post = Callable[[Message], Awaitable[Attempt]]


class Signer(Value, frozen=True):
    """The courier's own keys: ``master`` for v1a seeds, ``pair`` opens the secrets of endpoints."""

    master: bytes
    pair: KeyPair
    agent: str

    def __repr__(self) -> str:
        return "Signer(hidden)"

    def keys(self, one: Leased) -> signing.Keys:
        """Undecryptable where the secret was sealed to another courier's key."""
        secret = open_sealed(self.pair, secret_purpose(one.endpoint_id, one.version), one.secret_sealed)
        seed = signing.endpoint_seed(self.master, one.endpoint_id, one.version)
        return signing.Keys(secrets=(secret,), seeds=(seed,))


class _Landed(Value, frozen=True):
    """An attempt that ended, and when."""

    leased: Leased
    attempt: Attempt
    at: datetime


class Deliveries:
    """The deliveries one courier has out. ``due`` and ``landed`` ring when there is something to claim, to settle."""

    def __init__(
        self, database: Database, post: Post, signer: Signer, clock: Clock, chance: Chance, slots: int
    ) -> None:
        self.due = asyncio.Event()
        self.landed = asyncio.Event()
        self.outcomes: Counter[str] = Counter()
        self._database = database
        self._post = post
        self._signer = signer
        self._clock = clock
        self._chance = chance
        self._slots = slots
        self._flying: dict[DeliveryId, tuple[Leased, asyncio.Task[None]]] = {}
        self._landed: list[_Landed] = []
        self._lanes: WeakValueDictionary[EndpointId, asyncio.Semaphore] = WeakValueDictionary()
        self._keys: dict[tuple[EndpointId, int], signing.Keys] = {}

    @property
    def in_flight(self) -> int:
        return len(self._flying)

    async def claim(self) -> None:
        """Lease what is due, as far as there are free slots, and send it on its way."""
        now = self._clock.now()
        room = min(self._slots - len(self._flying), PER_CLAIM)
        late = sum(one.attempts >= LATE_AFTER for one, _ in self._flying.values())
        late_room = min(room, max(self._slots // LATE_SHARE, 1) - late)
        if room <= 0:
            return

        async def step(db: Connection) -> list[Leased]:
            await delivery.expire(db, now)
            old = await delivery.claim(db, now, late_room, late=True) if late_room > 0 else []
            young = await delivery.claim(db, now, room - len(old), late=False) if room > len(old) else []
            return old + young

        claimed = await self._database.run("claim", step)
        for one in claimed:
            self._flying[one.id] = one, asyncio.create_task(self._send(one), name="deliver")
        if claimed:
            self.due.set()

    async def _send(self, one: Leased) -> None:
        try:
            async with self._lanes.setdefault(one.endpoint_id, asyncio.Semaphore(one.cap)):
                # Who waited so long for the lane that the lease could end meanwhile leaves it to the next claim.
                if self._clock.now() + REQUEST < one.lease_until:
                    landed = _Landed(leased=one, attempt=await self._attempt(one), at=self._clock.now())
                    self._landed.append(landed)
        finally:
            del self._flying[one.id]
            self.landed.set()

    async def _attempt(self, one: Leased) -> Attempt:
        try:
            keys = self._keys_of(one)
        except Undecryptable:
            return Unanswered(error=ErrorClass.PROTOCOL, ms=0)
        timestamp = int(self._clock.now().timestamp())
        headers = signing.headers(one.event_id, timestamp, one.body, keys, self._signer.agent)
        return await self._post(Message(url=one.url, headers=headers, body=one.body))

    def _keys_of(self, one: Leased) -> signing.Keys:
        """Opening a secret costs as much as ten signatures, so opened ones are kept in memory."""
        if len(self._keys) >= KEYS_KEPT:
            self._keys.clear()
        known = self._keys.get((one.endpoint_id, one.version))
        return known or self._keys.setdefault((one.endpoint_id, one.version), self._signer.keys(one))

    async def flush(self) -> None:
        """Settle, in one transaction, what landed within 20 ms. What cannot be written is kept for the next time."""
        await self._clock.sleep(FLUSH_SECONDS)
        batch = tuple(self._landed)
        if batch:
            settled = [self._settled(one) for one in batch]
            await self._database.run("settle", lambda db: _settle(db, batch, settled))
            del self._landed[: len(batch)]
            self._count(batch, settled)
            self.due.set()

    def _settled(self, one: _Landed) -> Settled:
        uniform = self._chance.below(UNIFORM_STEPS) / UNIFORM_STEPS
        following = next_step(one.attempt, one.leased.attempts + 1, one.at, uniform)
        if isinstance(following, Again):
            return Settled(leased=one.leased, state="due", at=one.at + timedelta(seconds=following.delay))
        state: Literal["done", "dead"] = "done" if isinstance(following, Done) else "dead"
        return Settled(leased=one.leased, state=state, at=one.at)

    def _count(self, batch: Sequence[_Landed], settled: Sequence[Settled]) -> None:
        self.outcomes.update(error_class(one.attempt) or OK for one in batch)
        states = Counter(one.state for one in settled)
        log.write(log.Event.DELIVERED, delivered=states["done"], retried=states["due"], dead=states["dead"])

    async def drain(self, seconds: float) -> None:
        """Let what is out end within ``seconds``, hand back the rest, settle. Nothing may be claimed from here on."""
        self._slots = 0
        flying = tuple(self._flying.values())
        if flying:
            await asyncio.wait([task for _, task in flying], timeout=seconds)
        cut = [one for one, task in flying if task.cancel()]
        await asyncio.gather(*(task for _, task in flying), return_exceptions=True)
        if cut:
            await self._database.run("hand_back", lambda db: delivery.give_back(db, cut))
        await self.flush()


async def _settle(db: Connection, batch: Sequence[_Landed], settled: Sequence[Settled]) -> None:
    await attempt.put(db, [_row(one) for one in batch])
    await delivery.settle(db, settled)
    gone = {one.leased.endpoint_id for one in batch if _is_gone(one.attempt)}
    if gone:
        await endpoint.disable_gone(db, sorted(gone))


def _is_gone(made: Attempt) -> bool:
    return isinstance(made, Answered) and made.status == GONE


def _row(one: _Landed) -> attempt.Attempt:
    made = one.attempt
    error = error_class(made)
    blank = attempt.Attempt(
        delivery_id=one.leased.id,
        at=one.at,
        status=None,
        error_class=None if error is None else error.value,
        ms=made.ms,
        address=None,
        headers=(),
        body=b"",
    )
    if isinstance(made, Unanswered):
        return blank
    answer = {"status": made.status, "address": made.address, "headers": made.headers, "body": made.body.encode()}
    return msgspec.structs.replace(blank, **answer)

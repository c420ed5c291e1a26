"""Deliver: claim what is due, send it, settle what came of it. While a request is out nothing is held open."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Final, Protocol
from weakref import WeakValueDictionary

import msgspec

from laborvoice import log
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.ids import DeliveryId, EndpointId  # noqa: TC001 - as all our types are imported
from laborvoice.errors import Undecryptable
from laborvoice.pipeline.deliver.lanes import Landed, Lanes
from laborvoice.pipeline.deliver.settle import Batch, settled, write
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import delivery
from laborvoice.store.outbox.delivery import PER_CLAIM, Leased
from laborvoice.webhooks.schedule import Attempt, ErrorClass, Unanswered, error_class
from laborvoice.webhooks.sender import DESIGNED, Message
from laborvoice.webhooks.signer import Sealed, Signer

__all__ = ["Deliveries"]

FLUSH_SECONDS: Final = 0.02
LATE_SHARE: Final = 4
"""One slot in so many, at most, serves a third or later attempt."""
LATE_AFTER: Final = 2
REQUEST: Final = timedelta(seconds=DESIGNED.total)
UNIFORM_STEPS: Final = 1 << 32
OK: Final = "ok"
_NO_HEADERS: Final = "{}"


class Dial(Protocol):
    """What sends: ``webhooks.sender``."""

    async def post(self, message: Message) -> Attempt: ...

    async def challenge(self, message: Message, challenge: str) -> tuple[Attempt, bool]: ...


class Deliveries:
    """The deliveries one courier has out.

    ``due`` and ``landed`` ring when there is something to claim, to settle; ``settled`` when some are out no more.
    """

    def __init__(
        self, database: Database, dial: Dial, signer: Signer, clock: Clock, chance: Chance, slots: int
    ) -> None:
        self.due = asyncio.Event()
        self.landed = asyncio.Event()
        self.settled = asyncio.Event()
        self.outcomes: Counter[str] = Counter()
        self.expired = 0
        self.claim_seconds = 0.0
        self.flush_seconds = 0.0
        self._database = database
        self._dial = dial
        self._signer = signer
        self._clock = clock
        self._chance = chance
        self._slots = slots
        self._flying: dict[DeliveryId, tuple[Leased, asyncio.Task[None]]] = {}
        self._landed: list[Landed] = []
        self._turns: WeakValueDictionary[EndpointId, asyncio.Semaphore] = WeakValueDictionary()
        self._lanes = Lanes()

    @property
    def in_flight(self) -> int:
        return len(self._flying)

    async def claim(self) -> None:
        """Lease what is due, as far as there are free slots, and send it on its way."""
        now, began = self._clock.now(), self._clock.monotonic()
        room = min(self._slots - len(self._flying), PER_CLAIM)
        late = sum(one.attempts >= LATE_AFTER for one, _ in self._flying.values())
        late_room = min(room, max(self._slots // LATE_SHARE, 1) - late)
        if room <= 0:
            return

        async def step(db: Connection) -> tuple[int, list[Leased]]:
            expired = await delivery.expire(db, now)
            ordered = await delivery.lock_ordered(db, now, room)
            heads = await delivery.claim_heads(db, now, ordered, room, late=late_room > 0) if ordered else []
            left = min(late_room, room - len(heads))
            old = await delivery.claim(db, now, left, late=True) if left > 0 else []
            left = room - len(heads) - len(old)
            young = await delivery.claim(db, now, left, late=False) if left > 0 else []
            return expired, heads + old + young

        expired, claimed = await self._database.run("claim", step)
        self.expired += expired
        self.claim_seconds = self._clock.monotonic() - began
        for one in claimed:
            self._flying[one.id] = one, asyncio.create_task(self._send(one), name="deliver")
        if claimed:
            self.due.set()

    async def _send(self, one: Leased) -> None:
        try:
            async with self._turns.setdefault(one.endpoint_id, asyncio.Semaphore(one.cap)):
                # Who waited so long for the lane that the lease could end meanwhile leaves it to the next claim.
                if self._clock.now() + REQUEST < one.lease_until:
                    attempt, met = await self._attempt(one)
                    landed = Landed(leased=one, attempt=attempt, met=met, at=self._clock.now())
                    self._landed.append(landed)
        finally:
            del self._flying[one.id]
            self.landed.set()

    async def _attempt(self, one: Leased) -> tuple[Attempt, bool]:
        by = Sealed(endpoint_id=one.endpoint_id, versions=one.versions, secrets=one.secrets, seeds=one.seeds)
        extra = () if one.headers == _NO_HEADERS else tuple(_own(one.headers).items())
        timestamp = int(self._clock.now().timestamp())
        try:
            headers = self._signer.headers(one.event_id, timestamp, one.body, by, extra)
        except Undecryptable:
            return Unanswered(error=ErrorClass.PROTOCOL, ms=0), False
        message = Message(url=one.url, headers=headers, body=one.body)
        if one.challenge is None:
            return await self._dial.post(message), False
        return await self._dial.challenge(message, one.challenge)

    async def flush(self) -> None:
        """Settle, in one transaction, what landed within 20 ms. What cannot be written is kept for the next time."""
        await self._clock.sleep(FLUSH_SECONDS)
        landed = tuple(self._landed)
        if landed:
            began = self._clock.monotonic()
            steps = tuple(settled(one, self._chance.below(UNIFORM_STEPS) / UNIFORM_STEPS) for one in landed)
            batch = Batch(landed=landed, settled=steps, changes=self._lanes.after(landed))
            await self._database.run("settle", lambda db: write(db, batch))
            del self._landed[: len(landed)]
            self._lanes.written()
            self._count(batch)
            self.flush_seconds = self._clock.monotonic() - began
            self.due.set()
            self.settled.set()

    def _count(self, batch: Batch) -> None:
        self.outcomes.update(error_class(one.attempt) or OK for one in batch.landed)
        states = Counter(one.state for one in batch.settled)
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


def _own(headers: str) -> dict[str, str]:
    return msgspec.json.decode(headers, type=dict[str, str])

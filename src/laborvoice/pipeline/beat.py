"""Beat: once a minute, at a second of its own, each watchdog's endpoint hears where its inbox is.

Whatever came, the request is as long as ever and leaves as ever: who watches the wire learns nothing (webhooks 2).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from laborvoice import log
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain import heartbeat as heartbeats
from laborvoice.domain.event import of_endpoint
from laborvoice.domain.ids import EventId
from laborvoice.errors import Undecryptable
from laborvoice.store.database import Database
from laborvoice.store.outbox import inbox_state
from laborvoice.store.outbox.inbox_state import Pulse
from laborvoice.webhooks.schedule import Attempt, error_class
from laborvoice.webhooks.sender import Message
from laborvoice.webhooks.signer import Sealed, Signer

TIMEOUT: Final = 10.0
LATE: Final = 1.0
"""Seconds after which a heartbeat counts as late."""
ID_BYTES: Final = 16

Post = Callable[[Message], Awaitable[Attempt]]


class Heart:
    """What one courier beats. ``late`` counts; ``missed`` rings where a beat failed."""

    def __init__(self, database: Database, post: Post, signer: Signer, clock: Clock, chance: Chance) -> None:
        self.late = 0
        self.missed = asyncio.Event()
        self._database = database
        self._post = post
        self._signer = signer
        self._clock = clock
        self._chance = chance
        self._out: set[asyncio.Task[None]] = set()

    async def beat(self) -> None:
        """Send what is due. It is not waited for: one receiver that is slow delays no other's beat."""
        now = self._clock.now()
        minute = now.replace(second=0, microsecond=0)
        pulses = await self._database.run("beat", lambda db: inbox_state.beat(db, now, minute))
        self.late += sum(one.skipped or one.late > LATE for one in pulses)
        if pulses:
            task = asyncio.create_task(self._send(pulses, minute), name="beat")
            self._out.add(task)
            task.add_done_callback(self._ended)

    async def rest(self) -> None:
        """Until all that were sent have ended: at most their time limit."""
        await asyncio.gather(*self._out, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """What came of them may not have been written: the next beats say the same, so none is tried again."""
        self._out.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.write(log.Event.FAILED, error=error)

    async def _send(self, pulses: Sequence[Pulse], minute: datetime) -> None:
        failed = await asyncio.gather(*(self._failed(one, minute) for one in pulses))
        endpoints, at = [one.endpoint_id for one in pulses], self._clock.now()
        await self._database.run("felt", lambda db: inbox_state.felt(db, endpoints, failed, at))
        if any(failed):
            self.missed.set()

    async def _failed(self, pulse: Pulse, minute: datetime) -> bool:
        identity = EventId.draw(self._chance.bytes(ID_BYTES))
        sent = heartbeat(identity, pulse, minute)
        by = Sealed(endpoint_id=pulse.endpoint_id, versions=pulse.versions, secrets=pulse.secrets, seeds=pulse.seeds)
        extra = tuple(msgspec.json.decode(pulse.headers, type=dict[str, str]).items())
        stamp = int(self._clock.now().timestamp())
        try:
            headers = self._signer.headers(identity, stamp, sent, by, extra)
            async with asyncio.timeout(TIMEOUT):
                attempt = await self._post(Message(url=pulse.url, headers=headers, body=sent))
        except (Undecryptable, TimeoutError):
            return True
        return error_class(attempt) is not None


def heartbeat(identity: EventId, pulse: Pulse, minute: datetime) -> bytes:
    """The body: 1,024 bytes, whatever it says."""
    state = heartbeats.InboxState(cursor=pulse.cursor, urgent_waiting=pulse.urgent_waiting)
    return heartbeats.heartbeat(identity, (of_endpoint(pulse.endpoint_id), pulse.endpoint_id), state, minute)

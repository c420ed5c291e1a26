"""Warn: whoever owns an endpoint that fails, was switched off or is well again is told, and so are the operators."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.event import Event, of_party
from laborvoice.domain.facts import OfTrouble
from laborvoice.domain.health import Told, judge
from laborvoice.domain.ids import EndpointId, EventId, PartyId
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import event, trouble
from laborvoice.store.outbox.trouble import Trouble

BATCH: Final = 500
ID_BYTES: Final = 16
_MOMENT: Final = timedelta(microseconds=1)


class Warner:
    """Goes round all endpoints in trouble, so many a step."""

    def __init__(self, database: Database, clock: Clock, chance: Chance, batch: int = BATCH) -> None:
        self._database = database
        self._clock = clock
        self._chance = chance
        self._batch = batch
        self._after: EndpointId | None = None

    async def warn(self) -> bool:
        """Whether there are more of them in this round."""
        now = self._clock.now()

        async def step(db: Connection) -> Sequence[Trouble]:
            held = await trouble.hold(db, self._after, self._batch)
            judged = [(one, *judge(one, now)) for one in held]
            changed = [after for before, after, _ in judged if after != before]
            if changed:
                await trouble.put(db, changed, now.date())
            if any(told for _, _, told in judged):
                operators = await trouble.operators(db)
                told = (self._events(one, each, operators, now) for _, one, each in judged)
                await event.put(db, [one for each in told for one in each])
            return held

        held = await self._database.run("warn", step)
        more = len(held) == self._batch
        self._after = held[-1].id if more else None
        return more

    def _events(self, one: Trouble, told: Iterable[Told], operators: Iterable[PartyId], now: datetime) -> list[Event]:
        """In this order: events are told by when they were, so each is a moment after the one before."""
        hearers = dict.fromkeys((one.party_id, *operators))
        return [
            Event(
                id=EventId.draw(self._chance.bytes(ID_BYTES)),
                type=each.type,
                audience=of_party(party),
                resource=one.id,
                facts=OfTrouble(endpoint=one.id, reason=each.reason, level=each.level),
                period=None,
                occurred_on=now + place * _MOMENT,
            )
            for place, each in enumerate(told)
            for party in hearers
        ]

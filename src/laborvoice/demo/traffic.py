"""The workers of one quarter, all through the public door, as many side by side as a small machine bears."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from laborvoice.client.worker import Message, Visit, Worker
from laborvoice.client.worker.envelope import flagged
from laborvoice.clock import Clock
from laborvoice.crypto.exchange import REFUSED, USED
from laborvoice.demo.ledger import Ledger
from laborvoice.demo.people import Draws, Sheet, sheet
from laborvoice.demo.setting import Stage
from laborvoice.demo.words import story
from laborvoice.demo.world import Site
from laborvoice.domain import Value
from laborvoice.domain.campaign import to_ten
from laborvoice.domain.card import Card
from laborvoice.domain.period import Period
from laborvoice.errors import Conflict, ManifestRefused, Unanswered

CROWD: Final = 128
STUFFED: Final = 33
"""Ballots that one voice is sent with on purpose. Were they counted, no noise could hide it: twice its bound is 32."""
READY_SECONDS: Final = 60
LOOK_SECONDS: Final = 0.2
TRIES: Final = 5
TALKATIVE: Final = 0.05
CONVERSATION_SIZE: Final = 32


class Turn(Value, frozen=True):
    """One worker's card in one quarter, from 0."""

    site: Site
    card: Card
    quarter: int
    period: str


class Traffic:
    """``done`` is called after each ballot."""

    def __init__(self, worker: Worker, draws: Draws, clock: Clock, ledger: Ledger, done: Callable[[], None]) -> None:
        self._worker = worker
        self._draws = draws
        self._clock = clock
        self._ledger = ledger
        self._done = done
        self._room = asyncio.Semaphore(CROWD)

    async def ready(self, sites: Sequence[Site], stage: Stage, period: Period) -> None:
        """Until the public manifest and parts have everything that these workers need. Raises Unanswered."""
        for site in sites:
            for _ in range(int(READY_SECONDS / LOOK_SECONDS)):
                if await self._is_ready(stage.cards[site.short][0], to_ten(site.cards), period.label):
                    break
                await self._clock.sleep(LOOK_SECONDS)
            else:
                raise Unanswered("The vault did not make the keys of the quarter in time.")

    async def _is_ready(self, card: Card, enrolled: int, period: str) -> bool:
        try:
            _, part = await self._worker.look(card)
        except (ManifestRefused, Unanswered):
            return False
        return part.enrolled == enrolled and any(one.period == period for one in part.periods)

    async def cast(self, turns: Sequence[Turn]) -> None:
        """Every worker once; the first of them then tries what must not work."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._stuff(turns[0]))
            for turn in turns[1:]:
                group.create_task(self._vote(turn))

    async def _vote(self, turn: Turn) -> None:
        async with self._room:
            visit = await self.opened(turn.card)
            filled = self._filled(turn)
            message = self._message(turn.site, filled)
            await visit.vote(filled.answers, filled.gravest, message)
        self._ledger.voted(turn.site.short, turn.period)
        if message is not None:
            self._ledger.spoke(turn.site.short, message.text)
        self._done()

    async def _stuff(self, turn: Turn) -> None:
        """A card is shown twice, its one voice is sent with many ballots, and a ballot is sent again as it is."""
        visit = await self.opened(turn.card)
        first, *others = [self._sealed(visit, turn) for _ in range(STUFFED + 1)]
        await self._worker.send(first)
        self._ledger.voted(turn.site.short, turn.period)
        self._done()
        async with asyncio.TaskGroup() as group:
            for envelope in (first, *others):
                group.create_task(self._repeat(envelope))
        again = await self._worker.open(turn.card)
        if again.outcome != USED:
            raise Conflict("A card gave a second voice.")
        self._ledger.redeemed_again()

    async def _repeat(self, envelope: bytes) -> None:
        async with self._room:
            await self._worker.send(envelope)
        self._ledger.repeated()

    def _sealed(self, visit: Visit, turn: Turn) -> bytes:
        filled = self._filled(turn)
        return visit.seal(filled.answers, filled.gravest)

    async def opened(self, card: Card) -> Visit:
        """A vault that has just signed a new manifest may need a moment until it also signs by it."""
        visit = await self._worker.open(card)
        for _ in range(TRIES):
            if visit.outcome != REFUSED:
                break
            await self._clock.sleep(1)
            visit = await self._worker.open(card)
        if not visit.voiced:
            raise Conflict("A fresh card gave no voice.")
        return visit

    def _filled(self, turn: Turn) -> Sheet:
        return sheet(self._worker.bank, turn.site, turn.quarter, self._draws)

    def _message(self, site: Site, filled: Sheet) -> Message | None:
        """Few say more than they are asked."""
        if self._draws.uniform() >= TALKATIVE:
            return None
        words = story(site.country)
        return Message(
            kind="story",
            text=words.text,
            language=words.language,
            conversation=self._worker.chance.bytes(CONVERSATION_SIZE),
            conditions=flagged(self._worker.bank, filled.answers)[:3],
        )

"""Phones that cast under fire, and their own ledger: which voices they have, which envelopes were answered with 202."""

import asyncio
import random  # noqa: TID251 - what happens in a round follows from its seed
from collections.abc import Sequence
from dataclasses import dataclass, field

from laborvoice.client.transport import Transport
from laborvoice.client.worker import Visit, Worker
from laborvoice.clock import ToldClock
from laborvoice.crypto.exchange import REFUSED, USED
from laborvoice.domain.card import Card
from laborvoice.domain.period import Period
from laborvoice.errors import LaborvoiceError, Unanswered
from support.faulty_home import CLOCK, PATIENCE, Stage
from support.faulty_setting import BANK, CHANCE, Works, quiet_answers

OCTETS = {"Content-Type": "application/octet-stream"}
NONCE = slice(34, 66)
"""Where an envelope carries the nonce of its voice token."""
CROWD = 32


class ImpatientClock(ToldClock):
    """A phone's: it sends again sooner than a phone does."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 1.0))


@dataclass
class Ballot:
    """One voice, and the envelopes made with it: the first, and another that must not count beside it."""

    site: int
    period: str
    envelopes: tuple[bytes, ...]
    acknowledged: bool = False

    @property
    def nonce(self) -> bytes:
        return self.envelopes[0][NONCE]


@dataclass
class Phones:
    """``ballots``: every voice ever had. ``used``: cards that gave no voice although they were fresh."""

    stage: Stage
    sites: list[Works]
    ballots: list[Ballot] = field(default_factory=list[Ballot])
    used: int = 0

    @property
    def _transport(self) -> Transport:
        return Transport(self.stage.running.intake_url, patience=20)

    def _worker(self) -> Worker:
        host = self.stage.running.intake_url.removeprefix("http://")
        fingerprint = self.stage.running.fingerprint
        clock = ImpatientClock(self.stage.clock.now())
        return Worker(self._transport, host, BANK, fingerprint=fingerprint, clock=clock, chance=CHANCE)

    async def redeem(self, period: Period) -> list[Ballot]:
        """Every card gives its voice of the period, and two envelopes are sealed with it; nothing is sent."""
        room = asyncio.Semaphore(CROWD)

        async def one(site: int, card: Card) -> Ballot | None:
            async with room:
                visit = await self._open(card)
            if not visit.voiced:
                self.used += 1
                return None
            answers = quiet_answers()
            return Ballot(site, period.label, (visit.seal(answers), visit.seal(answers | {"wages_full": "no"})))

        turns = [one(number, card) for number, site in enumerate(self.sites) for card in site.cards]
        made = [ballot for ballot in await asyncio.gather(*turns) if ballot is not None]
        self.ballots += made
        return made

    async def _open(self, card: Card) -> Visit:
        """Until the vault knows of the card, and through whatever happens to the servers meanwhile."""
        worker, end = self._worker(), CLOCK.monotonic() + PATIENCE
        while True:
            try:
                visit = await worker.open(card)
            except LaborvoiceError:
                assert CLOCK.monotonic() < end, "no card could be opened"
            else:
                if visit.outcome != REFUSED:
                    assert visit.outcome != USED, "an answer was lost, and the same request did not get it again"
                    return visit
                assert CLOCK.monotonic() < end, "a fresh card gave no voice"
            await asyncio.sleep(0.5)

    async def cast(self, ballots: Sequence[Ballot], draw: random.Random) -> None:
        """Each until its 202. Some are sent twice at once, or beside another envelope of the same voice."""
        room = asyncio.Semaphore(CROWD)

        async def one(ballot: Ballot, times: Sequence[int]) -> None:
            async with room:
                await asyncio.gather(*(self.send(ballot.envelopes[which]) for which in times))
            ballot.acknowledged = True

        ways = ((0,), (0,), (0, 0), (0, 1))
        await asyncio.gather(*(one(ballot, draw.choice(ways)) for ballot in ballots))

    async def send(self, envelope: bytes) -> None:
        """The same bytes, again and again until there is a 202."""
        end = CLOCK.monotonic() + PATIENCE
        while await asyncio.to_thread(self._post, envelope) != 202:
            assert CLOCK.monotonic() < end, "an envelope was never answered"
            await asyncio.sleep(0.2)

    def _post(self, envelope: bytes) -> int:
        try:
            return self._transport.send("POST", "/v1/envelopes", envelope, OCTETS).status
        except Unanswered:
            return 0

    def acknowledged(self, period: str, site: int | None = None) -> frozenset[bytes]:
        """Nonces."""
        return frozenset(
            one.nonce for one in self.ballots if one.acknowledged and one.period == period and site in {None, one.site}
        )

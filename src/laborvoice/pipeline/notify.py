"""Notify: each full quarter hour, one fixed mail to each user who wants one and for whom there is something new.

Never at the moment something comes: the relay, and who watches it, learn the quarter hour and nothing else.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from laborvoice.clock import Clock
from laborvoice.crypto.at_rest import open_sealed
from laborvoice.crypto.suites import KeyPair
from laborvoice.domain.notice import SUBJECT, notice_purpose, text
from laborvoice.errors import Undecryptable
from laborvoice.store.database import Database
from laborvoice.store.outbox import notice
from laborvoice.store.outbox.notice import Notice
from laborvoice.webhooks.mailer import Letter

QUARTER: Final = 15
"""Minutes."""
HOUR: Final = timedelta(hours=1)

Post = Callable[[Letter, Sequence[str]], Awaitable[Sequence[bool]]]


class Notices:
    """``post`` sends a letter to addresses and says which it took; ``pair`` opens them; ``origin`` is all they say."""

    def __init__(self, database: Database, post: Post, pair: KeyPair, clock: Clock, origin: str) -> None:
        self._database = database
        self._post = post
        self._pair = pair
        self._clock = clock
        self._origin = origin
        self._beaten = _quarter(clock.now())

    async def beat(self) -> None:
        """Something once a quarter hour; nothing at the start, which is no fixed moment."""
        quarter = _quarter(self._clock.now())
        if quarter > self._beaten:
            self._beaten = quarter
            await self._mail(quarter)

    async def _mail(self, quarter: datetime) -> None:
        hour = quarter.replace(minute=0)
        taken = await self._database.run("notify", lambda db: notice.take(db, hour, hour - HOUR))
        addressed = [(one, address) for one in taken if (address := self._address(one))]
        if not addressed:
            return
        letter = Letter(subject=SUBJECT, text=text(self._origin), at=quarter)
        sent = await self._post(letter, [address for _, address in addressed])
        failed = [one.user_id for (one, _), well in zip(addressed, sent, strict=True) if not well]
        if failed:
            await self._database.run("notify", lambda db: notice.failed(db, failed))

    def _address(self, one: Notice) -> str:
        """Empty where it was sealed to another courier's key: it has to be given anew."""
        try:
            return open_sealed(self._pair, notice_purpose(one.user_id), one.address_sealed).decode()
        except Undecryptable:
            return ""


def _quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute - moment.minute % QUARTER, second=0, microsecond=0)

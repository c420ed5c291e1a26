"""The address for mail notices: sealed to the courier as it comes, never read back (design, webhooks 6)."""

from datetime import datetime

from laborvoice.crypto.at_rest import sealed_to
from laborvoice.crypto.suites import OURS
from laborvoice.domain.ids import PartyId, UserId
from laborvoice.domain.notice import notice_purpose
from laborvoice.errors import NoticesOff
from laborvoice.store.database import Connection
from laborvoice.store.outbox import courier_key, notice


async def mail_in(db: Connection, now: datetime, who: UserId, party: PartyId, address: str) -> None:
    """From now on, of what is new from now on. Raises NoticesOff where the courier has no relay."""
    courier = await courier_key.current(db, OURS)
    if courier is None or not await courier_key.mails(db):
        raise NoticesOff
    sealed = sealed_to(courier, notice_purpose(who), address.encode())
    await notice.put(db, who, party, sealed, now.replace(minute=0, second=0, microsecond=0))


async def spare_in(db: Connection, who: UserId) -> None:
    """No more mails; where there were none, nothing changes."""
    await notice.remove(db, who)


async def state_in(db: Connection, who: UserId) -> tuple[bool, bool]:
    """Whether there is a relay, and whether she wants mails."""
    return await courier_key.mails(db), await notice.wanted(db, who)

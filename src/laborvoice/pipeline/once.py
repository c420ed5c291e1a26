"""Once: an act, and what was answered, in one transaction under the key that the client gave the request.

How to use it, from a door of the portal (``api.portal.acts`` reads the key and calls this): a verb has a step that
takes a ``Connection`` and does everything in it::

    async def claim_in(db: Connection, now: datetime, chance: Chance, claimed: Claim) -> LinkId: ...

``once`` runs it and keeps the answer that ``reply`` makes of its result. The step must have no other effect than its
rows: it can be run again where transactions block each other. What it raises is no answer: nothing was done, nothing is
kept, and the same request may come again.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.store.access import idempotency
from laborvoice.store.access.idempotency import Kept
from laborvoice.store.database import Connection, Database

T = TypeVar("T")

Step = Callable[[Connection], Awaitable[T]]

KEPT: Final = timedelta(hours=24)
"""How long at least; then until the hour is full."""

_JSON: Final = "application/json"
_PURGED: Final = 1_000


class Reply(Value, frozen=True):
    """An answer that worked. ``secret_at``: its body holds a secret, and this is the path of what it belongs to."""

    status: int
    body: bytes = b""
    media: str = _JSON
    headers: tuple[tuple[str, str], ...] = ()
    secret_at: str = ""


class Keyed(Value, frozen=True):
    """``key`` is the client's; ``fingerprint`` tells this request from any other, 32 bytes."""

    party: PartyId
    key: str
    fingerprint: bytes


class Replayed(Value, frozen=True):
    """It was done before, and this was the answer."""

    reply: Reply


class Refused(Value, frozen=True):
    """``shown``: it was done before and its answer held a secret, which belongs to ``path``."""

    why: Literal["reused", "in progress", "shown"]
    path: str = ""


async def once(
    database: Database, now: datetime, keyed: Keyed, step: Step[T], reply: Callable[[T], Reply]
) -> Reply | Replayed | Refused:
    """Of any number of equal requests one has the effect. Raises what ``step`` raises."""

    async def whole(db: Connection) -> Reply | Replayed | Refused:
        kept = await idempotency.find(db, keyed.party, keyed.key, now)
        if kept is None:
            if not await idempotency.hold(db, keyed.party, keyed.key):
                return Refused(why="in progress")
            # The one who held it before may have ended since the first look.
            kept = await idempotency.find(db, keyed.party, keyed.key, now)
        if kept is not None:
            return _again(keyed, kept)
        made = reply(await step(db))
        await idempotency.put(db, keyed.party, keyed.key, _kept(keyed, made, now))
        return made

    return await database.run("once", whole)


async def forget(database: Database, now: datetime) -> bool:
    """Whether there may be more that is too old."""
    return await database.run("forget", lambda db: idempotency.purge(db, now, _PURGED)) == _PURGED


def _again(keyed: Keyed, kept: Kept) -> Replayed | Refused:
    if kept.fingerprint != keyed.fingerprint:
        return Refused(why="reused")
    if kept.secret_at:
        return Refused(why="shown", path=kept.secret_at)
    headers = msgspec.json.decode(kept.headers, type=tuple[tuple[str, str], ...])
    return Replayed(reply=Reply(status=kept.status, body=kept.body, media=kept.media, headers=headers))


def _kept(keyed: Keyed, made: Reply, now: datetime) -> Kept:
    """A secret is not kept, nor what stands around it."""
    shown = bool(made.secret_at)
    return Kept(
        fingerprint=keyed.fingerprint,
        status=made.status,
        media=made.media,
        headers="[]" if shown else msgspec.json.encode(made.headers).decode(),
        body=b"" if shown else made.body,
        secret_at=made.secret_at,
        gone_at=_full_hour(now + KEPT),
    )


def _full_hour(moment: datetime) -> datetime:
    """The next one, or this."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour if hour == moment else hour + timedelta(hours=1)

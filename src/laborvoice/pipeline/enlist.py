"""Enlist: what phones are told of who can help: numbers to call, and the public keys of watchdogs."""

from collections.abc import Sequence
from datetime import date, datetime

from laborvoice.crypto import signing, suites
from laborvoice.crypto.framing import unb64
from laborvoice.crypto.manifest import own_bytes
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.party import HelpNumber, WatchdogKey
from laborvoice.errors import BadField, Conflict
from laborvoice.store.access import audit
from laborvoice.store.database import Connection
from laborvoice.store.registry import help_number, watchdog_key


async def help_numbers_in(
    db: Connection, now: datetime, actor: Actor, country: str, numbers: Sequence[HelpNumber]
) -> None:
    """The country's numbers are from now on these, in this order."""
    await help_number.replace(db, country, numbers)
    facts: dict[str, str | int] = {"country": country, "numbers": len(numbers)}
    await audit.record(db, now, Act(action="help_numbers.changed", actor=actor, facts=facts))


async def watchdog_keys_in(
    db: Connection, now: datetime, actor: Actor, months: Sequence[WatchdogKey], *, replace: bool = False
) -> None:
    """Public halves, a row a month; with ``replace`` in place of those that are lost.

    Raises BadField, naming what does not fit; Conflict for a month that is there.
    """
    taken = await watchdog_key.taken(db, actor.party, {key.kid for month in months for key in month.keys})
    for place, month in enumerate(months):
        _judge(place, month, now.date())
        if not taken.isdisjoint(key.kid for key in month.keys):
            raise BadField(f"/months/{place}/keys", "Another watchdog has one of these keys.")
        if not await (watchdog_key.replace if replace else watchdog_key.put)(db, month):
            raise Conflict("There are keys until one of these days already.")
    if replace:
        await watchdog_key.withdraw(db, max(months, key=lambda month: month.until))
    facts = {"months": len(months)}
    await audit.record(db, now, Act(action="watchdog_keys.added", actor=actor, object=actor.party, facts=facts))


def _judge(place: int, month: WatchdogKey, today: date) -> None:
    """A phone believes these keys only if all of this holds."""
    if month.until < today:
        raise BadField(f"/months/{place}/until", "This day is past.")
    pairs: list[tuple[bytes, bytes]] = []
    for at, one in enumerate(month.keys):
        pair = unb64(one.kid), unb64(one.pk)
        known = suites.SUITES.get(one.suite)
        if known is None or len(pair[1]) != known.public_size or suites.kid(one.suite, pair[1]) != pair[0]:
            raise BadField(f"/months/{place}/keys/{at}", "The key does not belong to this suite and key id.")
        pairs.append(pair)
    if not signing.verify(month.sign_key, own_bytes(month.party, month.until.isoformat(), pairs), month.own):
        raise BadField(f"/months/{place}/own", "The signature does not verify.")

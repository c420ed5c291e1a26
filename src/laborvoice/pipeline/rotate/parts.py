"""The parts of a manifest: for each supplier its name, token keys, watchdogs and help numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from laborvoice.crypto.framing import b64
from laborvoice.domain import Value
from laborvoice.domain.campaign import Enlisted
from laborvoice.domain.ids import PartyId, SupplierKey
from laborvoice.domain.manifest import ANY, HelpNumber, Part, PartPeriod, PartWatchdog
from laborvoice.domain.party import EVERYWHERE, Jurisdiction, WatchdogKey, responsible, scopes_over
from laborvoice.domain.party import HelpNumber as HelpRow
from laborvoice.domain.period import Period
from laborvoice.store.ballot import token_key
from laborvoice.store.database import Connection
from laborvoice.store.registry import campaign, help_number, jurisdiction, watchdog_key

VERSION: Final = 1
MIN_AGE: Final = 15


class Facts(Value, frozen=True):
    """What the parts are made of, as the registry has it. ``tokens``: the token keys of the boxes that are open."""

    suppliers: tuple[Enlisted, ...]
    tokens: Mapping[SupplierKey, tuple[token_key.TokenKey, ...]]
    jurisdictions: tuple[Jurisdiction, ...]
    keys: tuple[WatchdogKey, ...]
    help: tuple[HelpRow, ...]


async def read(db: Connection, periods: Sequence[str], today: date) -> Facts:
    """``periods``: labels of the boxes that are shown, the present first: its campaign is the one a part tells of."""
    enlisted = {label: {one.supplier_id: one for one in await campaign.open_for(db, label)} for label in periods}
    tokens: dict[SupplierKey, tuple[token_key.TokenKey, ...]] = {}
    for key in await token_key.of(db, periods):
        if key.supplier_id in enlisted[key.period]:
            tokens[key.supplier_id] = (*tokens.get(key.supplier_id, ()), key)
    suppliers = {key: one for label in reversed(periods) for key, one in enlisted[label].items() if key in tokens}
    return Facts(
        suppliers=tuple(suppliers.values()),
        tokens=tokens,
        jurisdictions=tuple(await jurisdiction.all(db)),
        keys=tuple(await watchdog_key.valid(db, today)),
        help=tuple(await help_number.all(db)),
    )


def texts(facts: Facts) -> dict[str, str]:
    """JSON text of each part by locator, in order of locator: ``any`` comes after what digits and capitals spell."""
    made = [*(_of_supplier(facts, one) for one in facts.suppliers), _for_any(facts)]
    return {one.locator: msgspec.json.encode(one).decode() for one in sorted(made, key=lambda one: one.locator)}


def _of_supplier(facts: Facts, one: Enlisted) -> Part:
    scopes = scopes_over(one.public_id, one.country, one.isic)
    slots, watchdogs = _watchdogs(facts, scopes)
    return Part(
        v=VERSION,
        locator=one.locator,
        supplier=str(one.public_id),
        name=one.name,
        country=one.country,
        min_age=MIN_AGE if one.min_age is None else one.min_age,
        slots=slots,
        periods=tuple(_period(key) for key in sorted(facts.tokens[one.supplier_id], key=lambda key: key.period)),
        watchdogs=watchdogs,
        help=_help(row for row in facts.help if row.country == one.country),
        enrolled=one.enrolled,
    )


def _for_any(facts: Facts) -> Part:
    """For those without an invite: no periods, the watchdogs of everything, the help numbers of all countries."""
    slots, watchdogs = _watchdogs(facts, (frozenset({EVERYWHERE}),))
    return Part(
        v=VERSION,
        locator=ANY,
        supplier=ANY,
        name="",
        country="",
        min_age=MIN_AGE,
        slots=slots,
        periods=(),
        watchdogs=watchdogs,
        help=_help(facts.help),
        enrolled=0,
    )


def _period(key: token_key.TokenKey) -> PartPeriod:
    close = Period.parse(key.period).close.isoformat()
    return PartPeriod(period=key.period, close=close, q=key.questionnaire, qv=key.version, spki=b64(key.spki))


def _watchdogs(facts: Facts, scopes: Sequence[frozenset[str]]) -> tuple[int, tuple[PartWatchdog, ...]]:
    """Slots, and who has them."""
    keys = {key.party: key for key in facts.keys}
    slots, named = responsible(scopes, facts.jurisdictions, keys)
    return slots, tuple(_watchdog(one, keys) for one in named)


def _watchdog(one: Jurisdiction, keys: Mapping[PartyId, WatchdogKey]) -> PartWatchdog:
    key = keys[one.watchdog]
    return PartWatchdog(
        party=str(one.watchdog), name=one.name, keys=key.keys, until=key.until.isoformat(), own=b64(key.own)
    )


def _help(rows: Iterable[HelpRow]) -> tuple[HelpNumber, ...]:
    return tuple(
        HelpNumber(
            country=row.country,
            name=row.name,
            number=row.number,
            hours=row.hours,
            languages=row.languages,
            checked_on=row.checked_on.isoformat(),
        )
        for row in rows
    )

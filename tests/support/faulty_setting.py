"""Who there is before the first phone: a watchdog that reads and hears everything, a helpline, suppliers with cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from laborvoice import data
from laborvoice.chance import SystemChance
from laborvoice.clock import Clock
from laborvoice.crypto import signing, suites
from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import own_bytes
from laborvoice.domain import questionnaire
from laborvoice.domain.card import Card
from laborvoice.domain.ids import PartyId, SupplierId, SupplierKey
from laborvoice.domain.manifest import PublicKey
from laborvoice.domain.party import HelpNumber, WatchdogKey
from laborvoice.domain.period import Period
from laborvoice.domain.supplier import Profile
from laborvoice.pipeline import admit, enrol, invite
from laborvoice.store.database import Connection, Database

FIRST = Period.parse("2026-Q1")
PERIODS = 6
"""Cards are good for so many, from the first on."""

LEAST_CARDS = 20
HEADS = 100
KEYS_UNTIL = date(2099, 1, 31)
CHANCE = SystemChance()
BANK = questionnaire.load(data.questions())


@dataclass
class Works:
    """A supplier and its cards."""

    supplier: SupplierId
    key: SupplierKey
    cards: list[Card]


def quiet_answers() -> dict[str, str]:
    """No question answered adversely."""
    asked = BANK.questionnaire("core", 1)
    return {code: min(options - asked.adverse[code]) for code, options in asked.answers.items()}


async def register(portal: Database, clock: Clock, first: Period = FIRST) -> PartyId:
    """The watchdog, with one key that lasts; and a number to call, without which no campaign opens."""
    party = await enrol.party(portal, clock, CHANCE, ("watchdog", "Watchdog", "BD"))
    pair, sign = suites.key_pair(CHANCE.bytes(32), suites.OURS), CHANCE.bytes(32)
    until = KEYS_UNTIL.isoformat()
    key = WatchdogKey(
        party=party,
        until=KEYS_UNTIL,
        sign_key=signing.public_of(sign),
        keys=(PublicKey(suite=pair.suite, kid=b64(pair.kid), pk=b64(pair.public)),),
        own=signing.sign(sign, own_bytes(party, until, [(pair.kid, pair.public)])),
    )
    await enrol.watchdog_keys(portal, [key])
    await enrol.jurisdiction(portal, party, "all", duty=True)
    number = HelpNumber(
        country="BD", place=0, name="Help", number="1", hours="24 h", languages=("en",), checked_on=first.begin
    )
    await enrol.help_numbers(portal, "BD", [number])
    return party


async def admitted(
    portal: Database, clock: Clock, fingerprint: bytes, cards: Sequence[int], first: Period = FIRST
) -> list[Works]:
    """A supplier for each number, of whose cards so many will be used."""
    periods = [first]
    while len(periods) < PERIODS:
        periods.append(periods[-1].next())
    labels = tuple(one.label for one in periods)
    return [
        await _admit(portal, clock, fingerprint, (f"Test works {at}", count, labels)) for at, count in enumerate(cards)
    ]


async def _admit(portal: Database, clock: Clock, fingerprint: bytes, what: tuple[str, int, tuple[str, ...]]) -> Works:
    name, count, periods = what
    profile = Profile(name=name, address="Road 1", country="BD", kind="factory", isic=("1410",))
    profile = msgspec.structs.replace(profile, workers_min=HEADS, workers_max=HEADS)
    supplier = await admit.supplier(portal, clock, CHANCE, profile)
    wanted = invite.Wanted(supplier=supplier, periods=periods, headcount=HEADS)
    opened = await invite.campaign(portal, clock, CHANCE, wanted)
    printed = await invite.cards(portal, CHANCE, opened.campaign, max(count, LEAST_CARDS))
    made = [Card(locator=one.locator, code=one.code, fingerprint=fingerprint) for one in printed][:count]

    async def key(db: Connection) -> int:
        sql = "SELECT supplier_id FROM registry.supplier WHERE public_id = $1"
        return await db.one_value(int, sql, supplier)

    return Works(supplier=supplier, key=SupplierKey(await portal.run("test", key)), cards=made)

"""A watchdog of the registry, with the private halves of its keys."""

from dataclasses import dataclass
from datetime import date

import msgspec

from laborvoice.client.watchdog import keyfile
from laborvoice.client.watchdog.keyfile import Keys
from laborvoice.clock import ToldClock
from laborvoice.crypto import signing, suites
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import HelpNumber, WatchdogKey
from laborvoice.pipeline import enrol
from laborvoice.store.database import Database
from support.phone import CHANCE

KEYS_UNTIL = date(2028, 1, 31)
CHECKED_ON = date(2026, 1, 1)


@dataclass
class Watchdog:
    party: PartyId
    root: bytes
    sign: bytes

    @property
    def keys(self) -> Keys:
        """As its client holds them, of a single month."""
        month = keyfile.make_month(self.party, self.sign, KEYS_UNTIL, self.root)
        return Keys(
            party=self.party,
            sign_key=signing.public_of(self.sign),
            seed=self.sign,
            months=(month,),
            roots=(self.root,),
        )

    @property
    def kids(self) -> frozenset[bytes]:
        """Of the key of each suite."""
        return frozenset(suites.key_pair(self.root, suite).kid for suite in suites.SUITES)

    @property
    def pair(self) -> suites.KeyPair:
        return suites.key_pair(self.root, suites.OURS)


def months(watchdog: Watchdog, until: date = KEYS_UNTIL) -> WatchdogKey:
    month = keyfile.make_month(watchdog.party, watchdog.sign, until, watchdog.root)
    (public,) = keyfile.public(msgspec.structs.replace(watchdog.keys, months=(month,)), until)
    return public


async def register(database: Database, clock: ToldClock) -> Watchdog:
    party = await enrol.party(database, clock, CHANCE, ("watchdog", "Watchdog", "BD"))
    watchdog = Watchdog(party=party, root=CHANCE.bytes(32), sign=CHANCE.bytes(32))
    await enrol.watchdog_keys(database, [months(watchdog)])
    await enrol.jurisdiction(database, party, "all", duty=True)
    for country in ("BD", "PK"):
        number = HelpNumber(
            country=country, place=0, name="Help", number="1", hours="24 h", languages=("en",), checked_on=CHECKED_ON
        )
        await enrol.help_numbers(database, country, [number])
    return watchdog

"""A watchdog of the registry, with the private halves of its keys."""

from dataclasses import dataclass
from datetime import date

from laborvoice.clock import ToldClock
from laborvoice.crypto import signing, suites
from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import own_bytes
from laborvoice.domain.ids import PartyId
from laborvoice.domain.manifest import PublicKey
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
    def pair(self) -> suites.KeyPair:
        return suites.key_pair(self.root, suites.OURS)


def months(watchdog: Watchdog, until: date = KEYS_UNTIL) -> WatchdogKey:
    pair = watchdog.pair
    return WatchdogKey(
        party=watchdog.party,
        until=until,
        sign_key=signing.public_of(watchdog.sign),
        keys=(PublicKey(suite=pair.suite, kid=b64(pair.kid), pk=b64(pair.public)),),
        own=signing.sign(watchdog.sign, own_bytes(watchdog.party, until.isoformat(), [(pair.kid, pair.public)])),
    )


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

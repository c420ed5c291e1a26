"""The stage is set as an operator would: parties, suppliers, links, watchdogs' keys, campaigns, cards, endpoints."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from laborvoice.crypto import manifest, signing, suites
from laborvoice.crypto.framing import b64
from laborvoice.demo.logins import Login, logins
from laborvoice.demo.world import MARK, Party, Site, World
from laborvoice.domain import Value
from laborvoice.domain.card import Card
from laborvoice.domain.endpoint import NewEndpoint, Subscribed
from laborvoice.domain.ids import PartyId, SupplierId
from laborvoice.domain.manifest import PublicKey
from laborvoice.domain.party import PERMITTED, HelpNumber, PartyKind, WatchdogKey
from laborvoice.domain.period import Period
from laborvoice.domain.supplier import Profile
from laborvoice.errors import EngagementProhibited
from laborvoice.pipeline import admit, enrol, invite, link, subscribe
from laborvoice.pipeline.sign_in.tools import Tools
from laborvoice.webhooks import guard

LINK_LEAD: Final = timedelta(days=400)
"""Links begin long before the first quarter."""
KEY_DAYS: Final = 365
ROOM: Final = 2
"""Months of watchdogs' keys beyond today."""
EVERY_TYPE: Final = ("*",)
LOOPBACK: Final = "127.0.0.1/32"
PORTS: Final = (443,)
"""On loopback, which is allowed, any port is."""


class Keys(Value, frozen=True):
    """API keys, each shown to the demo this once."""

    operator: str
    watchdog: str
    brands: tuple[str, str]

    def __repr__(self) -> str:
        return "Keys(hidden)"


class Stage(Value, frozen=True):
    """Suppliers and cards by the supplier's ``short`` name. ``prohibited``: where no campaign was let open."""

    suppliers: Mapping[str, SupplierId]
    cards: Mapping[str, tuple[Card, ...]]
    keys: Keys
    endpoints: tuple[Subscribed, ...]
    prohibited: tuple[str, ...]
    logins: tuple[Login, ...] = ()


class Setting:
    """``until``: the day to which keys and campaigns last, the real today."""

    def __init__(self, tools: Tools, world: World, until: date) -> None:
        self._tools = tools
        self._database = tools.database
        self._clock = tools.clock
        self._chance = tools.chance
        self._world = world
        self._until = until
        self._today = tools.clock.now().date()

    async def arrange(self, periods: Sequence[Period], fingerprint: bytes, urls: Sequence[str]) -> Stage:
        """``urls`` of the receivers: of both brands and the first watchdog."""
        suppliers = {site.short: await self._admit(site) for site in self._world.sites}
        operator = await self._party("operator", Party(short="Operator", country="NL"))
        watchdogs = [await self._watchdog(one) for one in self._world.watchdogs]
        brands = [await self._brand(one, operator, suppliers) for one in self._world.brands]
        for country in self._world.countries:
            await enrol.help_numbers(self._database, country, (self._helpline(country),))
        cards: dict[str, tuple[Card, ...]] = {}
        prohibited: list[str] = []
        for site in self._world.sites:
            try:
                cards[site.short] = await self._cards(site, suppliers[site.short], periods, fingerprint)
            except EngagementProhibited:
                prohibited.append(site.short)
        hearers = (*brands, watchdogs[0])
        return Stage(
            suppliers=suppliers,
            cards={short: printed for short, printed in cards.items() if printed},
            keys=Keys(
                operator=await self._key("operator", operator),
                watchdog=await self._key("watchdog", watchdogs[0]),
                brands=(await self._key("brand", brands[0]), await self._key("brand", brands[1])),
            ),
            endpoints=tuple([await self._hear(one, url) for one, url in zip(hearers, urls, strict=True)]),
            prohibited=tuple(prohibited),
            logins=await logins(self._tools, {"brand": brands[0], "watchdog": watchdogs[0], "operator": operator}),
        )

    async def _admit(self, site: Site) -> SupplierId:
        profile = Profile(
            name=site.name,
            address=f"Invented Road {site.number}",
            country=site.country,
            kind=site.kind,
            isic=(site.isic,),
            workers_min=site.workforce or None,
            workers_max=site.workforce or None,
            engagement=site.engagement,
            synthetic=True,
            identifiers={"os_id": site.os_id},
        )
        return await admit.supplier(self._database, self._clock, self._chance, profile)

    async def _party(self, kind: PartyKind, one: Party) -> PartyId:
        return await enrol.party(self._database, self._clock, self._chance, (kind, one.name, one.country))

    async def _key(self, kind: PartyKind, party: PartyId) -> str:
        """Good for a year from today: the demo's own past is over when its home is served."""
        days = (self._until - self._today).days + KEY_DAYS
        wanted = enrol.KeyWanted(party=party, scopes=PERMITTED[kind], mode="test", days=days)
        return (await enrol.api_key(self._database, self._clock, self._chance, wanted)).secret

    async def _watchdog(self, one: Party) -> PartyId:
        party = await self._party("watchdog", one)
        seed = self._chance.bytes(signing.SEED_SIZE)
        months = [self._month(party, seed, until) for until in month_ends(self._today, self._until)]
        await enrol.watchdog_keys(self._database, months)
        for scope in one.scopes:
            await enrol.jurisdiction(self._database, party, scope, duty=True)
        return party

    def _month(self, party: PartyId, seed: bytes, until: date) -> WatchdogKey:
        """As a browser makes them: of the private halves nothing leaves this function."""
        root = self._chance.bytes(suites.ROOT_SIZE)
        pairs = [suites.key_pair(root, suite) for suite in suites.SUITES]
        own = manifest.own_bytes(party, until.isoformat(), [(pair.kid, pair.public) for pair in pairs])
        return WatchdogKey(
            party=party,
            until=until,
            sign_key=signing.public_of(seed),
            keys=tuple(PublicKey(suite=pair.suite, kid=b64(pair.kid), pk=b64(pair.public)) for pair in pairs),
            own=signing.sign(seed, own),
        )

    async def _brand(self, one: Party, operator: PartyId, suppliers: Mapping[str, SupplierId]) -> PartyId:
        party = await self._party("brand", one)
        for short in (*one.links, *one.claims):
            claimed = link.Claim(
                party=party,
                supplier=suppliers[short],
                tier=1,
                role="buyer",
                from_day=self._today - LINK_LEAD,
                source="demo",
            )
            made = await link.claim(self._database, self._clock, self._chance, claimed)
            if short in one.links:
                await link.confirm(self._database, self._clock, self._chance, operator, made)
        return party

    def _helpline(self, country: str) -> HelpNumber:
        return HelpNumber(
            country=country,
            place=0,
            name="Helpline" + MARK,
            number="+000 555 0100",
            hours="24 h",
            languages=("en",),
            checked_on=self._today,
        )

    async def _cards(
        self, site: Site, supplier: SupplierId, periods: Sequence[Period], fingerprint: bytes
    ) -> tuple[Card, ...]:
        """None where workers are not asked. Raises EngagementProhibited where they must not be."""
        if not site.answers and site.engagement == "ok":
            return ()
        wanted = invite.Wanted(
            supplier=supplier,
            periods=tuple(period.label for period in periods),
            headcount=site.workforce,
        )
        opened = await invite.campaign(self._database, self._clock, self._chance, wanted)
        printed = await invite.cards(self._database, self._chance, opened.campaign, site.cards)
        return tuple(Card(locator=one.locator, code=one.code, fingerprint=fingerprint) for one in printed)

    async def _hear(self, party: PartyId, url: str) -> Subscribed:
        rules = guard.rules_of((), (LOOPBACK,), PORTS)
        wanted = NewEndpoint(url=url, types=EVERY_TYPE)
        return await subscribe.subscribe(self._database, self._clock, self._chance, rules, party, wanted)


def month_ends(first: date, last: date) -> list[date]:
    """The last days of the months from that of ``first`` to two after that of ``last``."""
    ends: list[date] = []
    month = Period.at(first, "month")
    beyond = Period.at(last, "month")
    for _ in range(ROOM):
        beyond = beyond.next()
    while month <= beyond:
        ends.append(month.end)
        month = month.next()
    return ends

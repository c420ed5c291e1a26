"""The stage is set as an operator would: parties, suppliers, links, watchdogs' keys, campaigns, cards, endpoints."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from laborvoice.client.watchdog import keyfile
from laborvoice.demo import years
from laborvoice.demo.logins import Login, logins
from laborvoice.demo.world import MARK, Party, Site, World
from laborvoice.demo.years import Year
from laborvoice.domain import Value
from laborvoice.domain.card import Card
from laborvoice.domain.endpoint import NewEndpoint, Subscribed
from laborvoice.domain.ids import PartyId, SupplierId, UserId
from laborvoice.domain.party import MATRIX, PERMITTED, HelpNumber, PartyKind, Role
from laborvoice.domain.period import Period
from laborvoice.domain.supplier import Profile
from laborvoice.errors import EngagementProhibited
from laborvoice.pipeline import admit, enrol, invite, link, subscribe
from laborvoice.pipeline.sign_in.tools import Tools
from laborvoice.webhooks import guard

LINK_LEAD: Final = timedelta(days=400)
"""Links begin long before the first quarter."""
KEY_DAYS: Final = 365
EVERY_TYPE: Final = ("*",)
LOOPBACK: Final = "127.0.0.1/32"
PORTS: Final = (443,)
"""On loopback, which is allowed, any port is."""


class Keys(Value, frozen=True):
    """API keys, each shown to the demo this once; of the watchdog those of two people."""

    operator: str
    watchdog: str
    colleague: str
    brands: tuple[str, str]

    def __repr__(self) -> str:
        return "Keys(hidden)"


class Stage(Value, frozen=True):
    """Suppliers and cards by the supplier's ``short`` name. ``prohibited``: where no campaign was let open.

    ``years``: the key files of the first watchdog, the newest first.
    """

    suppliers: Mapping[str, SupplierId]
    brands: tuple[PartyId, PartyId]
    years: tuple[Year, ...]
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
        first, kept = watchdogs[0]
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
        people = await logins(self._tools, {"brand": brands[0], "watchdog": first, "operator": operator})
        hearers = (*brands, first)
        return Stage(
            suppliers=suppliers,
            cards={short: printed for short, printed in cards.items() if printed},
            keys=Keys(
                operator=await self._key("operator", operator),
                watchdog=await self._own_key(first, people, "watchdog_admin"),
                colleague=await self._own_key(first, people, "watchdog_handler"),
                brands=(await self._key("brand", brands[0]), await self._key("brand", brands[1])),
            ),
            endpoints=tuple([await self._hear(one, url) for one, url in zip(hearers, urls, strict=True)]),
            prohibited=tuple(prohibited),
            logins=people,
            brands=(brands[0], brands[1]),
            years=kept,
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

    async def _own_key(self, party: PartyId, people: Sequence[Login], role: Role) -> str:
        """Of a person: what she does with it she has done."""
        (person,) = (one for one in people if one.role == role)
        days = (self._until - self._today).days + KEY_DAYS
        wanted = enrol.KeyWanted(
            party=party, scopes=MATRIX[role], mode="test", days=days, creator=UserId.parse(person.user)
        )
        return (await enrol.api_key(self._database, self._clock, self._chance, wanted)).secret

    async def _watchdog(self, one: Party) -> tuple[PartyId, tuple[Year, ...]]:
        """As its client makes the keys: the private halves are in the files alone."""
        party = await self._party("watchdog", one)
        made = years.make(party, self._today, self._until, self._chance)
        months = [month for year in made for month in keyfile.public(year.keys, self._today)]
        await enrol.watchdog_keys(self._database, months)
        for scope in one.scopes:
            await enrol.jurisdiction(self._database, party, scope, duty=True)
        return party, made

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

"""A small world in a real database: parties, suppliers, links, keys and releases, made by the verbs that make them."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import asyncpg

from laborvoice.domain.condition import Condition
from laborvoice.domain.ids import LinkId, PartyId, ReleaseId, SupplierId, SupplierKey
from laborvoice.domain.manifest import PublicKey
from laborvoice.domain.party import PERMITTED, HelpNumber, PartyKind, Scope, WatchdogKey
from laborvoice.domain.period import Period
from laborvoice.domain.release import Ledger, Published, Release, Scales, Statistics, Withheld, statistics
from laborvoice.domain.score import Score
from laborvoice.domain.supplier import Profile
from laborvoice.pipeline import admit, enrol, link
from laborvoice.scoring.score import ASSUMED, assess
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry.sight import Sight
from laborvoice.store.release import ledger, release, score

START = datetime(2026, 11, 12, 9, 30, tzinfo=UTC)
METHOD = "lv-score/1"


class FakeClock:
    told = True

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment
        self.ticks = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.ticks

    async def sleep(self, seconds: float) -> None:
        self.ticks += seconds

    def skip(self, **span: float) -> None:
        self.moment += timedelta(**span)
        self.ticks += timedelta(**span).total_seconds()


class CountedChance:
    """Repeatable bytes, none twice."""

    def __init__(self, seed: str = "") -> None:
        self.seed = seed
        self.drawn = 0

    def bytes(self, count: int) -> bytes:
        out = b""
        while len(out) < count:
            self.drawn += 1
            out += sha256(f"{self.seed} {self.drawn}".encode()).digest()
        return out[:count]

    def below(self, limit: int) -> int:
        return int.from_bytes(self.bytes(32), "big") % limit


class World:
    def __init__(self, portal: Database, vault: Database, superuser: str) -> None:
        self.portal = portal
        self.vault = vault
        self.superuser = superuser
        self.clock = FakeClock()
        self.chance = CountedChance()

    @property
    def today(self) -> date:
        return self.clock.now().date()

    async def party(self, kind: PartyKind, name: str = "A party") -> PartyId:
        return await enrol.party(self.portal, self.clock, self.chance, (kind, name, "BD"))

    async def supplier(self, name: str = "Sample Garments", **more: Any) -> SupplierId:
        fields: dict[str, Any] = {
            "address": "1 Example Road",
            "country": "BD",
            "kind": "factory",
            "isic": ("1410",),
            **more,
        }
        return await admit.supplier(self.portal, self.clock, self.chance, Profile(name=name, synthetic=True, **fields))

    async def key_of(self, supplier: SupplierId) -> SupplierKey:
        found = await self.sql("SELECT supplier_id FROM registry.supplier WHERE public_id = $1", supplier.uuid)
        return SupplierKey(int(found))

    async def claim(self, brand: PartyId, supplier: SupplierId, **more: Any) -> LinkId:
        fields: dict[str, Any] = {
            "tier": 1,
            "role": "sewing",
            "from_day": date(2026, 1, 1),
            "source": "own records",
            **more,
        }
        return await link.claim(
            self.portal, self.clock, self.chance, link.Claim(party=brand, supplier=supplier, **fields)
        )

    async def linked(self, brand: PartyId, supplier: SupplierId, **more: Any) -> LinkId:
        """Claimed and confirmed by an operator."""
        claimed = await self.claim(brand, supplier, **more)
        await link.confirm(self.portal, self.clock, self.chance, await self.party("operator"), claimed)
        return claimed

    async def watchdog(self, *scopes: str, duty: bool = True) -> PartyId:
        """Responsible for ``scopes``, with a key of this month."""
        party = await self.party("watchdog", "A watchdog")
        for scope in scopes:
            await enrol.jurisdiction(self.portal, party, scope, duty=duty)
        await enrol.watchdog_keys(self.portal, [self.watchdog_key(party)])
        return party

    def watchdog_key(self, party: PartyId, days: int = 18) -> WatchdogKey:
        keys = (PublicKey(suite=1, kid="a2lk", pk="cGs"),)
        until = self.today + timedelta(days=days)
        return WatchdogKey(party=party, until=until, sign_key=b"s" * 32, keys=keys, own=b"o" * 64)

    def number(self, country: str = "BD", name: str = "Help", place: int = 0) -> HelpNumber:
        return HelpNumber(
            country=country,
            place=place,
            name=name,
            number="+880 2 0000 0000",
            hours="always",
            languages=("bn",),
            checked_on=self.today,
        )

    async def help(self, country: str = "BD") -> None:
        await enrol.help_numbers(self.portal, country, [self.number(country)])

    async def secret(self, party: PartyId, kind: PartyKind, *scopes: Scope, days: int = 365) -> str:
        """An API key; without ``scopes`` with all that its kind may hold."""
        wanted = enrol.KeyWanted(party=party, scopes=frozenset(scopes) or PERMITTED[kind], mode="test", days=days)
        return (await enrol.api_key(self.portal, self.clock, self.chance, wanted)).secret

    async def period(self, label: str, state: str = "counted") -> None:
        await self.sql(
            "INSERT INTO ballot.period_state (period, kind, state) VALUES ($1, 'quarter', $2) "
            "ON CONFLICT (period) DO UPDATE SET state = excluded.state",
            label,
            state,
        )

    async def release(self, supplier: SupplierId, label: str, **numbers: Any) -> ReleaseId:
        """A period of a supplier as the vault writes it: a release with its score; without ``n`` withheld."""
        published = self.published(label, **numbers)
        key, ended = await self.key_of(supplier), Period.parse(label).end

        async def step(db: Connection) -> None:
            assert await ledger.claim(db, key, self.ledger(label))
            await release.put(db, key, ended, published)
            if isinstance(published, Release):
                rows = [one for one in await release.of_supplier(db, key, ended) if isinstance(one.published, Release)]
                told, periods = tuple(map(_statistics, rows)), tuple(one.published.period for one in rows)
                await score.put(db, key, label, _score(told, periods))

        await self.vault.run("test", step)
        return published.id

    def published(self, label: str, n: int | None = None, **more: Any) -> Published:
        one = ReleaseId.draw(self.chance.bytes(16))
        plain: dict[str, Any] = {
            "policy": "standard",
            "questionnaire": "core 1",
            "method": METHOD,
            "covers": (label,),
            **more,
        }
        if n is None:
            return Withheld(id=one, period=label, **plain)
        wide = n >= 100
        scales = Scales(n=2.0, bound=16, severity_sum=40 / 3 if wide else 10.0, conditions=4.0 if wide else None)
        numbers: dict[str, Any] = {
            "scales": scales,
            "severity_sum": n * 2,
            "conditions": tuple(range(n // 4, n // 4 + 16)) if wide else None,
            "top": None if wide else Condition.WAGES,
        }
        return Release(id=one, period=label, n=n, **(numbers | plain))

    def ledger(self, label: str) -> Ledger:
        return Ledger(
            period=label,
            eps_count=0.5,
            eps_severity=1.0,
            eps_conditions=0.0,
            eps_top=0.5,
            delta=1e-4,
            mechanisms=("count",),
            opendp="0.16",
            code="test",
        )

    def sight(self, kind: PartyKind, party: PartyId) -> Sight:
        return Sight(kind=kind, party=party, today=self.today)

    async def sql(self, statement: str, *args: object) -> Any:
        """As the superuser, for what no verb does yet."""
        connection = await asyncpg.connect(self.superuser)
        try:
            return await connection.fetchval(statement, *args)
        finally:
            await connection.close()


def _statistics(one: release.Dated) -> Statistics:
    assert isinstance(one.published, Release)
    return statistics(one.published, one.ended)


@cache
def _score(told: tuple[Statistics, ...], periods: tuple[str, ...]) -> Score:
    """Worlds that are alike are scored once: that follows from what is given, and is most of the work of making one."""
    return assess(told, ASSUMED, periods=periods, workforce=1200, distributor="watchdog")


class Plug:
    """The way to the database: a link to the folder of its socket, which can be taken away and put back."""

    def __init__(self, folder: Path, dsn: str, superuser: str) -> None:
        found = re.search(r"host=([^&]+)", dsn)
        assert found is not None
        self._real = Path(unquote(found[1]))
        self._link = folder / "s"
        self._superuser = superuser
        self.dsn = dsn.replace(found[1], quote(str(self._link), safe=""))
        self.push()

    def push(self) -> None:
        self._link.symlink_to(self._real)

    async def pull(self) -> None:
        """New connections find nothing, and those there are end."""
        self._link.unlink()
        connection = await asyncpg.connect(self._superuser)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'laborvoice_portal'"
        )
        await connection.close()

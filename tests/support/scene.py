"""Where attacks play: a vault and an intake on a real PostgreSQL, phones, and the doors that a broken neighbour has."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import LiteralString, Protocol, TypeAlias, TypeVar

import asyncpg

from laborvoice.bootstrap.intake import IntakeParts, open_intake
from laborvoice.bootstrap.vault import Vault
from laborvoice.client.worker.redeem import Token
from laborvoice.crypto import at_rest
from laborvoice.crypto.framing import SealedRow, unpack_row
from laborvoice.domain.card import Card
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.period import Period
from laborvoice.domain.policy import STANDARD
from laborvoice.domain.release import Published
from laborvoice.domain.report import Tally
from laborvoice.domain.supplier import Profile
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.pipeline import admit, invite, receive
from laborvoice.pipeline.count import lot
from laborvoice.settings import IntakeSettings, Secret, VaultSettings
from laborvoice.store.database import Connection, Database
from laborvoice.store.release import release
from laborvoice.workers import Workers
from support import forensics, phone
from support.closing import due
from support.known import QuickClock
from support.phone import CHANCE, CORE, HOST, Phone, quiet_answers
from support.watchdog import Watchdog, register

Raw: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
T = TypeVar("T")

FIRST = Period.parse("2026-Q1")
MASTER = bytes([7]) * 32
LONG_AFTER = date(2030, 1, 1)


class Roles(Protocol):
    """A database of one test's own, as its fixture hands it out."""

    def dsn(self, role: str) -> str: ...

    @property
    def superuser(self) -> str: ...


@dataclass(frozen=True)
class Site:
    """A supplier with a campaign, and the cards that were printed for it."""

    supplier: SupplierId
    key: SupplierKey
    cards: tuple[Card, ...]


@asynccontextmanager
async def connected(dsn: str) -> AsyncGenerator[Raw]:
    """Broken off at the end, whatever it holds."""
    raw: Raw = await asyncpg.connect(dsn)
    try:
        yield raw
    finally:
        raw.terminate()
        await asyncio.sleep(0.05)  # until the server has let go of what it held


@dataclass
class Scene:
    """``dsn`` gives each role's address; nobody but the test has the ``superuser``'s."""

    home: Path
    dsn: Callable[[str], str]
    superuser: str
    clock: QuickClock
    settings: VaultSettings
    workers: Workers
    vault: Vault
    intake: IntakeParts
    fingerprint: bytes
    databases: Mapping[str, Database]
    watchdog: Watchdog
    sites: list[Site] = field(default_factory=list[Site])

    def connect(self, role: str) -> AbstractAsyncContextManager[Raw]:
        """As a broken neighbour does, with its own password."""
        return connected(self.dsn(role))

    def admin(self) -> AbstractAsyncContextManager[Raw]:
        """For looking at what the neighbours did."""
        return connected(self.superuser)

    @property
    def today(self) -> date:
        return self.clock.now().date()

    def set(self, day: date) -> None:
        self.clock.tell(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).isoformat())

    async def admit(self, cards: int = 20, headcount: int = 100, periods: int = 4) -> Site:
        """Known to phones after the next ``learn``."""
        portal = self.databases["portal"]
        profile = Profile(
            name=f"Works {len(self.sites)}",
            address="Road 1",
            country="BD",
            kind="factory",
            isic=("1410",),
            workers_min=headcount,
            workers_max=headcount,
        )
        supplier = await admit.supplier(portal, self.clock, CHANCE, profile)
        labels = [Period.at(self.today, "quarter")]
        for _ in range(periods - 1):
            labels.append(labels[-1].next())
        wanted = invite.Wanted(supplier=supplier, periods=tuple(one.label for one in labels), headcount=headcount)
        opened = await invite.campaign(portal, self.clock, CHANCE, wanted)
        printed = await invite.cards(portal, CHANCE, opened.campaign, cards)
        [key] = await self.values(
            int, "SELECT supplier_id FROM registry.supplier WHERE public_id = $1", supplier, role="portal"
        )
        made = tuple(Card(locator=one.locator, code=one.code, fingerprint=self.fingerprint) for one in printed)
        self.sites.append(Site(supplier=supplier, key=SupplierKey(key), cards=made))
        return self.sites[-1]

    async def learn(self) -> None:
        """The vault signs what has changed, intake reads it."""
        await self.vault.rotate()
        await self.intake.beats[0].step()

    async def opened(self, card: Card) -> Phone:
        return await phone.opened(self.databases["intake"], card, self.today)

    async def redeem(self, cards: Sequence[Card]) -> list[tuple[Phone, Token]]:
        """A token for each card, as the vault gives them out."""
        phones = [await self.opened(card) for card in cards]
        requests = [one.asked.request for one in phones]
        answers = await phone.exchanged(self.databases["intake"], self.vault.issue, requests)
        return [(one, one.token(answer)) for one, answer in zip(phones, answers, strict=True)]

    async def sealed(self, cards: Sequence[Card], answers: Mapping[str, str] | None = None) -> list[bytes]:
        """A good envelope for each card, not yet sent."""
        given = quiet_answers() if answers is None else answers
        return [one.seal(token, given) for one, token in await self.redeem(cards)]

    async def cast(self, *envelopes: bytes) -> None:
        """As an honest intake does, in one batch."""
        known, bits = self.intake.gate.known, phone.BITS
        seats = [receive.seat(one, known, self.today, bits) for one in envelopes]
        assert await receive.receive(self.databases["intake"], seats, known, self.today, bits)

    async def vote(self, cards: Sequence[Card], answers: Mapping[str, str] | None = None) -> None:
        await self.cast(*await self.sealed(cards, answers))

    async def due(self, period: Period) -> None:
        """To the day of its close, closing and mixed: all but the count."""
        await due(self, period)

    async def close(self, period: Period) -> None:
        await self.due(period)
        await self.vault.close()

    async def values(self, kind: type[T], sql: LiteralString, *args: object, role: str = "vault") -> list[T]:
        """The first column, as a role reads it."""

        async def step(db: Connection) -> list[T]:
            return await db.values(kind, sql, *args)

        return await self.databases[role].run("test", step)

    async def state(self, period: Period) -> str:
        sql = "SELECT state FROM ballot.period_state WHERE period = $1"
        return (await self.values(str, sql, period.label))[0]

    async def released(self, site: Site) -> list[Published]:
        """Newest first, seen by people or not yet."""

        async def step(db: Connection) -> list[Published]:
            return [row.published for row in await release.of_supplier(db, site.key, LONG_AFTER)]

        return await self.databases["vault"].run("test", step)

    def keys(self) -> dict[str, bytes]:
        """Every seed of the keyring, by name."""
        return forensics.keys(self.settings.keyring, MASTER)

    def root(self, period: Period = FIRST) -> bytes:
        return self.keys()[f"box/{period.label}"]

    async def boxed(self, period: Period = FIRST, order: LiteralString = "ctid") -> list[SealedRow]:
        """What lies in the box, unwrapped with the vault's key; carried rows are left out."""
        cipher = at_rest.row_cipher(self.root(period))
        sql: LiteralString = "SELECT lot || blob FROM ballot.box WHERE period = $1 ORDER BY " + order  # noqa: S608 - our own words
        rows = await self.values(bytes, sql, period.label)
        size = at_rest.LOT_SIZE
        plain = (unpack_row(at_rest.unwrap(cipher, row[:size], row[size:])) for row in rows)
        return [row for row in plain if isinstance(row, SealedRow)]

    async def exact(self, site: Site, period: Period = FIRST) -> Tally:
        """What the count would count just now: it lives in the vault's memory alone, and in this test."""
        whose = lot.Lot(root=self.root(period), supplier=str(site.supplier), period=period.label, questionnaire=CORE)

        async def step(db: Connection) -> Tally:
            return (await lot.count(db, self.workers, whose, STANDARD)).tally

        return await self.databases["vault"].run("test", step)

    async def another(self) -> Vault:
        """A second vault on the same keyring."""
        vault = Vault(self.databases["vault"], self.settings, self.workers, self.clock, CHANCE)
        await vault.begin()
        return vault

    async def restored(self, roots: Mapping[str, bytes]) -> Vault:
        """A vault on a keyring into which old keys were put back, as no backup of ours would."""
        keyring = DirectoryKeyring(self.settings.keyring, MASTER, CHANCE)
        for name, root in roots.items():
            keyring.store(name, at_rest.Secret(kind=at_rest.SEED, data=root))
        keyring.close()
        return await self.another()


@asynccontextmanager
async def playing(dsn: Callable[[str], str], superuser: str, home: Path) -> AsyncGenerator[Scene]:
    clock = QuickClock(datetime(2026, 1, 15, 12, tzinfo=UTC))
    vault_settings = VaultSettings(
        home=home,
        database_url=Secret(dsn("vault")),
        master_key=Secret(MASTER.hex()),
        keyring=home / "keyring",
        intake_origin=f"https://{HOST}",
        pow_bits=phone.BITS,
    )
    intake_settings = IntakeSettings(home=home, database_url=Secret(dsn("intake")), intake_origin=f"https://{HOST}")
    async with contextlib.AsyncExitStack() as stack:
        databases = {
            role: await stack.enter_async_context(Database.open(dsn(role), size=6))
            for role in ("vault", "portal", "intake")
        }
        workers = Workers(stack.enter_context(ThreadPoolExecutor(2)), 2)
        vault = Vault(databases["vault"], vault_settings, workers, clock, CHANCE)
        watchdog = await register(databases["portal"], clock)
        fingerprint = await vault.begin()
        intake = await stack.enter_async_context(open_intake(intake_settings, clock, CHANCE))
        yield Scene(
            home, dsn, superuser, clock, vault_settings, workers, vault, intake, fingerprint, databases, watchdog
        )

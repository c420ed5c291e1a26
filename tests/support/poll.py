"""A vault and an intake on a real PostgreSQL, on a clock that the test sets; phones are the reference client."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, LiteralString, TypeVar

import msgspec

from laborvoice import serve
from laborvoice.anonymize.noise import Noise, OpenDpNoise
from laborvoice.api.intake.app import create_intake_app
from laborvoice.bootstrap.intake import IntakeParts, open_intake
from laborvoice.bootstrap.vault import Vault
from laborvoice.client.transport import Transport
from laborvoice.client.worker import Message, Visit, Worker, envelope
from laborvoice.client.worker.redeem import Token
from laborvoice.domain.card import Card
from laborvoice.domain.condition import Condition
from laborvoice.domain.ids import CampaignId, SupplierId, SupplierKey
from laborvoice.domain.period import Period
from laborvoice.domain.policy import Policy
from laborvoice.domain.release import Published
from laborvoice.domain.supplier import Profile
from laborvoice.pipeline import admit, invite, receive
from laborvoice.settings import Bind, IntakeSettings, Secret, VaultSettings
from laborvoice.store.database import Connection, Database
from laborvoice.store.release import release
from laborvoice.workers import Workers
from support import phone
from support.closing import due
from support.known import QuickClock
from support.phone import BANK, BITS, CHANCE, HOST, Phone, quiet_answers
from support.watchdog import Watchdog, register

FIRST = Period.parse("2026-Q1")
ORIGIN = f"https://{HOST}"

T = TypeVar("T")


@dataclass
class Site:
    """A supplier with a campaign, and the cards that were printed for it."""

    supplier: SupplierId
    key: SupplierKey
    campaign: CampaignId
    locator: str
    cards: list[Card]


@dataclass
class World:
    """What a test plays with."""

    clock: QuickClock
    settings: VaultSettings
    workers: Workers
    vault: Vault
    fingerprint: bytes
    intake: IntakeParts
    databases: Mapping[str, Database]
    watchdog: Watchdog
    url: str = ""
    sites: list[Site] = field(default_factory=list[Site])

    @property
    def today(self) -> date:
        return self.clock.now().date()

    def set(self, day: date, hour: int = 12, minute: int = 0) -> None:
        self.clock.tell(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).isoformat())

    async def another(self, noise: Callable[[Policy], Noise], workers: Workers | None = None) -> Vault:
        """A second vault on the same keyring, or the same one started again."""
        mine = workers or self.workers
        vault = Vault(self.databases["vault"], self.settings, mine, self.clock, CHANCE, noise)
        await vault.begin()
        return vault

    async def turn(self) -> None:
        await self.vault.issue()
        await self.vault.ring()

    async def admit(
        self, headcount: int = 100, cards: int = 60, country: str = "BD", periods: Sequence[str] = ()
    ) -> Site:
        portal = self.databases["portal"]
        profile = Profile(
            name=f"Test works {len(self.sites)}", address="Road 1", country=country, kind="factory", isic=("1410",)
        )
        profile = msgspec.structs.replace(profile, workers_min=headcount, workers_max=headcount)
        supplier = await admit.supplier(portal, self.clock, CHANCE, profile)
        first = Period.at(self.today, "quarter")
        year = (first, first.next(), first.next().next(), first.next().next().next())
        labels = tuple(periods) or tuple(one.label for one in year)
        wanted = invite.Wanted(supplier=supplier, periods=labels, headcount=headcount)
        opened = await invite.campaign(portal, self.clock, CHANCE, wanted)
        printed = await invite.cards(portal, CHANCE, opened.campaign, cards)
        made = [Card(locator=one.locator, code=one.code, fingerprint=self.fingerprint) for one in printed]
        [key] = await self.values(int, "SELECT supplier_id FROM registry.supplier WHERE public_id = $1", supplier)
        site = Site(supplier, SupplierKey(key), opened.campaign, opened.locator, made)
        self.sites.append(site)
        return site

    async def values(self, kind: type[T], sql: LiteralString, *args: object) -> list[T]:
        """The first column, as the vault reads it."""

        async def step(db: Connection) -> list[T]:
            return await db.values(kind, sql, *args)

        return await self.databases["vault"].run("test", step)

    async def execute(self, sql: LiteralString, *args: object) -> None:
        """As the vault may: it owns every row of the ballot's tables."""

        async def step(db: Connection) -> None:
            await db.execute(sql, *args)

        await self.databases["vault"].run("test", step)

    async def learn(self) -> None:
        """The vault signs what has changed, intake reads it."""
        await self.vault.rotate()
        await self.intake.beats[0].step()

    async def phone(self, card: Card) -> Phone:
        return await phone.opened(self.databases["intake"], card, self.today)

    async def exchange(self, *requests: bytes) -> list[bytes]:
        return await phone.exchanged(self.databases["intake"], self.turn, requests)

    async def redeem(self, cards: Sequence[Card]) -> list[tuple[Phone, Token]]:
        """A token for each card."""
        phones = [await self.phone(card) for card in cards]
        answers = await self.exchange(*(one.asked.request for one in phones))
        return [(one, one.token(answer)) for one, answer in zip(phones, answers, strict=True)]

    async def cast(self, *envelopes: bytes) -> None:
        """Into the spool, judged as intake judges."""
        known = self.intake.gate.known
        seats = [receive.seat(one, known, self.today, BITS) for one in envelopes]
        assert await receive.receive(self.databases["intake"], seats, known, self.today, BITS)

    async def vote(
        self,
        cards: Sequence[Card],
        answers: Mapping[str, str] | None = None,
        gravest: Sequence[Condition] | None = None,
        message: Message | None = None,
    ) -> None:
        """Each card casts one ballot with these answers."""
        given = quiet_answers() if answers is None else answers
        tickets = await self.redeem(cards)
        await self.cast(*(one.seal(token, given, gravest, message) for one, token in tickets))

    async def tell(self, *messages: Message) -> None:
        """Without a card, from the part ``any``."""
        trusted = await phone.trusted(self.databases["intake"], self.fingerprint, "any", self.today)
        await self.cast(*(envelope.seal(trusted, None, one, BITS, CHANCE) for one in messages))

    async def due(self, period: Period) -> None:
        """To the day of its close, when it is closing and both lanes are mixed: all but the count."""
        await due(self, period)

    async def close(self, period: Period) -> None:
        """From the day of its close on until it is burned."""
        await self.due(period)
        await self.vault.close()

    async def released(self, site: Site) -> list[Published]:
        """What the vault wrote of a supplier, newest first."""

        async def step(db: Connection) -> list[Published]:
            return [row.published for row in await release.of_supplier(db, site.key, date(2030, 1, 1))]

        return await self.databases["vault"].run("test", step)

    async def state(self, period: Period) -> str:
        return (await self.values(str, "SELECT state FROM ballot.period_state WHERE period = $1", period.label))[0]

    async def boxed(self, period: Period) -> int:
        return (await self.values(int, "SELECT count(*) FROM ballot.box WHERE period = $1", period.label))[0]

    async def messages(self) -> list[bytes]:
        """What lies in the watchdogs' inboxes, sealed, as the portal reads it."""

        async def step(db: Connection) -> list[bytes]:
            return await db.values(bytes, "SELECT inner_message FROM desk.message")

        return await self.databases["portal"].run("test", step)

    def worker(self) -> Worker:
        """A phone that goes through intake's socket."""
        transport = Transport(self.url)
        return Worker(transport, HOST, BANK, fingerprint=self.fingerprint, clock=self.clock, chance=CHANCE)

    async def open(self, card: Card | None) -> Visit:
        """Through the socket. The vault answers while the phone waits."""
        opening = asyncio.create_task(self.worker().open(card))
        while not opening.done():
            await self.turn()
            await asyncio.sleep(0.05)
        return opening.result()


@contextlib.asynccontextmanager
async def serving(parts: IntakeParts) -> AsyncGenerator[str]:
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    bounds = serve.Bounds(head_seconds=5, body_seconds=60)
    socket = serve.listening(Bind(host="127.0.0.1", port=0))
    port = socket.getsockname()[1]
    socket.close()
    app = create_intake_app(parts)
    task = asyncio.create_task(
        serve.serve(app, Bind(host="127.0.0.1", port=port), bounds=bounds, stop=stop, on_ready=ready.set_result)
    )
    await ready
    yield f"http://127.0.0.1:{port}"
    stop.set()
    await task


@contextlib.asynccontextmanager
async def playing(
    dsn: Callable[[str], str],
    home: Path,
    *,
    noise: Callable[[Policy], Noise] = OpenDpNoise,
    clock: QuickClock | None = None,
    serves: bool = True,
    page: Mapping[str, Any] = MappingProxyType({}),
) -> AsyncGenerator[World]:
    """``dsn`` gives the address for each role. ``serves``: intake has a socket, for ``World.open``.

    ``page``: settings that show in the page of the client.
    """
    told = clock or QuickClock(datetime(2026, 1, 15, 12, tzinfo=UTC))
    settings = VaultSettings(
        home=home,
        database_url=Secret(dsn("vault")),
        master_key=Secret("07" * 32),
        keyring=home / "keyring",
        intake_origin=ORIGIN,
        pow_bits=BITS,
        **page,
    )
    intake_settings = IntakeSettings(
        home=home,
        database_url=Secret(dsn("intake")),
        intake_origin=ORIGIN,
        intake_tick_ms=10,
        **page,
    )
    async with contextlib.AsyncExitStack() as stack:
        databases = {
            role: await stack.enter_async_context(Database.open(dsn(role), size=8 if role == "vault" else 4))
            for role in ("vault", "portal", "intake", "courier")
        }
        workers = Workers(stack.enter_context(ThreadPoolExecutor(2)), 2)
        vault = Vault(databases["vault"], settings, workers, told, CHANCE, noise)
        watchdog = await register(databases["portal"], told)
        fingerprint = await vault.begin()
        intake = await stack.enter_async_context(open_intake(intake_settings, told, CHANCE))
        world = World(told, settings, workers, vault, fingerprint, intake, databases, watchdog)
        if serves:
            await stack.enter_async_context(_listening(intake))
            world.url = await stack.enter_async_context(serving(intake))
        yield world


@contextlib.asynccontextmanager
async def _listening(intake: IntakeParts) -> AsyncGenerator[None]:
    async def listen(step: Callable[[], Awaitable[None]]) -> None:
        for _ in range(10**6):
            await step()

    listener = asyncio.create_task(listen(intake.beats[1].step))
    yield
    listener.cancel()
    await asyncio.gather(listener, return_exceptions=True)

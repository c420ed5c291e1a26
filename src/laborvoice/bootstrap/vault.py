"""What the vault process is made of. It holds every key that opens a ballot, and has no door but its metrics port."""

import hashlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from laborvoice import data, log
from laborvoice.anonymize.noise import Noise, OpenDpNoise
from laborvoice.bootstrap import Beat, vault_watch
from laborvoice.bootstrap.vault_keys import VaultKeys, offline
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto import suites
from laborvoice.domain import Value, questionnaire
from laborvoice.domain.period import Period
from laborvoice.domain.policy import POLICIES, Policy
from laborvoice.errors import BadSetting, ClockRefused
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.keyring.hold import Held
from laborvoice.keyring.hour import Hour, whole_hour
from laborvoice.keyring.journal import FileJournal
from laborvoice.metrics import Metric, Sample
from laborvoice.pipeline import burn, count, issue, mix, rotate, upkeep
from laborvoice.settings import VaultSettings
from laborvoice.store import schema
from laborvoice.store.ballot import period_state
from laborvoice.store.database import Database
from laborvoice.workers import Workers, processes

RING_SECONDS: Final = 0.25
"""The beat on which signatures are given out, and the one on which intake is rung, with work or without."""

BEATS: Final = 7
FREE_SECONDS: Final = 5.0
OLD_SECONDS: Final = 60.0
HOUR_SECONDS: Final = 3600.0
LANES: Final = 2
LAST_MIX: Final = "last-mix"
JUMP: Final = timedelta(hours=24)
SKEW: Final = timedelta(minutes=5)


class Vault:
    """The vault's steps in their order, with what each needs."""

    def __init__(
        self,
        database: Database,
        settings: VaultSettings,
        workers: Workers,
        clock: Clock,
        chance: Chance,
        noise: Callable[[Policy], Noise] = OpenDpNoise,
    ) -> None:
        suites.assert_available()
        origin = urlsplit(settings.intake_origin).netloc
        policy = POLICIES[settings.policy]
        self._database = database
        self._workers = workers
        self._clock = clock
        self._chance = chance
        self._keyring = DirectoryKeyring(settings.keyring, _master(settings), chance)
        self._last_mix = Hour(settings.keyring, LAST_MIX)
        self._last_upkeep = Hour(settings.keyring, "last-upkeep")
        self._offline = offline(settings.keyring)
        self._keys = VaultKeys(database, self._keyring, origin, Held(settings.keyring).periods, self._offline)
        self._mixer = mix.Mixer(database, workers, clock, chance)
        self._mix_seconds = settings.mix_seconds
        self._deployment = rotate.Deployment(
            origin=origin,
            kind=settings.period,
            policy=policy,
            pow_bits=settings.pow_bits,
            exit_url=settings.intake_exit_url,
            drafts=settings.intake_draft_languages == "on",
            audio=settings.intake_audio is not None,
            offline=self._offline,
        )
        self._means = count.Means(
            workers=workers,
            chance=chance,
            journal=FileJournal(settings.keyring),
            policy=policy,
            noise=noise(policy),
            code=code_hash(),
            questionnaire=questionnaire.load(data.questions()).questionnaire,
        )
        self._mixed: dict[int, datetime] = {}

    async def begin(self) -> bytes:
        """What is needed before a phone can come: keys, a manifest. The fingerprint that cards carry."""
        fingerprint = rotate.prepare(self._keyring, self._chance) if self._offline is None else self._offline.named
        await self.rotate()
        return fingerprint

    async def rotate(self) -> None:
        """Make what is missing at any time; destroy only what is past by a clock that may be believed.

        And what no envelope in the spool may need: by then each lane was mixed since the key was good.
        """
        now = self._clock.now()
        signed = await rotate.rotate(
            self._database, self._keyring, self._workers, self._chance, self._deployment, now.date()
        )
        if signed is not None:
            log.write(log.Event.ROTATED, key="manifest")
        if len(self._mixed) == LANES and await self._believed(now):
            await rotate.forget(self._database, self._keyring, min(now, *self._mixed.values()).date())
        await self._keys.refresh(now.date())

    async def issue(self) -> None:
        """Sign what is waiting."""
        answered = issue.BATCH
        while answered == issue.BATCH:
            answered = await issue.issue(self._database, self._workers, self._chance, self._keys.issuing)

    async def ring(self) -> None:
        """On a beat of its own: were it rung when the signing is done, its pace would tell of arrivals."""
        await issue.ring(self._database)

    async def mix(self) -> None:
        now = self._clock.now()
        last = max(self._mixed.values(), default=self._last_mix.read())
        full_hour = last is not None and whole_hour(last) != whole_hour(now)
        covers = int(self._chance.below(int(HOUR_SECONDS)) < self._mix_seconds)
        lane = await self._mixer.mix(self._keys.mixing, full_hour=full_hour, covers=covers)
        self._mixed[lane] = now
        if not self._jumped(now):
            self._last_mix.mark(now)
        log.write(log.Event.MIXED)

    async def close(self) -> None:
        """Close what is due, count what has been mixed since, burn what is counted.

        Raises ClockRefused where the clock may not be believed, until someone confirms it: it must not open a box
        before its time.
        """
        now = self._clock.now()
        if not await self._believed(now):
            raise ClockRefused
        await self._burn(now)
        for label in await count.close_due(self._database, now):
            log.write(log.Event.CLOSING, period=label)
        period = await count.ready(self._database)
        if period is not None:
            await self._count(period, now)
            await self._burn(now)
        await self._keys.refresh(now.date())

    async def _count(self, period: Period, now: datetime) -> None:
        roots = count.Roots(box=self._keys.box(period.label), next_box=self._keys.box(period.next().label))
        suppliers = await count.count(self._database, self._means, roots, period, now)
        if suppliers is not None:
            log.write(log.Event.COUNTED, period=period.label, suppliers=suppliers)

    async def _burn(self, now: datetime) -> None:
        """Before a count too: what a kill left burning does not wait for the next period to be counted."""
        burned = await burn.burn(self._database, self._keyring)
        for label in burned:
            log.write(log.Event.BURNED, period=label)
        if burned:
            await self._keys.refresh(now.date())
            self._workers.renew()

    async def upkeep(self) -> None:
        """The first vault to come by in a day does the night's work: it marks the hour before it begins."""
        now = self._clock.now()
        last = self._last_upkeep.read()
        self._last_upkeep.mark(now)
        await upkeep.reshuffle(self._database, self._chance, night=last is not None and last.date() != now.date())

    async def free_the_way(self) -> None:
        """End transactions that a neighbour keeps open, far beyond any honest step of its own."""
        await self._database.run("free the way", partial(period_state.end_old, seconds=OLD_SECONDS))

    async def served(self) -> bool:
        return await schema.served(self._database)

    async def watched(self) -> Mapping[Sample, int]:
        """What it takes a look at the database to say."""
        return await vault_watch.watched(self._database, self._keyring, self._clock.now())

    def samples(self) -> Mapping[Sample, int]:
        values: dict[Sample, int] = {(Metric.UP, ()): 1}
        if self._mixed:
            values[Metric.MIX_AGE, ()] = int((self._clock.now() - max(self._mixed.values())).total_seconds())
        return values

    async def _believed(self, now: datetime) -> bool:
        """Whether the clock has neither jumped since the last mix nor left PostgreSQL's. One that is told is obeyed."""
        if self._clock.told:
            return True
        database = await self._database.run("clock", period_state.now)
        return not self._jumped(now) and abs(now - database) <= SKEW

    def _jumped(self, now: datetime) -> bool:
        last = self._last_mix.read()
        return self._clock.told or (last is not None and abs(now - last) > JUMP)


class VaultParts(Value, frozen=True):
    """``fingerprint``: of the manifest key, as cards carry it."""

    vault: Vault
    fingerprint: bytes
    beats: tuple[Beat, ...]

    async def samples(self) -> Mapping[Sample, int]:
        """For the metrics port: nothing that moves with one envelope."""
        return {**self.vault.samples(), **await self.vault.watched()}

    async def ready(self) -> bool:
        return await self.vault.served()


@asynccontextmanager
async def open_vault(settings: VaultSettings, clock: Clock, chance: Chance) -> AsyncGenerator[VaultParts, None]:
    """Raises DatabaseUnavailable, BadSetting."""
    # A count holds a connection for each worker, for hours. Each beat has one besides: none waits for another's, and
    # what frees the way least of all.
    size = max(settings.db_pool, BEATS) + settings.vault_workers
    async with Database.open(settings.database_url.reveal(), size=size) as database:
        with processes(settings.vault_workers) as workers:
            vault = Vault(database, settings, workers, clock, chance)
            fingerprint = await vault.begin()
            yield VaultParts(vault=vault, fingerprint=fingerprint, beats=_beats(vault, settings.mix_seconds))


def _beats(vault: Vault, mix_seconds: float) -> tuple[Beat, ...]:
    return (
        Beat(name="issue", every=RING_SECONDS, step=vault.issue),
        Beat(name="ring", every=RING_SECONDS, step=vault.ring),
        Beat(name="mix", every=mix_seconds, step=vault.mix),
        Beat(name="rotate", every=mix_seconds, step=vault.rotate),
        Beat(name="close", every=mix_seconds, step=vault.close),
        Beat(name="free the way", every=FREE_SECONDS, step=vault.free_the_way),
        Beat(name="upkeep", every=HOUR_SECONDS, step=vault.upkeep),
    )


def last_mix(keyring: Path) -> datetime | None:
    """The hour of the last mix, by the keyring's directory; None where there was none, or it cannot be read."""
    return Hour(keyring, LAST_MIX).read()


async def clocks(settings: VaultSettings, clock: Clock) -> tuple[tuple[str, str], ...]:
    """The times that must agree before a box is closed: the vault's, PostgreSQL's, that of the last mix."""
    async with Database.open(settings.database_url.reveal(), size=1) as database:
        theirs = await database.run("clock", period_state.now)
    last = last_mix(settings.keyring)
    return (
        ("vault", clock.now().isoformat(timespec="minutes")),
        ("PostgreSQL", theirs.isoformat(timespec="minutes")),
        ("last mix", "never" if last is None else f"{last.isoformat(timespec='hours')} (hour)"),
    )


def confirm(settings: VaultSettings, clock: Clock) -> None:
    """The clock is right: the next close goes by it."""
    Hour(settings.keyring, LAST_MIX).mark(clock.now())


def code_hash() -> str:
    """Names the program that draws: SHA-256 over the rooms between a ballot and a release."""
    digest = hashlib.sha256()
    for file in sorted(files("laborvoice.anonymize").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py"):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _master(settings: VaultSettings) -> bytes:
    try:
        return bytes.fromhex(settings.master_key.reveal())
    except ValueError:
        raise BadSetting("LABORVOICE_MASTER_KEY is not 64 hexadecimal digits.") from None

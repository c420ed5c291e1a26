"""A deployment to measure: a private PostgreSQL on a real disk with durable commits, keys, and a few suppliers."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import asyncpg

from laborvoice import data
from laborvoice.bootstrap.vault_keys import VaultKeys
from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.crypto import signing, suites
from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import own_bytes
from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.manifest import PublicKey
from laborvoice.domain.party import HelpNumber, WatchdogKey
from laborvoice.domain.period import Period
from laborvoice.domain.policy import POLICIES
from laborvoice.domain.questionnaire import Bank, load
from laborvoice.domain.supplier import Profile
from laborvoice.embedded import DATABASE, SUPERUSER, Embedded
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.pipeline import admit, enrol, invite, rotate
from laborvoice.settings import Secret, VaultSettings
from laborvoice.store import migrations
from laborvoice.store.database import Database
from laborvoice.workers import processes

CHANCE: Final = SystemChance()
CLOCK: Final = SystemClock()
BANK: Final[Bank] = load(data.questions())
POLICY: Final = POLICIES["standard"]
HOST: Final = "voice.example"
ORIGIN: Final = f"https://{HOST}"
BITS: Final = 1
"""Work that the manifest asks for: the least. Checking it costs the same whatever it is."""
ENROLLED: Final = 1_000_000
COUNTRY: Final = "BD"
MASTER: Final = bytes(32)
PERIOD: Final = Period.at(CLOCK.now().date(), "quarter")
_IN_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_SYNCS: Final = 50


class Keys(Value, frozen=True):
    """What a worker's phone trusts, as bytes, and the private key that signs voices for its supplier."""

    supplier: str
    locator: str
    manifest: bytes
    part: bytes
    fingerprint: bytes
    token_key: bytes


class Station:
    """``admin``: the superuser's connection, for what no role of ours may do."""

    def __init__(self, server: Embedded, folder: Path, admin: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.folder = folder
        self._server = server
        self._admin = admin

    def dsn(self, role: str, database: str = DATABASE) -> str:
        return self._server.dsn(role if role == SUPERUSER else f"laborvoice_{role}", database)

    async def sql(self, *statements: str) -> Any:  # noqa: ANN401 - what the last one tells
        """Each statement by itself; the first value of the last."""
        for statement in statements[:-1]:
            await self._admin.execute(statement)
        return await self._admin.fetchval(statements[-1])

    async def rows(self, statement: str) -> "list[asyncpg.Record]":
        return list(await self._admin.fetch(statement))

    async def copy(self, table: str, columns: Sequence[str], records: Sequence[tuple[object, ...]]) -> None:
        schema, _, name = table.partition(".")
        await self._admin.copy_records_to_table(name, schema_name=schema, columns=columns, records=records)


def settings(one: Station) -> VaultSettings:
    """A vault's, beside what ``open_period`` made."""
    return VaultSettings(
        home=one.folder,
        database_url=Secret(one.dsn("vault")),
        master_key=Secret(MASTER.hex()),
        keyring=one.folder / "keyring",
        intake_origin=ORIGIN,
        pow_bits=BITS,
    )


@asynccontextmanager
async def station() -> AsyncGenerator[Station]:
    """Migrated, empty. Its settings are those of ``laborvoice up``."""
    folder = Path(tempfile.mkdtemp(prefix="lvb", dir=disk()))
    try:
        server = Embedded(folder, clock=CLOCK)
        await server.start()
        try:
            await migrations.upgrade(server.superuser_dsn)
            await server.grant_logins()
            admin = await asyncpg.connect(server.superuser_dsn)
            try:
                yield Station(server, folder, admin)
            finally:
                await admin.close()
        finally:
            await server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def disk() -> str:
    """A folder for temporary files that is not in memory: a commit there would cost nothing."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    for folder in (tempfile.gettempdir(), "/var/tmp"):  # noqa: S108 - mkdtemp makes the folder below
        holding = [mount for mount in mounts if Path(folder).is_relative_to(mount[1])]
        if max(holding, key=lambda mount: len(mount[1]))[2] not in _IN_MEMORY:
            return folder
    return str(Path(__file__).parent)


def commit_seconds(folder: Path) -> float:
    """What one write to disk takes here: half of what a durable commit is."""
    file = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT)
    began = perf_counter()
    for _ in range(_SYNCS):
        os.pwrite(file, bytes(8192), 0)
        os.fdatasync(file)
    taken = perf_counter() - began
    os.close(file)
    return taken / _SYNCS


class Box(Value, frozen=True):
    """A station with an open period: the vault's keys, and what phones of each supplier trust."""

    keys: VaultKeys
    phones: tuple[Keys, ...]


async def open_period(one: Station, suppliers: int) -> Box:
    """Suppliers with a campaign and their token keys, a signed manifest, the period open."""
    async with Database.open(one.dsn("portal"), size=2) as portal, Database.open(one.dsn("vault"), size=2) as vault:
        await _watchdog(portal)
        public = {str(key): key for key in [await _supplier(portal, number) for number in range(suppliers)]}
        await one.sql(f"UPDATE registry.campaign SET printed = {ENROLLED}, enrolled = {ENROLLED}")
        keyring = DirectoryKeyring(one.folder / "keyring", MASTER, CHANCE)
        fingerprint = rotate.prepare(keyring, CHANCE)
        deployment = rotate.Deployment(
            origin=HOST, kind="quarter", policy=POLICY, pow_bits=BITS, exit_url=ORIGIN, drafts=False
        )
        today = CLOCK.now().date()
        with processes(os.cpu_count() or 1) as workers:
            await rotate.rotate(vault, keyring, workers, CHANCE, deployment, today)
        keys = VaultKeys(vault, keyring, HOST)
        await keys.refresh(today)
        manifest = await one.sql("SELECT body FROM ballot.manifest ORDER BY seq DESC LIMIT 1")
        phones: list[Keys] = []
        for key_id, grant in keys.issuing.grants.items():
            locator = await one.sql(
                f"SELECT locator FROM registry.supplier WHERE public_id = '{public[grant.supplier].uuid}'"
            )
            part = await one.sql(f"SELECT body FROM ballot.part WHERE locator = '{locator}' ORDER BY seq DESC LIMIT 1")
            phones.append(
                Keys(
                    supplier=grant.supplier,
                    locator=locator,
                    manifest=manifest,
                    part=part,
                    fingerprint=fingerprint,
                    token_key=keyring.load(f"token/{key_id.hex()}").data,
                )
            )
    return Box(keys=keys, phones=tuple(phones))


async def _supplier(portal: Database, number: int) -> SupplierId:
    profile = Profile(
        name=f"Bench works {number}",
        address="Road 1",
        country=COUNTRY,
        kind="factory",
        isic=("1410",),
        workers_min=ENROLLED,
        workers_max=ENROLLED,
        synthetic=True,
    )
    supplier = await admit.supplier(portal, CLOCK, CHANCE, profile)
    wanted = invite.Wanted(supplier=supplier, periods=(PERIOD.label,), headcount=ENROLLED)
    await invite.campaign(portal, CLOCK, CHANCE, wanted)
    return supplier


async def _watchdog(portal: Database) -> None:
    party = await enrol.party(portal, CLOCK, CHANCE, ("watchdog", "Bench watchdog", COUNTRY))
    sign, pair = CHANCE.bytes(signing.SEED_SIZE), suites.key_pair(CHANCE.bytes(suites.ROOT_SIZE), suites.OURS)
    until = date(PERIOD.begin.year + 1, 12, 31)
    month = WatchdogKey(
        party=party,
        until=until,
        sign_key=signing.public_of(sign),
        keys=(PublicKey(suite=pair.suite, kid=b64(pair.kid), pk=b64(pair.public)),),
        own=signing.sign(sign, own_bytes(party, until.isoformat(), [(pair.kid, pair.public)])),
    )
    await enrol.watchdog_keys(portal, [month])
    await enrol.jurisdiction(portal, party, "all", duty=True)
    number = HelpNumber(
        country=COUNTRY,
        place=0,
        name="Help",
        number="1",
        hours="24 h",
        languages=("en",),
        checked_on=CLOCK.now().date(),
    )
    await enrol.help_numbers(portal, COUNTRY, [number])


async def settled(one: Station) -> None:
    """The server has written what it owes: no round pays for the one before it."""
    await one.sql("CHECKPOINT")
    await asyncio.sleep(0)

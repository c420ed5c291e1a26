"""A manifest with real keys in a real database, and envelopes of every kind."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.crypto import issuer, sealing, token, work
from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import encode_manifest, pack_parts, sign_manifest
from laborvoice.crypto.suites import KeyPair, key_pair
from laborvoice.domain.manifest import (
    BoxKeys,
    Mailbox,
    Manifest,
    MixKeys,
    Part,
    PartPeriod,
    Parts,
    PolicyShown,
    PublicKey,
)
from laborvoice.store.ballot import manifest, part
from laborvoice.store.database import Database

TODAY = date(2026, 11, 25)
PERIOD, CLOSE = "2026-Q4", date(2027, 1, 3)
ORIGIN = "voice.example"
SUPPLIER = "sup_4jfhky32628wfaybwzv7f5tadw"
LOCATOR = "4QX9TN"
BITS = 4
SPEED = 20
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "envelope.json").read_bytes())
OCTETS = (("content-type", "application/octet-stream"),)
CHANCE = SystemChance()


class QuickClock:
    """The day of the manifest; its seconds pass twenty times as fast."""

    told = False

    def __init__(self) -> None:
        self.day = TODAY
        self.ahead = 0.0

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return SystemClock().monotonic() * SPEED + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)


@dataclass
class Booth:
    """Keys of one supplier and period, and the manifest that shows their public halves."""

    vault: Database
    cluster: Any
    box: KeyPair
    mix: KeyPair
    signer: issuer.IssuerKey
    ports: list[int] = field(default_factory=list[int])

    def manifest(self, seq: int, root: bytes, size: int, begins: date) -> Manifest:
        return Manifest(
            v=1,
            origin=ORIGIN,
            seq=seq,
            prev="",
            not_before=begins.isoformat(),
            not_after=(begins + timedelta(days=14)).isoformat(),
            box=(BoxKeys(period=PERIOD, close=CLOSE.isoformat(), keys=(_public(self.box),)),),
            mix=(MixKeys(week="2026-W48", until="2026-12-07", keys=(_public(self.mix),)),),
            watchdogs=(),
            parts=Parts(count=2, size=size, root=b64(root)),
            pow_bits=BITS,
            mailbox=Mailbox(),
            policy=PolicyShown(name="standard", epsilon="2", delta="1e-4", k=10),
            files={},
        )

    async def publish(self, seq: int = 1, begins: date = TODAY) -> tuple[bytes, dict[str, bytes]]:
        """Stores manifest and parts as the vault does; their bytes."""
        spoken = PartPeriod(period=PERIOD, close=CLOSE.isoformat(), q="core", qv=1, spki=b64(self.signer.spki))
        texts = {LOCATOR: _part(LOCATOR, SUPPLIER, (spoken,)), "any": _part("any", "any", ())}
        root, files = pack_parts(seq, list(texts.values()))
        payload = msgspec.json.encode(self.manifest(seq, root, len(files[0]), begins)).decode()
        body = encode_manifest(sign_manifest(payload, (bytes(32),)))
        stored = manifest.Stored(seq=seq, not_before=begins, not_after=begins + timedelta(days=14), payload=payload)

        async def put(db: Any) -> None:
            assert await manifest.put(db, stored, body)
            await part.put(db, seq, list(texts), files)

        await self.vault.run("publish", put)
        return body, dict(zip(texts, files, strict=True))

    def token(self, *, supplier: str = SUPPLIER, signer: issuer.IssuerKey | None = None) -> bytes:
        by = signer or self.signer
        key = token.load_public(by.spki)
        challenge = token.challenge_digest(ORIGIN, supplier, PERIOD)
        signed = token.token_input(token.bind_nonce(CHANCE.bytes(32)), challenge, by.key_id)
        blinded = token.blind(key, signed, CHANCE.bytes(48), CHANCE.bytes(320))
        made = issuer.sign_blinded(by, blinded.message, CHANCE.bytes(issuer.BLINDING_SIZE))
        return signed + token.finalise(key, signed, made, blinded.inverse)

    def envelope(self, spoken: bytes | None = None, *, bits: int = BITS, box: KeyPair | None = None) -> bytes:
        """Distinct each time. Without ``spoken`` a concern; with ``bits`` 0 it carries no work but by luck."""
        filler = sealing.filler_token(CHANCE.bytes(sealing.FILLER_SIZE))
        parts = sealing.Parts(
            suite=1,
            box_kid=(box or self.box).kid,
            mix_kid=self.mix.kid,
            token=spoken or filler,
            ballot=CHANCE.bytes(2_416),
            parcel=CHANCE.bytes(6_414),
        )
        return sealing.assemble(parts, bits)

    def workless(self, spoken: bytes | None = None) -> bytes:
        """An envelope whose work is surely not done."""
        while True:
            made = self.envelope(spoken, bits=0)
            if made[20:28] != bytes(8) or not _worked(made):
                return made

    async def sql(self, statement: str, *args: Any) -> list[Any]:
        connection = await asyncpg.connect(self.cluster.superuser)
        try:
            return await connection.fetch(statement, *args)
        finally:
            await connection.close()

    async def appears(self, statement: str) -> list[Any]:
        """Asks until there is something."""
        while not (found := await self.sql(statement)):  # noqa: ASYNC110 - the row comes from another process
            await asyncio.sleep(0.01)
        return found

    async def spool(self) -> tuple[int, int]:
        """How many envelopes lie in the spool: voiced, voiceless. Read as the vault."""

        async def count(db: Any) -> tuple[int, int]:
            voiced = await db.values(bool, "SELECT voiced FROM ballot.spool")
            return sum(voiced), len(voiced) - sum(voiced)

        return await self.vault.run("test", count)


def _worked(raw: bytes) -> bool:
    return work.check(work.work_digest_envelope(raw), raw[20:28], BITS)


def _public(pair: KeyPair) -> PublicKey:
    return PublicKey(suite=1, kid=b64(pair.kid), pk=b64(pair.public))


def _part(locator: str, supplier: str, periods: tuple[PartPeriod, ...]) -> str:
    made = Part(
        v=1,
        locator=locator,
        supplier=supplier,
        name="Example Knitwear",
        country="BD",
        min_age=14,
        slots=2,
        periods=periods,
        watchdogs=(),
        help=(),
        enrolled=240,
    )
    return msgspec.json.encode(made).decode()


@pytest.fixture(scope="session")
def signers() -> tuple[issuer.IssuerKey, issuer.IssuerKey]:
    """One in the manifest, one that is not."""
    return issuer.load(bytes.fromhex(VECTORS["token"]["pkcs8"])), issuer.load(issuer.generate())


@pytest.fixture
def quick_clock() -> QuickClock:
    return QuickClock()


@asynccontextmanager
async def booth_in(cluster: Any, signer: issuer.IssuerKey) -> AsyncGenerator[Booth]:
    box, mix = (key_pair(bytes.fromhex(VECTORS["roots"][name]), 1) for name in ("box", "mix"))
    async with Database.open(cluster.dsn("vault"), size=4) as vault:
        made = Booth(vault, cluster, box, mix, signer)
        await made.sql("INSERT INTO ballot.period_state (period, kind, state) VALUES ($1, 'quarter', 'open')", PERIOD)
        yield made


@pytest.fixture
async def booth(database: Any, signers: tuple[issuer.IssuerKey, issuer.IssuerKey]) -> AsyncGenerator[Booth]:
    async with booth_in(database, signers[0]) as made:
        await made.publish()
        yield made


@pytest.fixture(name="booth_in")
def booth_elsewhere() -> Any:
    return booth_in

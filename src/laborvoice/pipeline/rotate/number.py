"""A new number of the manifest: what it says, its parts, its signature."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from laborvoice.crypto import merkle
from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import encode_manifest, pack_parts, payload_hash, sign_manifest
from laborvoice.crypto.suites import SUITES, key_pair
from laborvoice.domain import Value
from laborvoice.domain.manifest import (
    BoxKeys,
    Mailbox,
    Manifest,
    MixKeys,
    Parts,
    PolicyShown,
    PublicKey,
    WatchdogProof,
)
from laborvoice.domain.party import WatchdogKey
from laborvoice.domain.period import Period
from laborvoice.domain.policy import Policy
from laborvoice.pipeline.rotate import parts, week
from laborvoice.store.ballot import manifest, part
from laborvoice.store.database import Connection, Database
from laborvoice.workers import Workers

WINDOW: Final = timedelta(days=14)
RENEWED: Final = timedelta(days=7)
VERSION: Final = 1


class Content(Value, frozen=True):
    """What a manifest says beside its parts. ``boxes`` and ``mixes``: public keys by period and by week.

    ``files``: hashes of what phones load, by name.
    """

    origin: str
    policy: Policy
    pow_bits: int
    boxes: Mapping[str, tuple[PublicKey, ...]]
    mixes: Mapping[str, tuple[PublicKey, ...]]
    files: Mapping[str, str]


class Made(Value, frozen=True):
    """A number not yet signed, with the files of its parts by locator."""

    stored: manifest.Stored
    files: Mapping[str, bytes]


async def sign(
    database: Database, workers: Workers, content: Content, signers: Sequence[bytes], today: date
) -> int | None:
    """Signed and stored with its parts; None while the latest says the same and is not yet a week old.

    None too where another vault was first with this number: what it does not say has its turn in the next.
    """

    async def step(db: Connection) -> int | None:
        before = await manifest.latest(db)
        facts = await parts.read(db, tuple(content.boxes), today)
        made = await workers.run(make, content, facts, before, today)
        if made is None:
            return None
        stored = made.stored
        if not await manifest.put(db, stored, encode_manifest(sign_manifest(stored.payload, signers))):
            return None
        await part.put(db, stored.seq, tuple(made.files), tuple(made.files.values()))
        await part.drop_before(db, stored.seq - 1)
        return stored.seq

    return await database.run("manifest", step)


def make(content: Content, facts: parts.Facts, before: manifest.Stored | None, today: date) -> Made | None:
    """In a worker: to pack the parts of many suppliers takes long. None while ``before`` still holds."""
    by_locator = parts.texts(facts)
    texts = tuple(by_locator.values())
    draft = _draft(content, facts.keys, texts, today)
    if before is not None and today - before.not_before < RENEWED and _same(before, draft):
        return None
    stored, files = _numbered(before, draft, texts, today)
    return Made(stored=stored, files=dict(zip(by_locator, files, strict=True)))


def _numbered(
    before: manifest.Stored | None, draft: Manifest, texts: Sequence[str], today: date
) -> tuple[manifest.Stored, tuple[bytes, ...]]:
    seq = 1 if before is None else before.seq + 1
    _, files = pack_parts(seq, texts)
    final = msgspec.structs.replace(
        draft,
        seq=seq,
        prev="" if before is None else payload_hash(before.payload),
        parts=msgspec.structs.replace(draft.parts, size=len(files[0])),
    )
    payload = msgspec.json.encode(final).decode()
    return manifest.Stored(seq=seq, not_before=today, not_after=today + WINDOW, payload=payload), files


def _draft(content: Content, keys: Sequence[WatchdogKey], texts: Sequence[str], today: date) -> Manifest:
    """Everything but number, chain and the size of the parts."""
    root = merkle.root([text.encode() for text in texts])
    policy = content.policy
    return Manifest(
        v=VERSION,
        origin=content.origin,
        seq=0,
        prev="",
        not_before=today.isoformat(),
        not_after=(today + WINDOW).isoformat(),
        box=tuple(
            BoxKeys(period=label, close=Period.parse(label).close.isoformat(), keys=keys)
            for label, keys in content.boxes.items()
        ),
        mix=tuple(
            MixKeys(week=label, until=week.until(label).isoformat(), keys=keys) for label, keys in content.mixes.items()
        ),
        watchdogs=tuple(
            WatchdogProof(party=str(key.party), sign=b64(key.sign_key), kids=tuple(one.kid for one in key.keys))
            for key in keys
        ),
        parts=Parts(count=len(texts), size=0, root=b64(root)),
        pow_bits=content.pow_bits,
        mailbox=Mailbox(),
        policy=PolicyShown(name=policy.name, epsilon=f"{policy.eps:g}", delta=f"{policy.delta:.0e}", k=policy.k),
        files=dict(content.files),
    )


def public_keys(root: bytes) -> tuple[PublicKey, ...]:
    pairs = (key_pair(root, suite) for suite in SUITES)
    return tuple(PublicKey(suite=pair.suite, kid=b64(pair.kid), pk=b64(pair.public)) for pair in pairs)


def _same(before: manifest.Stored, draft: Manifest) -> bool:
    """Whether what is said has not changed: number, chain, dates and lengths aside."""
    old = msgspec.json.decode(before.payload, type=Manifest)
    return draft == msgspec.structs.replace(
        old,
        seq=0,
        prev="",
        not_before=draft.not_before,
        not_after=draft.not_after,
        parts=msgspec.structs.replace(old.parts, size=0),
    )

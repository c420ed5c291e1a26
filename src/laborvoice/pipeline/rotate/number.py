"""A new number of the manifest: what it says, its parts, its signature."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from laborvoice.crypto import merkle, numbered
from laborvoice.crypto.framing import b64
from laborvoice.crypto.mailbox import bits_for
from laborvoice.crypto.manifest import Signed, encode_manifest, pack_parts, payload_hash, sign_manifest, unpack_part
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
from laborvoice.store.ballot import mailbox, manifest, part
from laborvoice.store.database import Connection, Database
from laborvoice.workers import Workers

WINDOW: Final = timedelta(days=14)
RENEWED: Final = timedelta(days=7)
VERSION: Final = 1


class Content(Value, frozen=True):
    """What a manifest says beside its parts. ``boxes`` and ``mixes``: public keys by period and by week.

    ``files``: hashes of what phones load, by name. ``bits``: those that name a bucket of the mailbox.
    """

    origin: str
    policy: Policy
    pow_bits: int
    boxes: Mapping[str, tuple[PublicKey, ...]]
    mixes: Mapping[str, tuple[PublicKey, ...]]
    files: Mapping[str, str]
    bits: int = 0


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
        made = await _made(db, workers, content, today)
        if made is None:
            return None
        return await _put(db, made, sign_manifest(made.stored.payload, signers))

    return await database.run("manifest", step)


async def draft(database: Database, workers: Workers, content: Content, today: date) -> bytes | None:
    """As ``sign``, for a key that is elsewhere: what is to be signed there."""

    async def step(db: Connection) -> Made | None:
        return await _made(db, workers, content, today)

    made = await database.run("draft", step)
    if made is None:
        return None
    texts = tuple(unpack_part(one).part for one in made.files.values())
    return numbered.encode(numbered.Numbered(payload=made.stored.payload, parts=texts))


async def arrive(database: Database, one: numbered.Numbered, public: bytes) -> int | None:
    """Store a number that was signed elsewhere; None where there is one of this number, or it does not come next.

    Raises ManifestRefused, Malformed.
    """
    signed, said = numbered.verify(one, public), numbered.said(one)
    _, files = pack_parts(said.manifest.seq, one.parts)
    stored = manifest.Stored(
        seq=said.manifest.seq,
        not_before=date.fromisoformat(said.manifest.not_before),
        not_after=date.fromisoformat(said.manifest.not_after),
        payload=one.payload,
    )
    made = Made(stored=stored, files=dict(zip((part.locator for part in said.parts), files, strict=True)))

    async def step(db: Connection) -> int | None:
        before = await manifest.latest(db)
        seq, prev = (0, "") if before is None else (before.seq, payload_hash(before.payload))
        if (said.manifest.seq, said.manifest.prev) != (seq + 1, prev):
            return None
        return await _put(db, made, signed)

    return await database.run("manifest", step)


async def _made(db: Connection, workers: Workers, content: Content, today: date) -> Made | None:
    before = await manifest.latest(db)
    facts = await parts.read(db, tuple(content.boxes), today)
    now = msgspec.structs.replace(content, bits=bits_for(await mailbox.rows(db)))
    return await workers.run(make, now, facts, before, today)


async def _put(db: Connection, made: Made, signed: Signed) -> int | None:
    stored = made.stored
    if not await manifest.put(db, stored, encode_manifest(signed)):
        return None
    await part.put(db, stored.seq, tuple(made.files), tuple(made.files.values()))
    await part.drop_before(db, stored.seq - 1)
    return stored.seq


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
        mailbox=Mailbox(bits=content.bits),
        policy=PolicyShown(name=policy.name, epsilon=f"{policy.eps:g}", delta=f"{policy.delta:.0e}", k=policy.k),
        files=dict(content.files),
    )


def public_keys(root: bytes) -> tuple[PublicKey, ...]:
    pairs = (key_pair(root, suite) for suite in SUITES)
    return tuple(PublicKey(suite=pair.suite, kid=b64(pair.kid), pk=b64(pair.public)) for pair in pairs)


def _same(before: manifest.Stored, draft: Manifest) -> bool:
    """Whether what is said has not changed: number, chain, dates and lengths aside, and how full the mailbox is."""
    old = msgspec.json.decode(before.payload, type=Manifest)
    return draft == msgspec.structs.replace(
        old,
        seq=0,
        prev="",
        not_before=draft.not_before,
        not_after=draft.not_after,
        parts=msgspec.structs.replace(old.parts, size=0),
        mailbox=draft.mailbox,
    )

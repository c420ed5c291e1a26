"""Intake learns the public keys it judges by, from the manifests and parts it serves."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from laborvoice.crypto.framing import unb64
from laborvoice.crypto.manifest import unpack_part
from laborvoice.crypto.token import challenge_digest, token_key_id
from laborvoice.domain.envelope import Known, Voice
from laborvoice.domain.manifest import Manifest, Part, PublicKey
from laborvoice.store.ballot import manifest, part
from laborvoice.store.database import Connection, Database

AHEAD: Final = 64
"""Parts read at a time: few, since envelopes wait while they are parsed."""


async def learn(database: Database, before: Known, today: date) -> Known:
    """What is known with the manifests stored since ``before``; what is past is forgotten."""

    async def step(db: Connection) -> Known:
        known = before
        for stored in await manifest.after(db, before.seq):
            payload = msgspec.json.decode(stored.payload, type=Manifest)
            voices: dict[bytes, Voice] = {}
            async for one in part.of(db, stored.seq, ahead=AHEAD):
                voices |= _voices(payload.origin, one.body)
            known = _with(known, stored.seq, payload, voices)
        return known.without_past(today)

    return await database.run("learn", step)


def _with(known: Known, seq: int, payload: Manifest, voices: dict[bytes, Voice]) -> Known:
    boxes = {kid: date.fromisoformat(one.close) for one in payload.box for kid in _kids(one.keys)}
    mixes = {kid: date.fromisoformat(one.until) for one in payload.mix for kid in _kids(one.keys)}
    begins = date.fromisoformat(payload.not_before)
    return Known(
        seq=seq,
        boxes={**known.boxes, **boxes},
        mixes={**known.mixes, **mixes},
        voices={**known.voices, **voices},
        floors=(*known.floors, (begins, payload.pow_bits)),
        buckets=(*known.buckets, (begins, payload.mailbox.bits)),
    )


def _kids(keys: Sequence[PublicKey]) -> list[bytes]:
    return [unb64(key.kid) for key in keys]


def _voices(origin: str, body: bytes) -> dict[bytes, Voice]:
    found = msgspec.json.decode(unpack_part(body).part, type=Part)
    voices: dict[bytes, Voice] = {}
    for one in found.periods:
        spki = unb64(one.spki)
        voices[token_key_id(spki)] = Voice(
            period=one.period,
            close=date.fromisoformat(one.close),
            challenge=challenge_digest(origin, found.supplier, one.period),
            spki=spki,
        )
    return voices

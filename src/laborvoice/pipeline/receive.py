"""From the wire to the spool: judge a batch of envelopes, cast what is worth keeping (design, privacy 5)."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from laborvoice.crypto import token, work
from laborvoice.crypto.framing import parse_envelope, token_of
from laborvoice.domain import Value
from laborvoice.domain.envelope import Known
from laborvoice.errors import Malformed
from laborvoice.store.ballot import cast
from laborvoice.store.ballot.cast import Cast
from laborvoice.store.database import REFUSED, Connection, Database

KEYS_READY: Final = 4096
"""Public token keys kept parsed: parsing one costs as much as many verifications."""

_load = lru_cache(KEYS_READY)(token.load_public)


class Seat(Value, frozen=True):
    """An envelope and what was made of it by manifest ``seq``; ``row`` is None for what is not kept."""

    body: bytes
    seq: int
    row: Cast | None


def seat(body: bytes, known: Known, today: date, bits: int) -> Seat:
    """Judged as it comes: while the database works on a batch, the next one is made ready."""
    return Seat(body=body, seq=known.seq, row=judge(body, known, today, bits))


async def receive(database: Database, seats: Sequence[Seat], known: Known, today: date, bits: int) -> bool:
    """Cast a batch in one transaction, also where nothing of it is kept. Raises DatabaseUnavailable.

    False, and nothing is cast, if there is a manifest by now that is not ``known``: a phone may have used it already.
    Where the database refuses a row, each row has its own transaction and the refused one is dropped.
    """
    judged = (one.row if one.seq == known.seq else judge(one.body, known, today, bits) for one in seats)
    rows = [row for row in judged if row is not None]
    try:
        return await _cast(database, distinct(rows), known)
    except REFUSED:
        return all([await _cast_alone(database, row, known) for row in rows])


async def _cast(database: Database, rows: Sequence[Cast], known: Known) -> bool:
    async def step(db: Connection) -> bool:
        return await (cast.cast_in(db, rows, known.seq) if rows else cast.nothing(db, known.seq))

    return await database.run("receive", step)


async def _cast_alone(database: Database, row: Cast, known: Known) -> bool:
    try:
        return await _cast(database, (row,), known)
    except REFUSED:
        return True


def judge(raw: bytes, known: Known, today: date, bits: int) -> Cast | None:
    """None for what is not kept: a header, key or day that does not fit, or neither a good token nor enough work."""
    try:
        header = parse_envelope(raw)
    except Malformed:
        return None
    close, until = known.boxes.get(header.box_kid), known.mixes.get(header.mix_kid)
    if close is None or until is None or today >= close or today >= until:
        return None
    digest = work.work_digest_envelope(raw)
    worked = work.check(digest, header.work_nonce, bits)
    voice = _voice(token_of(raw), known, today)
    if voice is None and not worked:
        return None
    period, tag = voice or (None, None)
    return Cast(mix_kid=header.mix_kid, digest=digest, period=period, tag=tag, worked=worked, body=raw)


def _voice(raw: bytes, known: Known, today: date) -> tuple[str, bytes] | None:
    """Period and spent tag of a good token."""
    try:
        found = token.parse_token(raw)
    except Malformed:
        return None
    voice = known.voices.get(found.token_key_id)
    if voice is None or today >= voice.close or found.challenge_digest != voice.challenge:
        return None
    if not token.verify(found, _load(voice.spki)):
        return None
    return voice.period, token.spent_tag(found.token_key_id, found.nonce)


def distinct(rows: Iterable[Cast]) -> tuple[Cast, ...]:
    """Of equal envelopes the first; of equal tokens only the first is voiced, the others stay if they were worked."""
    digests: set[bytes] = set()
    tags: set[tuple[str | None, bytes]] = set()
    kept: list[Cast] = []
    for row in rows:
        if row.digest in digests:
            continue
        digests.add(row.digest)
        if row.tag is not None and (row.period, row.tag) in tags:
            if row.worked:
                kept.append(_voiceless(row))
            continue
        if row.tag is not None:
            tags.add((row.period, row.tag))
        kept.append(row)
    return tuple(kept)


def _voiceless(row: Cast) -> Cast:
    return Cast(mix_kid=row.mix_kid, digest=row.digest, period=None, tag=None, worked=row.worked, body=row.body)

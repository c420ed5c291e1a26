"""An envelope taken apart: a ballot that may count, and a parcel. Judged from the bytes alone, in worker processes."""

from collections.abc import Mapping
from typing import Final

from laborvoice.crypto.framing import Header, ballot_part, pack_ballot_row, parcel_part, parse_envelope, token_of
from laborvoice.crypto.opening import open_parcel
from laborvoice.crypto.sealing import DUMMY, Outer
from laborvoice.crypto.suites import SUITES, KeyPair, key_pair
from laborvoice.crypto.token import TokenKey, load_public, parse_token, spent_tag, verify
from laborvoice.domain import Value
from laborvoice.errors import Malformed, Undecryptable

KEY_ID: Final = slice(98, 130)
"""Where an envelope names its token key: the third field of the token, which begins at 32."""


class Voice(Value, frozen=True):
    """A token key's public half, and what a token signed with it is good for. ``challenge`` is its digest."""

    period: str
    supplier: str
    spki: bytes
    challenge: bytes


class Batch(Value, frozen=True):
    """What a worker gets: envelopes, which of them were cast with a voice, of the token keys those that they name."""

    mix_roots: tuple[bytes, ...]
    voices: Mapping[bytes, Voice]
    bodies: tuple[bytes, ...]
    voiced: tuple[bool, ...]


class Vote(Value, frozen=True):
    """A ballot whose token is good. Whether it is the first with this token, only the database can say."""

    period: str
    supplier: str
    tag: bytes
    row: bytes


class Parcel(Value, frozen=True):
    """A parcel one layer open: who may read it is known, what it says is not."""

    suite: int
    outer: Outer


class Halves(Value, frozen=True):
    """The two halves of one envelope; they meet again nowhere."""

    vote: Vote | None
    parcel: Parcel | None


def take_apart(batch: Batch) -> tuple[Halves, ...]:
    """What is malformed, forged or empty falls away without a word."""
    pairs = {pair.kid: pair for root in batch.mix_roots for pair in (key_pair(root, suite) for suite in SUITES)}
    known = {key_id: (voice, load_public(voice.spki)) for key_id, voice in batch.voices.items()}
    found = ((body, _header(body), voiced) for body, voiced in zip(batch.bodies, batch.voiced, strict=True))
    return tuple(
        Halves(vote=_vote(body, header, known) if voiced else None, parcel=_parcel(body, header, pairs))
        for body, header, voiced in found
        if header is not None
    )


def _header(body: bytes) -> Header | None:
    try:
        return parse_envelope(body)
    except Malformed:
        return None


def _vote(body: bytes, header: Header, known: Mapping[bytes, tuple[Voice, TokenKey]]) -> Vote | None:
    try:
        token = parse_token(token_of(body))
    except Malformed:
        return None
    if token.token_key_id not in known:
        return None
    voice, key = known[token.token_key_id]
    if token.challenge_digest != voice.challenge or not verify(token, key):
        return None
    return Vote(
        period=voice.period,
        supplier=voice.supplier,
        tag=spent_tag(token.token_key_id, token.nonce),
        row=pack_ballot_row(header.suite, token.nonce, ballot_part(body, header.suite)),
    )


def _parcel(body: bytes, header: Header, pairs: Mapping[bytes, KeyPair]) -> Parcel | None:
    pair = pairs.get(header.mix_kid)
    if pair is None or pair.suite != header.suite:
        return None
    try:
        outer = open_parcel(pair, parcel_part(body, header.suite))
    except (Malformed, Undecryptable):
        return None
    return None if outer.kind == DUMMY else Parcel(suite=header.suite, outer=outer)

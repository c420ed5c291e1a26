"""What phones send, made beforehand in all cores: sealed by the reference client, tokens signed as the vault would."""

import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import load_der_private_key
from station import BANK, BITS, CHANCE, CLOCK, HOST, Keys

from laborvoice.client.worker import trust
from laborvoice.client.worker.envelope import Voice, flagged, seal, write_report
from laborvoice.client.worker.trust import Trusted
from laborvoice.crypto import at_rest, sealing, suites, token
from laborvoice.crypto.framing import BALLOT_SECRET_SIZE, pack_ballot_row
from laborvoice.domain import Value

ASKED: Final = ("core", 1)
ADVERSE_IN: Final = 8
"""One answer in so many is adverse: about two conditions a ballot, as the design assumes."""
CHUNK: Final = 256
SHEETS: Final = 32
_PSS: Final = PSS(mgf=MGF1(SHA384()), salt_length=token.SALT_SIZE)
_UUID_BYTES: Final = 16

Row = tuple[bytes, str, UUID, bytes]
"""A row of the box: lot, period, id, blob."""


class Pile(Value, frozen=True):
    """Ballots of one supplier, as they lie in a box."""

    root: bytes
    supplier: str
    period: str
    count: int


@contextmanager
def makers() -> Generator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        yield pool


def envelopes(pool: ProcessPoolExecutor, phones: Sequence[Keys], count: int) -> Iterator[list[bytes]]:
    """Distinct ones, in chunks, the suppliers in turn."""
    chunks = [min(CHUNK, count - at) for at in range(0, count, CHUNK)]
    keys = [phones[place % len(phones)] for place in range(len(chunks))]
    yield from pool.map(_envelopes, keys, chunks)


def _envelopes(keys: Keys, count: int) -> list[bytes]:
    trusted = trusted_by(keys)
    signer = load_der_private_key(keys.token_key, None)
    if not isinstance(signer, RSAPrivateKey) or trusted.poll is None:
        raise TypeError("A token key is RSA, and its supplier has a poll.")
    challenge = token.challenge_digest(HOST, trusted.supplier, trusted.period)
    sheets = _sheets()
    made: list[bytes] = []
    for number in range(count):
        r = CHANCE.bytes(BALLOT_SECRET_SIZE)
        signed = token.token_input(token.bind_nonce(r), challenge, trusted.poll.key.key_id)
        voice = Voice(token=signed + signer.sign(signed, _PSS, SHA384()), r=r, report=sheets[number % SHEETS])
        made.append(seal(trusted, voice, None, BITS, CHANCE))
    return made


def trusted_by(keys: Keys) -> Trusted:
    """Checked as a phone checks it."""
    today = CLOCK.now().date()
    manifest = trust.read_manifest(keys.manifest, keys.fingerprint, HOST, today)
    part = trust.read_part(trust.read_part_file(keys.part, manifest), manifest, keys.locator)
    return trust.trusted(manifest, part, today)


def _sheets() -> list[bytes]:
    """A chunk's reports: drawing one takes longer than sealing it, so that each is sealed several times over."""
    return [report() for _ in range(SHEETS)]


def report() -> bytes:
    """All questions answered, at random."""
    asked = BANK.questionnaire(*ASKED)
    answers = {code: _answer(sorted(options), asked.adverse[code]) for code, options in asked.answers.items()}
    named = flagged(BANK, answers)
    return write_report(BANK, ASKED, answers, named[:3] if len(named) > 3 else None)


def _answer(options: Sequence[str], adverse: frozenset[str]) -> str:
    bad = CHANCE.below(ADVERSE_IN) == 0
    fitting = [option for option in options if (option in adverse) == bad]
    return fitting[CHANCE.below(len(fitting))]


def rows(pool: ProcessPoolExecutor, piles: Sequence[Pile]) -> Iterator[list[Row]]:
    """Sealed ballots as the mix leaves them; each its own secret and nonce."""
    yield from pool.map(_rows, piles)


def split(pile: Pile) -> list[Pile]:
    """In chunks, for all cores."""
    counts = [min(CHUNK, pile.count - at) for at in range(0, pile.count, CHUNK)]
    return [Pile(root=pile.root, supplier=pile.supplier, period=pile.period, count=count) for count in counts]


def _rows(pile: Pile) -> list[Row]:
    public = suites.key_pair(pile.root, suites.OURS).public
    lot, cipher = at_rest.lot(pile.root, pile.supplier, pile.period), at_rest.row_cipher(pile.root)
    sheets = _sheets()
    made: list[Row] = []
    for number in range(pile.count):
        r = CHANCE.bytes(BALLOT_SECRET_SIZE)
        part = sealing.seal_ballot(suites.OURS, public, pile.supplier, pile.period, r, sheets[number % SHEETS])
        plain = pack_ballot_row(suites.OURS, token.bind_nonce(r), part)
        blob = at_rest.rewrap(cipher, lot, plain, CHANCE.bytes(at_rest.NONCE_SIZE))
        made.append((lot, pile.period, UUID(bytes=CHANCE.bytes(_UUID_BYTES), version=4), blob))
    return made

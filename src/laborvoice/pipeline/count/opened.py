"""Box rows opened, judged and bounded; in worker processes. What leaves here is a contribution, never an answer."""

from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from laborvoice.anonymize import ledger, tally
from laborvoice.anonymize.bounding import bound
from laborvoice.anonymize.opening import open_report
from laborvoice.crypto import at_rest
from laborvoice.crypto.framing import SealedRow, sha256, unpack_row
from laborvoice.crypto.suites import SUITES, KeyPair, key_pair
from laborvoice.domain import Value
from laborvoice.domain.questionnaire import Questionnaire
from laborvoice.domain.report import Contribution, Reject, Tally
from laborvoice.errors import Malformed, Undecryptable

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(tuple[Contribution, ...])


class Batch(Value, frozen=True):
    """Box rows under the name of one lot. ``questionnaire``: None where its supplier had no token key this time."""

    root: bytes
    supplier: str
    period: str
    questionnaire: Questionnaire | None
    rows: tuple[bytes, ...]


class Opened(Value, frozen=True):
    """What the valid rows of a batch move, no token and no carried row among them twice.

    ``keys``: by what each is known in other batches; ``packed``: each one's contribution, which are seldom asked for.
    """

    keys: tuple[bytes, ...]
    tally: Tally
    packed: bytes

    def each(self) -> tuple[Contribution, ...]:
        return _DECODER.decode(self.packed)

    def without(self, known: AbstractSet[bytes]) -> "Opened":
        return _summed({key: one for key, one in zip(self.keys, self.each(), strict=True) if key not in known})


def opened(batch: Batch) -> Opened:
    """The others are counted nowhere: not what was put here from another lot, or altered, and no invalid ballot."""
    cipher = at_rest.row_cipher(batch.root)
    name = at_rest.lot(batch.root, batch.supplier, batch.period)
    pairs = {suite: key_pair(batch.root, suite) for suite in SUITES}
    found: dict[bytes, Contribution] = {}
    for blob in batch.rows:
        try:
            row = unpack_row(at_rest.unwrap(cipher, name, blob))
        except (Undecryptable, Malformed):
            continue
        if not isinstance(row, SealedRow):
            found.setdefault(sha256(blob), ledger.unpack(row))
        elif batch.questionnaire is not None:
            one = _judged(pairs, batch, row, batch.questionnaire)
            if isinstance(one, Contribution):
                found.setdefault(row.nonce, one)
    return _summed(found)


def _judged(
    pairs: dict[int, KeyPair], batch: Batch, row: SealedRow, questionnaire: Questionnaire
) -> Contribution | Reject:
    report = open_report(pairs[row.suite], batch.supplier, batch.period, row.nonce, row.ballot_part)
    return report if isinstance(report, Reject) else bound(report, questionnaire)


def _summed(found: dict[bytes, Contribution]) -> Opened:
    each = tuple(found.values())
    return Opened(keys=tuple(found), tally=tally.total(each), packed=_ENCODER.encode(each))

"""Ballots opened, judged and bounded; in worker processes. What leaves here is a contribution, never an answer."""

from laborvoice.anonymize.bounding import bound
from laborvoice.anonymize.opening import open_report
from laborvoice.crypto.framing import SealedRow
from laborvoice.crypto.suites import SUITES, key_pair
from laborvoice.domain import Value
from laborvoice.domain.questionnaire import Questionnaire
from laborvoice.domain.report import Contribution, Reject


class Batch(Value, frozen=True):
    """Sealed ballots of one supplier and period, no token among them twice."""

    root: bytes
    supplier: str
    period: str
    questionnaire: Questionnaire
    rows: tuple[SealedRow, ...]


def opened(batch: Batch) -> tuple[Contribution, ...]:
    """What each valid ballot may move. The others are counted nowhere."""
    pairs = {suite: key_pair(batch.root, suite) for suite in SUITES}
    found: list[Contribution] = []
    for row in batch.rows:
        report = open_report(pairs[row.suite], batch.supplier, batch.period, row.nonce, row.ballot_part)
        one = report if isinstance(report, Reject) else bound(report, batch.questionnaire)
        if isinstance(one, Contribution):
            found.append(one)
    return tuple(found)

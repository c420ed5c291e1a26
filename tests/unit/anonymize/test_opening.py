from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.anonymize import opening
from laborvoice.crypto.framing import REPORT_MAX
from laborvoice.crypto.sealing import seal_ballot, seal_no_ballot
from laborvoice.crypto.suites import KeyPair, key_pair
from laborvoice.crypto.token import bind_nonce
from laborvoice.domain.questionnaire import REPORT_BYTES
from laborvoice.domain.report import Reject, Report

Vectors = dict[str, Any]

GOOD = b'{"v":1,"q":"core","qv":1,"a":{"payslip":"no"},"g":[]}'
R = bytes(range(32))


def sealed(pair: KeyPair, report: bytes, r: bytes = R) -> bytes:
    return seal_ballot(pair.suite, pair.public, "sup_x", "2026-Q4", r, report)


def opened(pair: KeyPair, part: bytes, **other: Any) -> Report | Reject:
    context: dict[str, Any] = {"supplier": "sup_x", "period": "2026-Q4", "token_nonce": bind_nonce(R)}
    return opening.open_report(pair, part=part, **(context | other))


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return key_pair(bytes(32), 2)


@pytest.mark.parametrize("place", [0, 1])
def test_the_vectors_open(vectors: Vectors, place: int) -> None:
    envelope = vectors["envelopes"][place]
    sizes = envelope["sizes"]
    raw = bytes.fromhex(envelope["envelope"])
    part = raw[sizes["ballot_at"] : sizes["ballot_at"] + sizes["ballot"]]
    nonce = bytes.fromhex(vectors["bind"]["nonce"])
    keys = key_pair(bytes.fromhex(vectors["roots"]["box"]), envelope["suite"])
    report = opening.open_report(keys, vectors["supplier"], vectors["period"], nonce, part)
    assert report == msgspec.convert(vectors["report"], Report)


@pytest.mark.parametrize("suite", [1, 2])
def test_a_ballot_opens_for_nothing_else(suite: int) -> None:
    pair = key_pair(bytes(32), suite)
    part = sealed(pair, GOOD)
    assert isinstance(opened(pair, part), Report)
    assert opened(pair, part, supplier="sup_y") is Reject.UNOPENED
    assert opened(pair, part, period="2027-Q1") is Reject.UNOPENED
    assert opened(key_pair(bytes([1]) * 32, suite), part) is Reject.UNOPENED
    assert opened(pair, part[:-1] + bytes([part[-1] ^ 1])) is Reject.UNOPENED


def test_a_ballot_under_another_token_is_dropped(pair: KeyPair) -> None:
    assert opened(pair, sealed(pair, GOOD), token_nonce=bind_nonce(bytes(32))) is Reject.UNBOUND
    assert opened(pair, sealed(pair, GOOD, bytes(32))) is Reject.UNBOUND


def test_where_no_one_voted_there_is_no_report(pair: KeyPair) -> None:
    part = seal_no_ballot(pair.suite, pair.public, "2026-Q4")
    assert opened(pair, part, supplier="any") is Reject.UNOPENED


@pytest.mark.parametrize("part", [b"", b"\0", bytes(1328), bytes(2416), b"\xff" * 9216])
def test_any_bytes_are_dropped(pair: KeyPair, part: bytes) -> None:
    assert opened(pair, part) is Reject.UNOPENED


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"null",
        b"[]",
        b'{"v":1.0,"q":"core","qv":1,"a":{}}',
        b'{"v":true,"q":"core","qv":1,"a":{}}',
        b'{"v":1,"q":"core","qv":NaN,"a":{}}',
        b'{"v":1,"q":"core","qv":1e0,"a":{}}',
        b'{"v":1,"q":"core","qv":"1","a":{}}',
        b'{"v":1,"q":"core","qv":1,"a":{"payslip":1}}',
        b'{"v":1,"q":"core","qv":1,"a":{},"t":"free text"}',
        b'{"v":1,"q":"core","qv":1,"a":{},"ch":null}',
        b'{"v":1,"q":"core","qv":1,"a":{},"ch":"web"}',
        b'{"v":1,"q":"core","qv":1,"a":{},"g":["a","b","c","d"]}',
        b'{"v":1,"q":"' + b"q" * 33 + b'","qv":1,"a":{}}',
        b'{"v":1,"q":"\xff","qv":1,"a":{}}',
        b'{"v":1,"q":"\\ud800","qv":1,"a":{}}',
        b'{"v":1,"q":"core","qv":1,"a":{' + b",".join(b'"%d":""' % n for n in range(65)) + b"}}",
        b'{"x":' + b"[" * 1200,
        GOOD + b" " * REPORT_MAX,
    ],
)
def test_what_is_no_report_is_unreadable(report: bytes) -> None:
    assert opening.read(report) is Reject.UNREADABLE


def test_the_room_for_a_report_is_one_number() -> None:
    assert REPORT_BYTES == REPORT_MAX
    assert isinstance(opening.read(GOOD + b" " * (REPORT_MAX - len(GOOD))), Report)


def test_of_duplicate_keys_the_last_stands() -> None:
    report = opening.read(b'{"v":1,"q":"core","qv":2,"qv":1,"a":{"payslip":"yes","payslip":"no"}}')
    assert isinstance(report, Report)
    assert (report.qv, report.a) == (1, {"payslip": "no"})


@given(st.binary(max_size=1300))
def test_reading_never_fails(report: bytes) -> None:
    assert isinstance(opening.read(report), Report | Reject)

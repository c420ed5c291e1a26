from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import exchange, work
from laborvoice.crypto.framing import hkdf
from laborvoice.errors import Malformed

h = bytes.fromhex
WANT = exchange.Want(token_key_id=b"\x01" * 32, blinded=b"\x02" * 256)
CODE = "7K3M9PQRT2V4W6X8YZ0A"


def test_the_request_of_the_design(vectors: dict[str, Any]) -> None:
    raw = h(vectors["exchange"]["request"])
    request = exchange.parse_request(raw)
    assert len(raw) == exchange.REQUEST_SIZE
    assert request.code == vectors["invite"]["code"]
    assert [one.token_key_id for one in request.wants] == [h(vectors["token"]["token_key_id"])]
    assert exchange.request_hash(raw) == h(vectors["exchange"]["request_hash"])
    assert exchange.code_hash(request.code) == h(vectors["invite"]["code_hash"])
    start = int.from_bytes(request.work_nonce, "big")
    assert exchange.build_request(request.code, request.wants, vectors["pow_bits"], start) == raw


def test_the_answers_of_the_design(vectors: dict[str, Any]) -> None:
    hashed, raw = h(vectors["exchange"]["request_hash"]), h(vectors["exchange"]["answer"])
    answer = exchange.parse_answer(raw)
    assert answer.outcome == exchange.SIGNED
    assert exchange.answer_signed(hashed, answer.signatures) == raw
    refused = h(vectors["exchange"]["answer_unknown"])
    assert exchange.answer_refused(hashed, exchange.REFUSED) == refused
    assert exchange.parse_answer(refused) == exchange.ExchangeAnswer(outcome=exchange.REFUSED, signatures=())


def test_filler_stands_in_every_place_without_a_signature() -> None:
    raw = exchange.answer_signed(b"\x07" * 32, [b"\x08" * 256] * 3)
    assert len(raw) == exchange.ANSWER_SIZE
    assert raw[:16] == b"\x00\x03" + bytes(14)
    assert raw[16 : 16 + 3 * 256] == b"\x08" * 768
    assert raw[16 + 3 * 256 : 16 + 4 * 256] == hkdf(b"\x07" * 32, "filler", b"\x03", size=256)
    used = exchange.answer_refused(b"\x07" * 32, exchange.USED)
    assert used[:16] == b"\x01" + bytes(15)
    assert used[16 + 3 * 256 :] == raw[16 + 3 * 256 :]


@pytest.mark.parametrize("count", [1, 8])
def test_a_request_comes_back_with_its_work_done(count: int) -> None:
    raw = exchange.build_request(CODE, [WANT] * count, bits=6)
    request = exchange.parse_request(raw)
    assert request.code == CODE
    assert request.wants == (WANT,) * count
    assert work.check(work.work_digest_exchange(raw), request.work_nonce, 6)


@pytest.mark.parametrize(
    ("code", "wants"),
    [(CODE, []), (CODE, [WANT] * 9), (CODE + "A", [WANT]), ("7K3M9PQRT2 4W6X8YZ0A", [WANT])],
)
def test_a_request_that_has_no_form_is_not_built(code: str, wants: list[exchange.Want]) -> None:
    with pytest.raises(Malformed):
        exchange.build_request(code, wants, bits=0)


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, 2), (1, 0), (1, 9), (2, 1), (3, 1), (12, 0xE9), (12, 0), (32, 1), (63, 1), (352, 1), (2_367, 1)],
)
def test_a_wrong_byte_of_a_request_is_refused(vectors: dict[str, Any], at: int, value: int) -> None:
    raw = bytearray(h(vectors["exchange"]["request"]))
    raw[at] = value
    with pytest.raises(Malformed):
        exchange.parse_request(bytes(raw))


def test_intake_takes_the_code_out(vectors: dict[str, Any]) -> None:
    raw = h(vectors["exchange"]["request"])
    bare = exchange.without_code(raw)
    assert vectors["invite"]["code"].encode() not in bare
    request = exchange.parse_request(bare)
    assert request.code == ""
    assert request.wants == exchange.parse_request(raw).wants


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_are_a_request_an_answer_or_malformed(head: bytes) -> None:
    for parse, size in ((exchange.parse_request, 2_368), (exchange.parse_answer, 2_064)):
        for raw in (head, head.ljust(size, b"\0")):
            try:
                parse(raw)
            except Malformed:
                continue


@pytest.mark.parametrize(("at", "value"), [(0, 3), (0, 1), (1, 0), (1, 9), (2, 1), (15, 1)])
def test_a_wrong_byte_of_an_answer_is_refused(vectors: dict[str, Any], at: int, value: int) -> None:
    raw = bytearray(h(vectors["exchange"]["answer"]))
    raw[at] = value
    with pytest.raises(Malformed):
        exchange.parse_answer(bytes(raw))

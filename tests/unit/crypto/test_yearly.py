"""What a key file seals opens with its code alone, unchanged, and with nothing else."""

import json

import pytest

from laborvoice.crypto import yearly
from laborvoice.errors import Malformed, Undecryptable

CODE = "1234567890123456789012345627"
ROOTS = tuple(bytes([number]) * 32 for number in range(1, 13))
SEED = b"\x77" * 32
LOCK = yearly.Lock(salt=bytes(range(16)), nonce=bytes(range(12)))
BOUND = yearly.canonical({"v": 1, "party": "par_x", "months": [{"until": "2026-12-31", "own": "é"}]})


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return yearly.seal(CODE, LOCK, BOUND, ROOTS, SEED)


def test_it_is_416_bytes_and_their_tag(sealed: bytes) -> None:
    assert (len(sealed), yearly.PLAIN_SIZE, yearly.ROUNDS) == (432, 416, 600_000)
    assert yearly.unseal(CODE, LOCK, BOUND, sealed) == (ROOTS, SEED)


def test_names_are_sorted_at_every_depth_without_a_blank() -> None:
    assert BOUND.decode() == '{"months":[{"own":"é","until":"2026-12-31"}],"party":"par_x","v":1}'
    assert yearly.canonical(json.loads(BOUND)) == BOUND


@pytest.mark.parametrize("wrong", ["code", "bound", "bytes"])
def test_another_code_or_a_change_opens_nothing(sealed: bytes, wrong: str) -> None:
    code = CODE[::-1] if wrong == "code" else CODE
    bound = BOUND.replace(b"par_x", b"par_y") if wrong == "bound" else BOUND
    changed = bytes((sealed[0] ^ 1, *sealed[1:])) if wrong == "bytes" else sealed
    with pytest.raises(Undecryptable, match="code"):
        yearly.unseal(code, LOCK, bound, changed)


@pytest.mark.parametrize(
    ("lock", "cut"),
    [
        (LOCK, 1),
        (yearly.Lock(salt=LOCK.salt[1:], nonce=LOCK.nonce), 0),
        (yearly.Lock(salt=LOCK.salt, nonce=LOCK.nonce + b"\0"), 0),
    ],
)
def test_pieces_of_another_length_are_not_tried(sealed: bytes, lock: yearly.Lock, cut: int) -> None:
    with pytest.raises(Malformed):
        yearly.unseal(CODE, lock, BOUND, sealed[: len(sealed) - cut])


@pytest.mark.parametrize(("roots", "seed"), [(ROOTS[1:], SEED), (ROOTS, SEED[1:]), ((*ROOTS[1:], b""), SEED)])
def test_only_a_whole_year_is_sealed(roots: tuple[bytes, ...], seed: bytes) -> None:
    with pytest.raises(Malformed):
        yearly.seal(CODE, LOCK, BOUND, roots, seed)

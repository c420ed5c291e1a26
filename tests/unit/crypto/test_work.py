from typing import Any

from laborvoice.crypto import work
from laborvoice.crypto.framing import sha256

h = bytes.fromhex


def test_the_work_of_the_design_counts(vectors: dict[str, Any]) -> None:
    for envelope in vectors["envelopes"]:
        raw = h(envelope["envelope"])
        digest = work.work_digest_envelope(raw)
        assert digest == h(envelope["envelope_digest"])
        assert work.check(digest, raw[20:28], vectors["pow_bits"])
        assert work.find(digest, vectors["pow_bits"], int.from_bytes(raw[20:28], "big") - 3) == raw[20:28]
    request = h(vectors["exchange"]["request"])
    assert work.check(work.work_digest_exchange(request), request[4:12], vectors["pow_bits"])


def test_the_digest_leaves_out_the_nonce_alone(vectors: dict[str, Any]) -> None:
    request = bytearray(h(vectors["exchange"]["request"]))
    before = work.work_digest_exchange(bytes(request))
    request[4:12] = b"\xff" * 8
    assert work.work_digest_exchange(bytes(request)) == before
    request[12] ^= 1
    assert work.work_digest_exchange(bytes(request)) != before


def test_what_is_found_has_so_many_zero_bits() -> None:
    digest = sha256(b"anything")
    nonce = work.find(digest, 9, start=100)
    hashed = sha256(b"lv1/pow" + nonce + digest)
    assert int.from_bytes(hashed, "big") >> (256 - 9) == 0
    assert int.from_bytes(nonce, "big") >= 100
    assert work.check(digest, nonce, 9)
    assert work.check(digest, bytes(8), 0)
    assert not work.check(digest, nonce, 256)

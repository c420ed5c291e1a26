import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import framing, manifest, merkle, signing
from laborvoice.errors import Malformed, ManifestRefused

h = bytes.fromhex
Noise = Callable[[str, int], bytes]
SEED = b"\x01" * 32
CARD = manifest.fingerprint(signing.public_of(SEED))


def test_the_manifest_of_the_design_verifies(vectors: dict[str, Any]) -> None:
    values = vectors["manifest"]
    seed = h(vectors["roots"]["manifest"])
    assert signing.public_of(seed) == h(values["key"])
    assert manifest.fingerprint(h(values["key"])) == h(values["fingerprint"])
    signed = manifest.sign_manifest(values["payload_utf8"], [seed])
    assert framing.unb64(signed.sigs[0].sig) == h(values["sig"])
    raw = manifest.encode_manifest(signed)
    assert manifest.decode_manifest(raw) == signed
    assert manifest.verify_manifest(signed, h(values["fingerprint"])) == values["payload_utf8"]


def test_the_part_of_the_design_is_proven(vectors: dict[str, Any]) -> None:
    payload = json.loads(vectors["manifest"]["payload_utf8"])
    part = vectors["part"]
    file = manifest.unpack_part(h(part["file"]))
    assert (file.part, file.index, file.proof) == (part["text_utf8"], part["index"], part["proof"])
    root, count = framing.unb64(payload["parts"]["root"]), payload["parts"]["count"]
    assert len(h(part["file"])) == payload["parts"]["size"]
    assert manifest.verify_part(file, payload["seq"], root, count) == part["text_utf8"]
    for dog in json.loads(part["text_utf8"])["watchdogs"]:
        listed = next(one for one in payload["watchdogs"] if one["party"] == dog["party"])
        keys = [(framing.unb64(one["kid"]), framing.unb64(one["pk"])) for one in dog["keys"]]
        message = manifest.own_bytes(dog["party"], dog["until"], keys)
        assert signing.verify(framing.unb64(listed["sign"]), message, framing.unb64(dog["own"]))
        assert not signing.verify(framing.unb64(listed["sign"]), message + b"x", framing.unb64(dog["own"]))


def test_two_signatures_while_the_key_of_the_cards_is_replaced() -> None:
    signed = manifest.sign_manifest("{}", [SEED, b"\x02" * 32])
    assert manifest.verify_manifest(signed, CARD) == "{}"
    assert manifest.verify_manifest(signed, manifest.fingerprint(signing.public_of(b"\x02" * 32))) == "{}"


def test_a_manifest_by_another_key_or_altered_is_refused() -> None:
    signed = manifest.sign_manifest("{}", [SEED])
    altered = manifest.Signed(payload='{"a":1}', sigs=signed.sigs)
    for one, card in ((signed, bytes(16)), (altered, CARD), (manifest.Signed(payload="{}", sigs=()), CARD)):
        with pytest.raises(ManifestRefused):
            manifest.verify_manifest(one, card)


def test_the_chain_names_the_hash_of_the_one_before() -> None:
    assert framing.unb64(manifest.payload_hash("{}")) == framing.sha256(b"{}")


@pytest.mark.parametrize(
    "text",
    [b"", b"{}", b"[1]", b'{"payload":1,"sigs":[]}', b'{"payload":"","sigs":[],"more":1}', b'{"payload":"\xff"}'],
)
def test_what_is_no_manifest_is_malformed(text: bytes) -> None:
    with pytest.raises(Malformed):
        manifest.parse_manifest(text)


def test_what_does_not_inflate_is_malformed() -> None:
    good = manifest.encode_manifest(manifest.sign_manifest("{}", [SEED]))
    bomb = zlib.compress(bytes(manifest.INFLATED_MAX + 1), 9, manifest.GZIP)
    for bad in (b"", good[:-1], good + b"x", bomb, b"not gzip at all"):
        with pytest.raises(Malformed):
            manifest.decode_manifest(bad)


def test_all_files_are_equally_long_and_prove_their_parts(noise: Noise) -> None:
    for largest in (10, 5_000):
        parts = ["any", *(framing.b64(noise(f"part {number}", largest)) for number in range(4))]
        root, files = manifest.pack_parts(7, parts)
        assert {len(one) for one in files} == {4_096 if largest == 10 else 6_144}
        for index, raw in enumerate(files):
            file = manifest.unpack_part(raw)
            assert manifest.verify_part(file, 7, root, len(parts)) == parts[index]
            with pytest.raises(ManifestRefused):
                manifest.verify_part(file, 8, root, len(parts))
            with pytest.raises(ManifestRefused):
                manifest.verify_part(file, 7, bytes(32), len(parts))


def test_no_parts_have_a_root_all_the_same() -> None:
    assert manifest.pack_parts(1, []) == (framing.sha256(b""), ())


@pytest.mark.parametrize(
    ("largest", "size"), [(0, 4_096), (4_094, 4_096), (4_095, 5_120), (5_118, 5_120), (5_119, 6_144)]
)
def test_the_size_of_a_part(largest: int, size: int) -> None:
    assert manifest.part_size(largest) == size


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_a_part_or_malformed(data: bytes) -> None:
    packed = framing.pad(zlib.compress(data, 9, manifest.GZIP), 4_096)
    for raw in (data, packed):
        with pytest.raises(Malformed):
            manifest.unpack_part(raw)


@given(st.integers(1, 40), st.data())
@settings(deadline=None)
def test_each_leaf_is_proven_in_its_place_alone(count: int, data: st.DataObject) -> None:
    leaves = [bytes((number,)) for number in range(count)]
    tree = merkle.levels(leaves)
    index = data.draw(st.integers(0, count - 1))
    nodes = merkle.proof(tree, index)
    root = merkle.root(leaves)
    assert merkle.verify(root, leaves[index], index, count, nodes)
    assert not merkle.verify(root, b"other", index, count, nodes)
    other = data.draw(st.integers(0, count - 1))
    assert merkle.verify(root, leaves[index], other, count, nodes) == (other == index)
    assert not merkle.verify(root, leaves[index], index, count, (*nodes, bytes(32)))
    if nodes:
        assert not merkle.verify(root, leaves[index], index, count, nodes[:-1])
        assert not merkle.verify(root, leaves[index], index, count, (nodes[0] + b"x", *nodes[1:]))
    for outside in (-1, count):
        assert not merkle.verify(root, leaves[index], outside, count, nodes)


def test_the_tree_is_the_one_of_rfc_9162() -> None:
    """The worked tree of section 2.1.5: seven leaves."""
    d = [bytes((number,)) for number in range(7)]
    a, b, c, e, f, g, j = (merkle.leaf_hash(one) for one in d)

    def node(left: bytes, right: bytes) -> bytes:
        return framing.sha256(b"\x01" + left + right)

    left, right = node(node(a, b), node(c, e)), node(node(f, g), j)
    assert merkle.root(d) == node(left, right)
    tree = merkle.levels(d)
    assert merkle.proof(tree, 0) == (b, node(c, e), right)
    assert merkle.proof(tree, 3) == (c, node(a, b), right)
    assert merkle.proof(tree, 4) == (g, j, left)
    assert merkle.proof(tree, 6) == (node(f, g), left)


def test_signatures() -> None:
    """RFC 8032 section 7.1, second test."""
    seed = h("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = h("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = signing.sign(seed, h("72"))
    assert signing.public_of(seed) == public
    assert signature.hex().startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da")
    assert signing.verify(public, h("72"), signature)
    assert not signing.verify(public, h("73"), signature)
    assert not signing.verify(public, h("72"), b"")
    assert not signing.verify(b"", h("72"), signature)
    assert not signing.verify(b"\xff" * 32, h("72"), signature)
    with pytest.raises(Malformed):
        signing.sign(b"", b"")

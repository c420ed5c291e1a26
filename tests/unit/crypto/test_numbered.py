"""A draft proves its parts and follows from the one before, or is not signed."""

import msgspec
import pytest

from laborvoice.crypto import numbered, signing
from laborvoice.crypto.manifest import payload_hash
from laborvoice.errors import Malformed, ManifestRefused
from support.drafted import PART, draft

SEED = b"\x07" * 32


def test_signed_and_verified() -> None:
    one = numbered.decode(numbered.encode(numbered.sign(draft(), (SEED,))))
    assert numbered.verify(one, signing.public_of(SEED)).payload == draft().payload
    assert numbered.said(one).parts == (PART,)
    with pytest.raises(ManifestRefused):
        numbered.verify(one, signing.public_of(b"\x08" * 32))
    with pytest.raises(ManifestRefused):
        numbered.verify(draft(), signing.public_of(SEED))


def test_other_parts_than_those_it_names_are_refused() -> None:
    other = msgspec.json.encode(msgspec.structs.replace(PART, min_age=12)).decode()
    for texts in ((other,), (*draft().parts, other), ()):
        with pytest.raises(ManifestRefused, match="not those"):
            numbered.said(msgspec.structs.replace(draft(), parts=texts))


def test_it_follows_from_the_one_before() -> None:
    first = draft()
    second = draft(2, payload_hash(first.payload))
    numbered.follows(first, None)
    numbered.follows(second, first)
    for one, before in ((second, None), (first, first), (draft(2, "x"), first), (draft(3, second.payload), first)):
        with pytest.raises(ManifestRefused, match="follow"):
            numbered.follows(one, before)


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b'{"payload": 1, "parts": []}'])
def test_what_is_no_draft_is_named_as_such(raw: bytes) -> None:
    with pytest.raises(Malformed):
        numbered.decode(raw)


def test_a_payload_that_is_none_is_refused() -> None:
    with pytest.raises(Malformed):
        numbered.said(numbered.Numbered(payload="{}", parts=()))

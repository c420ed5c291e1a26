"""JSON of somebody else, broken in every way that a decoder knows."""

import pytest

from laborvoice.domain import Inbound, foreign
from laborvoice.domain.ids import PartyId
from laborvoice.errors import Malformed


class Told(Inbound, frozen=True):
    name: str
    party: PartyId | None = None
    inner: "Told | None" = None


DEEP = b'{"name":"a","inner":' * 100_000


def test_what_fits_is_read_with_its_ids() -> None:
    one = PartyId.draw(bytes(16))
    assert foreign.read(f'{{"name":"a","party":"{one}"}}', Told) == Told(name="a", party=one)


@pytest.mark.parametrize("raw", [b"", b"{", b"\x80", b'{"name":"\x80"}', b"[]", b'{"name":1}', b'{"b":""}', DEEP])
def test_what_does_not_is_one_error(raw: bytes) -> None:
    with pytest.raises(Malformed):
        foreign.read(raw, Told)


def test_an_id_that_is_none_is_no_form() -> None:
    with pytest.raises(Malformed):
        foreign.read(b'{"name":"a","party":"par_"}', Told)

"""Ids: 128 random bits in 26 characters, and nothing else passes for one."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.domain import Value, ids
from laborvoice.domain.ids import ReleaseId, SupplierId

KNOWN = "sup_4jfhky32628wfaybwzv7f5tadw"


class Holder(Value, frozen=True):
    supplier: SupplierId


@given(st.uuids())
def test_an_id_is_its_uuid_and_back(uuid: UUID) -> None:
    text = str(SupplierId.of(uuid))
    assert SupplierId.parse(text).uuid == uuid
    assert len(text) == len("sup_") + ids.LENGTH


def test_an_id_drawn_is_a_random_uuid() -> None:
    assert ReleaseId.draw(bytes(range(16))).uuid.version == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sup_",
        KNOWN.replace("sup", "rel"),
        KNOWN[:-1],
        KNOWN + "0",
        KNOWN.upper(),
        KNOWN.replace("k", "l"),
        "sup_z" + KNOWN[5:],
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an id that begins with sup_"):
        SupplierId.parse(text)


def test_the_hooks_serve_json_and_schema() -> None:
    holder = Holder(supplier=SupplierId.parse(KNOWN))
    raw = msgspec.json.encode(holder, enc_hook=ids.encode)
    assert raw == b'{"supplier":"%s"}' % KNOWN.encode()
    assert msgspec.json.decode(raw, type=Holder, dec_hook=ids.decode) == holder
    assert ids.schema(SupplierId)["pattern"] == "^sup_[0-7][0123456789abcdefghjkmnpqrstvwxyz]{25}$"


def test_the_hooks_know_ids_alone() -> None:
    with pytest.raises(NotImplementedError):
        ids.encode(object())
    with pytest.raises(NotImplementedError):
        ids.decode(complex, "1")
    with pytest.raises(ValueError, match="Expected `str`"):
        ids.decode(SupplierId, 1)
    with pytest.raises(NotImplementedError):
        ids.schema(complex)


@pytest.mark.parametrize("value", [7, None, 1.5, [], {}])
def test_what_is_no_text_is_no_id(value: object) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"Expected `str` - at `\$\[0\]`"):
        msgspec.convert([value], tuple[SupplierId, ...], dec_hook=ids.decode)

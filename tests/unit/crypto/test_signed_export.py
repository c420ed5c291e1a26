"""The manifest of an export: whatever byte is changed, it is no longer as it was signed."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.crypto.signed_export import key_of, sign, verified
from laborvoice.domain.export import File, Manifest, Narrow, Wanted, filters
from laborvoice.domain.ids import ExportId, PartyId, ReleaseId, SupplierId
from laborvoice.errors import BadField, Malformed

SEED = bytes(range(32))
MANIFEST = Manifest(
    export=ExportId.draw(bytes(16)),
    kind="E2",
    made_on=date(2026, 11, 12),
    party=PartyId.draw(bytes(16)),
    method="lv-score/1",
    policy=("standard",),
    questionnaires=("core 1",),
    periods=("2026-Q3",),
    cut_off=None,
    filters={"country": "BD"},
    files=(File(name="E2-portfolio.csv", bytes=3, sha256="00" * 32, rows=1),),
    releases=(ReleaseId.draw(bytes(16)),),
    withheld=(),
    limits=("A low score is not proof of good conditions.",),
    key=key_of(SEED),
)
SIGNED = sign(SEED, MANIFEST)


def test_as_it_was_signed() -> None:
    assert verified(SIGNED) == MANIFEST
    assert msgspec.json.decode(SIGNED)["key"] == MANIFEST.key


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_any_changed_byte_shows(place: int, change: int) -> None:
    raw = bytearray(SIGNED)
    raw[place] ^= change
    with pytest.raises(Malformed):
        verified(bytes(raw))


@pytest.mark.parametrize("raw", [b"", b"{}", SIGNED + b" ", SIGNED[:-1], SIGNED.replace(b'"E2"', b'"E4"')])
def test_nothing_else_passes(raw: bytes) -> None:
    with pytest.raises(Malformed):
        verified(raw)


def test_a_signature_of_another_key_is_none() -> None:
    with pytest.raises(Malformed):
        verified(sign(bytes(32), MANIFEST))


def test_filters_are_said_as_they_were_asked() -> None:
    supplier = SupplierId.draw(bytes(16))
    narrow = Narrow(supplier=supplier, country="BD")
    wanted = Wanted(kind="E1", format="csv", period="2026-Q3", narrow=narrow)
    assert filters(wanted) == {"period": "2026-Q3", "supplier": supplier, "country": "BD"}
    assert filters(Wanted(kind="E2", format="csv", period=None, narrow=Narrow())) == {}


@pytest.mark.parametrize(
    ("kind", "period", "narrow"),
    [
        ("E1", None, Narrow()),
        ("E7", "2026-Q3", Narrow()),
        ("E10", None, Narrow(country="BD")),
        ("E5", None, Narrow(country="BD")),
    ],
)
def test_what_makes_no_sense_is_refused(kind: Any, period: str | None, narrow: Narrow) -> None:
    with pytest.raises(BadField):
        Wanted(kind=kind, format="csv", period=period, narrow=narrow)

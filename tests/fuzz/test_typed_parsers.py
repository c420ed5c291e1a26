"""What people type and what addresses carry: read or refused as the docstring says, and what was written reads back.

Cards, receipts, ids, periods, queries, filters, cursors, headers and settings.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
import pytest
from hypothesis import strategies as st

from laborvoice import settings
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import inbound
from laborvoice.api.portal.suppliers import SuppliersQuery
from laborvoice.api.problems import Refusal
from laborvoice.client.watchdog import keyfile
from laborvoice.crypto import framing, receipt
from laborvoice.domain import card, ids
from laborvoice.domain.export import Narrow
from laborvoice.domain.ids import PartyId, SupplierId
from laborvoice.domain.period import Period
from laborvoice.errors import BadSetting, LaborvoiceError, Malformed
from support.mangled import bytes_near, hit_text, keeps_to, text_near, tried

MORE = 30
CARD = card.Card(locator="4QX9TN", code="7K3M9PQRT2V4W6X8YZ0A", fingerprint=bytes(range(16)))
TYPED = card.format_typed(CARD.locator, CARD.code)
FRAGMENT = card.card_url("voice.test", CARD).partition("/#")[2]
RECEIPT = "3141 5926 5358 9793 2384 6264 3398"
PARTY = PartyId.of(UUID(int=7))
SUPPLIER = SupplierId.of(UUID(int=8))
CURSORS = Cursors(b"a secret of the test's own")
HERE = List(party=PARTY, path="/v1/suppliers", filters=Narrow(country="BD"))
CURSOR = CURSORS.make(HERE, ("Name", SUPPLIER))
NARROW = b'{"supplier":"%s","country":"BD","kind":"factory","sector":"14","band":"high"}' % SUPPLIER.encode()
OF_INTAKE = {"database_url": "postgresql:///x", "intake_origin": "https://voice.example", "home": "/srv/voice"}
SETTINGS = sorted({field.name for struct in settings.STRUCTS.values() for field in msgspec.structs.fields(struct)})
VALUES = ("127.0.0.1:8080", "[::1]:81", "600/60", "12", "443,8443", "https://voice.example", "/srv", "on", "strict")

TEXTS: dict[str, tuple[Callable[[str], object], tuple[type[Exception], ...], tuple[str, ...]]] = {
    "typed card": (card.parse_typed, (Malformed,), (TYPED, card.grouped(TYPED).lower())),
    "link of a card": (card.parse_fragment, (Malformed,), (FRAGMENT, "#" + FRAGMENT)),
    "receipt": (receipt.parse_digits, (Malformed,), (RECEIPT,)),
    "id": (SupplierId.parse, (ValueError,), (SUPPLIER,)),
    "period": (Period.parse, (ValueError,), ("2026-Q4", "2026-11")),
    "base64url": (framing.unb64, (Malformed,), (framing.b64(bytes(range(40))),)),
    "cursor": (lambda text: CURSORS.read(HERE, text, tuple[str, SupplierId]), (Refusal,), (CURSOR,)),
    "accepted types": (
        lambda text: inbound.accepted(text, ("application/json", "text/csv")),
        (Refusal,),
        ("text/csv;q=0.5, application/*;q=0.2, */*;q=0",),
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_it_reads_or_refuses(name: str, examples: int) -> None:
    parse, declared, valid = TEXTS[name]
    tried(text_near(*valid), MORE * examples, keeps_to(parse, declared))
    for one in valid:
        parse(one)


def test_a_query_is_read_or_refused(examples: int) -> None:
    right = urlencode({"country": "BD", "limit": "20", "q": "a b"}).encode()
    tried(bytes_near(right, b"", b"a=%ff"), MORE * examples, keeps_to(read_query, (Refusal,)))
    assert read_query(right).country == "BD"


def read_query(raw: bytes) -> SuppliersQuery:
    return inbound.query(raw, SuppliersQuery)


def test_a_form_is_always_read(examples: int) -> None:
    tried(bytes_near(b"a=1&a=2&b=&done=saved"), MORE * examples, inbound.of_form)


def test_a_filter_is_read_or_refused(examples: int) -> None:
    tried(bytes_near(NARROW, b"[" * 5000), MORE * examples, keeps_to(read_narrow, (Refusal,)))
    assert msgspec.json.encode(read_narrow(NARROW), enc_hook=ids.encode) == NARROW


def read_narrow(raw: bytes) -> Narrow:
    return inbound.fitted(inbound.parsed(raw), Narrow)


def test_a_setting_is_read_or_refused(examples: int) -> None:
    given = st.tuples(st.sampled_from(SETTINGS), text_near(*VALUES), st.sampled_from(sorted(settings.STRUCTS)))

    def load(one: tuple[str, str, Any]) -> None:
        name, text, process = one
        settings.load(process, {}, {**OF_INTAKE, name: text})

    tried(given, 2 * MORE * examples, keeps_to(load, (BadSetting,)))
    assert settings.load("intake", {}, OF_INTAKE).intake_origin == OF_INTAKE["intake_origin"]


def test_a_file_of_settings_is_read_or_refused(examples: int, tmp_path: Any) -> None:
    file = tmp_path / "laborvoice.toml"
    right = 'intake_batch = 1\negress_ports = [443, 444]\nhome = "/srv"\n'

    def load(text: str) -> None:
        file.write_text(text, encoding="utf-8")
        settings.load("intake", {"LABORVOICE_CONFIG": str(file)}, OF_INTAKE)

    deep = "intake_batch = " + "[" * 5000
    tried(text_near(right, deep), MORE * examples, keeps_to(load, (BadSetting,)))
    load(right)


def test_a_code_is_read_or_refused_before_a_year_is_opened(examples: int) -> None:
    """A file that is none costs no stretching of its code."""
    tried(hit_text(["{}", '{"v":1}']), MORE * examples, keeps_to(unlock, (Malformed,)))


def unlock(text: str) -> None:
    keyfile.unlock(text.encode(), RECEIPT)


def test_cards_read_back(examples: int) -> None:
    numbers = st.tuples(st.integers(0, 32**6 - 1), st.integers(0, 32**20 - 1), st.binary(min_size=16, max_size=16))

    def check(drawn: tuple[int, int, bytes]) -> None:
        one = card.Card(locator=card.make_locator(drawn[0]), code=card.make_code(drawn[1]), fingerprint=drawn[2])
        assert card.parse_fragment(card.card_url("voice.test", one).partition("/#")[2]) == one
        assert card.parse_typed(card.grouped(card.format_typed(one.locator, one.code))) == (one.locator, one.code)

    tried(numbers, MORE * examples, check)


def test_receipts_ids_and_cursors_read_back(examples: int) -> None:
    def check(drawn: tuple[int, bytes, str]) -> None:
        digits = receipt.make_digits(drawn[0])
        assert receipt.parse_digits(receipt.grouped(digits)) == digits
        one = SupplierId.draw(drawn[1])
        assert SupplierId.parse(str(one)) == one
        assert CURSORS.read(HERE, CURSORS.make(HERE, (drawn[2], one)), tuple[str, SupplierId]) == (drawn[2], one)

    numbers = st.integers(0, receipt.NUMBERS - 1)
    tried(st.tuples(numbers, st.binary(min_size=16, max_size=16), st.text(max_size=40)), MORE * examples, check)


def test_rows_of_a_box_and_headers_read_back(examples: int) -> None:
    eight = st.binary(min_size=8, max_size=8)
    drawn = st.tuples(
        st.sampled_from(sorted(framing.LAYOUTS)), eight, eight, eight, st.binary(min_size=32, max_size=32)
    )

    def check(one: tuple[int, bytes, bytes, bytes, bytes]) -> None:
        suite, box, mix, nonce, token_nonce = one
        raw = framing.build_header(suite, box, mix, nonce).ljust(framing.ENVELOPE_SIZE, b"\1")
        found = framing.parse_envelope(raw)
        assert (found.suite, found.box_kid, found.mix_kid, found.work_nonce) == (suite, box, mix, nonce)
        part = framing.ballot_part(raw, suite)
        row = framing.unpack_row(framing.pack_ballot_row(suite, token_nonce, part))
        assert row == framing.SealedRow(suite=suite, nonce=token_nonce, ballot_part=part)

    tried(drawn, MORE * examples, check)


def test_a_fault_that_is_not_declared_is_found() -> None:
    """The check itself: a parser that raises something else does not pass."""
    with pytest.raises(ZeroDivisionError):
        tried(text_near("1"), MORE, keeps_to(lambda _: 1 // 0, (LaborvoiceError,)))

"""Whatever bytes come, a parser returns or raises what its docstring names, never anything else.

Each is given what is right, what was right until it was hit, and noise. Whatever is right is read, so that no parser
passes by refusing everything. ``--fuzz-examples`` says how often.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from laborvoice.anonymize.opening import read as read_report
from laborvoice.backup import header
from laborvoice.chance import SystemChance
from laborvoice.client.watchdog import keyfile
from laborvoice.client.worker import trust
from laborvoice.crypto import (
    exchange,
    framing,
    manifest,
    numbered,
    opening,
    parcel,
    receipt,
    sealed_file,
    sealing,
    signing,
    suites,
    token,
    yearly,
)
from laborvoice.domain import manifest as shapes
from laborvoice.domain import sheet
from laborvoice.domain.ids import PartyId
from laborvoice.errors import LaborvoiceError, Malformed, ManifestRefused, Undecryptable
from support.drafted import PART, draft
from support.mangled import bytes_near, keeps_to, text_near, tried

VECTORS: Any = json.loads((Path(__file__).parents[1] / "vectors" / "envelope.json").read_bytes())
ENVELOPES = tuple(bytes.fromhex(one["envelope"]) for one in VECTORS["envelopes"])
MORE = 30
"""Values a parser for each example an operation is asked."""
TODAY = date(2026, 1, 7)
SEED = b"\x07" * 32
FINGERPRINT = manifest.fingerprint(signing.public_of(SEED))
PAIR = suites.key_pair(SEED, suites.OURS)
COUNTRIES = {"bd": "BD", "vn": "VN"}

Case = tuple[Callable[[bytes], object], tuple[type[LaborvoiceError], ...], tuple[bytes, ...]]


def noise(size: int) -> bytes:
    return hashlib.shake_256(b"parsers").digest(size)


def of_vectors(*path: str) -> bytes:
    found = VECTORS
    for step in path:
        found = found[step]
    return bytes.fromhex(found)


def inner_message() -> bytes:
    places = (PAIR.public, None)
    return parcel.seal_message(suites.OURS, places, b'{"v":1}' * 30, noise(parcel.entropy_size(suites.OURS, places)))


def outer() -> bytes:
    return bytes((1, 2)) + bytes(6) + PAIR.kid + bytes(16) + inner_message()


def first_link() -> receipt.Link:
    return receipt.first_link(of_vectors("receipt", "conv"))


def sealed(plain: bytes) -> bytes:
    return b"".join(sealed_file.sealed(PAIR.public, "test", noise(32), [plain]))


def opened(raw: bytes) -> bytes:
    return b"".join(sealed_file.opened(PAIR, "test", [raw]))


def backed_up() -> bytes:
    first = header.Header(revision="0019", made_at=datetime(2026, 1, 7, tzinfo=UTC), partitions=())
    return b"".join(header.before(first, [b"rows"]))


def key_file() -> bytes:
    keys = keyfile.make(PartyId.draw(noise(16)), TODAY, SystemChance())
    return keyfile.write(keys, keyfile.draw_code(SystemChance()), TODAY, SystemChance())


def served_part() -> bytes:
    return manifest.pack_parts(1, draft().parts)[1][0]


CASES: dict[str, Case] = {
    "envelope": (framing.parse_envelope, (Malformed,), ENVELOPES),
    "box row": (
        framing.unpack_row,
        (Malformed,),
        (framing.pack_ballot_row(1, noise(32), noise(2416)), framing.pack_carried_row(1, 10, 0b111)),
    ),
    "padding": (framing.unpad, (Malformed,), (framing.pad(b"text", 40),)),
    "token": (token.parse_token, (Malformed,), (of_vectors("token", "token"),)),
    "token key": (token.load_public, (Malformed,), (of_vectors("token", "spki"),)),
    "request": (exchange.parse_request, (Malformed,), (of_vectors("exchange", "request"),)),
    "answer": (
        exchange.parse_answer,
        (Malformed,),
        (of_vectors("exchange", "answer"), of_vectors("exchange", "answer_unknown")),
    ),
    "outer message": (lambda raw: opening.parse_outer(1, raw), (Malformed,), (outer(),)),
    "parcel part": (
        lambda raw: opening.open_parcel(PAIR, raw),
        (Malformed, Undecryptable),
        (suites.seal(1, PAIR.public, sealing.info_parcel(1, PAIR.kid), outer()),),
    ),
    "inner message": (
        lambda raw: parcel.open_message(PAIR, 2, 0, raw),
        (Malformed, Undecryptable),
        (inner_message(),),
    ),
    "encoded text": (parcel.decode, (Malformed,), (parcel.encode(b"aaaa" * 50), parcel.encode(b"a"))),
    "report": (read_report, (), (VECTORS["report_json"].encode(),)),
    "mailbox item": (
        lambda raw: receipt.open_item(first_link(), raw),
        (Malformed, Undecryptable),
        (of_vectors("receipt", "item0"),),
    ),
    "manifest": (
        lambda raw: trust.read_manifest(raw, FINGERPRINT, "voice.test", TODAY),
        (ManifestRefused,),
        (manifest.encode_manifest(manifest.sign_manifest(draft().payload, [SEED])),),
    ),
    "manifest in JSON": (
        manifest.parse_manifest,
        (Malformed,),
        (msgspec.json.encode(manifest.sign_manifest(draft().payload, [SEED])),),
    ),
    "part": (manifest.unpack_part, (Malformed,), (served_part(),)),
    "draft": (
        lambda raw: numbered.said(numbered.decode(raw)),
        (Malformed, ManifestRefused),
        (numbered.encode(draft()),),
    ),
    "sealed file": (opened, (Malformed, Undecryptable), (sealed(b""), sealed(noise(70_000)))),
    "backup": (lambda raw: header.split(iter([raw])), (Malformed,), (backed_up(),)),
    "key file": (keyfile.read, (Malformed,), (key_file(),)),
    "sheet": (
        lambda raw: sheet.read(raw, COUNTRIES),
        (Malformed,),
        (
            b"country,name,address\nBD,A,1 Road\n",
            'country,name,address,lat,lng,number_of_workers,os_id\nVN,"Ă, B","1\n2",1.5,9,"1,200",x\n'.encode(),
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_reads_or_refuses(name: str, examples: int) -> None:
    parse, declared, valid = CASES[name]
    tried(bytes_near(*valid), MORE * examples, keeps_to(parse, declared))
    for one in valid:
        parse(one)


def test_what_a_signer_signed_is_read_or_refused(examples: int) -> None:
    """Behind a good signature too: whoever holds the key of the cards may sign anything."""

    def visit(payload: str) -> None:
        raw = manifest.encode_manifest(manifest.sign_manifest(payload, [SEED]))
        found = trust.read_manifest(raw, FINGERPRINT, "voice.test", TODAY)
        trust.trusted(found, PART, TODAY)

    deep = draft().payload[:-1] + ',"x":' + "[" * 5000
    tried(
        text_near(of_supplier()[0], draft().payload, deep),
        MORE * examples,
        keeps_to(visit, (ManifestRefused, Malformed)),
    )


def test_what_a_proof_proves_is_read_or_refused(examples: int) -> None:
    whole = msgspec.json.decode(draft().payload, type=shapes.Manifest)

    def visit(text: str) -> None:
        root, files = manifest.pack_parts(1, (text,))
        parts = shapes.Parts(count=1, size=len(files[0]), root=framing.b64(root))
        proven = msgspec.structs.replace(whole, parts=parts)
        part = trust.read_part(trust.read_part_file(files[0], proven), proven, "any")
        trust.trusted(proven, part, TODAY)

    deep = draft().parts[0][:-1] + ',"x":' + "[" * 5000 + "}"
    tried(text_near(of_supplier()[1], draft().parts[0], deep), MORE * examples, keeps_to(visit, (ManifestRefused,)))


def of_supplier() -> tuple[str, str]:
    """Payload and part of the published vectors: they have keys in every place."""
    return VECTORS["manifest"]["payload_utf8"], VECTORS["part"]["text_utf8"]


def test_a_year_that_was_hit_does_not_open() -> None:
    """A quarter of a second each: hit once in each field, not at random."""
    code, bound = "3141592653589793238462643398", b"bound"
    lock = yearly.Lock(salt=noise(16), nonce=noise(12))
    file = yearly.seal(code, lock, bound, [SEED] * 12, SEED)
    assert yearly.unseal(code, lock, bound, file)[1] == SEED
    for at in (0, len(file) - 1):
        hit = file[:at] + bytes((file[at] ^ 1,)) + file[at + 1 :]
        with pytest.raises(Undecryptable):
            yearly.unseal(code, lock, bound, hit)
    with pytest.raises(Malformed):
        yearly.unseal(code, lock, bound, file[1:])


def test_a_deep_key_file_is_refused() -> None:
    with pytest.raises(Malformed):
        keyfile.read(b'{"v":' + b"[" * 5000)

"""A manifest, part, key or date that fails its check: the phone's modules refuse what the reference client refuses."""

import gzip
from typing import Any

import pytest

from support.node import Node, Thrown
from support.tampered import MANIFEST, OTHER, PART, of, signed_by_another

# The reference client's sentences, and the one word of the phone.
WORDS = {
    "another version": "version",
    "cannot be read": "unreadable",
    "another server": "origin",
    "not of these days": "days",
    "does not have the id": "kid",
    "period is past": "period",
    "mix key is past": "mix",
    "no key of the suite": "suite",
    "not the one the manifest names": "proof",
    "longer or shorter": "size",
    "not the ones it signed": "owner",
    "not that of the card": "locator",
    "more watchdogs than it has places": "places",
    "no poll in this period": "poll",
    "not RSA": "key",
}


def look(js: Node, office: Any, fingerprint: bytes, today: str = "2026-11-24") -> Any:
    """As ``visit.look`` does, from the bytes that the office shows."""
    text = gzip.decompress(office.shown["/v1/manifest"])
    manifest = js("manifest", "readManifest", text, fingerprint, "voice.example", today)
    file = js("manifest", "readPartFile", office.shown["/v1/manifest/4QX9TN"], manifest)
    return js("manifest", "trusted", manifest, js("manifest", "readPart", file, manifest, "4QX9TN"), today)


def refused(js: Node, office: Any, fingerprint: bytes, today: str = "2026-11-24") -> str:
    with pytest.raises(Thrown) as caught:
        look(js, office, fingerprint, today)
    assert caught.value.name == "Refused", caught.value
    return caught.value.why


@pytest.mark.parametrize(("path", "value", "why"), MANIFEST)
async def test_manifest(js: Node, office: Any, fingerprint: bytes, path: str, value: Any, why: str) -> None:
    office.publish(of(path, value))
    assert refused(js, office, fingerprint) == WORDS[why]


@pytest.mark.parametrize(("path", "value", "why"), PART)
async def test_part(js: Node, office: Any, fingerprint: bytes, path: str, value: Any, why: str) -> None:
    office.publish(change_part=of(path, value))
    assert refused(js, office, fingerprint) == WORDS[why]


async def test_keys_that_another_signed_for_the_watchdog(js: Node, office: Any, fingerprint: bytes) -> None:
    office.publish(change_part=signed_by_another)
    assert refused(js, office, fingerprint) == "owner"


async def test_a_manifest_signed_by_another_key(js: Node, office: Any, fingerprint: bytes) -> None:
    office.publish(seed=OTHER.hex())
    assert refused(js, office, fingerprint) == "signature"


@pytest.mark.parametrize("bad", [b"", b"{}", b"[]", b"null", b'{"payload":"{}","sigs":[]}', b"\xff"])
async def test_a_manifest_that_is_none(js: Node, fingerprint: bytes, bad: bytes) -> None:
    with pytest.raises(Thrown) as caught:
        js("manifest", "readManifest", bad, fingerprint, "voice.example", "2026-11-24")
    assert caught.value.name == "Refused"


async def test_a_part_that_is_none(js: Node, office: Any, fingerprint: bytes) -> None:
    good = office.shown["/v1/manifest/4QX9TN"]
    for bad in (b"", bytes(len(good)), good[:-1] + b"\1", good[1:] + b"\0", good[:2] + b"\0" + good[3:]):
        office.shown["/v1/manifest/4QX9TN"] = bad
        assert refused(js, office, fingerprint) in {"size", "unreadable"}


async def test_a_part_of_another_number(js: Node, office: Any, fingerprint: bytes) -> None:
    office.publish(seq=40)
    assert refused(js, office, fingerprint) == "number"


@pytest.mark.parametrize(
    ("today", "passes"), [("2026-11-20", False), ("2026-11-25", True), ("2026-12-06", True), ("2026-12-10", False)]
)
async def test_the_clock_of_a_phone_may_be_two_days_wrong_not_more(
    js: Node, office: Any, fingerprint: bytes, today: str, passes: Any
) -> None:
    if passes:
        assert look(js, office, fingerprint, today)["locator"] == "4QX9TN"
    else:
        assert refused(js, office, fingerprint, today) == "days"

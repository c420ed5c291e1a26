"""A manifest, part, key or date that fails its check: the phone says why and sends nothing (design, privacy 13.22)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from laborvoice.client.worker import Worker
from laborvoice.crypto import framing, manifest, signing, token
from laborvoice.errors import ManifestRefused, Unanswered

Row = tuple[str, Any, str]
OTHER = b"\x07" * 32


def of(path: str, value: Any) -> Any:
    """A change: ``box.0.close`` to ``value``, or to what ``value`` makes of it."""

    def change(whole: dict[str, Any]) -> None:
        *way, last = [int(one) if one.isdigit() else one for one in path.split(".")]
        inner: Any = whole
        for step in way:
            inner = inner[step]
        inner[last] = value(inner[last]) if callable(value) else value

    return change


def but_the_first(keys: list[Any]) -> list[Any]:
    return keys[1:]


def with_exponent_3(text: str) -> str:
    return framing.b64(framing.unb64(text)[:-1] + b"\3")


def under_another_name(text: str) -> str:
    return framing.b64(token.to_rsa_encryption(framing.unb64(text)))


def other_byte(text: str) -> str:
    raw = bytearray(framing.unb64(text))
    raw[-1] ^= 1
    return framing.b64(bytes(raw))


def signed_by_another(part: dict[str, Any]) -> None:
    one = part["watchdogs"][0]
    keys = [(framing.unb64(key["kid"]), framing.unb64(key["pk"])) for key in one["keys"]]
    one["own"] = framing.b64(signing.sign(OTHER, manifest.own_bytes(one["party"], one["until"], keys)))


MANIFEST: list[Row] = [
    ("v", 2, "another version"),
    ("v", "one", "cannot be read"),
    ("origin", "evil.example", "another server"),
    ("not_after", "2026-11-21", "not of these days"),
    ("not_before", "2026-11-27", "not of these days"),
    ("not_before", "someday", "cannot be read"),
    ("box.0.keys.0.pk", other_byte, "does not have the id"),
    ("box.0.keys.1.kid", other_byte, "does not have the id"),
    ("mix.0.keys.0.kid", other_byte, "does not have the id"),
    ("mix.0.keys.0.kid", "*", "cannot be read"),
    ("box.0.close", "2026-11-24", "period is past"),
    ("box.0.close", "later", "cannot be read"),
    ("box.0.period", "2027-Q1", "period is past"),
    ("box", [], "period is past"),
    ("mix.0.until", "2026-11-24", "mix key is past"),
    ("mix.0.week", "2026-W49", "mix key is past"),
    ("box.0.keys", but_the_first, "no key of the suite"),
    ("parts.root", other_byte, "not the one the manifest names"),
    ("parts.count", 9, "not the one the manifest names"),
    ("parts.size", 5120, "longer or shorter"),
    ("watchdogs.0.party", "par_0000000000000000000000000a", "not the ones it signed"),
    ("watchdogs.0.sign", framing.b64(signing.public_of(OTHER)), "not the ones it signed"),
    ("watchdogs.1.kids", but_the_first, "not the ones it signed"),
]
PART: list[Row] = [
    ("v", 2, "another version"),
    ("v", None, "cannot be read"),
    ("locator", "4QX9TP", "not that of the card"),
    ("watchdogs.0.keys.0.pk", other_byte, "not the ones it signed"),
    ("watchdogs.0.keys.0.kid", other_byte, "not the ones it signed"),
    ("watchdogs.1.own", other_byte, "not the ones it signed"),
    ("watchdogs.1.own", "?", "cannot be read"),
    ("watchdogs.0.until", "2029-01-01", "not the ones it signed"),
    ("slots", 1, "more watchdogs than it has places"),
    ("periods", [], "no poll in this period"),
    ("periods.0.period", "2026-Q3", "no poll in this period"),
    ("periods.0.spki", with_exponent_3, "not RSA"),
    ("periods.0.spki", under_another_name, "not RSA"),
]


@pytest.mark.parametrize(("path", "value", "why"), MANIFEST)
async def test_manifest(worker: Worker, office: Any, vectors: dict[str, Any], path: str, value: Any, why: str) -> None:
    office.publish(of(path, value))
    with pytest.raises(ManifestRefused, match=why):
        await worker.open(worker.card(vectors["invite"]["card"]))
    assert office.posted == 0


@pytest.mark.parametrize(("path", "value", "why"), PART)
async def test_part(worker: Worker, office: Any, vectors: dict[str, Any], path: str, value: Any, why: str) -> None:
    office.publish(change_part=of(path, value))
    with pytest.raises(ManifestRefused, match=why):
        await worker.open(worker.card(vectors["invite"]["card"]))
    assert office.posted == 0


async def test_keys_that_another_signed_for_the_watchdog(worker: Worker, office: Any, vectors: dict[str, Any]) -> None:
    office.publish(change_part=signed_by_another)
    with pytest.raises(ManifestRefused, match="not the ones it signed"):
        await worker.open(worker.card(vectors["invite"]["card"]))
    assert office.posted == 0


async def test_a_manifest_signed_by_another_key(worker: Worker, office: Any, vectors: dict[str, Any]) -> None:
    office.publish(seed=OTHER.hex())
    with pytest.raises(ManifestRefused, match="key of the card"):
        await worker.open(worker.card(vectors["invite"]["card"]))
    with pytest.raises(ManifestRefused, match="key of the card"):
        await worker.open()
    assert office.posted == 0


@pytest.mark.parametrize("path", ["/v1/manifest", "/v1/manifest/4QX9TN"])
async def test_bytes_that_are_neither(worker: Worker, office: Any, vectors: dict[str, Any], path: str) -> None:
    good = office.shown[path]
    for bad in (b"", bytes(len(good)), good[:-1] + b"\1", good[1:] + b"\0"):
        office.shown[path] = bad
        with pytest.raises(ManifestRefused):
            await worker.open(worker.card(vectors["invite"]["card"]))
    del office.shown[path]
    with pytest.raises(Unanswered):
        await worker.open(worker.card(vectors["invite"]["card"]))
    assert office.posted == 0


async def test_the_part_of_those_without_a_card_is_none_for_a_card(
    worker: Worker, office: Any, vectors: dict[str, Any]
) -> None:
    office.shown["/v1/manifest/4QX9TN"] = office.shown["/v1/manifest/any"]
    with pytest.raises(ManifestRefused, match="not that of the card"):
        await worker.open(worker.card(vectors["invite"]["card"]))
    assert office.posted == 0


@pytest.mark.parametrize(("day", "passes"), [((11, 20), False), ((11, 25), True), ((12, 6), True), ((12, 10), False)])
async def test_the_clock_of_a_phone_may_be_two_days_wrong_not_more(
    worker: Worker, office: Any, vectors: dict[str, Any], clock: Any, day: tuple[int, int], passes: Any
) -> None:
    clock.moment = datetime(2026, day[0], day[1], tzinfo=UTC)
    if passes:
        assert (await worker.open(worker.card(vectors["invite"]["card"]))).voiced
    else:
        with pytest.raises(ManifestRefused, match="not of these days"):
            await worker.open(worker.card(vectors["invite"]["card"]))
        assert office.posted == 0

"""A manifest, part, key or date that fails its check: the phone says why and sends nothing (design, privacy 13.22)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from laborvoice.client.worker import Worker
from laborvoice.errors import ManifestRefused, Unanswered
from support.tampered import MANIFEST, OTHER, PART, of, signed_by_another


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

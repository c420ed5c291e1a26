"""With its receipt a phone reads what watchdogs of the manifest signed, one address after another, and nothing else."""

import json
from typing import Any

import pytest

from laborvoice.client.worker import Worker
from laborvoice.crypto import mailbox, receipt
from laborvoice.errors import Malformed

A, B = "par_7q2m9xk4v8trn3hd6cj5wzpy0b", "par_2c8dk5t0w7r3y9mf4g6hx1nqze"
BITS = 7


@pytest.fixture
def put(office: Any, vectors: dict[str, Any]) -> Any:
    """Into the mailbox of the vectors' receipt: texts at a place, each signed by a root of the vectors."""

    def at(place: int, *texts: tuple[dict[str, Any] | None, str]) -> None:
        link = receipt.first_link(bytes.fromhex(vectors["receipt"]["conv"]))
        for _ in range(place):
            link = receipt.link(link.following)
        items = [
            receipt.seal_item(link, bytes.fromhex(vectors["roots"][root]), json.dumps(text).encode(), bytes(12))
            for text, root in texts
        ]
        prefix = mailbox.prefix_of(link.tag, BITS)
        bucket = mailbox.fill(items, prefix, BITS, b"seed")
        office.shown[f"/v1/mailbox?prefix={prefix}"] = bucket

    for place in range(4):
        at(place)
    return at


def reply(text: str = "We hear you.", **more: Any) -> dict[str, Any]:
    return {"v": 1, "k": "reply", "h": "x", "st": "acting", "t": text, "p": "4QX9TN", "w": A, **more}


async def test_answers_are_read_in_their_order_until_there_is_none(
    worker: Worker, office: Any, put: Any, vectors: dict[str, Any], clock: Any
) -> None:
    put(0, (reply("", k="ack", st="received"), "watchdog_a_sign"))
    put(1, (reply(w=B), "watchdog_b_sign"))
    found = await worker.replies(vectors["receipt"]["digits"])
    assert [(one.k, one.st, one.t, one.w) for one in found] == [
        ("ack", "received", "", A),
        ("reply", "acting", "We hear you.", B),
    ]
    assert sum("/v1/mailbox" in one for one in office.asked) == 3
    assert len(clock.slept) == 2
    assert all(0.5 <= one < 2 for one in clock.slept)


async def test_what_no_watchdog_of_the_manifest_signed_is_not_shown(
    worker: Worker, put: Any, vectors: dict[str, Any]
) -> None:
    put(
        0,
        (reply(), "watchdog_b_sign"),
        (reply(w="par_nobody"), "watchdog_a_sign"),
        (reply(v=2), "watchdog_a_sign"),
        (reply(t=None), "watchdog_a_sign"),
        (None, "watchdog_a_sign"),
        (reply("This one."), "watchdog_a_sign"),
    )
    assert [one.t for one in await worker.replies(vectors["receipt"]["digits"])] == ["This one."]


async def test_wrong_digits_ask_nobody(worker: Worker, office: Any, vectors: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        await worker.replies(vectors["receipt"]["digits"][:-1] + "0")
    assert office.asked == []

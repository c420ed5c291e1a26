"""Replies go both ways between the server's language and the phone's, and only from whom the manifest names."""

import asyncio
import json
from typing import Any

import pytest

from laborvoice.crypto import mailbox, receipt
from support.node import Node

h = bytes.fromhex
CONVERSATION = b"\x07" * 32
NONCE = b"\x05" * 12


def reply(**more: Any) -> dict[str, Any]:
    party = "par_7q2m9xk4v8trn3hd6cj5wzpy0b"
    return {"v": 1, "k": "reply", "h": "x", "st": "acting", "t": "শুনেছি", "p": "4QX9TN", "w": party, **more}


@pytest.fixture
def sealed(vectors: dict[str, Any]) -> Any:
    def seal(at: receipt.Link, text: dict[str, Any], whose: str = "watchdog_a_sign") -> bytes:
        return receipt.seal_item(at, h(vectors["roots"][whose]), json.dumps(text).encode(), NONCE)

    return seal


def in_js(at: receipt.Link) -> dict[str, bytes]:
    return {"tag": at.tag, "key": at.key, "following": at.following}


def test_what_the_server_seals_the_phone_reads(js: Node, manifest: dict[str, Any], sealed: Any) -> None:
    at = receipt.first_link(CONVERSATION)
    assert js("../mail/mailbox", "firstLink", CONVERSATION) == in_js(at)
    for text in (reply(), reply(t="long " * 150)):
        found = js("../mail/mailbox", "read", in_js(at), sealed(at, text), manifest)
        assert (found["text"], found["status"], found["party"]) == (text["t"], "acting", text["w"])


def test_a_reply_of_nobody_is_not_shown(js: Node, manifest: dict[str, Any], sealed: Any) -> None:
    at = receipt.first_link(CONVERSATION)
    good = sealed(at, reply())
    other = receipt.link(at.following)
    for item in (
        sealed(at, reply(), "watchdog_b_sign"),
        sealed(at, reply(w="par_2c8dk5t0w7r3y9mf4g6hx1nqze")),
        sealed(at, reply(t=None)),
        good[:-1] + bytes((good[-1] ^ 1,)),
        good[:-1],
        at.tag + sealed(other, reply())[16:],
    ):
        assert js("../mail/mailbox", "read", in_js(at), item, manifest) is None


async def test_a_thread_is_read_to_its_end(online: Node, office: Any, manifest: dict[str, Any], sealed: Any) -> None:
    first = receipt.first_link(CONVERSATION)
    second = receipt.link(first.following)
    bits = manifest["mailbox"]["bits"]
    for at, items in ((first, [sealed(first, reply())]), (second, [])):
        prefix = mailbox.prefix_of(at.tag, bits)
        office.shown[f"/v1/mailbox?prefix={prefix}"] = mailbox.fill(items, prefix, bits, bytes(32))
    found = await asyncio.to_thread(online, "../mail/mailbox", "thread", CONVERSATION, manifest)
    assert [one["text"] for one in found] == ["শুনেছি"]
    assert len(office.asked) == 2


async def test_a_number_that_nobody_has_looks_like_no_answer(
    online: Node, office: Any, manifest: dict[str, Any]
) -> None:
    prefix = mailbox.prefix_of(receipt.first_link(CONVERSATION).tag, 7)
    office.shown[f"/v1/mailbox?prefix={prefix}"] = mailbox.fill([], prefix, 7, bytes(32))
    assert await asyncio.to_thread(online, "../mail/mailbox", "thread", CONVERSATION, manifest) == []


def test_buckets_have_the_servers_names(js: Node) -> None:
    tag = bytes.fromhex("af95") + bytes(14)
    for bits in range(17):
        assert js("../mail/mailbox", "prefixOf", tag, bits) == mailbox.prefix_of(tag, bits)

"""The receiver of the demo: takes only what verifies, whatever else comes to its port."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from laborvoice.crypto.signing import public_of
from laborvoice.webhooks import signing

SECRET, SEED, OTHER = bytes(32), b"s" * 32, b"o" * 32
BODY = json.dumps({"type": "score.changed"}).encode()


async def ask(receiver: Any, raw: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(str(receiver.url)).port)
    writer.write(raw)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def request(receiver: Any, clock: Any, secret: bytes = SECRET, seed: bytes = SEED) -> bytes:
    keys = signing.Keys(secrets=(secret,), seeds=(seed,))
    headers = signing.headers("evt_1", int(clock.now().timestamp()), BODY, keys, "test")
    lines = "".join(f"{name}: {value}\r\n" for name, value in (*headers, ("content-length", str(len(BODY)))))
    return f"POST {urlsplit(str(receiver.url)).path} HTTP/1.1\r\n{lines}\r\n".encode() + BODY


@pytest.fixture
def trusting(receiver: Any) -> Any:
    receiver.trust((signing.write_secret(SECRET),), (signing.write_public(public_of(SEED)),))
    return receiver


async def test_what_verifies_is_kept(trusting: Any, set_clock: Any) -> None:
    for _ in range(2):
        assert (await ask(trusting, request(trusting, set_clock))).startswith(b"HTTP/1.1 200")
    assert trusting.counts == {"evt_1": 2}
    assert trusting.types == {"score.changed": 1}


async def test_both_signatures_must_verify(trusting: Any, set_clock: Any) -> None:
    for raw in (request(trusting, set_clock, secret=OTHER), request(trusting, set_clock, seed=OTHER)):
        assert (await ask(trusting, raw)).startswith(b"HTTP/1.1 400")
    assert (trusting.refused, trusting.events) == (2, [])


async def test_an_old_one_is_refused(trusting: Any, set_clock: Any) -> None:
    raw = request(trusting, set_clock)
    set_clock.pass_by(seconds=301)
    assert (await ask(trusting, raw)).startswith(b"HTTP/1.1 400")


async def test_told_to_fail_it_keeps_nothing(trusting: Any, set_clock: Any) -> None:
    trusting.status = 503
    assert (await ask(trusting, request(trusting, set_clock))).startswith(b"HTTP/1.1 503")
    assert trusting.events == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"POST / HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nab",
        b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 16385\r\n\r\n",
        b"a" * 70_000,
    ],
)
async def test_what_is_no_request_is_dropped(trusting: Any, raw: bytes) -> None:
    try:
        assert await ask(trusting, raw) == b""
    except ConnectionResetError:
        assert len(raw) > 65_536
    assert (trusting.broken, trusting.refused) == (1, 0)

"""How much is read, and how many connections are kept."""

import asyncio
import gzip
import tracemalloc
from typing import Any

import pytest

from laborvoice.webhooks.schedule import Answered, error_class
from laborvoice.webhooks.sender import Message

HOST = "hooks.brand.example"


async def read_request(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    await reader.readexactly(lengths[0])


@pytest.mark.parametrize("head", [b"Content-Length: 314572800\r\n", b"Transfer-Encoding: chunked\r\n", b""])
async def test_a_body_of_300_mb_is_cut(harness: Any, receiver: Any, head: bytes) -> None:
    sent = 0

    async def pours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
        chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n" if b"chunked" in head else b"x" * 65_536
        for _ in range(4_800):
            writer.write(chunk)
            await writer.drain()
            sent += 65_536

    async with receiver(pours) as port, harness.sender() as sender:
        tracemalloc.start()
        attempt = await sender.post(Message(url=f"http://{HOST}:{port}/", headers=(), body=b""))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert isinstance(attempt, Answered)
    assert attempt.body == "x" * 4_096
    assert sent < 16_000_000
    assert peak < 5_000_000


async def test_a_gzip_bomb_stays_packed(harness: Any, receiver: Any) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)

    async def throws(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(head + bomb)
        await writer.drain()

    async with receiver(throws) as port, harness.sender() as sender:
        tracemalloc.start()
        attempt = await sender.post(Message(url=f"http://{HOST}:{port}/", headers=(), body=b""))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert isinstance(attempt, Answered)
    assert attempt.body == ""
    assert peak < 5_000_000


async def test_no_queue_at_one_host_and_few_idle_connections(harness: Any, receiver: Any) -> None:
    all_here, all_over = asyncio.Event(), asyncio.Event()
    connected = hung_up = 0

    async def waits(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connected, hung_up
        connected += 1
        await read_request(reader)
        if connected == 40:
            all_here.set()
        await all_here.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.read()
        hung_up += 1
        if hung_up == 32:
            all_over.set()

    async with receiver(waits) as port, harness.sender() as sender:
        message = Message(url=f"http://{HOST}:{port}/", headers=(), body=b"")
        attempts = await asyncio.gather(*(sender.post(message) for _ in range(40)))
        await all_over.wait()
        await asyncio.sleep(0.05)
        assert (connected, hung_up) == (40, 32)
    assert {error_class(attempt) for attempt in attempts} == {None}


async def test_a_connection_is_used_again(harness: Any, receiver: Any) -> None:
    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await read_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    async with receiver(twice) as port, harness.sender() as sender:
        message = Message(url=f"http://{HOST}:{port}/", headers=(), body=b"")
        attempts = [await sender.post(message) for _ in range(2)]
    assert harness.dialled == [("127.0.0.1", port)]
    assert [attempt.address for attempt in attempts if isinstance(attempt, Answered)] == ["127.0.0.1"] * 2

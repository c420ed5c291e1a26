"""Receivers that answer, and receivers that are hostile: each exchange ends within its limits."""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from laborvoice.webhooks.guard import AddressInfo, Lookup
from laborvoice.webhooks.schedule import Answered, Attempt, ErrorClass, Unanswered, error_class
from laborvoice.webhooks.sender import Limits, Message

HOST = "hooks.brand.example"
QUICK = Limits(connect=0.2, total=0.4)
Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def read_request(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head, await reader.readexactly(lengths[0])


def after_request(talk: Talk) -> Any:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await talk(writer)

    return handler


def says(*parts: bytes) -> Any:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(parts))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return after_request(talk)


def repeats(start: bytes, part: bytes, pause: float = 0.0) -> Any:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return after_request(talk)


def failed(attempt: Attempt) -> ErrorClass:
    assert isinstance(attempt, Unanswered)
    return attempt.error


async def test_what_is_sent_and_what_is_kept(harness: Any, receiver: Any) -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            seen.append(await read_request(reader))
            writer.write(
                b"HTTP/1.1 500 Oops\r\nContent-Length: 22\r\nSet-Cookie: a=b\r\nRetry-After: 60\r\nServer: x\r\n\r\n"
                b"mail a@b.example, sir\0"
            )
            await writer.drain()

    headers = (("webhook-id", "evt_1"), ("content-type", "application/json"), ("user-agent", "laborvoice/1"))
    async with receiver(handler) as port, harness.sender() as sender:
        message = Message(url=f"http://{HOST}:{port}/in?q=%20x", headers=headers, body=b'{"a":1}')
        await sender.post(message)
        attempt = await sender.post(message)
    assert attempt == Answered(
        status=500,
        ms=attempt.ms,
        address="127.0.0.1",
        headers=(("content-length", "22"), ("retry-after", "60"), ("server", "x")),
        body="mail [e-mail], sir\ufffd",
    )
    (head, body), (second, _) = seen
    assert body == b'{"a":1}'
    assert head == second
    assert head.split(b"\r\n")[0] == b"POST /in?q=%20x HTTP/1.1"
    lines = head.decode().lower().split("\r\n")[1:-2]
    assert {line.split(":")[0] for line in lines} == {
        *("host", "webhook-id", "content-type", "content-length", "accept", "accept-encoding", "user-agent"),
    }
    assert "accept-encoding: identity" in lines


@pytest.mark.parametrize(
    ("body", "met"), [(b"abc", True), (b'{"challenge":"abc"}', True), (b"abd", False), (b"+880 1712 345678", False)]
)
async def test_challenge(harness: Any, receiver: Any, body: bytes, met: bool) -> None:  # noqa: FBT001 - a case
    handler = says(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", body)
    async with receiver(handler) as port, harness.sender() as sender:
        message = Message(url=f"http://{HOST}:{port}/", headers=(), body=b"{}")
        attempt, is_met = await sender.challenge(message, "abc")
    assert error_class(attempt) is None
    assert is_met is met


async def test_a_challenge_answered_with_an_error_is_not_met(harness: Any, receiver: Any) -> None:
    handler = says(b"HTTP/1.1 400 No\r\nContent-Length: 3\r\n\r\nabc")
    async with receiver(handler) as port, harness.sender() as sender:
        _, is_met = await sender.challenge(Message(url=f"http://{HOST}:{port}/", headers=(), body=b""), "abc")
        _, is_met_by_none = await sender.challenge(Message(url="ftp://x/", headers=(), body=b""), "")
    assert not is_met
    assert not is_met_by_none


@pytest.mark.parametrize("status", [200, 204, 304, 410, 429, 503])
async def test_every_final_status_is_an_answer(harness: Any, receiver: Any, status: int) -> None:
    async with receiver(says(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)) as port:
        attempt = await harness.post(f"http://{HOST}:{port}/")
    assert isinstance(attempt, Answered)
    assert attempt.status == status


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(repeats(b"", b"", 0.05), id="no answer"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\nX: ", b"y", 0.01), id="header drip"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.05), id="header line drip"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x", 0.01), id="body drip"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\n\r\n", b"x", 0.01), id="body without an end"),
        pytest.param(repeats(b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 50, 0.001), id="1xx flood"),
    ],
)
async def test_a_slow_receiver_runs_into_the_time_limit(harness: Any, receiver: Any, handler: Any) -> None:
    async with receiver(handler) as port:
        assert failed(await harness.post(f"http://{HOST}:{port}/", limits=QUICK)) is ErrorClass.TIMEOUT


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65_536), id="endless header"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1_000), id="endless headers"),
        pytest.param(repeats(b"HTTP/1.1 200 ", b"y" * 65_536), id="endless reason"),
        pytest.param(says(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 100, b"\r\n"), id="too many"),
        pytest.param(says(b"HTTP/1.1 200 OK\r\n", (b"X: " + b"y" * 8_000 + b"\r\n") * 3, b"\r\n"), id="too long"),
    ],
)
async def test_too_many_headers(harness: Any, receiver: Any, handler: Any) -> None:
    async with receiver(handler) as port:
        assert failed(await harness.post(f"http://{HOST}:{port}/")) is ErrorClass.TOO_LARGE


async def test_headers_within_the_limit_are_read(harness: Any, receiver: Any) -> None:
    headers = (b"X: " + b"y" * 8_000 + b"\r\n") * 2
    async with receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", headers, b"\r\n")) as port:
        assert error_class(await harness.post(f"http://{HOST}:{port}/")) is None


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nX\x00: y\r\n\r\n",
    ],
)
async def test_what_is_no_answer(harness: Any, receiver: Any, answer: bytes) -> None:
    async with receiver(says(answer)) as port:
        assert failed(await harness.post(f"http://{HOST}:{port}/")) is ErrorClass.PROTOCOL


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"],
)
async def test_an_answer_that_breaks_off(harness: Any, receiver: Any, answer: bytes) -> None:
    async with receiver(says(answer)) as port:
        assert failed(await harness.post(f"http://{HOST}:{port}/")) is ErrorClass.RESET


def reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def test_resets(harness: Any, receiver: Any) -> None:
    async def at_once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reset(writer)

    async def later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        reset(writer)

    for handler in (at_once, later):
        async with receiver(handler) as port:
            assert failed(await harness.post(f"http://{HOST}:{port}/")) is ErrorClass.RESET
    async with receiver(at_once) as port:
        assert failed(await harness.post(f"https://{HOST}:{port}/")) is ErrorClass.RESET


async def test_refused_unknown_and_silent(harness: Any, receiver: Any) -> None:
    async with receiver(says()) as port:
        pass
    assert failed(await harness.post(f"http://{HOST}:{port}/")) is ErrorClass.REFUSED
    assert failed(await harness.post("https://unknown.example/")) is ErrorClass.DNS


async def test_a_handshake_that_does_not_come(harness: Any, receiver: Any) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()
        await asyncio.sleep(10)

    async with receiver(silent) as port:
        attempt = await harness.post(f"https://{HOST}:{port}/", limits=Limits(connect=0.2, total=10))
    assert failed(attempt) is ErrorClass.TIMEOUT


async def test_plain_text_where_tls_is_expected(harness: Any, receiver: Any) -> None:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await writer.drain()

    async with receiver(plain) as port:
        assert failed(await harness.post(f"https://{HOST}:{port}/")) is ErrorClass.TLS


async def test_a_slow_look_up_holds_nobody_else_up(harness: Any, receiver: Any) -> None:
    released = threading.Event()
    real: Lookup = harness.lookup

    def slow(host: str, port: int, **options: Any) -> Sequence[AddressInfo]:
        if host.startswith("slow"):
            released.wait(30)
        return real(host, port, **options)

    harness.lookup = slow
    handler = says(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    limits = Limits(connect=5, total=1)
    async with receiver(handler) as port, harness.sender(limits=limits) as sender:
        urls = [f"http://slow{i}.example:{port}/" for i in range(20)]
        waiting = [asyncio.ensure_future(sender.post(Message(url=url, headers=(), body=b""))) for url in urls]
        await asyncio.sleep(0.05)
        good = await sender.post(Message(url=f"http://{HOST}:{port}/", headers=(), body=b""))
        late = await asyncio.gather(*waiting)
        released.set()
    assert error_class(good) is None
    assert {failed(attempt) for attempt in late} == {ErrorClass.TIMEOUT}


async def test_a_header_that_cannot_be_sent_is_no_crash(harness: Any, receiver: Any) -> None:
    async with receiver(says()) as port, harness.sender() as sender:
        message = Message(url=f"http://{HOST}:{port}/", headers=(("x-a", "b\r\nc: d"),), body=b"")
        assert failed(await sender.post(message)) is ErrorClass.PROTOCOL

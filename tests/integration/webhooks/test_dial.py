"""Hostile targets: nothing is dialled. And what is ordinary is, with the TLS name checked."""

import asyncio
import ssl
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from laborvoice import data
from laborvoice.domain import egress
from laborvoice.webhooks.guard import AddressInfo, Lookup
from laborvoice.webhooks.schedule import Answered, Attempt, ErrorClass, Unanswered

HOST = "hooks.brand.example"
PRODUCTION: tuple[egress.Network, ...] = ()
ELSEWHERE = egress.networks(["127.9.9.9"])
SPECIAL = [str(ip_network(line.block)[end]) for line in data.special_purpose() for end in (0, -1)]
EMBEDDING = ["2a00:1450:4001::5efe:7f00:1", "2a00:1450:4001:0:200:5efe:a00:1", "fe80::1%1", "2606:4700::1111%eth0"]
METADATA = ["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"]
HOSTILE = [*SPECIAL, *EMBEDDING, *METADATA]


async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    await writer.drain()


def is_blocked(attempt: Attempt) -> bool:
    return isinstance(attempt, Unanswered) and attempt.error is ErrorClass.BLOCKED


@pytest.mark.parametrize("address", HOSTILE)
async def test_a_name_that_resolves_to_it_is_not_dialled(harness: Any, address: str) -> None:
    harness.names = {HOST: [address]}
    assert is_blocked(await harness.post(f"https://{HOST}/", allowed=PRODUCTION))
    assert harness.looked_up == [HOST]
    assert harness.dialled == []


@pytest.mark.parametrize("address", [address for address in HOSTILE if "%" not in address])
async def test_the_address_itself_is_not_dialled(harness: Any, address: str) -> None:
    # Where addresses are allowed in a URL, the client asks no resolver: only the socket factory stands there.
    literal = f"[{address}]" if ":" in address else address
    for port in ("", ":8443", ":8080"):
        assert is_blocked(await harness.post(f"https://{literal}{port}/", allowed=ELSEWHERE))
        assert is_blocked(await harness.post(f"https://{literal}{port}/", allowed=PRODUCTION))
    assert harness.looked_up == harness.dialled == []


@pytest.mark.parametrize(
    "url",
    [
        "https://0177.0.0.1/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://2130706433/",
        "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
        "https://127\u30020\u30020\u30021/",
        "https://127.0.0.1./",
        "https://localhost./",
        "https://[::ffff:7f00:1]/",
        "https://brand.example@127.0.0.1/",
        "https://127.0.0.1\\@brand.example/",
        "https://127.0.0.1#@brand.example/",
        "https://u:p@brand.example/",
        "http://brand.example/",
        "ftp://brand.example/",
        "file:///etc/passwd",
        "unix:///run/x",
        "https://brand.example:22/",
        "https://brand.example:80/",
    ],
)
async def test_odd_spellings_schemes_and_ports_are_not_looked_up(harness: Any, url: str) -> None:
    assert is_blocked(await harness.post(url, allowed=PRODUCTION))
    assert harness.looked_up == harness.dialled == []


async def test_our_own_addresses_are_not_dialled(harness: Any) -> None:
    own = frozenset({ip_address("1.1.1.1"), ip_address("2606:4700::1")})
    harness.names = {HOST: ["1.1.1.1", "2606:4700::1"]}
    assert is_blocked(await harness.post(f"https://{HOST}/", allowed=PRODUCTION, own=own))
    assert harness.dialled == []


@pytest.mark.parametrize("order", [1, -1])
async def test_a_bad_answer_neither_damns_nor_saves_the_others(
    harness: Any, receiver: Any, authority: Any, order: int
) -> None:
    harness.names[HOST] = ["10.0.0.1", "127.0.0.1", "fd00::1"][::order]
    async with receiver(answers, authority.server(HOST)) as port:
        attempt = await harness.post(f"https://{HOST}:{port}/")
    assert isinstance(attempt, Answered)
    assert {address for address, *_ in harness.dialled} == {"127.0.0.1"}


async def test_among_answers_that_fail_the_refused_one_is_told(harness: Any, receiver: Any) -> None:
    async with receiver(answers) as port:
        pass
    for order in (1, -1):
        harness.names[HOST] = ["10.0.0.1", "127.0.0.1"][::order]
        assert is_blocked(await harness.post(f"https://{HOST}:{port}/"))
    assert {address for address, *_ in harness.dialled} == {"127.0.0.1"}


async def test_a_name_that_changes_between_check_and_dial(harness: Any) -> None:
    # The URL is read first and passes; what the look-up at the dial says is what is judged.
    real: Lookup = harness.lookup

    def rebinding(host: str, port: int, **options: Any) -> Sequence[AddressInfo]:
        harness.names[HOST] = ["169.254.169.254"]
        return real(host, port, **options)

    harness.names[HOST] = ["1.1.1.1"]
    harness.lookup = rebinding
    assert is_blocked(await harness.post(f"https://{HOST}/", allowed=PRODUCTION))
    assert harness.dialled == []


async def test_many_answers_are_cut(harness: Any, receiver: Any) -> None:
    async with receiver(answers) as port:
        pass
    harness.names[HOST] = ["127.0.0.1"] * 200
    await harness.post(f"https://{HOST}:{port}/")
    # The client dials what is left again after each failure: 8 + 7 + … + 1.
    assert len(harness.dialled) <= 36


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(harness: Any, receiver: Any, status: int) -> None:
    async def redirects(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %d X\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n" % status)
        await writer.drain()

    async with receiver(redirects) as port:
        attempt = await harness.post(f"http://{HOST}:{port}/")
    assert isinstance(attempt, Answered)
    assert attempt.status == status
    assert harness.dialled == [("127.0.0.1", port)]


async def test_an_ordinary_address_is_dialled(harness: Any) -> None:
    # The socket ban of the tests keeps it from leaving; that connect was called is what is asked.
    harness.names[HOST] = ["1.1.1.1"]
    with pytest.raises(RuntimeError), pytest.warns(UserWarning, match=r"1\.1\.1\.1"):
        await harness.post(f"https://{HOST}/", allowed=PRODUCTION)
    assert harness.dialled == [("1.1.1.1", 443)]


async def test_tls_with_the_right_name(harness: Any, receiver: Any, authority: Any) -> None:
    async with receiver(answers, authority.server(HOST)) as port:
        attempt = await harness.post(f"https://{HOST}:{port}/in?x=1")
    assert attempt == Answered(status=204, ms=attempt.ms, address="127.0.0.1", headers=(), body="")
    assert harness.dialled == [("127.0.0.1", port)]


async def test_tls_with_a_wrong_name_is_refused(harness: Any, receiver: Any, authority: Any) -> None:
    harness.names["other.example"] = ["127.0.0.1"]
    async with receiver(answers, authority.server(HOST)) as port:
        attempt = await harness.post(f"https://other.example:{port}/")
        by_address = await harness.post(f"https://127.0.0.1:{port}/")
    for refused in (attempt, by_address):
        assert isinstance(refused, Unanswered)
        assert refused.error is ErrorClass.TLS


async def test_tls_of_an_unknown_authority_is_refused(harness: Any, receiver: Any, authority: Any) -> None:
    harness.trusted = None
    async with receiver(answers, authority.server(HOST)) as port:
        attempt = await harness.post(f"https://{HOST}:{port}/")
    assert isinstance(attempt, Unanswered)
    assert attempt.error is ErrorClass.TLS


async def test_old_tls_is_refused(harness: Any, receiver: Any, authority: Any) -> None:
    old = authority.server(HOST)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    async with receiver(answers, old) as port:
        attempt = await harness.post(f"https://{HOST}:{port}/")
    assert isinstance(attempt, Unanswered)
    assert harness.dialled == [("127.0.0.1", port)]


async def test_a_proxy_resolves_and_dials_itself(harness: Any, receiver: Any, authority: Any) -> None:
    asked: list[bytes] = []

    async with receiver(answers, authority.server(HOST)) as port:

        async def tunnels(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
            if b"refused.example" in asked[-1]:
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
                return
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

        async with receiver(tunnels) as proxy_port:
            options = {"proxy": f"http://127.0.0.1:{proxy_port}", "allowed": ELSEWHERE}
            attempt = await harness.post(f"https://{HOST}:8443/", **options)
            refused = await harness.post("https://refused.example/", **options)
            blocked = await harness.post("https://u@brand.example/", **options)
    assert isinstance(attempt, Answered)
    assert isinstance(refused, Unanswered)
    assert refused.error is ErrorClass.REFUSED
    assert is_blocked(blocked)
    assert asked == [f"CONNECT {HOST}:8443 HTTP/1.1".encode(), b"CONNECT refused.example:443 HTTP/1.1"]
    assert harness.looked_up == []


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65_536):
        writer.write(chunk)
        await writer.drain()
    writer.close()

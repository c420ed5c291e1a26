"""The clients' only way out: TLS that is verified, or this machine."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from laborvoice.client.transport import Transport, is_local
from laborvoice.errors import BadSetting, Unanswered


def certificate(folder: Path) -> Path:
    """Self-signed, for 127.0.0.1, key and certificate in one file."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)  # noqa: TID251 - OpenSSL judges by the machine's clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return path


async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    path = head.split(b" ")[1]
    writer.write(b"HTTP/1.1 200 .\r\nX-Path: " + path + b"\r\nContent-Length: 2\r\n\r\nok")
    await writer.drain()
    writer.close()


async def test_over_tls_the_server_must_be_the_one_that_is_named(tmp_path: Path) -> None:
    both = certificate(tmp_path)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(both)
    server = await asyncio.start_server(hello, "127.0.0.1", 0, ssl=served)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        known = Transport(url, tls=ssl.create_default_context(cafile=str(both)))
        assert (await asyncio.to_thread(known.send, "GET", "/")).body == b"ok"
        with pytest.raises(Unanswered):
            await asyncio.to_thread(Transport(url).send, "GET", "/")


async def test_a_prefix_of_the_address_stays() -> None:
    server = await asyncio.start_server(hello, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/voice/"
    async with server:
        answer = await asyncio.to_thread(Transport(url).send, "GET", "/v1/work", None, {"Accept": "*/*"})
    assert answer.headers["x-path"] == "/voice/v1/work"


async def test_no_server_and_no_whole_answer_are_one_error() -> None:
    async def rude(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 .\r\nContent-Length: 100\r\n\r\ntoo short")
        writer.close()

    server = await asyncio.start_server(rude, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        with pytest.raises(Unanswered):
            await asyncio.to_thread(Transport(url).send, "GET", "/")
    with pytest.raises(Unanswered):
        await asyncio.to_thread(Transport(url).send, "GET", "/")


@pytest.mark.parametrize(
    "url",
    ["http://voice.example", "http://10.0.0.1:80", "ftp://voice.example", "voice.example", "https://a:b@c.example"],
)
def test_in_the_clear_only_to_this_machine(url: str) -> None:
    with pytest.raises(BadSetting):
        Transport(url)


def test_what_is_local() -> None:
    assert [is_local(one) for one in ("127.0.0.1", "::1", "localhost", "localhost.example", "0.0.0.0")] == [  # noqa: S104 - a name, not bound
        True,
        True,
        True,
        False,
        False,
    ]

"""Loopback receivers, good and hostile, a certificate authority, and sockets that count what is dialled."""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from laborvoice.clock import SystemClock
from laborvoice.domain import egress
from laborvoice.webhooks.guard import Guard, table
from laborvoice.webhooks.schedule import Attempt
from laborvoice.webhooks.sender import Limits, Message, Sender, open_sender

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Receiver = Callable[..., AbstractAsyncContextManager[int]]

HOST = "hooks.brand.example"
LOOPBACK = egress.networks(["127.0.0.0/8"])
START = datetime(2020, 1, 1, tzinfo=UTC)


class CountingSocket(socket.socket):
    """Notes each connect before it happens."""

    dialled: list[Any]

    def connect(self, address: Any) -> None:
        self.dialled.append(address)
        super().connect(address)


class Harness:
    """A sender over counted sockets, with names that resolve to what a test says."""

    def __init__(self, trusted: ssl.SSLContext) -> None:
        self.trusted = trusted
        self.dialled: list[Any] = []
        self.names: dict[str, list[str]] = {HOST: ["127.0.0.1"]}
        self.looked_up: list[str] = []

    def make(self, family: int, kind: int, protocol: int) -> socket.socket:
        made = CountingSocket(family, kind, protocol)
        made.dialled = self.dialled
        return made

    def lookup(self, host: str, port: int, **_: Any) -> list[Any]:
        self.looked_up.append(host)
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [self._answer(address, port) for address in self.names[host]]

    def _answer(self, address: str, port: int) -> Any:
        if ":" in address:
            return (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port, 0, 0))
        return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))

    def sender(
        self,
        *,
        allowed: tuple[egress.Network, ...] = LOOPBACK,
        own: frozenset[egress.Address] = frozenset(),
        limits: Limits = Limits(connect=5, total=10),  # noqa: B008 - frozen
        tls: ssl.SSLContext | None = None,
        proxy: str = "",
    ) -> AbstractAsyncContextManager[Sender]:
        guard = Guard(egress.Rules(table=table(), allowed=allowed, own=own), self.make)
        return open_sender(
            guard, SystemClock(), limits=limits, tls=tls or self.trusted, proxy=proxy, lookup=self.lookup
        )

    async def post(self, url: str, **options: Any) -> Attempt:
        async with self.sender(**options) as sender:
            return await sender.post(message(url))


def message(url: str, body: bytes = b'{"id":"evt_1"}', **extra: str) -> Message:
    headers = (("webhook-id", "evt_1"), ("content-type", "application/json"), *extra.items())
    return Message(url=url, headers=headers, body=body)


class Authority:
    """A certificate authority that only the tests trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = generate_private_key(SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            self._builder(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
        )
        self.path = folder / "ca.pem"
        self.path.write_bytes(builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM))

    def _builder(self, subject: x509.Name, key: EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(START)
            .not_valid_after(START + timedelta(days=36_500))
        )

    def server(self, host: str) -> ssl.SSLContext:
        key = generate_private_key(SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = (
            self._builder(name, key)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(authority_id, critical=False)
        )
        path = self._folder / f"{host}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(private + builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def harness(authority: Authority) -> Harness:
    return Harness(ssl.create_default_context(cafile=authority.path))


@pytest.fixture
def receiver() -> Receiver:
    return serve


@asynccontextmanager
async def serve(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """The port of a loopback server that runs ``handler`` for each connection."""
    tasks: set[asyncio.Task[None]] = set()

    async def handled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(handled(reader, writer))
        tasks.add(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()

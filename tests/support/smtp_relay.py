"""A relay that keeps what it is told, line by line: TLS from the first byte, or STARTTLS, or neither."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class SmtpRelay:
    """What is said before TLS is in ``plain``. ``mails``: recipient and text. ``refuses``: whom it does not take."""

    port: int = 0
    connections: int = 0
    plain: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    refuses: str = ""


class _Session:
    def __init__(self, relay: SmtpRelay, tls: ssl.SSLContext | None, reader: asyncio.StreamReader) -> None:
        self.relay = relay
        self.tls = tls
        self.reader = reader
        self.secure = False
        self.recipient = ""

    async def answer(self, line: str, writer: asyncio.StreamWriter) -> None:
        (self.relay.lines if self.secure else self.relay.plain).append(line)
        word = line.partition(" ")[0].upper()
        if word == "STARTTLS" and self.tls is not None:
            writer.write(b"220 go\r\n")
            await writer.drain()
            await writer.start_tls(self.tls)
            self.secure = True
            return
        if word == "DATA":
            writer.write(b"354 go\r\n")
            text = await self.reader.readuntil(b"\r\n.\r\n")
            self.relay.mails.append((self.recipient, text))
        writer.write(self._reply(word, line))
        await writer.drain()

    def _reply(self, word: str, line: str) -> bytes:
        if word == "EHLO":
            offers = ["relay", "AUTH PLAIN LOGIN"] if self.secure else ["relay", *(["STARTTLS"] if self.tls else [])]
            return b"".join(b"250%b%b\r\n" % (b" " if one == offers[-1] else b"-", one.encode()) for one in offers)
        if word == "AUTH":
            return b"235 in\r\n"
        if word == "RCPT":
            self.recipient = line.partition("<")[2].partition(">")[0]
            return b"550 no\r\n" if self.recipient == self.relay.refuses else b"250 ok\r\n"
        return b"221 bye\r\n" if word == "QUIT" else b"250 ok\r\n"


@asynccontextmanager
async def smtp_relay(tls: ssl.SSLContext | None, *, implicit: bool = False) -> AsyncGenerator[SmtpRelay]:
    relay = SmtpRelay()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay.connections += 1
        session = _Session(relay, None if implicit else tls, reader)
        session.secure = implicit
        try:
            writer.write(b"220 relay\r\n")
            while line := await reader.readline():
                await session.answer(line.decode().rstrip("\r\n"), writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls if implicit else None)
    relay.port = server.sockets[0].getsockname()[1]
    async with server:
        yield relay

"""A server made from the published vectors, in the test: it shows what a phone is shown, and keeps what it sends."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from laborvoice import data
from laborvoice.chance import SystemChance
from laborvoice.client.transport import Transport
from laborvoice.client.worker import Worker
from laborvoice.crypto import exchange, framing, issuer, manifest
from laborvoice.domain.questionnaire import Bank, load

VECTORS = Path(__file__).parents[2] / "vectors" / "envelope.json"
Change = Callable[[dict[str, Any]], None]


@dataclass
class FakeClock:
    told = False
    moment: datetime = datetime(2026, 11, 24, 9, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@dataclass
class Office:
    """What the server shows, by path; ``answers``: status, body, Retry-After of the next posts, taken one by one."""

    vectors: dict[str, Any]
    shown: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    exchanges: list[bytes] = field(default_factory=list)
    envelopes: list[bytes] = field(default_factory=list)
    answers: list[tuple[int, bytes, str]] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    outcome: int = exchange.SIGNED
    later: Callable[[], None] | None = None

    @property
    def posted(self) -> int:
        return len(self.exchanges) + len(self.envelopes)

    def publish(
        self,
        change: Change | None = None,
        change_part: Change | None = None,
        *,
        seed: str = "",
        seq: int | None = None,
    ) -> None:
        """Manifest and parts, signed anew after the changes, so that nothing but they can be at fault."""
        payload = json.loads(self.vectors["manifest"]["payload_utf8"])
        part = json.loads(self.vectors["part"]["text_utf8"])
        payload["pow_bits"] = 2
        if change_part is not None:
            change_part(part)
        texts = [json.dumps(part), json.dumps(self.without_invite(part))]
        root, files = manifest.pack_parts(payload["seq"] if seq is None else seq, texts)
        payload["parts"] = {"count": len(texts), "size": len(files[0]), "root": framing.b64(root)}
        if change is not None:
            change(payload)
        signed = manifest.sign_manifest(json.dumps(payload), [bytes.fromhex(seed or self.vectors["roots"]["manifest"])])
        self.shown["/v1/manifest"] = manifest.encode_manifest(signed)
        self.shown["/v1/manifest/4QX9TN"], self.shown["/v1/manifest/any"] = files
        self.shown["/v1/work"] = b"02"

    @staticmethod
    def without_invite(part: dict[str, Any]) -> dict[str, Any]:
        return {**part, "locator": "any", "supplier": "any", "name": "", "country": "", "periods": [], "enrolled": 0}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.split("\r\n")[0].split(" ")
        length = next((int(one[15:]) for one in head.split("\r\n") if one.lower().startswith("content-length:")), 0)
        body = await reader.readexactly(length)
        self.asked.append(f"{method} {path}")
        status, content, wait = self.reply(method, path, body)
        more = f"Retry-After: {wait}\r\n" if wait else ""
        if status:
            writer.write(f"HTTP/1.1 {status} .\r\n{more}Content-Length: {len(content)}\r\n\r\n".encode() + content)
            await writer.drain()
        writer.close()

    def reply(self, method: str, path: str, body: bytes) -> tuple[int, bytes, str]:
        if method == "GET":
            found = self.shown.get(path)
            if self.later is not None and path.startswith("/v1/manifest/"):
                self.later()
            return (404, b"", "") if found is None else (200, found, "")
        (self.exchanges if path == "/v1/exchanges" else self.envelopes).append(body)
        if self.answers:
            return self.answers.pop(0)
        return (200, self.exchanged(body), "") if path == "/v1/exchanges" else (202, b"", "")

    def exchanged(self, body: bytes) -> bytes:
        hashed = exchange.request_hash(body)
        if self.outcome != exchange.SIGNED:
            return exchange.answer_refused(hashed, self.outcome)
        key = issuer.load(bytes.fromhex(self.vectors["token"]["pkcs8"]))
        wants = exchange.parse_request(body).wants
        if any(one.token_key_id != key.key_id for one in wants):
            return exchange.answer_refused(hashed, exchange.REFUSED)
        signatures = [issuer.sign_blinded(key, one.blinded, bytes(range(1, 251)) * 2) for one in wants]
        return exchange.answer_signed(hashed, signatures)


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def bank() -> Bank:
    return load(data.questions())


@pytest.fixture
async def office(vectors: dict[str, Any]) -> AsyncIterator[Office]:
    opened = Office(vectors)
    opened.publish()
    server = await asyncio.start_server(opened.answer, "127.0.0.1", 0)
    opened.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def worker(office: Office, vectors: dict[str, Any], bank: Bank, clock: FakeClock) -> Worker:
    return Worker(
        Transport(office.url),
        "voice.example",
        bank,
        fingerprint=bytes.fromhex(vectors["manifest"]["fingerprint"]),
        clock=clock,
        chance=SystemChance(),
    )

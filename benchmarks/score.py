"""``score``: a brand reads the score of a supplier over HTTP, among 10^6 releases and among 10^3.

The releases are synthetic and written straight into the tables; the door, the view and the queries are the real ones.
"""

import json
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from statistics import median
from time import perf_counter
from typing import Final

import harness
import releases
import servers
from harness import Outcome, Size
from station import CHANCE, ORIGIN, Station, settled, station

from laborvoice.domain import Value

FEW: Final = 1_000
LINKED: Final = 60
"""Suppliers of the brand that reads: as many in the large database as in the small one."""
BULK: Final = 500
RATE: Final = "100000/1"
_END: Final = b"\r\n\r\n"


class Field(Value, frozen=True):
    """A portal on a database of so many releases. ``brand`` reads one by one, ``large`` in bulk."""

    port: int
    brand: releases.Brand
    large: releases.Brand
    reads: int


class Reader:
    """One kept connection, as a brand's system has; reads one after the other."""

    def __init__(self, port: int, secret: str) -> None:
        self._socket = socket.create_connection((servers.LOOPBACK, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._secret = secret

    def send(self, method: str, path: str, body: bytes = b"", etag: str = "") -> tuple[int, dict[str, str], float]:
        """Status, headers, seconds."""
        kind = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
        match = f"if-none-match: {etag}\r\n" if etag else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {self._secret}\r\n{kind}{match}\r\n"
        )
        began = perf_counter()
        self._socket.sendall(head.encode() + body)
        status, headers = self._answer()
        return status, headers, perf_counter() - began

    def _answer(self) -> tuple[int, dict[str, str]]:
        raw = b""
        while _END not in raw:
            raw += self._more()
        head, _, body = raw.partition(_END)
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        left = int(headers.get("content-length", "0")) - len(body)
        while left > 0:
            left -= len(self._more())
        return int(first.split()[1]), headers

    def _more(self) -> bytes:
        found = self._socket.recv(1 << 20)
        if not found:
            raise ConnectionError("The portal closed the connection.")
        return found

    def close(self) -> None:
        self._socket.close()


class Measured(Value, frozen=True):
    """Milliseconds: ``p50`` and ``p99`` of a read, ``p50`` of one answered 304, of a bulk read of 500."""

    p50: float
    p99: float
    unchanged: float
    bulk: float


async def bench(size: Size) -> Outcome:
    many = size.pick(1_000_000, 1_000_000, 3_200)
    reads = size.pick(2000, 500, 20)
    async with station() as large, station() as small:
        with ExitStack() as stack:
            fields = {
                "few": await _open(stack, small, FEW, reads),
                "many": await _open(stack, large, many, reads),
            }
            found = _rounds(fields)
    growth = median(b.p50 / a.p50 for a, b in zip(found["few"], found["many"], strict=True))
    rows = [
        (f"{FEW:,} releases", _told(found["few"])),
        (f"{many:,} releases", _told(found["many"])),
        ("304 over 200", f"{median(one.unchanged / one.p50 for one in found['many']):.2f}"),
    ]
    per_second = 1000 / median(one.p50 for one in found["many"])
    return Outcome(ratios={"growth": growth}, per_second=per_second, rows=rows)


def _rounds(fields: Mapping[str, Field]) -> dict[str, list[Measured]]:
    for field in fields.values():
        _measure(field)
    found: dict[str, list[Measured]] = {name: [] for name in fields}
    for _ in range(harness.ROUNDS):
        for name, field in fields.items():
            found[name].append(_measure(field))
    return found


def _measure(field: Field) -> Measured:
    reads, unchanged = _singly(field)
    ranked = sorted(reads)
    return Measured(
        p50=1000 * median(reads),
        p99=1000 * ranked[len(ranked) * 99 // 100],
        unchanged=1000 * median(unchanged),
        bulk=1000 * median(_in_bulk(field)),
    )


def _singly(field: Field) -> tuple[list[float], list[float]]:
    """Seconds of reads, and of reads of what has not changed."""
    with closing(Reader(field.port, field.brand.secret)) as reader:
        some = field.brand.suppliers
        paths = [f"/v1/suppliers/{some[CHANCE.below(len(some))]}/score" for _ in range(field.reads)]
        reads = [expect(200, reader.send("GET", path)) for path in paths]
        etags = {path: reader.send("GET", path)[1]["etag"] for path in set(paths)}
        unchanged = [expect(304, reader.send("GET", path, etag=etags[path])) for path in paths[: field.reads // 4]]
    return reads, unchanged


def _in_bulk(field: Field) -> list[float]:
    body = json.dumps({"suppliers": [str(one) for one in field.large.suppliers]}).encode()
    with closing(Reader(field.port, field.large.secret)) as reader:
        return [expect(200, reader.send("POST", "/v1/scores/query", body)) for _ in range(max(field.reads // 50, 3))]


def expect(status: int, answer: tuple[int, dict[str, str], float]) -> float:
    if answer[0] != status:
        raise RuntimeError(f"{answer[0]} instead of {status}.")
    return answer[2]


def _told(found: Sequence[Measured]) -> str:
    p50, p99, unchanged, bulk = (
        median(getattr(one, name) for one in found) for name in ("p50", "p99", "unchanged", "bulk")
    )
    return f"p50 {p50:.2f} ms   p99 {p99:.2f} ms   304 {unchanged:.2f} ms   in bulk {bulk:.1f} ms"


async def _open(stack: ExitStack, one: Station, count: int, reads: int) -> Field:
    await releases.fill(one, count)
    brand, large = await releases.brand(one, LINKED), await releases.brand(one, BULK)
    await one.sql("ANALYZE")
    await settled(one)
    settings = {
        "database_url": one.dsn("portal"),
        "intake_origin": ORIGIN,
        "origin": ORIGIN,
        "session_key": "0" * 64,
        "export_key": "0" * 64,
        "home": str(one.folder),
        "rate": RATE,
    }
    port = stack.enter_context(servers.role("portal", settings))
    return Field(port=port, brand=brand, large=large, reads=reads)


if __name__ == "__main__":
    harness.main("score", bench)

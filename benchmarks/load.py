"""Load over real sockets: one connection a request, as phones come, and so little work that the server is the limit.

The request bytes are made beforehand and sent in one call; an answer is read once, when the server has closed. The
same client measures every app. Linux alone: it waits with epoll.
"""

import gc
import select
import socket
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from laborvoice.domain import Value

PATIENCE: Final = 30.0
_ENDED: Final = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR
_ANSWER_BYTES: Final = 65536
_STATUS: Final = slice(9, 12)
_GOOD: Final = frozenset({b"200", b"201", b"202"})
_MOST_OPEN: Final = 8000


class Result(Value, frozen=True):
    """``rate``: good answers a second. ``p50``, ``p99``: seconds from the connect to the end of the answer."""

    rate: float
    p50: float
    p99: float
    good: int
    bad: int


def request(path: str, kind: str, body: bytes) -> bytes:
    """A POST as bytes. The server is asked to close, so that all apps pay for a connection a request."""
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"connection: close\r\n\r\n" + body


class _Client:
    def __init__(self, port: int, requests: Iterable[bytes]) -> None:
        self._port = port
        self._requests = iter(requests)
        self._poll = select.epoll()
        self._waiting: dict[int, tuple[socket.socket, float]] = {}
        self.took: list[float] = []
        self.ends: list[float] = []
        self.bad = 0

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def launch(self) -> bool:
        """False where no request is left."""
        body = next(self._requests, None)
        if body is None:
            return False
        began = perf_counter()
        one = socket.create_connection(("127.0.0.1", self._port))
        one.sendall(body)
        one.settimeout(0)
        self._waiting[one.fileno()] = (one, began)
        self._poll.register(one.fileno(), _ENDED)
        return True

    def collect(self, patience: float) -> int:
        """Waits for answers; how many there were."""
        found = self._poll.poll(patience)
        for number, _ in found:
            one, began = self._waiting.pop(number)
            status = _status(one)
            one.close()
            ended = perf_counter()
            if status in _GOOD:
                self.took.append(ended - began)
                self.ends.append(ended)
            else:
                self.bad += 1
        return len(found)

    def close(self) -> None:
        for one, _ in self._waiting.values():
            one.close()
        self._poll.close()


def _status(one: socket.socket) -> bytes:
    try:
        return one.recv(_ANSWER_BYTES)[_STATUS]
    except OSError:
        return b""


def closed(port: int, requests: Iterable[bytes], clients: int, seconds: float) -> Result:
    """So many clients, each sending again when it is answered, until the time or the requests are over."""
    with _client(port, requests) as client:
        began = perf_counter()
        for _ in range(clients):
            client.launch()
        while client.waiting:
            came = client.collect(PATIENCE)
            if came == 0:
                raise TimeoutError("The server does not answer.")
            if perf_counter() - began < seconds:
                for _ in range(came):
                    client.launch()
        return _result(client, len(client.ends) / (client.ends[-1] - began))


def opened(port: int, requests: Sequence[bytes], rate: float, skip: float) -> Result:
    """Arrivals at a steady ``rate``, answered or not. Answers count from ``skip`` seconds on until the last arrival."""
    with _client(port, requests) as client:
        began, sent, more = perf_counter(), 0, True
        while more or client.waiting:
            due = (perf_counter() - began) * rate
            while more and sent < due and client.waiting < _MOST_OPEN:
                more = client.launch()
                sent += more
            ended = perf_counter() - began
            client.collect(max((sent + 1) / rate - ended, 0.0) if more else PATIENCE)
        span = len(requests) / rate
        skip = min(skip, span / 2)
        counted = sum(skip <= end - began < span for end in client.ends)
        return _result(client, counted / (span - skip))


def lasting(port: int, requests: Iterable[bytes], rate: float, seconds: float) -> Result:
    """Arrivals at a steady ``rate`` for so long, from requests that do not end; all answers are waited for."""
    with _client(port, requests) as client:
        began, sent = perf_counter(), 0
        while (ended := perf_counter() - began) < seconds:
            while sent < ended * rate and client.waiting < _MOST_OPEN:
                sent += client.launch()
            client.collect(max((sent + 1) / rate - (perf_counter() - began), 0.0))
        while client.waiting:
            if client.collect(PATIENCE) == 0:
                raise TimeoutError("The server does not answer.")
        return _result(client, sent / seconds)


@contextmanager
def _client(port: int, requests: Iterable[bytes]) -> Generator[_Client]:
    client = _Client(port, requests)
    gc.collect()
    gc.disable()
    try:
        yield client
    finally:
        gc.enable()
        client.close()


def _result(client: _Client, rate: float) -> Result:
    ranked = sorted(client.took)
    return Result(
        rate=rate,
        p50=ranked[len(ranked) // 2],
        p99=ranked[len(ranked) * 99 // 100],
        good=len(ranked),
        bad=client.bad,
    )

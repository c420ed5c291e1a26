"""Ports that no other process is given by chance: a home keeps its own through many starts."""

import socket

from laborvoice.chance import SystemChance

LOWEST, HIGHEST = 10_000, 30_000
"""Below those that the system gives to whoever asks for any, and to connections that go out."""
TRIES = 100


def own_row(count: int) -> int:
    """The first of so many free ports in a row."""
    for _ in range(TRIES):
        first = LOWEST + int.from_bytes(SystemChance().bytes(4)) % (HIGHEST - LOWEST)
        if all(map(_free, range(first, first + count))):
            return first
    raise AssertionError("no free ports in a row")


def _free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True

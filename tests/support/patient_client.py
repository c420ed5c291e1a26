"""Streams through the app as a client that stays until the end: what it was sent, chunk by chunk."""

import asyncio
from typing import Any


async def streamed(app: Any, target: str, key: str, method: str = "GET") -> tuple[int, dict[str, str], list[bytes]]:
    """Status, headers, and the pieces of the body as they came."""
    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"authorization", f"Bearer {key}".encode()), (b"accept", b"*/*")],
        "client": ("203.0.113.7", 4711),
        "server": ("127.0.0.1", 80),
        "extensions": {},
        "state": {},
    }
    sent: list[Any] = []
    over = asyncio.Event()
    waiting = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if waiting:
            return waiting.pop()
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            over.set()

    await app(scope, receive, send)
    start, *rest = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, [one["body"] for one in rest if one["body"]]

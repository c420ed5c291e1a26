"""The portal app over a small world; requests go through the whole stack, without a socket."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from litestar.types import ASGIApp

from laborvoice import data
from laborvoice.api.portal.app import create_portal_app
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import ids
from laborvoice.domain.questionnaire import load
from laborvoice.settings import Rate
from laborvoice.store.database import Database
from laborvoice.views import terms
from support.registry_world import World

ORIGIN = "https://voice.example"


@dataclass(frozen=True)
class Answer:
    status: int
    pairs: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.pairs)

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Client:
    """Speaks ASGI. What a server would refuse before the app sees it is not its business."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def ask(
        self,
        method: str,
        target: str,
        *,
        key: str = "",
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        path, _, query = target.partition("?")
        named = dict(headers or {})
        if key:
            named.setdefault("authorization", f"Bearer {key}")
        if body or method not in {"GET", "HEAD", "OPTIONS"}:
            named.setdefault("content-type", "application/json")
            named.setdefault("content-length", str(len(body)))
        scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
            "client": ("203.0.113.7", 4711),
            "server": ("127.0.0.1", 80),
            "extensions": {},
            "state": {},
        }
        sent: list[Any] = []
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return waiting.pop(0) if waiting else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        start, *rest = sent
        pairs = tuple((name.decode(), value.decode()) for name, value in start["headers"])
        return Answer(start["status"], pairs, b"".join(one["body"] for one in rest))

    async def get(self, target: str, key: str = "", **headers: str) -> Answer:
        return await self.ask(
            "GET", target, key=key, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    async def post(self, target: str, key: str, value: object, **headers: str) -> Answer:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.ask(
            "POST", target, key=key, body=msgspec.json.encode(value, enc_hook=ids.encode), headers=named
        )


def make_parts(world: World, database: Database, **more: Any) -> PortalParts:
    return PortalParts(
        clock=world.clock,
        chance=world.chance,
        database=database,
        origin=ORIGIN,
        cursor_secret=b"secret",
        export_seed=bytes(range(32)),
        rate=more.pop("rate", Rate(count=600, seconds=60)),
        processes=1,
        conditions=terms.conditions(load(data.questions())),
        **more,
    )


@pytest.fixture
def parts(world: World) -> PortalParts:
    return make_parts(world, world.portal)


@pytest.fixture
def client(parts: PortalParts) -> Client:
    return Client(create_portal_app(parts))


@dataclass(frozen=True)
class Chain:
    """A brand with one confirmed supplier of three periods, and its key."""

    brand: Any
    key: str
    supplier: Any
    releases: dict[str, Any]


@pytest.fixture
async def chain(world: World) -> Chain:
    brand, one = await world.party("brand"), await world.supplier()
    for label in ("2026-Q1", "2026-Q2", "2026-Q3"):
        await world.period(label)
    await world.linked(brand, one)
    releases = {
        "2026-Q1": await world.release(one, "2026-Q1", n=60),
        "2026-Q2": await world.release(one, "2026-Q2"),
        "2026-Q3": await world.release(one, "2026-Q3", n=214, covers=("2026-Q2", "2026-Q3")),
    }
    return Chain(brand, await world.secret(brand, "brand"), one, releases)


@pytest.fixture
async def plugged(world: World, plug: Any) -> AsyncIterator[Client]:
    """An app whose database can go away."""
    async with Database.open(plug.dsn, size=2) as database:
        yield Client(create_portal_app(make_parts(world, database)))

"""From a phone to a watchdog and back, through every door: intake, vault, portal, each with its clients."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from laborvoice.api.portal.app import create_portal_app
from laborvoice.client.portal import Portal
from laborvoice.client.worker import Message
from support import poll
from support.known import QuickClock
from support.phone import CHANCE
from support.portal_pages import parts, served
from support.registry_world import START, World


@dataclass
class Line:
    """``key`` is an API key of the watchdog's, ``url`` the portal's."""

    played: poll.World
    registry: World
    site: poll.Site
    url: str
    key: str

    @property
    def portal(self) -> Portal:
        return Portal(self.url, self.key)

    async def tell(self, *messages: Message, cards: int = 0) -> None:
        """The first ``cards`` of them beside a vote, the others alone; then all are dealt."""
        for message in messages[:cards]:
            await self.played.vote([self.site.cards.pop()], message=message)
        await self.played.tell(*messages[cards:])
        await self.mix()

    async def mix(self) -> None:
        """To the full hour after, when what waits on the shelf is dealt."""
        for _ in range(2):
            self.played.clock.tell((self.played.clock.now() + timedelta(hours=1)).isoformat())
            for _ in range(2):
                await self.played.vault.mix()


def message(text: str, kind: Any = "story", **more: Any) -> Message:
    given: dict[str, Any] = {"conversation": CHANCE.bytes(32), **more}
    return Message(kind=kind, text=text, language="en", **given)


@asynccontextmanager
async def line(database: Any, folder: Path) -> AsyncGenerator[Line]:
    async with poll.playing(database.dsn, folder / "home", clock=QuickClock(START.replace(minute=0))) as played:
        site = await played.admit()
        await played.learn()
        registry = World(played.databases["portal"], played.databases["vault"], database.superuser)
        key = await registry.secret(played.watchdog.party, "watchdog")
        async with served(create_portal_app(parts(registry))) as url:
            yield Line(played, registry, site, url, key)

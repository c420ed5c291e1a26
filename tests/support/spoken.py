"""Words of workers on their way to a watchdog: beside a vote or alone, until the mix has dealt them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from laborvoice.client.worker import Message
from support import poll
from support.known import QuickClock
from support.phone import CHANCE
from support.registry_world import START, World


@dataclass
class Spoken:
    """What tests of a watchdog begin with: a site whose workers have cards, and the portal's view of it all."""

    played: poll.World
    site: poll.Site
    registry: World

    async def tell(self, *messages: Message, cards: int = 0) -> None:
        """The first ``cards`` of them beside a vote, the others alone; then all are dealt."""
        for one in messages[:cards]:
            await self.played.vote([self.site.cards.pop()], message=one)
        await self.played.tell(*messages[cards:])
        await self.mix()

    async def mix(self) -> None:
        """To the full hour after, when what waits on the shelf is dealt."""
        for _ in range(2):
            self.played.clock.tell((self.played.clock.now() + timedelta(hours=1)).isoformat())
            for _ in range(2):
                await self.played.vault.mix()


@asynccontextmanager
async def spoken(database: Any, folder: Path) -> AsyncGenerator[Spoken]:
    async with poll.playing(database.dsn, folder / "home", clock=QuickClock(START.replace(minute=0))) as played:
        site = await played.admit()
        await played.learn()
        yield Spoken(played, site, World(played.databases["portal"], played.databases["vault"], database.superuser))


def message(text: str, kind: Any = "story", **more: Any) -> Message:
    given: dict[str, Any] = {"conversation": CHANCE.bytes(32), **more}
    return Message(kind=kind, text=text, language="en", **given)

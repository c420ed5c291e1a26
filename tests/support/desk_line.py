"""From a phone to a watchdog and back, through every door: intake, vault, portal, each with its clients."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laborvoice.api.portal.app import create_portal_app
from laborvoice.client.portal import Portal
from support.portal_pages import parts, served
from support.spoken import Spoken, spoken


@dataclass
class Line(Spoken):
    """``key`` is an API key of the watchdog's, ``url`` the portal's."""

    url: str
    key: str

    @property
    def portal(self) -> Portal:
        return Portal(self.url, self.key)


@asynccontextmanager
async def line(database: Any, folder: Path) -> AsyncGenerator[Line]:
    async with spoken(database, folder) as begun:
        key = await begun.registry.secret(begun.played.watchdog.party, "watchdog")
        async with served(create_portal_app(parts(begun.registry))) as url:
            yield Line(begun.played, begun.site, begun.registry, url, key)

"""What a page sent and got, in bytes with headers, as Chromium itself counts them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

FRAME = len("  HTTP/1.1\r\n\r\n")
"""Of a request line, beside method and path, and the empty line below the head."""


@dataclass
class Line:
    sent: dict[str, int] = field(default_factory=dict[str, int])
    got: dict[str, int] = field(default_factory=dict[str, int])
    paths: dict[str, str] = field(default_factory=dict[str, str])

    def both(self, wanted: Callable[[str], bool] = bool) -> int:
        """Both ways, of the requests whose path is wanted."""
        return self.up(wanted) + sum(self.got.get(one, 0) for one, path in self.paths.items() if wanted(path))

    def up(self, wanted: Callable[[str], bool] = bool) -> int:
        return sum(self.sent.get(one, 0) for one, path in self.paths.items() if wanted(path))

    async def listen(self, page: Page) -> None:
        session = await page.context.new_cdp_session(page)
        await session.send("Network.enable")  # pyright: ignore[reportUnknownMemberType]  # its answer is not read
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.requestWillBeSentExtraInfo", self._sent)
        session.on("Network.loadingFinished", self._loaded)

    def _asked(self, said: dict[str, Any]) -> None:
        bodies = [len(one.get("bytes", "")) * 3 // 4 for one in said["request"].get("postDataEntries", ())]
        path = "/" + said["request"]["url"].split("/", 3)[3]
        self.paths[said["requestId"]] = path
        self._add(said["requestId"], sum(bodies) + len(said["request"]["method"] + path) + FRAME)

    def _sent(self, said: dict[str, Any]) -> None:
        headers = sum(len(f"{name}: {value}\r\n") for name, value in said["headers"].items())
        self._add(said["requestId"], headers)

    def _loaded(self, said: dict[str, Any]) -> None:
        self.got[said["requestId"]] = int(said["encodedDataLength"])

    def _add(self, request: str, size: int) -> None:
        self.sent[request] = self.sent.get(request, 0) + size

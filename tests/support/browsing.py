"""A real Chromium: where CHROMIUM says, or the one on PATH."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")  # noqa: TID251 - of the machine, not of ours
LOUDLY = "No Chromium on this machine: THE BROWSER TESTS WERE LEFT OUT (Debian: apt-get install chromium)."
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")


@asynccontextmanager
async def browsing(*flags: str) -> AsyncGenerator[Browser]:
    assert CHROMIUM is not None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *flags])
        yield browser
        await browser.close()

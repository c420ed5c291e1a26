"""Pictures of the demo for the handbook: ``python tests/browser/screenshots.py HOME FOLDER``.

HOME is what ``laborvoice demo --keep HOME`` left. ``up`` serves it; a brand's viewer signs in as a person would.
"""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from playwright.async_api import Browser, Page, ViewportSize

from laborvoice.clock import SystemClock
from laborvoice.crypto import totp
from laborvoice.demo.home import LEFT, Left
from support.browsing import browsing

WIDE = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=640)
READY_SECONDS = 60
VIEWER, HELPER = "brand_viewer", "watchdog_handler"


@asynccontextmanager
async def served(home: Path) -> AsyncGenerator[Left]:
    left = msgspec.json.decode((home / LEFT).read_bytes(), type=Left)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "laborvoice", "up", "--home", str(home))
    try:
        await _answering(left)
        yield left
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def _answering(left: Left) -> None:
    ports = [int(url.rpartition(":")[2]) for url in (left.portal_url, left.intake_url)]
    async with asyncio.timeout(READY_SECONDS):
        for port in ports:
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.2)
                    continue
                writer.close()
                break


async def _signed_in(browser: Browser, left: Left, role: str, home: str) -> Page:
    login = next(one for one in left.logins if one.role == role)
    context = await browser.new_context(viewport=WIDE)
    page = await context.new_page()
    await page.goto(f"{left.portal_url}/login")
    await page.fill("input[name=name]", login.name)
    await page.fill("input[name=password]", login.password)
    await page.click("main button[type=submit]")
    if login.totp_secret:
        code = totp.at(totp.secret_of(login.totp_secret), int(SystemClock().now().timestamp()) // totp.STEP_SECONDS)
        await page.fill("input[name=code]", code)
        await page.click("main button[type=submit]")
    await page.wait_for_selector(f"nav a[href='{home}']")
    return page


async def _brand(browser: Browser, left: Left, folder: Path) -> None:
    page = await _signed_in(browser, left, VIEWER, "/suppliers")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await page.goto(f"{left.portal_url}/suppliers")
        await page.screenshot(path=folder / f"portfolio-{scheme}.png")
        await page.get_by_role("link", name=re.compile("Corvane")).first.click()
        await page.wait_for_selector("h1")
        await page.screenshot(path=folder / f"supplier-{scheme}.png")
    for name in ("heat", "endpoints"):
        await page.goto(f"{left.portal_url}/{name}")
        await page.screenshot(path=folder / f"{name}.png")
    await page.context.close()


async def _watchdog(browser: Browser, left: Left, home: Path, folder: Path) -> None:
    """Opened with the keys that the demo left: the portal that serves the page cannot."""
    page = await _signed_in(browser, left, HELPER, "/inbox")
    keys = left.watchdog_keys[0]
    await page.goto(f"{left.portal_url}/inbox")
    await page.locator("#unlock-file").set_input_files(home / keys.file)
    await page.locator("#unlock-code").fill((home / keys.code_file).read_text("ascii").strip())
    await page.get_by_role("button", name="Unlock").last.click()
    await page.wait_for_selector("html[data-open]", state="attached")
    await page.locator("#list li a").first.click()
    await page.wait_for_selector("#message .words")
    await page.screenshot(path=folder / "inbox.png")
    await page.context.close()


async def _phone(browser: Browser, left: Left, folder: Path) -> None:
    context = await browser.new_context(viewport=PHONE)
    page = await context.new_page()
    await page.goto(left.intake_url)
    await page.wait_for_selector("html[data-ready]", state="attached")
    await page.screenshot(path=folder / "phone-language.png")
    await page.get_by_role("button", name="English").click()
    await page.wait_for_selector("h1")
    await page.screenshot(path=folder / "phone-before.png")
    await context.close()


async def main(home: Path, folder: Path) -> None:
    async with served(home) as left, browsing() as browser:
        await _brand(browser, left, folder)
        await _watchdog(browser, left, home, folder)
        await _phone(browser, left, folder)


if __name__ == "__main__":
    Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))

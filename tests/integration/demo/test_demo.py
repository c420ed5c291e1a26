"""The demo in small, with real processes: every promise holds, and its home can be served again."""

import asyncio
import io
import json
import socket
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from rich.console import Console

from laborvoice import data, supervise
from laborvoice.chance import SystemChance
from laborvoice.client.brand import Brand, Published, Withheld
from laborvoice.client.transport import Transport
from laborvoice.client.worker import Worker
from laborvoice.clock import SystemClock
from laborvoice.demo import home as homes
from laborvoice.demo.closing import Totals
from laborvoice.demo.course import Running
from laborvoice.demo.home import LEFT, Left, flags
from laborvoice.demo.run import run
from laborvoice.demo.words import ANSWER, CALL
from laborvoice.domain.questionnaire import load
from laborvoice.errors import BadSetting
from support.upped import command

ENVIRON: dict[str, str] = {}
LAUNCH = partial(supervise.launch_told, ENVIRON)
COUNTS = [field.name for field in msgspec.structs.fields(Totals)]


async def test_the_small_world_keeps_its_promises_and_its_home_serves_on(short_home: Path) -> None:
    written = io.StringIO()
    status = await run(LAUNCH, Console(file=written), check=True, keep=short_home)
    text = written.getvalue()
    assert status == 0, text
    found = json.loads(text.splitlines()[-1])
    assert list(found) == COUNTS
    assert all(found.values())
    assert found["ballots_counted"] + found["ballots_carried"] + found["ballots_dropped"] == found["ballots_accepted"]
    assert found["ballots_accepted"] < found["ballots_sent"]
    assert found["boxes_burned"] == found["periods"]
    assert "BROKEN" not in text
    left = homes.left(short_home)
    again = {"home": str(short_home), **{name: value for name, value in flags(kept=True).items() if "bind" in name}}
    async with supervise.launch(ENVIRON, again, text=False) as running:
        brand = Brand(running.portal_url, left.brand_api_key)
        suppliers = {one.name: one.id for one in brand.suppliers()}
        assert list(suppliers) == ["Aurelline Stitch (demo)", "Kestrel Orchard (demo)"]
        assert isinstance(brand.score(suppliers["Aurelline Stitch (demo)"]), Published)
        assert isinstance(brand.score(suppliers["Kestrel Orchard (demo)"]), Withheld)
        other = Brand(running.portal_url, left.other_brand_api_key)
        assert [one.name for one in other.suppliers()] == ["Farrowdene Fashion (demo)"]
        key = short_home / "key"
        key.write_text(f"{left.brand_api_key}\n", encoding="ascii")
        status, shown = await said("--url", running.portal_url, "--key-file", str(key), "--recompute")
        assert (status, shown.count("the same")) == (0, 1), shown
        key.write_text("lvk_test_nobody", encoding="ascii")
        assert await said("--url", running.portal_url, "--key-file", str(key)) == (1, "")
        await the_inbox_opens(short_home, running, found["messages_opened"])


async def the_inbox_opens(home: Path, running: Running, messages: int) -> None:
    """With what the demo left: key file and code; and the receipt of the call, at a phone."""
    left = homes.left(home)
    for kept in left.watchdog_keys:
        assert {(home / name).stat().st_mode & 0o777 for name in (kept.file, kept.code_file)} == {0o600}
    status, shown = await said("--home", str(home), "--json", of=("watchdog", "inbox"))
    letters = [json.loads(line) for line in shown.splitlines()]
    assert (status, len(letters)) == (0, messages)
    assert (letters[0]["kind"], letters[0]["state"], letters[0]["said"]["t"]) == ("urgent", "acknowledged", CALL.text)
    phone = Worker(
        Transport(running.intake_url),
        urlsplit(running.intake_url).netloc,
        load(data.questions()),
        fingerprint=running.fingerprint,
        clock=SystemClock(),
        chance=SystemChance(),
    )
    assert [one.t for one in await phone.replies(left.receipt)] == ["", ANSWER]


async def said(*words: str, of: tuple[str, ...] = ("scores",)) -> tuple[int, str]:
    """Exit code and output of a command."""
    process = await asyncio.create_subprocess_exec(*command(*of, *words), stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    return await process.wait(), output.decode()


class Refused(Exception):
    pass


async def test_a_home_that_is_not_kept_is_gone_whatever_happens() -> None:
    seen: list[Path] = []

    def launch(home: Path, given: Mapping[str, str], moment: datetime) -> AbstractAsyncContextManager[Running]:
        seen.append(home)
        assert given["intake_origin"] == f"http://{given['intake_bind']}"
        assert moment.tzinfo is not None
        raise Refused

    with pytest.raises(Refused):
        await run(launch, Console(file=io.StringIO()), check=True, keep=None)
    (home,) = seen
    assert not home.exists()


async def test_a_home_that_is_not_fresh_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    for home in (tmp_path, tmp_path / "data"):
        with pytest.raises(BadSetting, match="fresh"):
            await run(LAUNCH, Console(file=io.StringIO()), check=True, keep=home)


def test_a_port_that_is_taken_is_not_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        chosen = homes.first_free(port, 1)
    assert chosen != port


def test_what_is_left_is_private_and_hides_its_keys(tmp_path: Path) -> None:
    left = Left(
        portal_url="http://127.0.0.1:1",
        intake_url="http://127.0.0.1:2",
        operator_api_key="secret-o",
        watchdog_api_key="secret-w",
        brand_api_key="secret-a",
        other_brand_api_key="secret-b",
    )
    homes.leave(tmp_path, left)
    assert (tmp_path / LEFT).stat().st_mode & 0o777 == 0o600
    assert homes.left(tmp_path) == left
    with pytest.raises(BadSetting):
        homes.left(tmp_path / "elsewhere")
    assert "secret" not in repr(left)

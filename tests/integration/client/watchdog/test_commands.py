"""The commands of a watchdog, as processes: keys made, proved and posted; messages opened and answered."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from laborvoice.api.portal.app import create_portal_app
from laborvoice.cli import commands
from laborvoice.client.watchdog import keyfile
from laborvoice.clock import SystemClock
from laborvoice.crypto import receipt, signing
from laborvoice.domain.ids import PartyId
from laborvoice.domain.period import Period
from laborvoice.errors import BadSetting, LaborvoiceError
from support.desk_line import Line
from support.phone import CHANCE, HOST
from support.portal_pages import parts, served
from support.registry_world import START, World
from support.spoken import message
from support.upped import command

CODE = "1234567890123456789012345627"
HIDDEN = "\u202egnp.exe"


@dataclass
class Said:
    status: int
    out: str
    err: str


async def run(*words: str, typed: str = "") -> Said:
    """In this process: a new one for each would take most of the test's time."""
    result = await asyncio.to_thread(CliRunner().invoke, commands, ["watchdog", *words], input=typed)
    if isinstance(result.exception, LaborvoiceError):
        return Said(2 if isinstance(result.exception, BadSetting) else 1, result.stdout, f"{result.exception}\n")
    return Said(result.exit_code, result.stdout, result.stderr)


async def process(*words: str, typed: str = "") -> Said:
    process = await asyncio.create_subprocess_exec(
        *command("watchdog", *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(typed.encode())
    return Said(await process.wait(), out.decode(), err.decode())


@dataclass
class Office:
    """A portal of today; ``at`` are the options that name it."""

    party: PartyId
    at: tuple[str, ...]


@pytest.fixture
async def office(world: World, tmp_path: Path) -> AsyncIterator[Office]:
    world.clock.moment = SystemClock().now()
    party = await world.party("watchdog")
    key = tmp_path / "api-key"
    key.write_text(f"{await world.secret(party, 'watchdog')}\n", encoding="ascii")
    async with served(create_portal_app(parts(world))) as url:
        yield Office(party, ("--url", url, "--key-file", str(key)))


async def test_a_year_of_keys_is_made_proved_and_posted(office: Office, tmp_path: Path) -> None:
    made = await run("keys", "make", "--into", str(tmp_path), *office.at)
    file = tmp_path / f"laborvoice-key-{Period.at(SystemClock().now().date(), 'month').end:%Y}.json"
    assert (made.status, file.stat().st_mode & 0o777) == (0, 0o600)
    code = receipt.parse_digits(made.out.strip())
    assert made.err.startswith(f"{file} is made.")
    before = await run("keys", "show", str(file), *office.at)
    assert (before.status, before.out.count("not posted")) == (0, 12)
    assert before.out.startswith(f"party     {office.party}\n")
    again = await run("keys", "make", "--party", str(office.party), "--into", str(tmp_path))
    assert (again.status, again.out) == (2, "")
    assert "not written over" in again.err
    wrong = await process("keys", "post", str(file), "--code-file", "-", *office.at, typed=CODE)
    assert (wrong.status, wrong.err.count("\n")) == (1, 1)
    assert wrong.err == "laborvoice: The code is not that of this file, or the file was changed.\n"
    right = await run("keys", "post", str(file), "--code-file", "-", *office.at, typed=f"{code[:14]} {code[14:]}\n")
    assert (right.status, right.out.split(".")[0]) == (0, "12 months are posted")
    twice = await run("keys", "post", str(file), "--code-file", "-", *office.at, typed=code)
    assert (twice.status, "There are keys until one of these days already." in twice.err) == (1, True)
    after = await run("keys", "show", str(file), *office.at)
    assert after.out.count("waiting for its month or a manifest") == 12
    saved = await run("keys", "save", str(file), "--code-file", "-", typed=code)
    assert (saved.status, keyfile.unlock(file.read_bytes(), code).party) == (0, office.party)


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("keys", "make", "--party", "par_nobody"), 2, "--party is an id"),
        (("keys", "make", "--first", "2026-Q1", "--party", "{party}"), 2, "--first is a month"),
        (("keys", "make", "--first", "soon", "--party", "{party}"), 2, "--first is a month"),
        (("keys", "make", "--party", "{party}", "--into", "{folder}/nowhere"), 2, "cannot be written"),
        (("keys", "make"), 2, "Give --url and --key-file"),
        (("keys", "show", "{folder}/nowhere"), 2, "cannot be read"),
        (("keys", "show", "{folder}/api-key"), 1, "This is no key file"),
        (("inbox", "--url", "http://127.0.0.1:1", "--key-file", "{folder}/api-key"), 2, "Give --year"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_one_sentence(
    words: tuple[str, ...], status: int, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "api-key").write_text("key", encoding="ascii")
    party = PartyId.draw(bytes(16))
    said = await run(*(one.format(party=party, folder=tmp_path) for one in words))
    assert (said.status, said.out, said.err.count("\n")) == (status, "", 1), said.err
    assert sentence in said.err


async def test_another_partys_file_and_past_years_are_not_posted(office: Office, tmp_path: Path) -> None:
    for party, first, sentence in (
        (PartyId.draw(bytes(16)), SystemClock().now().date(), "another party's"),
        (office.party, START.date().replace(year=2020), "have ended"),
    ):
        path = tmp_path / f"{first.year}-{party}.json"
        path.write_bytes(keyfile.write(keyfile.make(party, first, CHANCE), CODE, first, CHANCE))
        said = await run("keys", "post", str(path), "--code-file", "-", *office.at, typed=CODE)
        assert (said.status, sentence in said.err) == (1, True), said.err


@dataclass
class Opened:
    """``at``: the options that name portal, key file and code."""

    line: Line
    at: tuple[str, ...]


@pytest.fixture
async def opened(desk: Line, tmp_path: Path) -> Opened:
    """The key that phones seal to, in a file of a year."""
    watchdog = desk.played.watchdog
    made = keyfile.make(watchdog.party, START.date(), CHANCE)
    roots = (watchdog.root, *made.roots[1:])
    months = tuple(
        keyfile.make_month(watchdog.party, watchdog.sign, month.until, root)
        for month, root in zip(made.months, roots, strict=True)
    )
    keys = keyfile.Keys(
        party=watchdog.party, sign_key=signing.public_of(watchdog.sign), seed=watchdog.sign, months=months, roots=roots
    )
    at: list[str] = ["--url", desk.url]
    for option, name, content in (
        ("--year", "year.json", keyfile.write(keys, CODE, START.date(), CHANCE)),
        ("--code-file", "code", CODE.encode()),
        ("--key-file", "api-key", desk.key.encode()),
    ):
        (tmp_path / name).write_bytes(content)
        at += [option, str(tmp_path / name)]
    return Opened(desk, tuple(at))


async def test_messages_are_listed_opened_and_answered(opened: Opened) -> None:
    desk = opened.line
    assert (await run("inbox", *opened.at)).out == "Nothing waits.\n"
    digits = receipt.make_digits(CHANCE.below(receipt.NUMBERS))
    call = message(f"They locked us in. {HIDDEN}", "urgent", conversation=receipt.conversation_key(digits, HOST))
    await desk.tell(message("Late again."), call)
    listed = await run("inbox", "--json", *opened.at)
    urgent, story = [json.loads(line) for line in listed.out.splitlines()]
    assert (urgent["kind"], urgent["said"]["t"], story["said"]["t"]) == ("urgent", call.text, "Late again.")
    assert "cv" not in urgent["said"]
    assert listed.out.isascii()
    table = await run("inbox", *opened.at)
    assert (table.status, table.out.count("msg_")) == (0, 2)
    assert table.out.startswith(f"Urgent: no supplier named\n  {urgent['id']}  2026-W46  new, due by 2026-11-12")
    assert HIDDEN[0] not in table.out
    first = await run("inbox", urgent["id"], *opened.at)
    assert first.out.endswith("They locked us in. <U+202E>gnp.exe\n")
    assert "urgent, 2026-W46, new, due by 2026-11-12" in first.out
    words = await run("reply", urgent["id"], "--text-file", "-", *opened.at, typed="We are coming.\n")
    assert (words.status, "as number 2" in words.out) == (0, True), words.err
    second = await run("inbox", urgent["id"], *opened.at)
    assert "acknowledged, in time" in second.out
    await desk.mix()
    read = await desk.played.worker().replies(digits)
    assert [(one.k, one.st, one.t) for one in read] == [("ack", "received", ""), ("reply", "acting", "We are coming.")]
    long = await run("reply", story["id"], "--text-file", "-", *opened.at, typed="".join(map(chr, range(1000, 2000))))
    assert (long.status, "bytes too long" in long.err) == (1, True), long.err
    assert (await run("inbox", "msg_0", *opened.at)).status == 1
    assert (await run("inbox", "--closed", *opened.at)).out == "Nothing waits.\n"

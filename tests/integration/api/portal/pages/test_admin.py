"""The operator's pages: status, manifest, parties; a new party's admin comes in by the link that is shown once."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import msgspec
import pytest

from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.manifest import BoxKeys, Mailbox, Manifest, MixKeys, Parts, PolicyShown, WatchdogProof
from laborvoice.pipeline import enrol
from laborvoice.store.ballot import manifest
from support.registry_world import World
from support.signing import PASSWORD, Browser, Person, person


def text(answer: Any) -> str:
    assert answer.status in {200, 422}, answer.body
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.body.decode())))


def lines(page: str) -> dict[str, str]:
    """State and text, by what a line of the status is about."""
    found = re.findall(
        r'<th scope="row">(.*?)</th><td><span class="tag (\w+)">.*?</span></td>(.*?)</tr>', page, re.DOTALL
    )
    return {unescape(about): f"{state}: {unescape(re.sub(r'<[^>]+>', '', rest))}" for about, state, rest in found}


def signed(seq: int, begins: date, ends: date, kids: tuple[str, ...] = ()) -> tuple[manifest.Stored, bytes]:
    payload = Manifest(
        v=1,
        origin="voice.example",
        seq=seq,
        prev="",
        not_before=begins.isoformat(),
        not_after=ends.isoformat(),
        box=(BoxKeys(period="2026-Q4", close="2027-01-03", keys=()),),
        mix=(MixKeys(week="2026-W46", until="2026-11-23", keys=()),),
        watchdogs=(WatchdogProof(party="par_x", sign="s", kids=kids),),
        parts=Parts(count=1, size=4096, root=""),
        pow_bits=15,
        mailbox=Mailbox(),
        policy=PolicyShown(name="standard", epsilon="2", delta="1e-4", k=10),
        files={},
    )
    told = msgspec.json.encode(payload).decode()
    return manifest.Stored(seq=seq, not_before=begins, not_after=ends, payload=told), b"body"


async def publish(world: World, seq: int, begins: date, ends: date, kids: tuple[str, ...] = ()) -> None:
    stored, body = signed(seq, begins, ends, kids)

    async def put(db: Any) -> None:
        assert await manifest.put(db, stored, body)

    await world.vault.run("test", put)


@pytest.fixture
async def operator(world: World, parts: PortalParts) -> Person:
    party = await world.party("operator", "Operator")
    return await person(world, parts.signing_in, party, "operator_admin", "Olga Operator")


@pytest.fixture
async def browser(client: Any, operator: Person) -> Browser:
    made = Browser(client)
    await made.sign_in(operator)
    return made


async def test_an_empty_deployment_is_told_what_to_do(browser: Browser) -> None:
    home = await browser.get("/")
    assert home.headers["location"] == "/admin"
    page = await browser.get("/admin")
    found = lines(page.body.decode())
    assert found["Mix"].startswith("elsewhere: ")
    assert found["Manifest"].startswith("act: There is none")
    assert "laborvoice vault" in found["Manifest"]
    assert found["Period"].startswith("act: No period is open")
    assert found["Webhooks"].startswith("well: ")
    assert found["Watchdogs' keys"].startswith("act: There is no watchdog")
    assert found["Help numbers"].startswith("look: There are none")
    assert found["Parties"].startswith("well: ")
    assert "None yet: phones cannot start." in text(await browser.get("/admin/keys"))


async def test_what_is_well_and_what_is_late(browser: Browser, world: World) -> None:
    today = world.today
    await world.period("2026-Q4", "open")
    await world.period("2026-Q2", "closing")
    await publish(world, 3, today - timedelta(days=4), today + timedelta(days=10))
    await world.watchdog("all")
    await world.help()
    found = lines((await browser.get("/admin")).body.decode())
    assert found["Manifest"].startswith(f"well: Number 3, until {today + timedelta(days=10)}: 10 days left.")
    assert found["Period"].startswith("well: 2026-Q4 is open; its box closes on 2027-01-03.")
    assert found["Close"].startswith("act: The box of 2026-Q2 was due on 2026-07-03")
    assert "laborvoice vault confirm-clock" in found["Close"]
    assert found["Watchdogs' keys"].startswith("look: None, or none for more than 30 days: A watchdog.")
    assert found["Help numbers"].startswith("well: ")
    assert found["Parties"].startswith("look: Without an admin who has set a password: A watchdog.")


async def test_what_runs_out(browser: Browser, world: World, operator: Person) -> None:
    today = world.today
    await publish(world, 1, today - timedelta(days=13), today + timedelta(days=1))
    watchdog = await world.party("watchdog", "Late Watch")
    await enrol.watchdog_keys(world.portal, [world.watchdog_key(watchdog, days=200)])
    old = msgspec.structs.replace(world.number(), checked_on=today - timedelta(days=400))
    await enrol.help_numbers(world.portal, "BD", [old])
    found = lines((await browser.get("/admin")).body.decode())
    assert found["Manifest"].startswith("look: ")
    assert "1 day left, and no newer one has come." in found["Manifest"]
    assert found["Watchdogs' keys"].startswith("well: ")
    assert found["Help numbers"].startswith("look: Not called to see for a year: BD.")
    world.clock.skip(days=2)
    await browser.sign_in(operator)
    assert lines((await browser.get("/admin")).body.decode())["Manifest"].startswith("act: ")
    assert "it has ended, and phones refuse it." in text(await browser.get("/admin/keys"))


async def test_webhooks_that_nobody_delivers(browser: Browser, world: World) -> None:
    endpoint = (await world.party("brand")).uuid
    await world.sql(
        """INSERT INTO outbox.endpoint (id, party_id, url, types, state, created_on, url_changed_on)
            VALUES ($1, $1, 'https://hooks.example/in', '{*}', 'active', $2, $2)""",
        endpoint,
        world.today,
    )
    await world.sql(
        """WITH fresh AS (
            INSERT INTO outbox.event (id, type, audience, resource, facts, occurred_on, sequence, body, expanded)
            VALUES (gen_random_uuid(), 'release.published', 'party:x', 'x', '{}', now(), 1, '{"id":"x"}', true)
            RETURNING id)
        INSERT INTO outbox.delivery (id, event_id, endpoint_id, state, next_attempt_at)
        SELECT gen_random_uuid(), id, $1, 'due', $2 FROM fresh""",
        endpoint,
        world.clock.now() - timedelta(minutes=10),
    )
    webhooks = lines((await browser.get("/admin")).body.decode())["Webhooks"]
    assert webhooks.startswith("well: The oldest that is due has waited for 10 min.")
    world.clock.skip(minutes=10)
    webhooks = lines((await browser.get("/admin")).body.decode())["Webhooks"]
    assert webhooks.startswith("act: The oldest that is due has waited for 20 min.")
    assert "laborvoice courier" in webhooks


async def test_the_manifest_its_window_and_who_waits_for_the_next(browser: Browser, world: World) -> None:
    today = world.today
    for seq in range(1, 15):
        begins = today - timedelta(days=7 * (14 - seq))
        await publish(world, seq, begins, begins + timedelta(days=13), ("other",))
    await publish(world, 15, today + timedelta(days=7), today + timedelta(days=20))
    await world.watchdog("all")
    page = text(await browser.get("/admin/keys"))
    assert "Number 14" in page
    assert "13 days left." in page
    assert "manifest key online" in page
    assert f"A watchdog: its key until {today + timedelta(days=18)}" in page
    assert "Box of 2026-Q4 closes on 2027-01-03" in page
    assert "Made, not begun" in page
    assert "Before it" in page
    await publish(world, 16, today, today + timedelta(days=13), ("a2lk",))
    assert "None: the present key of each watchdog" in text(await browser.get("/admin/keys"))


async def test_a_party_and_its_first_admin(client: Any, browser: Browser, world: World) -> None:
    await browser.get("/admin/parties")
    made = await browser.post("/admin/parties", kind="brand", name="New Brand", country="NL", admin="Nora New")
    link = re.search(r"https://voice\.example(/welcome/[A-Za-z0-9_-]{43})", text(made))
    assert link is not None
    row = text(await browser.get("/admin/parties"))
    assert "New Brand brand Netherlands" in row
    assert "invited, no password yet" in row
    assert "/welcome/" not in row
    new = Browser(client)
    assert (await new.post(link[1], name="Nora", password=PASSWORD)).headers["location"] == "/account?done=welcome"
    assert "has an admin" in text(await browser.get("/admin/parties"))
    acts = await world.sql("SELECT array_agg(action ORDER BY seq) FROM access.audit WHERE chain = 'acts'")
    assert acts[acts.index("party.created") + 1] == "user.invited"


async def test_faults_of_the_form_change_nothing(browser: Browser, world: World) -> None:
    await browser.get("/admin/parties")
    good = {"kind": "brand", "name": "New Brand", "country": "NL", "admin": "Nora New"}
    for name, wrong, told in (
        ("kind", "other", "Choose what the party is."),
        ("name", "", "Write its name."),
        ("country", "nl", "Write two capitals"),
        ("country", "QQ", "Write two capitals"),
        ("admin", "", "Type the name the first admin"),
        ("admin", "olga  OPERATOR", "Another user has this name."),
    ):
        page = await browser.post("/admin/parties", **{**good, name: wrong})
        assert (page.status, told in text(page)) == (422, True), name
        assert f'value="{good["name"] if name != "name" else ""}"' in page.body.decode()
    assert await world.sql("SELECT count(*) FROM registry.party") == 1


async def test_an_admin_for_a_party_without_one(browser: Browser, world: World) -> None:
    party = await world.party("watchdog", "Old Watch")
    page = await browser.get("/admin/parties")
    assert f'action="/admin/parties/{party}/admins"' in page.body.decode()
    at = f"/admin/parties/{party}/admins"
    assert "Type the name the first admin" in text(await browser.post(at, admin=""))
    assert "Another user has this name." in text(await browser.post(at, admin="Olga Operator"))
    assert (await browser.post("/admin/parties/par_x/admins", admin="Wanda")).status == 404
    assert "A link for Wanda" in text(await browser.post(at, admin="Wanda"))
    page = await browser.get("/admin/parties")
    assert f'action="/admin/parties/{party}/admins"' not in page.body.decode()


async def test_many_parties_go_by_pages(browser: Browser, world: World) -> None:
    for at in range(51):
        await world.party("brand", f"Brand {at}")
    first = await browser.get("/admin/parties")
    following = re.search(r'rel="next" href="([^"]+)"', first.body.decode())
    assert following is not None
    second = await browser.get(unescape(following[1]))
    names = [re.findall(r'<th scope="row">([^<]+)</th>', page.body.decode()) for page in (first, second)]
    assert [len(names[0]), len(names[1]), len({*names[0], *names[1]})] == [50, 2, 52]
    assert (await browser.get("/admin/parties?cursor=x")).status == 400


async def test_an_auditor_reads_and_changes_nothing(client: Any, world: World, parts: PortalParts) -> None:
    auditor = await person(world, parts.signing_in, await world.party("operator"), "auditor", "Aude")
    browser = Browser(client)
    await browser.sign_in(auditor)
    for path in ("/admin", "/admin/keys", "/admin/parties"):
        page = await browser.get(path)
        assert page.status == 200
        assert '<form method="post" action="/admin' not in page.body.decode()
        here = re.findall(r'href="([^"]+)" aria-current="page"', page.body.decode())
        assert here == [path]

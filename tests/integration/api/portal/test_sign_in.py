"""Signing in through the doors: cookie, second factor, csrf, and how failures are slowed."""

import asyncio
import json
from typing import Any

import pytest

from laborvoice.bootstrap.portal import PortalParts
from support.registry_world import World
from support.signing import PASSWORD, Browser, Person, person


@pytest.fixture
async def admin(world: World, parts: PortalParts) -> Person:
    return await person(world, parts.signing_in, await world.party("brand"), "brand_admin", "Ana Admin")


@pytest.fixture
async def viewer(world: World, parts: PortalParts, admin: Person) -> Person:
    return await person(world, parts.signing_in, admin.party, "brand_viewer", "Vera Viewer", proved=False)


async def test_password_then_code_then_the_page_that_was_asked_for(client: Any, admin: Person) -> None:
    browser = Browser(client)
    first = await browser.get("/suppliers?country=BD")
    assert (first.status, first.headers["location"]) == (303, "/login?next=/suppliers%3Fcountry%3DBD")
    page = await browser.get("/login?next=/suppliers%3Fcountry%3DBD")
    assert page.status == 200
    answer = await browser.post("/login", name=" ana  ADMIN ", password=PASSWORD, next="/suppliers?country=BD")
    assert answer.headers["location"] == "/login/code?next=/suppliers%3Fcountry%3DBD"
    half = browser.cookie
    assert half.startswith("__Host-lv=")
    assert "Path=/; HttpOnly; SameSite=Lax; Secure" in answer.headers["set-cookie"]
    assert (await browser.get("/suppliers")).status == 303
    answer = await browser.post("/login/code", code=admin.code(), next="/suppliers?country=BD")
    assert (answer.status, answer.headers["location"]) == (303, "/suppliers?country=BD")
    assert browser.cookie != half
    page = await browser.get("/suppliers?country=BD")
    assert page.status == 200
    assert "Ana Admin" in page.body.decode()
    old = Browser(client, cookie=half)
    assert (await old.get("/suppliers")).status == 303


async def test_without_a_second_factor_a_viewer_comes_in(client: Any, viewer: Person) -> None:
    browser = Browser(client)
    await browser.sign_in(viewer)
    assert (await browser.get("/suppliers")).status == 200


async def test_the_session_before_is_dead_after_signing_in_again(client: Any, viewer: Person, admin: Person) -> None:
    browser = Browser(client)
    for one in (viewer, admin):
        await browser.sign_in(one)
        before = browser.cookie
        await browser.sign_in(one)
        assert (await browser.get("/suppliers")).status == 200
        assert (await Browser(client, cookie=before).get("/suppliers")).status == 303
    body = json.dumps({"name": viewer.name, "password": PASSWORD}).encode()
    before = browser.cookie
    headers = {"content-type": "application/json", "cookie": before}
    assert (await client.ask("POST", "/v1/sessions", body=body, headers=headers)).status == 201
    assert (await Browser(client, cookie=before).get("/suppliers")).status == 303


async def test_a_code_is_good_once(client: Any, admin: Person) -> None:
    code = admin.code()
    wanted = {"name": admin.name, "password": PASSWORD, "code": code}
    assert (await client.post("/v1/sessions", "", wanted)).status == 201
    again = await client.post("/v1/sessions", "", wanted)
    assert (again.status, again.json()["code"]) == (401, "unauthenticated")


async def test_a_recovery_code_is_good_once(client: Any, admin: Person) -> None:
    wanted = {"name": admin.name, "password": PASSWORD, "code": admin.codes[3].upper().replace("-", " ")}
    assert (await client.post("/v1/sessions", "", wanted)).status == 201
    assert (await client.post("/v1/sessions", "", wanted)).status == 401


async def test_every_failure_is_told_alike(client: Any, admin: Person) -> None:
    tries = (
        {"name": "nobody", "password": PASSWORD},
        {"name": admin.name, "password": "something else entirely"},
        {"name": admin.name, "password": PASSWORD, "code": "000000"},
        {"name": admin.name, "password": PASSWORD, "code": "no such recovery code"},
    )
    answers = [await client.post("/v1/sessions", "", one) for one in tries]
    assert {answer.status for answer in answers} == {401}
    assert len({len(answer.body) for answer in answers}) == 1
    missing = await client.post("/v1/sessions", "", {"name": admin.name, "password": PASSWORD})
    assert (missing.status, missing.json()["code"]) == (401, "second-factor-required")


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("name", ["Ana Admin", "Nobody Here"])
async def test_failures_are_slowed_alike_for_every_name(client: Any, world: World, name: str) -> None:
    wrong = {"name": name, "password": "something else entirely"}
    waits: list[int] = []
    for _ in range(16):
        world.clock.skip(minutes=1)
        answer = await client.post("/v1/sessions", "", wrong)
        while answer.status == 429:
            waits.append(int(answer.headers["retry-after"]))
            world.clock.skip(seconds=waits[-1])
            answer = await client.post("/v1/sessions", "", wrong)
        assert answer.status == 401
    assert max(waits) <= 900
    assert waits == sorted(waits)
    assert waits


async def test_wrong_codes_are_slowed_and_the_honest_one_comes_in(client: Any, admin: Person) -> None:
    """Who has got hold of the password guesses codes; the password alone does not begin the count anew."""
    for _ in range(5):
        guess = {"name": admin.name, "password": PASSWORD, "code": "123456"}
        assert (await client.post("/v1/sessions", "", guess)).status == 401
    right = {"name": admin.name, "password": PASSWORD, "code": admin.code()}
    honest = await client.post("/v1/sessions", "", right)
    assert honest.status == 201


async def test_of_many_guesses_at_once_few_are_judged(client: Any, admin: Person) -> None:
    guesses = [
        client.post("/v1/sessions", "", {"name": admin.name, "password": f"guess number {at}"}) for at in range(9)
    ]
    answers = await asyncio.gather(*guesses)
    assert sorted(answer.status for answer in answers) == [401] * 5 + [429] * 4
    right = await client.post("/v1/sessions", "", {"name": admin.name, "password": PASSWORD, "code": admin.code()})
    assert right.status == 201


async def test_ten_attempts_a_minute_under_one_name(client: Any, admin: Person) -> None:
    wanted = {"name": admin.name, "password": PASSWORD}
    for _ in range(10):
        assert (await client.post("/v1/sessions", "", wanted)).status == 401
    assert (await client.post("/v1/sessions", "", wanted)).status == 429


@pytest.fixture
async def browser(client: Any, admin: Person) -> Browser:
    made = Browser(client)
    await made.sign_in(admin)
    await made.get("/suppliers")
    return made


async def test_a_write_needs_the_token_and_our_own_page(client: Any, browser: Browser) -> None:
    for headers, csrf in (
        ({"sec-fetch-site": "cross-site"}, browser.csrf),
        ({"sec-fetch-site": "same-site"}, browser.csrf),
        ({"origin": "https://evil.example"}, browser.csrf),
        ({}, browser.csrf),
        ({"sec-fetch-site": "same-origin"}, ""),
        ({"sec-fetch-site": "same-origin"}, "A" * 43),
    ):
        sent = {**headers, "cookie": browser.cookie, "x-csrf-token": csrf}
        answer = await client.ask("DELETE", "/v1/sessions", headers={**sent, "accept": "*/*"})
        assert (answer.status, answer.json()["code"]) == (403, "csrf"), headers
        form = Browser(client, browser.cookie, csrf, {"accept": "text/html", **headers})
        assert (await form.post("/logout")).status == 403
    sent = {"cookie": browser.cookie, "x-csrf-token": browser.csrf, "origin": "https://voice.example"}
    assert (await client.ask("DELETE", "/v1/sessions", headers=sent)).status == 204
    assert (await browser.get("/suppliers")).status == 303


async def test_with_a_key_cookies_are_nothing(client: Any, browser: Browser, chain: Any) -> None:
    headers = {"cookie": browser.cookie, "authorization": f"Bearer {chain.key}"}
    told = (await client.ask("GET", "/v1/me", headers=headers)).json()
    assert "user" not in told
    assert (await client.ask("GET", "/v1/me", headers={**headers, "authorization": "Bearer x"})).status == 401


async def test_a_session_ends_when_it_is_idle_and_when_it_is_old(browser: Browser, world: World) -> None:
    for _ in range(25):
        world.clock.skip(minutes=28)
        assert (await browser.get("/suppliers")).status == 200
    world.clock.skip(minutes=28)
    assert (await browser.get("/suppliers")).status == 303


async def test_an_idle_session_ends(browser: Browser, world: World) -> None:
    world.clock.skip(minutes=31)
    assert (await browser.get("/suppliers")).status == 303


async def test_a_half_session_waits_ten_minutes(client: Any, world: World, admin: Person) -> None:
    browser = Browser(client)
    await browser.post("/login", name=admin.name, password=PASSWORD)
    world.clock.skip(minutes=11)
    answer = await browser.post("/login/code", code=admin.code())
    assert (answer.status, "Too much time" in answer.body.decode()) == (422, True)


async def test_what_was_typed_into_a_form_outlives_its_session(browser: Browser, world: World, admin: Person) -> None:
    world.clock.skip(hours=13)
    answer = await browser.post("/logout", note="a long & careful text")
    page = answer.body.decode()
    assert (answer.status, 'name="kept" value="ey' in page) == (422, True)
    packed = page.partition('name="kept" value="')[2].partition('"')[0]
    code = await browser.post("/login", name=admin.name, password=PASSWORD, kept=packed)
    assert packed in code.body.decode()
    resumed = await browser.post("/login/code", code=admin.code(), kept=packed)
    shown = resumed.body.decode()
    assert 'action="/logout"' in shown
    assert 'name="note" value="a long &amp; careful text"' in shown
    assert (await browser.post("/logout")).headers["location"] == "/login?done=signed-out"


async def test_what_another_site_sends_is_not_kept(client: Any) -> None:
    browser = Browser(client, headers={"accept": "text/html", "sec-fetch-site": "cross-site"})
    answer = await browser.post("/account/notices", address="mallory@evil.example")
    assert (answer.status, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/%5Cevil", "/a\nb", ""]
)
async def test_nobody_is_sent_elsewhere(client: Any, viewer: Person, target: str) -> None:
    answer = await Browser(client).post("/login", name=viewer.name, password=PASSWORD, next=target)
    assert (answer.status, answer.headers["location"]) == (303, "/")


async def test_a_form_from_elsewhere_signs_nobody_in(client: Any, viewer: Person) -> None:
    browser = Browser(client, headers={"accept": "text/html", "sec-fetch-site": "cross-site"})
    assert (await browser.post("/login", name=viewer.name, password=PASSWORD)).status == 403

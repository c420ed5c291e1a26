"""The pages of accounts, walked as a person without JavaScript walks them."""

import re
from html import unescape
from typing import Any

import pytest

from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto import totp
from laborvoice.domain.ids import PartyId, UserId
from support.registry_world import World
from support.signing import PASSWORD, Browser, Person, person


def text_of(answer: Any) -> str:
    return unescape(answer.body.decode())


def link_in(answer: Any) -> str:
    found = re.search(r"https://voice\.example(/welcome/[A-Za-z0-9_-]{43})", text_of(answer))
    assert found is not None, answer.body
    return found[1]


def phone(one: Person, answer: Any) -> None:
    """She scans what the page shows: the key as text is the same."""
    found = re.search(r"Key: <bdi[^>]*>([A-Z2-7-]+)</bdi>", answer.body.decode())
    assert found is not None
    one.secret = totp.secret_of(found[1])


@pytest.fixture
async def admin(world: World, parts: PortalParts) -> Person:
    return await person(world, parts.signing_in, await world.party("brand"), "brand_admin", "Ana Admin")


@pytest.fixture
async def browser(client: Any, admin: Person) -> Browser:
    made = Browser(client)
    await made.sign_in(admin)
    await made.get("/account")
    return made


async def test_a_new_admin_comes_in_and_sets_up_her_second_factor(client: Any, world: World, browser: Browser) -> None:
    link = link_in(await browser.post("/users", name="New Admin", role="brand_admin"))
    new = Browser(client)
    for _ in range(2):
        page = await new.get(link)
        assert (page.status, "brand admin" in text_of(page)) == (200, True)
    assert (await new.post(link, name="New Admin", password="short")).status == 422
    assert "Another user" in text_of(await new.post(link, name="Ana Admin", password=PASSWORD))
    welcome = await new.post(link, name="Nora", password=PASSWORD)
    assert (welcome.status, welcome.headers["location"]) == (303, "/account?done=welcome")
    before = new.cookie
    account = await new.get("/account?done=welcome")
    assert "Your role needs a second factor" in text_of(account)
    assert "<svg" in text_of(account)
    assert (await new.get("/suppliers")).headers["location"] == "/account"
    me = Person(world, UserId.draw(bytes(16)), PartyId.draw(bytes(16)), "Nora", "brand_admin")
    phone(me, account)
    assert "did not fit" in text_of(await new.post("/account/totp", code="000000"))
    codes = await new.post("/account/totp", code=me.code())
    assert len(set(re.findall(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", text_of(codes)))) == 10
    assert new.cookie != before
    assert (await Browser(client, cookie=before).get("/account")).status == 303
    assert (await new.get("/suppliers")).status == 200
    used = await Browser(client).get(link)
    assert (used.status, "used, has expired, or never was" in text_of(used)) == (410, True)


async def test_a_reset_by_page(client: Any, world: World, browser: Browser, parts: PortalParts, admin: Person) -> None:
    other = await person(world, parts.signing_in, admin.party, "brand_viewer", "Vera", proved=False)
    link = link_in(await browser.post(f"/users/{other.id}/reset"))
    theirs = Browser(client)
    assert "A new password" in text_of(await theirs.get(link))
    done = await theirs.post(link, password="another three odd words")
    assert done.headers["location"] == "/login?done=password-set"
    assert "Your password is set" in text_of(await theirs.get("/login?done=password-set"))
    assert (await theirs.post("/login", name="Vera", password="another three odd words")).status == 303


async def test_users_by_page(client: Any, world: World, browser: Browser, parts: PortalParts, admin: Person) -> None:
    other = await person(world, parts.signing_in, admin.party, "brand_admin", "Other")
    page = await browser.get("/users")
    assert (page.status, "Ana Admin (you)" in text_of(page)) == (200, True)
    assert (await browser.post("/users", name="", role="brand_viewer")).status == 422
    assert (await browser.post(f"/users/{other.id}/role", role="brand_viewer")).status == 303
    assert (await browser.post(f"/users/{other.id}/role", role="auditor")).status == 422
    assert (await browser.post(f"/users/{other.id}/role")).status == 422
    last = await browser.post(f"/users/{admin.id}/remove")
    assert (last.status, "last admin" in text_of(last)) == (422, True)
    assert (await browser.post(f"/users/{admin.id}/role", role="brand_viewer")).status == 422
    assert (await browser.post(f"/users/{other.id}/totp")).headers["location"] == "/users?done=totp-asked"
    assert (await browser.post(f"/users/{other.id}/totp")).status == 422
    third = Browser(client)
    await third.sign_in(await person(world, parts.signing_in, admin.party, "brand_admin", "Third"))
    await third.get("/users")
    assert (await third.post(f"/users/{other.id}/totp")).headers["location"] == "/users?done=totp-reset"
    assert (await browser.post(f"/users/{other.id}/remove")).headers["location"] == "/users?done=user-removed"
    assert "Removed" in text_of(await browser.get("/users?done=user-removed"))


async def test_an_operator_invites_for_any_party(client: Any, world: World, parts: PortalParts, admin: Person) -> None:
    browser = Browser(client)
    await browser.sign_in(await person(world, parts.signing_in, await world.party("operator"), "operator_admin", "O"))
    page = text_of(await browser.get("/users"))
    assert f'<option value="{admin.party}"' in page
    assert "Ana Admin" in page
    link_in(await browser.post("/users", name="Second", role="brand_admin", party=admin.party))


async def test_an_auditor_reads_and_changes_nothing(client: Any, world: World, parts: PortalParts) -> None:
    browser = Browser(client)
    await browser.sign_in(await person(world, parts.signing_in, await world.party("operator"), "auditor", "Audrey"))
    for path in ("/users", "/api-keys"):
        page = await browser.get(path)
        assert (page.status, f'action="{path}"' in text_of(page)) == (200, False)
        assert (await browser.post(path, name="x")).status == 403


async def test_what_a_role_may_not_open_is_absent_from_its_nav(
    client: Any, world: World, parts: PortalParts, admin: Person
) -> None:
    browser = Browser(client)
    await browser.sign_in(await person(world, parts.signing_in, admin.party, "brand_viewer", "Vera", proved=False))
    assert 'href="/users"' not in text_of(await browser.get("/account"))
    assert (await browser.get("/users")).status == 403


async def test_keys_by_page(client: Any, browser: Browser) -> None:
    assert "None yet" in text_of(await browser.get("/api-keys"))
    assert (await browser.post("/api-keys", label="x", days="365", mode="test")).status == 422
    assert (await browser.post("/api-keys", label="", days="400", mode="test")).status == 422
    fields = {"label": "Procurement", "days": "30", "mode": "test", "scores-read": "yes"}
    made = text_of(await browser.post("/api-keys", **fields))
    found = re.search(r"lvk_test_[0-9A-Za-z]{36}", made)
    one = re.search(r"key_[0-9a-z]{26}", made)
    assert found is not None
    assert one is not None
    assert (await client.get("/v1/conditions", found[0])).status == 200
    shown = text_of(await browser.get("/api-keys"))
    assert found[0] not in shown
    assert f"…{found[0][-4:]}" in shown
    assert (await browser.post(f"/api-keys/{one[0]}/revoke")).status == 303
    assert (await client.get("/v1/conditions", found[0])).status == 401


async def test_ones_own_account(world: World, browser: Browser, admin: Person) -> None:
    assert "Second factor" in text_of(await browser.get("/account"))
    for wrong in ("000000", admin.codes[0][:-1] + "?", ""):
        assert (await browser.post("/account/codes", present=wrong)).status == 422
    new = text_of(await browser.post("/account/codes", present=admin.codes[0]))
    assert admin.codes[1] not in new
    assert (await browser.post("/account/codes", present=admin.codes[1])).status == 422
    page = await browser.get("/account")
    other = Person(world, admin.id, admin.party, admin.name, admin.role)
    phone(other, page)
    assert (await browser.post("/account/totp", code=other.code())).status == 422
    assert (await browser.post("/account/totp", code="")).status == 422
    assert (await browser.post("/account/totp", code=other.code(), present=admin.code())).status == 200
    assert (await browser.post("/account/password", old="not my password", password=PASSWORD)).status == 422
    assert (await browser.post("/account/password", old=PASSWORD, password="short")).status == 422
    done = await browser.post("/account/password", old=PASSWORD, password="another three odd words")
    assert done.headers["location"] == "/account?done=password-changed"
    assert (await browser.get("/suppliers")).status == 200


async def test_another_session_is_ended_by_page(client: Any, browser: Browser, admin: Person) -> None:
    second = Browser(client)
    await second.sign_in(admin)
    assert (await second.get("/suppliers")).status == 200
    for one in re.findall(r'action="(/account/sessions/ses_[0-9a-z]{26})"', text_of(await browser.get("/account"))):
        assert (await browser.post(one)).headers["location"] == "/account?done=session-ended"
    assert (await second.get("/suppliers")).status == 303
    assert (await browser.get("/suppliers")).status == 200

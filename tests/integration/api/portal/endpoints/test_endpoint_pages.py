"""The pages about endpoints, as a person clicks through them."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from laborvoice.domain.ids import EndpointId
from support.signing import Browser, person

URL = "https://hooks.brand.example/in"


Enter = Callable[[], Awaitable[Browser]]


@pytest.fixture
def enter(desk: Any, parts: Any) -> Enter:
    """Signs an admin in: a session does not outlive the hour that making an endpoint takes here."""

    async def entered() -> Browser:
        signed = Browser(desk.client)
        await signed.sign_in(await person(desk.world, parts.signing_in, desk.brand, "brand_admin", "Ana Admin"))
        await signed.get("/endpoints")
        return signed

    return entered


async def text(browser: Browser, path: str) -> str:
    page = await browser.get(path)
    assert page.status == 200, page.body
    return str(page.body.decode())


async def test_an_endpoint_is_made_and_its_secret_is_shown_once(enter: Enter) -> None:
    browser = await enter()
    assert "None yet." in await text(browser, "/endpoints")
    made = await browser.post("/endpoints", url=URL, types="score.changed, release.published", description="Desk")
    assert made.status == 200
    assert re.search(rb"whsec_[A-Za-z0-9+/]{43}=", made.body)
    listed = await text(browser, "/endpoints")
    assert URL in listed
    assert "whsec_" not in listed
    assert "score.changed" in listed
    assert "inbox.heartbeat" not in listed


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"url": "https://127.0.0.1/"}, "Write a host name, not an address."),
        ({"url": ""}, "Type where events are sent"),
        ({"types": "score.gone"}, "Types from the catalogue"),
        ({"types": "inbox.heartbeat"}, "Events of this type are not for you."),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    desk: Any, enter: Enter, fields: dict[str, str], named: str
) -> None:
    browser = await enter()
    answer = await browser.post("/endpoints", **{"url": URL, "types": "*", "description": "Kept", **fields})
    assert answer.status == 422
    assert named in answer.body.decode()
    assert "Kept" in answer.body.decode()
    assert await desk.sql("SELECT count(*) FROM outbox.endpoint") == 0


async def test_before_a_courier_ever_ran_the_page_says_so(desk: Any, enter: Enter) -> None:
    browser = await enter()
    await desk.sql("DELETE FROM outbox.courier_key")
    refused = await browser.post("/endpoints", url=URL, types="*")
    assert "No courier has run yet" in refused.body.decode()


async def act(browser: Browser, one: Any, name: str, **more: str) -> Any:
    return await browser.post(f"/endpoints/{one['id']}", act=name, **more)


async def test_verify_test_switch_and_delete(desk: Any, enter: Enter) -> None:
    one = await desk.made()
    browser = await enter()
    path = f"/endpoints/{one['id']}"
    assert "Verify" in await text(browser, path)
    assert (await act(browser, one, "verify", challenge="00" * 32)).status == 422
    assert (await act(browser, one, "verify", challenge="nonsense")).status == 422
    assert (await act(browser, one, "verify", challenge="")).headers["location"].startswith(path)
    assert (await act(browser, one, "verify", challenge=await desk.challenge(one))).status == 303
    assert "<b>active</b>" in await text(browser, path)
    assert (await act(browser, one, "verify")).status == 422
    assert "A test is on its way." in await text(browser, (await act(browser, one, "test")).headers["location"])
    await act(browser, one, "disable")
    assert "Switch on" in await text(browser, path)
    assert (await act(browser, one, "test")).status == 422
    await act(browser, one, "enable")
    await act(browser, one, "disable")
    desk.world.clock.skip(minutes=20)
    await desk.sql("UPDATE outbox.endpoint SET disabled_on = '2026-01-01'")
    await act(browser, one, "enable")
    assert "<b>pending</b>" in await text(browser, path)
    gone = await act(browser, one, "delete")
    assert gone.headers["location"].startswith("/endpoints?")
    assert (await browser.get(path)).status == 404


async def test_keys_are_rotated_and_the_new_secret_is_shown_once(desk: Any, enter: Enter) -> None:
    one = await desk.active()
    browser = await enter()
    assert (await act(browser, one, "rotate", overlap="169")).status == 422
    rotated = await act(browser, one, "rotate", overlap="48")
    assert b"whsec_" in rotated.body
    assert "version 2, version 1 until" in re.sub(r"\s+", " ", await text(browser, f"/endpoints/{one['id']}"))


async def test_a_recovery_is_counted_first(desk: Any, enter: Enter) -> None:
    await desk.told(3)
    one = await desk.active()
    browser = await enter()
    counted = await act(browser, one, "count", since="2026-11-10")
    assert "So many would be sent: 3." in counted.body.decode()
    assert await desk.sql("SELECT count(*) FROM outbox.recovery") == 0
    assert (await act(browser, one, "recover", since="2026-11-10")).status == 303
    assert "0 of 3, waiting" in await text(browser, f"/endpoints/{one['id']}")
    for wrong in ("", "2027-01-01", "soon"):
        assert (await act(browser, one, "recover", since=wrong)).status == 422


async def test_attempts_are_shown_as_text_and_sent_again(desk: Any, enter: Enter) -> None:
    one = await desk.active()
    browser = await enter()
    await desk.told(1)
    delivery = await desk.delivery(one, "dead")
    await desk.sql(
        """INSERT INTO outbox.attempt (delivery_id, endpoint_id, event_id, at, status, ms, address, headers, body)
            SELECT id, endpoint_id, event_id, $1, 500, 9, '203.0.113.7', '[["server", "<b>x</b>"]]', $2
            FROM outbox.delivery""",
        desk.world.clock.now(),
        b"<script>alert(1)</script>",
    )
    path = f"/endpoints/{one['id']}/deliveries/{delivery}"
    shown = await text(browser, path)
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    again = await browser.post(path)
    assert again.headers["location"].startswith(f"/endpoints/{one['id']}?")
    assert "sent again" in await text(browser, f"/endpoints/{one['id']}")


async def test_an_endpoint_that_only_fails_says_so(desk: Any, enter: Enter) -> None:
    one = await desk.active()
    browser = await enter()
    key = EndpointId.parse(one["id"]).uuid
    await desk.sql("UPDATE outbox.endpoint SET failing_since = $2 WHERE id = $1", key, desk.world.clock.now())
    assert "It has only failed since 2026-11-12" in await text(browser, f"/endpoints/{one['id']}")
    assert (await desk.ask("GET", f"/v1/endpoints/{one['id']}")).json()["failing"] == {"since": "2026-11-12T10:31:00Z"}


async def test_who_may_only_read_sees_no_button(desk: Any, parts: Any) -> None:
    one = await desk.active()
    viewer = Browser(desk.client)
    await viewer.sign_in(await person(desk.world, parts.signing_in, desk.brand, "brand_viewer", "Vera", proved=False))
    for path in ("/endpoints", f"/endpoints/{one['id']}"):
        assert '<form method="post" action="/endpoints' not in await text(viewer, path)
    assert (await viewer.post(f"/endpoints/{one['id']}", act="delete")).status == 403

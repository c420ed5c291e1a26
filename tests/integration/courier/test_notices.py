"""Mail notices: on the quarter hour, the same whatever came, at most one an hour, and none where there is no relay."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from laborvoice.bootstrap.courier import open_courier
from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.crypto.at_rest import sealed_to
from laborvoice.domain.ids import PartyId, UserId
from laborvoice.domain.notice import notice_purpose
from laborvoice.pipeline.notify import Notices
from laborvoice.settings import load
from laborvoice.store.database import Database  # noqa: TC001 - as all our types are imported
from laborvoice.store.outbox import courier_key, notice
from laborvoice.webhooks.mailer import Letter

ORIGIN = "https://voice.example"


class Post:
    """What was sent, and whether the relay takes it."""

    def __init__(self) -> None:
        self.takes = True
        self.sent: list[tuple[Letter, tuple[str, ...]]] = []

    async def __call__(self, letter: Letter, addresses: Sequence[str]) -> Sequence[bool]:
        self.sent.append((letter, tuple(addresses)))
        return [self.takes] * len(addresses)


class Wanting:
    """A user of a party who gave an address."""

    def __init__(self, outbox: Any, party: PartyId) -> None:
        self.outbox, self.party = outbox, party
        self.user = UserId.draw(SystemChance().bytes(16))
        self.post = Post()
        self.notices = Notices(outbox.pools["courier"], self.post, outbox.signer.pair, outbox.clock, ORIGIN)

    async def begin(self) -> None:
        sealed = sealed_to(self.outbox.signer.pair.public, notice_purpose(self.user), b"a@watchdog.example")
        portal: Database = await self.outbox.role("portal")
        hour = self.outbox.clock.now().replace(minute=0)
        await portal.run("put", lambda db: notice.put(db, self.user, self.party, sealed, hour))
        assert await portal.run("wanted", lambda db: notice.wanted(db, self.user))

    async def pass_by(self, minutes: int) -> None:
        for _ in range(4 * minutes):
            self.outbox.clock.pass_by(seconds=15)
            await self.notices.beat()

    async def release(self) -> None:
        await self.outbox.sql(
            "INSERT INTO outbox.feed SELECT $1, coalesce(max(position), 0) + 1, gen_random_uuid() FROM outbox.feed",
            self.party.uuid,
        )

    async def arrival(self, cursor: str, urgent: int) -> None:
        await self.outbox.sql(
            """INSERT INTO outbox.inbox_state VALUES ($1, $2, $3)
                ON CONFLICT (party_id) DO UPDATE
                SET cursor = excluded.cursor, urgent_waiting = excluded.urgent_waiting""",
            self.party.uuid,
            cursor,
            urgent,
        )


@pytest.fixture
async def wanting(outbox: Any) -> Wanting:
    await outbox.role("courier")
    one = Wanting(outbox, await outbox.watchdog("BD"))
    await one.begin()
    return one


async def test_a_call_a_case_and_a_release_give_equal_mails_on_the_quarter(wanting: Wanting) -> None:
    steps = (wanting.release(), wanting.arrival("B" * 24, 1), wanting.arrival("C" * 24, 0))
    for step in steps:
        await step
        await wanting.pass_by(180)
    assert len(wanting.post.sent) == 3
    assert {addresses for _, addresses in wanting.post.sent} == {("a@watchdog.example",)}
    assert len({(letter.subject, letter.text) for letter, _ in wanting.post.sent}) == 1
    assert all((letter.at.minute % 15, letter.at.second) == (0, 0) for letter, _ in wanting.post.sent)


async def test_nothing_new_is_no_mail_and_a_visit_is_enough(wanting: Wanting, outbox: Any) -> None:
    await wanting.pass_by(120)
    assert wanting.post.sent == []
    await wanting.release()
    portal: Database = outbox.pools["portal"]
    await portal.run("visit", lambda db: notice.visited(db, wanting.user, outbox.clock.now()))
    await wanting.pass_by(120)
    assert wanting.post.sent == []


async def test_at_most_one_an_hour_and_never_between_quarters(wanting: Wanting, outbox: Any) -> None:
    outbox.clock.time = datetime(2026, 10, 8, 9, 50, tzinfo=UTC)
    for _ in range(60):
        await wanting.release()
        await wanting.pass_by(5)
    times = [letter.at for letter, _ in wanting.post.sent]
    assert len(times) >= 2
    assert all(after - before >= timedelta(hours=1) for before, after in pairwise(times))
    rows = await outbox.sql("SELECT extract(minute FROM last_sent)::int FROM outbox.notice")
    assert rows[0][0] == 0


async def test_what_the_relay_did_not_take_is_tried_at_the_next_quarter(wanting: Wanting) -> None:
    wanting.post.takes = False
    await wanting.release()
    await wanting.pass_by(30)
    assert len(wanting.post.sent) == 2
    wanting.post.takes = True
    await wanting.pass_by(60)
    assert len(wanting.post.sent) == 3


async def test_who_takes_her_address_away_gets_none(wanting: Wanting, outbox: Any) -> None:
    portal: Database = outbox.pools["portal"]
    await portal.run("remove", lambda db: notice.remove(db, wanting.user))
    await wanting.release()
    await wanting.pass_by(60)
    assert wanting.post.sent == []


async def test_an_address_sealed_to_another_courier_is_left(wanting: Wanting, outbox: Any) -> None:
    await outbox.sql("UPDATE outbox.notice SET user_id = $1", UserId.draw(SystemChance().bytes(16)).uuid)
    await wanting.release()
    await wanting.pass_by(60)
    assert wanting.post.sent == []


async def test_with_a_relay_there_is_a_beat_and_without_nothing_is_dialled(outbox: Any) -> None:
    dialled = 0

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal dialled
        dialled += 1
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    found: list[tuple[bool, bool]] = []
    async with server:
        for url in ("", f"smtps://127.0.0.1:{port}"):
            environ = {
                "LABORVOICE_HOME": "/nonexistent",
                "LABORVOICE_DATABASE_URL": outbox.cluster.dsn("courier"),
                "LABORVOICE_COURIER_KEYS": bytes(range(32)).hex(),
                "LABORVOICE_ORIGIN": ORIGIN,
                "LABORVOICE_CONTACT_URL": ORIGIN,
                "LABORVOICE_COURIER_SMTP_URL": url,
            }
            async with open_courier(load("courier", environ, {}), SystemClock(), SystemChance()) as parts:
                for beat in parts.beats:
                    if beat.name not in {"settle", "claim"}:
                        await beat.step()
                mails = await parts.database.run("mails", courier_key.mails)
                found.append((any(beat.name == "notify" for beat in parts.beats), mails))
    assert found == [(False, False), (True, True)]
    assert dialled == 0

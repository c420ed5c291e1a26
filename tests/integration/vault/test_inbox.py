"""From a phone through the mix to the inbox: what a watchdog lists, reads and opens, and what its heartbeat says."""

import json
from datetime import UTC, datetime

from laborvoice.client.worker import Message
from laborvoice.crypto import inbox, parcel
from laborvoice.domain.audit import Actor
from laborvoice.domain.ids import MessageId
from laborvoice.store.database import Connection
from laborvoice.views import messages
from laborvoice.views.messages import MessageView
from support.poll import World

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


async def test_a_call_for_help_is_listed_read_and_opened(world: World) -> None:
    site = await world.admit(cards=30)
    await world.learn()
    said = Message(kind="urgent", text="They locked the gate.", language="en", conversation=bytes(32))
    await world.vote(site.cards[:1], message=said)
    for _ in range(2):
        await world.vault.mix()
    party = world.watchdog.party

    async def look(db: Connection) -> tuple[MessageView, bytes]:
        first = (0, MessageId.draw(bytes(16)))
        ((shown, after),) = await messages.page(db, await messages.kids(db, party), ("urgent", "new"), first, 10)
        assert after[0] == 1
        return shown, (await messages.read_message(db, NOW, Actor(party=party), [shown.id]))[0]

    shown, sealed = await world.databases["portal"].run("test", look)
    assert (shown.voiced, shown.week) == (True, "2026-W03")
    opened = parcel.open_message(world.watchdog.pair, shown.slots, shown.place, sealed)
    assert json.loads(opened.text)["t"] == "They locked the gate."
    assert await world.values(str, "SELECT cursor FROM outbox.inbox_state") == [inbox.cursor(party, 1)]
    assert await world.values(int, "SELECT urgent_waiting FROM outbox.inbox_state") == [1]

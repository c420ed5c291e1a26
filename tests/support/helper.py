"""A helper of the watchdog's: opens what came for it, and answers through the portal's own step and the next mix."""

import json
from dataclasses import dataclass

from laborvoice.chance import SystemChance
from laborvoice.crypto import parcel, receipt
from laborvoice.crypto.framing import b64, unb64
from laborvoice.store.ballot import reply
from laborvoice.store.database import Connection
from support.poll import World

SHELF_HOURS = (12, 13)
"""What waits on the shelf is dealt at the full hour."""


@dataclass(frozen=True)
class Heard:
    """A message as the watchdog's browser has it. ``digest`` names it."""

    said: dict[str, object]
    digest: bytes

    @property
    def conversation(self) -> bytes:
        return unb64(str(self.said["cv"]))


async def hear(world: World) -> list[Heard]:
    """All messages, stories too, opened."""
    for hour in SHELF_HOURS:
        world.set(world.today, hour)
        for _ in range(2):
            await world.vault.mix()
    opened = [parcel.open_message(world.watchdog.pair, 2, 0, one) for one in await world.messages()]
    return [Heard(json.loads(one.text), one.digest) for one in opened]


async def answer(world: World, heard: Heard, *texts: str) -> None:
    """An acknowledgement, then these; in the mailbox after a mix."""
    at, chance = receipt.first_link(heard.conversation), SystemChance()
    for kind, text in (("ack", ""), *(("reply", one) for one in texts)):
        said = {"v": 1, "k": kind, "h": b64(heard.digest), "st": "reading", "t": text}
        said |= {"p": heard.said["p"], "w": str(world.watchdog.party)}
        plain = json.dumps(said, ensure_ascii=False).encode()
        item = receipt.seal_item(at, world.watchdog.sign, plain, chance.bytes(12))

        async def post(db: Connection, item: bytes = item) -> bool:
            return await reply.post(db, item)

        assert await world.databases["portal"].run("reply", post)
        at = receipt.link(at.following)
    await world.vault.mix()

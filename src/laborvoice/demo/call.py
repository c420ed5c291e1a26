"""An urgent call at the real present, and what comes of it: opened, answered, made a case, shared by two people, read.

The worker is the phone's client through intake, the watchdog its own client through the portal: each has no more than
its receipt, its key file, its API keys.
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from laborvoice.chance import Chance
from laborvoice.client.portal import Portal, PortalRefused
from laborvoice.client.watchdog.inbox import Inbox
from laborvoice.client.watchdog.letter import Letter, Shut
from laborvoice.client.watchdog.reply import Answering
from laborvoice.client.worker import Message, Worker
from laborvoice.client.worker.mailbox import Reply
from laborvoice.clock import Clock
from laborvoice.crypto.receipt import NUMBERS, make_digits
from laborvoice.demo.course import Running
from laborvoice.demo.ledger import Ledger
from laborvoice.demo.setting import Stage
from laborvoice.demo.traffic import Traffic
from laborvoice.demo.words import ANSWER, CALL, TITLE
from laborvoice.demo.world import World
from laborvoice.domain import Value
from laborvoice.domain.case import DisclosureAnswer
from laborvoice.domain.condition import Condition
from laborvoice.domain.period import Period
from laborvoice.errors import Unanswered

T = TypeVar("T")

LOOKS: Final = 240
LOOK_SECONDS: Final = 0.25
CONDITION: Final = Condition.FREEDOM_OF_MOVEMENT
CHECKED: Final[dict[str, DisclosureAnswer]] = {
    "ten_or_more_could_know": "yes",
    "no_words_photo_time_or_channel": "yes",
    "teller_allows_the_brand": "yes",
    "form_names_no_source": "yes",
    "child_and_consent_first": "not_applicable",
    "undocumented_advised": "not_applicable",
    "no_retaliation_agreed": "yes",
    "own_part_asked": "yes",
}
"""The eight answers before anything is shared (design, domain 6)."""
_ONCE_BYTES: Final = 16


class Heard(Value, frozen=True):
    """``letters``: the whole inbox. ``decoy``: what another receipt reads. ``alone``: what one person's yes was told.

    ``shown``: whether the brand saw the case when it was asked for, and when two people had said yes.
    """

    digits: str
    letters: tuple[Letter | Shut, ...]
    replies: tuple[Reply, ...]
    decoy: tuple[Reply, ...]
    alone: str
    shown: tuple[bool, bool]

    def __repr__(self) -> str:
        return "Heard(hidden)"


class _Made(Value, frozen=True):
    id: str


class _Cases(Value, frozen=True):
    data: tuple[_Made, ...]


class Call:
    """``say`` is told what happens."""

    def __init__(self, running: Running, stage: Stage, world: World, clock: Clock, chance: Chance) -> None:
        keys = stage.keys
        self._portal = Portal(running.portal_url, keys.watchdog)
        self._colleague = Portal(running.portal_url, keys.colleague)
        self._buyer = Portal(running.portal_url, keys.brands[world.buyer])
        self._inbox = Inbox(self._portal, [year.keys for year in stage.years])
        self._answering = Answering(self._portal, stage.years[0].keys, chance)
        self._stage = stage
        self._world = world
        self._clock = clock
        self._chance = chance

    async def perform(self, worker: Worker, traffic: Traffic, ledger: Ledger, say: Callable[[str], None]) -> Heard:
        """Raises Unanswered where something does not come in time."""
        say("somebody calls for help")
        digits = await self._called(worker, traffic, ledger)
        say("the watchdog opens, acknowledges, answers")
        await asyncio.to_thread(self._answered, await self._until(self._arrived))
        say("two people share a case")
        alone, shown = await asyncio.to_thread(self._shared)
        say("the answer is read with the receipt")
        replies = await self._read(worker, digits)
        decoy = await worker.replies(make_digits(self._chance.below(NUMBERS)))
        letters = await asyncio.to_thread(lambda: self._inbox.letters(self._inbox.rows()))
        return Heard(digits=digits, letters=letters, replies=replies, decoy=decoy, alone=alone, shown=shown)

    async def _called(self, worker: Worker, traffic: Traffic, ledger: Ledger) -> str:
        """Her receipt. The card is one that nobody used; her call goes without a vote."""
        site = self._world.caller
        await traffic.ready((site,), self._stage, Period.at(self._clock.now().date(), "quarter"))
        visit = await traffic.opened(self._stage.cards[site.short][-1])
        digits, conversation = worker.receipt()
        call = Message(
            kind="urgent",
            text=CALL.text,
            language=CALL.language,
            conversation=conversation,
            conditions=(CONDITION,),
            may=("brand",),
        )
        await visit.call(call)
        ledger.spoke(site.short, CALL.text)
        return digits

    def _arrived(self) -> Letter | None:
        urgent = [row for row in self._inbox.rows("new") if row.kind == "urgent"]
        return next((one for one in self._inbox.letters(urgent) if isinstance(one, Letter)), None)

    def _answered(self, letter: Letter) -> None:
        self._answering.acknowledge(letter)
        self._inbox.acknowledge(letter.row.id)
        self._answering.reply(letter, "acting", ANSWER)

    def _shared(self) -> tuple[str, tuple[bool, bool]]:
        """What the person who asked was told when she said yes to herself; what the brand saw before and after."""
        supplier = self._stage.suppliers[self._world.call]
        wanted = {"supplier": supplier, "class": "U1", "title": TITLE, "condition": CONDITION}
        case = _made(self._portal.post("/v1/cases", wanted).body)
        to = {"parties": [self._stage.brands[self._world.buyer]], "disclosure_check": CHECKED}
        asked = _made(self._portal.post(f"/v1/cases/{case}/share", to, self._once()).body)
        before, alone = self._sees(case), self._decided(self._portal, asked)
        self._decided(self._colleague, asked)
        return alone, (before, self._sees(case))

    def _decided(self, portal: Portal, asked: str) -> str:
        """The code of the refusal; empty where it was done."""
        try:
            portal.post(f"/v1/approvals/{asked}", {"decision": "approve"}, self._once())
        except PortalRefused as error:
            return error.code
        return ""

    def _sees(self, case: str) -> bool:
        listed = msgspec.json.decode(self._buyer.get("/v1/cases").body, type=_Cases)
        return any(one.id == case for one in listed.data)

    def _once(self) -> dict[str, str]:
        return {"Idempotency-Key": self._chance.bytes(_ONCE_BYTES).hex()}

    async def _read(self, worker: Worker, digits: str) -> tuple[Reply, ...]:
        """Raises Unanswered."""
        for _ in range(LOOKS):
            if len(found := await worker.replies(digits)) > 1:
                return found
            await self._clock.sleep(LOOK_SECONDS)
        raise Unanswered("The answer did not come into the mailbox in time.")

    async def _until(self, look: Callable[[], T | None]) -> T:
        """Raises Unanswered."""
        for _ in range(LOOKS):
            if (found := await asyncio.to_thread(look)) is not None:
                return found
            await self._clock.sleep(LOOK_SECONDS)
        raise Unanswered("The call did not reach the inbox in time.")


def _made(body: bytes) -> str:
    """The id of what an answer shows."""
    return msgspec.json.decode(body, type=_Made).id

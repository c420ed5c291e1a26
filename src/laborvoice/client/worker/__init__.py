"""The reference client of a worker: what a phone does, through the public endpoints and nothing else (design, api 1).

It keeps nothing: what a visit knows is gone with it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from laborvoice.chance import Chance
from laborvoice.client.transport import Answer, Transport
from laborvoice.client.worker import mailbox, redeem, trust
from laborvoice.client.worker.envelope import Message, Voice, seal, write_report
from laborvoice.client.worker.trust import Trusted
from laborvoice.clock import Clock
from laborvoice.crypto import receipt
from laborvoice.crypto.exchange import SIGNED
from laborvoice.crypto.work import BITS_MAX
from laborvoice.domain.card import Card, parse_fragment, parse_typed
from laborvoice.domain.condition import Condition
from laborvoice.domain.manifest import ANY, Manifest, Part
from laborvoice.domain.questionnaire import Bank
from laborvoice.errors import Busy, Conflict, Unanswered

OCTETS: Final = {"Content-Type": "application/octet-stream"}
WORK_DIGITS: Final = 2
TRIES: Final = 12
PAUSE: Final = 3
PAUSE_MAX: Final = 120
"""Seconds: what a phone waits before it sends again, and the most it lets itself be told to."""

__all__ = ["Message", "Visit", "Worker"]


class Worker:
    """A phone. ``origin`` is the host that the manifest must name; ``fingerprint`` that of the manifest key built in.

    A card's own fingerprint counts where the card has one: a typed code has none.
    """

    def __init__(
        self, transport: Transport, origin: str, bank: Bank, *, fingerprint: bytes, clock: Clock, chance: Chance
    ) -> None:
        self._transport = transport
        self._origin = origin
        self._fingerprint = fingerprint
        self._clock = clock
        self.bank = bank
        self.chance = chance

    def card(self, text: str) -> Card:
        """From the link of the QR code, or typed. Raises Malformed."""
        _, fragment, tail = text.partition("#")
        if fragment:
            return parse_fragment(tail)
        locator, code = parse_typed(text)
        return Card(locator=locator, code=code, fingerprint=self._fingerprint)

    async def open(self, card: Card | None = None) -> "Visit":
        """Fetches and checks the keys and redeems the card; without one, does and sends what looks the same.

        Raises ManifestRefused before anything is sent, BadSignature where the server signed with a key of its own
        choice, Busy and Unanswered where it does not answer.
        """
        manifest, part = await self.look(card)
        trusted = trust.trusted(manifest, part, self._clock.now().date())
        bits = await self._bits(trusted.floor)
        code = None if card is None else card.code
        asked = redeem.ask(trusted, code, bits, self.chance)
        answer = await self._post("/v1/exchanges", asked.request, HTTPStatus.OK)
        outcome, token = redeem.redeemed(trusted, asked, answer.body)
        return Visit(self, trusted, bits, outcome, token)

    async def send(self, envelope: bytes) -> None:
        """Over a new connection, until there is a 202: which tells nobody what became of it."""
        await self._post("/v1/envelopes", envelope, HTTPStatus.ACCEPTED)

    def receipt(self) -> tuple[str, bytes]:
        """New digits, and the key of the conversation that they open."""
        digits = receipt.make_digits(self.chance.below(receipt.NUMBERS))
        return digits, receipt.conversation_key(digits, self._origin)

    async def replies(self, digits: str, card: Card | None = None) -> tuple[mailbox.Reply, ...]:
        """What watchdogs answered to whoever holds this receipt; none, from answers as long, where there is nothing.

        An item that is no reply of a watchdog that the manifest names is left out. Raises Malformed for wrong digits.
        """
        conversation = receipt.conversation_key(receipt.parse_digits(digits), self._origin)
        manifest, _ = await self.look(card)
        at, found = receipt.first_link(conversation), list[mailbox.Reply]()
        while items := mailbox.items_at(at, (await self._get(mailbox.path(at, manifest))).body):
            found += [one for item in items if (one := mailbox.read(at, item, manifest)) is not None]
            at = receipt.link(at.following)
            await self._clock.sleep(mailbox.pause(self.chance))
        return tuple(found)

    async def look(self, card: Card | None) -> tuple[Manifest, Part]:
        """Manifest and part, checked; nothing is sent. Of different numbers: both are fetched again, once."""
        fingerprint = self._fingerprint if card is None else card.fingerprint
        locator = ANY if card is None else card.locator
        manifest = await self._manifest(fingerprint)
        file = trust.read_part_file((await self._get(f"/v1/manifest/{locator}")).body, manifest)
        if file.seq != manifest.seq:
            manifest = await self._manifest(fingerprint)
            file = trust.read_part_file((await self._get(f"/v1/manifest/{locator}")).body, manifest)
        return manifest, trust.read_part(file, manifest, locator)

    async def _manifest(self, fingerprint: bytes) -> Manifest:
        answer = await self._get("/v1/manifest")
        return trust.read_manifest(answer.body, fingerprint, self._origin, self._clock.now().date())

    async def _bits(self, floor: int) -> int:
        try:
            text = (await self._get("/v1/work")).body
        except Unanswered:
            text = b""
        return work_bits(text, floor)

    async def _get(self, path: str) -> Answer:
        answer = await asyncio.to_thread(self._transport.send, "GET", path)
        if answer.status != HTTPStatus.OK:
            raise Unanswered("The server does not have what a phone needs.")
        return answer

    async def _post(self, path: str, body: bytes, expected: HTTPStatus) -> Answer:
        """The same bytes again where the server is busy or the answer was lost: neither counts twice."""
        for _ in range(TRIES):
            pause = PAUSE
            try:
                answer = await asyncio.to_thread(self._transport.send, "POST", path, body, OCTETS)
            except Unanswered:
                pass
            else:
                if answer.status == expected:
                    return answer
                if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise Unanswered("The server refuses what was sent.")
                pause = retry_after(answer)
            await self._clock.sleep(pause)
        raise Busy("The server stays busy.")


class Visit:
    """From the opened card to the envelope. ``outcome``: 0 the invite gave a voice, 1 it was used, 2 there is none."""

    def __init__(self, worker: Worker, trusted: Trusted, bits: int, outcome: int, token: redeem.Token | None) -> None:
        self.outcome = outcome
        self.trusted = trusted
        self._worker = worker
        self._bits = bits
        self._token = token
        self._sent = False

    @property
    def voiced(self) -> bool:
        return self.outcome == SIGNED

    def seal(
        self,
        answers: Mapping[str, str],
        gravest: Sequence[Condition] | None = None,
        message: Message | None = None,
    ) -> bytes:
        """The envelope, not yet sent. Without a voice the answers go nowhere: only the message is sealed."""
        return seal(self.trusted, self._voice(answers, gravest), message, self._bits, self._worker.chance)

    async def vote(
        self,
        answers: Mapping[str, str],
        gravest: Sequence[Condition] | None = None,
        message: Message | None = None,
    ) -> None:
        """Once. The token is forgotten with the 202; until then the same call may be made again."""
        if self._sent:
            raise Conflict("What was to be said in this visit has been sent.")
        await self._worker.send(self.seal(answers, gravest, message))
        self._sent, self._token = True, None

    async def call(self, message: Message) -> None:
        """The message alone, without a vote: the token is kept for one."""
        await self._worker.send(seal(self.trusted, None, message, self._bits, self._worker.chance))

    def _voice(self, answers: Mapping[str, str], gravest: Sequence[Condition] | None) -> Voice | None:
        poll = self.trusted.poll
        if self._token is None or poll is None:
            return None
        report = write_report(self._worker.bank, (poll.q, poll.qv), answers, gravest)
        return Voice(token=self._token.token, r=self._token.r, report=report)


def work_bits(text: bytes, floor: int) -> int:
    """The larger of the floor and what is wanted now, at most 22; an odd answer, or none: the floor."""
    wanted = int(text) if len(text) == WORK_DIGITS and text.isdigit() else 0
    return min(max(floor, wanted), BITS_MAX)


def retry_after(answer: Answer) -> int:
    """Seconds; nonsense is ignored."""
    text = answer.headers.get("retry-after", "")
    return min(int(text), PAUSE_MAX) if text.isascii() and text.isdigit() else PAUSE

"""A phone without sockets: the same bytes as the reference client makes, handed to intake's own steps.

A test that attacks needs each piece in its hands: the request, the token, the envelope.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from laborvoice import data
from laborvoice.chance import SystemChance
from laborvoice.client.worker import envelope, redeem, trust
from laborvoice.client.worker.envelope import Message, Voice
from laborvoice.client.worker.redeem import Asked, Token
from laborvoice.client.worker.trust import Trusted
from laborvoice.crypto.exchange import parse_answer
from laborvoice.domain import questionnaire
from laborvoice.domain.card import Card
from laborvoice.domain.condition import Condition
from laborvoice.pipeline import exchange
from laborvoice.store.ballot import exchange_ask
from laborvoice.store.database import Database
from laborvoice.views import manifest

HOST = "voice.test"
BITS = 1
BANK = questionnaire.load(data.questions())
CORE = BANK.questionnaire("core", 1)
CHANCE = SystemChance()

Answers = Mapping[str, str]


def quiet_answers() -> dict[str, str]:
    """No question answered adversely."""
    return {code: min(options - CORE.adverse[code]) for code, options in CORE.answers.items()}


def grave_answers() -> dict[str, str]:
    """Every question answered adversely."""
    return {code: min(CORE.adverse[code]) for code in CORE.answers}


@dataclass(frozen=True)
class Phone:
    """One visit with a card: what it trusts, and what it asked for."""

    trusted: Trusted
    asked: Asked

    @property
    def hash(self) -> bytes:
        return asked_of(self.asked.request).request_hash

    def token(self, answer: bytes) -> Token:
        outcome, token = redeem.redeemed(self.trusted, self.asked, answer)
        assert token is not None, f"outcome {outcome}"
        return token

    def seal(
        self,
        token: Token | None,
        answers: Answers,
        gravest: Sequence[Condition] | None = None,
        message: Message | None = None,
    ) -> bytes:
        voice = None
        if token is not None:
            report = envelope.write_report(BANK, ("core", 1), answers, gravest)
            voice = Voice(token=token.token, r=token.r, report=report)
        return envelope.seal(self.trusted, voice, message, BITS, CHANCE)


def asked_of(request: bytes) -> exchange_ask.Ask:
    judged = exchange.judge(request, 0)
    assert not isinstance(judged, bytes)
    return judged


async def trusted(intake: Database, fingerprint: bytes, locator: str, today: date) -> Trusted:
    found = trust.read_manifest(await manifest.current(intake, today), fingerprint, HOST, today)
    file = trust.read_part_file(await manifest.locator_part(intake, locator, today), found)
    return trust.trusted(found, trust.read_part(file, found, locator), today)


async def opened(intake: Database, card: Card, today: date) -> Phone:
    """A phone that has checked its keys, and made the request for this card."""
    found = await trusted(intake, card.fingerprint, card.locator, today)
    return Phone(trusted=found, asked=redeem.ask(found, card.code, BITS, CHANCE))


async def exchanged(intake: Database, vault: Callable[[], Awaitable[None]], requests: Sequence[bytes]) -> list[bytes]:
    """The answers, after one turn of the vault."""
    asks = [asked_of(request) for request in requests]
    await exchange.ask(intake, asks)
    await vault()
    wanted = [one.request_hash for one in asks]
    found = await exchange.answered(intake, wanted)
    while not found.keys() >= set(wanted):  # another vault has them in hand
        await vault()
        found = await exchange.answered(intake, wanted)
    return [found[one.request_hash] for one in asks]


def outcome(answer: bytes) -> int:
    return parse_answer(answer).outcome

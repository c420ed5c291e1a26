"""What a phone sends: the report, the message, and the envelope around them, always of one size."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from laborvoice.chance import Chance
from laborvoice.client.worker.trust import Trusted
from laborvoice.crypto import parcel, sealing, suites
from laborvoice.crypto.framing import b64
from laborvoice.crypto.sealing import EMPTY_KID, FILLER_SIZE, STORY, URGENT, Outer
from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.manifest import ANY
from laborvoice.domain.questionnaire import Bank
from laborvoice.domain.report import VERSION, Report
from laborvoice.errors import Malformed

GRAVEST_MAX: Final = 3
MESSAGE_VERSION: Final = 1
KINDS: Final[Mapping[str, int]] = {"urgent": URGENT, "story": STORY}


class Message(Value, frozen=True):
    """Words for the watchdogs alone. ``conversation``: the key that a receipt opens, for their replies.

    ``indicators`` are ILO numbers; ``may`` names who else may be told.
    """

    kind: Literal["urgent", "story"]
    text: str
    language: str
    conversation: bytes
    conditions: tuple[Condition, ...] = ()
    indicators: tuple[int, ...] = ()
    may: tuple[Literal["brand", "authority"], ...] = ()
    act: Literal["now", "with_others"] = "now"


class Voice(Value, frozen=True):
    """A voice token, the secret that binds the ballot to it, and the report. No part of it may reach a log."""

    token: bytes
    r: bytes
    report: bytes

    def __repr__(self) -> str:
        return "Voice(hidden)"


class _Text(Value, frozen=True):
    """The JSON of a message, in the order in which it is written (design, privacy 3)."""

    v: int
    k: str
    s: str | None
    t: str
    l: str  # noqa: E741 - the wire's name
    p: str
    c: tuple[str, ...]
    may: tuple[str, ...]
    act: str
    cv: str
    n: int
    f: tuple[int, ...] | UnsetType = UNSET


def flagged(bank: Bank, answers: Mapping[str, str]) -> tuple[Condition, ...]:
    """The conditions with an adverse answer, in their own order."""
    known = bank.by_id()
    found = {known[code].condition for code, option in answers.items() if option in known[code].adverse}
    return tuple(one for one in CONDITIONS if one in found)


def write_report(
    bank: Bank, asked: tuple[str, int], answers: Mapping[str, str], gravest: Sequence[Condition] | None = None
) -> bytes:
    """Compact JSON. ``asked``: code and version of the questionnaire.

    Up to three flagged conditions are the gravest by themselves; of more, only those the worker chose. Raises Malformed
    for answers that the questionnaire does not offer, and for a choice that was not hers to make.
    """
    questions = bank.questionnaire(*asked)
    offered = {one.id: one.options for one in bank.questions if one.id in questions.answers}
    if any(option not in offered.get(code, ()) for code, option in answers.items()):
        raise Malformed("An answer is none that the questionnaire offers.")
    named = _gravest(flagged(bank, answers), gravest)
    report = Report(v=VERSION, q=asked[0], qv=asked[1], a=dict(answers), g=tuple(one.value for one in named))
    return msgspec.json.encode(report)


def _gravest(named: Sequence[Condition], chosen: Sequence[Condition] | None) -> tuple[Condition, ...]:
    """Of more than three none is ticked beforehand: a default would answer for her."""
    if len(named) <= GRAVEST_MAX:
        if chosen is not None and set(chosen) != set(named):
            raise Malformed("Up to three conditions are all among the gravest: there is nothing to choose.")
        return tuple(named)
    gravest = chosen or ()
    if len(gravest) > GRAVEST_MAX or len(set(gravest)) != len(gravest) or not set(gravest) <= set(named):
        raise Malformed("At most three of the conditions that her answers name, each once, can be the gravest.")
    return tuple(gravest)


def write_message(trusted: Trusted, message: Message) -> bytes:
    text = _Text(
        v=MESSAGE_VERSION,
        k=message.kind,
        s=None if trusted.supplier == ANY else trusted.supplier,
        t=message.text,
        l=message.language,
        p=trusted.locator,
        c=tuple(one.value for one in message.conditions),
        may=message.may,
        act=message.act,
        cv=b64(message.conversation),
        n=0,
        f=message.indicators or UNSET,
    )
    return msgspec.json.encode(text)


def seal(trusted: Trusted, voice: Voice | None, message: Message | None, bits: int, chance: Chance) -> bytes:
    """9,216 bytes, whatever is in them. Without a voice the ballot part holds nothing, without a message the parcel.

    Raises Malformed for a message that is too long, or that no watchdog of the part could read.
    """
    suite = suites.OURS
    if voice is None:
        token = sealing.filler_token(chance.bytes(FILLER_SIZE))
        ballot = sealing.seal_no_ballot(suite, trusted.box, trusted.period)
    else:
        token = voice.token
        ballot = sealing.seal_ballot(suite, trusted.box, trusted.supplier, trusted.period, voice.r, voice.report)
    outer = sealing.dummy_outer(suite) if message is None else _outer(trusted, message, chance)
    pieces = sealing.Parts(
        suite=suite,
        box_kid=suites.kid(suite, trusted.box),
        mix_kid=suites.kid(suite, trusted.mix),
        token=token,
        ballot=ballot,
        parcel=sealing.seal_parcel(suite, trusted.mix, outer),
    )
    return sealing.assemble(pieces, bits)


def _outer(trusted: Trusted, message: Message, chance: Chance) -> Outer:
    suite, places = suites.OURS, trusted.places
    if not any(places):
        raise Malformed("There is no watchdog who could read the message.")
    inner = parcel.seal_message(
        suite, places, write_message(trusted, message), chance.bytes(parcel.entropy_size(suite, places))
    )
    recipients = tuple(EMPTY_KID if public is None else suites.kid(suite, public) for public in places)
    return Outer(kind=KINDS[message.kind], slots=len(places), recipients=recipients, inner=inner)

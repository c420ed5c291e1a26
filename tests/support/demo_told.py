"""What a demo's watchdog read and what was read of its answers, as a test chooses it."""

from datetime import date

from laborvoice.client.watchdog.letter import Letter, Row, Said
from laborvoice.client.worker.mailbox import Reply
from laborvoice.demo import years
from laborvoice.demo.call import Heard
from laborvoice.demo.ledger import Ledger
from laborvoice.demo.words import ANSWER, CALL, STORY
from laborvoice.demo.years import Year
from laborvoice.domain.ids import PartyId
from support.registry_world import CountedChance

PARTY = PartyId.draw(bytes(16))
DIGITS = "1234567890123456789012345627"


def year() -> Year:
    """The newest of two."""
    return years.make(PARTY, date(2025, 12, 31), date(2026, 11, 24), CountedChance("year"))[0]


def letter(text: str) -> Letter:
    row = Row(id="msg_1", kind="story", voiced=True, week="2026-W40", kid="", suite=1, slots=2, place=0, state="new")
    said = Said(v=1, k="story", t=text, l="en", p="any", act="now", cv="", n=0)
    return Letter(row=row, digest=text, said=said, conversation=None)


def heard() -> Heard:
    return Heard(
        digits=DIGITS,
        letters=(letter(CALL.text), letter(STORY.text), letter(STORY.text)),
        replies=(
            Reply(v=1, k="ack", h="x", st="received", t="", p="any", w=str(PARTY)),
            Reply(v=1, k="reply", h="x", st="acting", t=ANSWER, p="any", w=str(PARTY)),
        ),
        decoy=(),
        alone="two-person-rule",
        shown=(False, True),
    )


def spoken(ledger: Ledger, site: str) -> None:
    """What ``heard`` opened."""
    for text in (CALL.text, STORY.text, STORY.text):
        ledger.spoke(site, text)

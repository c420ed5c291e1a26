"""How a demo ends: its promises judged, its tables shown, its numbers in one line."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from laborvoice.client.watchdog.letter import Letter
from laborvoice.demo import table
from laborvoice.demo.call import Heard
from laborvoice.demo.helped import thread
from laborvoice.demo.home import LEFT
from laborvoice.demo.ledger import Ledger
from laborvoice.demo.promises import BURNED, Promise
from laborvoice.demo.seen import Seen
from laborvoice.demo.setting import Keys
from laborvoice.domain import Value


class Totals(Value, frozen=True):
    """The closing line. Counts of ballots are the demo's own ledger, times the published states."""

    suppliers: int
    periods: int
    ballots_sent: int
    ballots_accepted: int
    ballots_counted: int
    ballots_carried: int
    ballots_dropped: int
    duplicates_refused: int
    releases: int
    withheld: int
    scores: int
    webhooks_verified: int
    boxes_burned: int
    messages_sent: int
    messages_opened: int
    answers_read: int
    cases_shared: int


def totals(seen: Seen, ledger: Ledger, heard: Heard, states: dict[str, str], webhooks: int) -> Totals:
    shown = seen.shown.values()
    fates = seen.fates.values()
    return Totals(
        suppliers=len(seen.world.sites),
        periods=len(seen.periods),
        ballots_sent=ledger.sent,
        ballots_accepted=ledger.accepted.total(),
        ballots_counted=sum(sum(one.counted.values()) for one in fates),
        ballots_carried=sum(one.carried for one in fates),
        ballots_dropped=sum(one.dropped for one in fates),
        duplicates_refused=ledger.refused,
        releases=sum(len(one.published) for one in shown),
        withheld=sum(len(one.withheld) for one in shown),
        scores=sum(len(one.scored) for one in shown),
        webhooks_verified=webhooks,
        boxes_burned=sum(states.get(period) == BURNED for period in seen.periods),
        messages_sent=ledger.told.total(),
        messages_opened=sum(isinstance(one, Letter) for one in heard.letters),
        answers_read=len(heard.replies),
        cases_shared=int(heard.shown[1]),
    )


def of_totals(found: Totals) -> Promise:
    """Nothing was shown that did not happen at all."""
    shown = (found.releases, found.withheld, found.scores, found.ballots_counted, found.ballots_carried)
    tried = (found.duplicates_refused, found.webhooks_verified, found.boxes_burned)
    return Promise(
        sentence="Everything that the demo is about was to be seen at least once.", held=all((*shown, *tried))
    )


def show(console: Console, seen: Seen, heard: Heard, promises: Sequence[Promise]) -> None:
    console.print(table.of_scores(seen))
    for line in table.of_withheld(seen):
        console.print(line, highlight=False, soft_wrap=True)
    console.print()
    console.print(table.of_expectations(seen))
    console.print()
    for line in thread(heard):
        console.print(line, highlight=False, soft_wrap=True)
    console.print()
    for promise in promises:
        mark = "[green]held  [/green]" if promise.held else "[bold red]BROKEN[/bold red]"
        console.print(f"{mark} {promise.sentence}", highlight=False, soft_wrap=True)
    console.print()


def what_next(console: Console, home: Path | None, portal_url: str, keys: Keys) -> None:
    """How to go on; of a home that is not kept, while it is still served."""
    if home is not None:
        console.print(
            f"To go on: laborvoice up --home {home}, with the logins and keys of {home / LEFT}", soft_wrap=True
        )
        console.print(f"To open the watchdog's inbox then: laborvoice watchdog inbox --home {home}", soft_wrap=True)
    key = keys.operator
    console.print("To ask for the suppliers, their releases and scores:")
    console.out(f'  curl -H "Authorization: Bearer {key}" {portal_url}/v1/suppliers', highlight=False)

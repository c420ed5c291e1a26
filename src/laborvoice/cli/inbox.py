"""Commands that read a watchdog's messages and answer them. They are opened here; the server sees neither."""

import json
from typing import IO, TYPE_CHECKING, Final

import click

from laborvoice.cli import desk, letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from laborvoice.client.portal import Portal
    from laborvoice.client.watchdog.inbox import Inbox
    from laborvoice.client.watchdog.keyfile import Keys
    from laborvoice.client.watchdog.letter import Letter, Row, Shut
    from laborvoice.client.watchdog.reply import Answering, Status

STATUSES: Final = ("received", "reading", "acting", "closed")
SLOW: Final = 20
"""So many messages are opened in about a second."""


@click.command()
@click.argument("message", required=False)
@click.option("--json", "lines", is_flag=True, help="A line of JSON for each message, with all its words.")
@click.option("--closed", is_flag=True, help="Those that were closed, in place of those that wait.")
@desk.desk_options
def inbox(at: desk.Desk, message: str | None, *, lines: bool, closed: bool) -> None:
    """Open what is sealed to you and list it, urgent calls first; or open MESSAGE and show all of it.

    MESSAGE, an id: where it is new it becomes yours, and whoever sent it is told that it arrived.
    """
    from laborvoice.client.watchdog.inbox import Inbox

    portal, keys = at.portal(), at.keys()
    box = Inbox(portal, keys)
    if message is None:
        rows = box.rows("closed") if closed else box.rows("new", "acknowledged")
        found = _opened(box, rows)
    else:
        found = _opened(box, (box.row(message),))
        _received(portal, keys[0], box, found[0])
    if lines:
        for one in found:
            click.echo(json.dumps(letters.plain(one)))
    elif message is None:
        letters.listing(found, box.names(found))
    else:
        letters.whole(found[0], box.names(found))


@click.command()
@click.argument("message")
@click.option("--state", type=click.Choice(STATUSES), default="acting", show_default=True, help="What she is told.")
@click.option("--text-file", type=click.File("r"), help="The words; - for standard input. Else they are asked for.")
@desk.desk_options
def reply(at: desk.Desk, message: str, state: "Status", text_file: IO[str] | None) -> None:
    """Answer MESSAGE: signed with the key of the first --year, sealed to its conversation, read with her receipt."""
    from laborvoice.client.watchdog import posted
    from laborvoice.client.watchdog.inbox import Inbox

    portal, keys = at.portal(), at.keys()
    posted.check(portal, keys[0])
    box = Inbox(portal, keys)
    letter = letters.readable(_opened(box, (box.row(message),))[0])
    words = click.prompt("Your answer", err=True) if text_file is None else text_file.read()
    place = _answering(portal, keys[0]).reply(letter, state, words.strip())
    click.echo(f"It is posted, as number {place + 1} of the conversation; it can be read after the next mix.")


def _opened(box: "Inbox", rows: "Sequence[Row]") -> "tuple[Letter | Shut, ...]":
    """With a bar where it takes longer than a second."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=len(rows) < SLOW) as progress:
        bar = progress.add_task("opening", total=len(rows))
        return box.letters(rows, lambda count: progress.advance(bar, count))


def _received(portal: "Portal", keys: "Keys", box: "Inbox", one: "Letter | Shut") -> None:
    """The answer first: should this end in between, she is told twice rather than never."""
    from laborvoice.client.watchdog import posted
    from laborvoice.client.watchdog.letter import Shut

    if isinstance(one, Shut) or one.row.state != "new":
        return
    if one.conversation is not None:
        posted.check(portal, keys)
        _answering(portal, keys).acknowledge(one)
    box.acknowledge(one.row.id)


def _answering(portal: "Portal", keys: "Keys") -> "Answering":
    from laborvoice.chance import SystemChance
    from laborvoice.client.watchdog.reply import Answering

    return Answering(portal, keys, SystemChance())


COMMANDS: Final = (inbox, reply)

"""Commands of a watchdog: its keys of a year. What opens messages stays in the file; only public halves are posted."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from laborvoice import errors
from laborvoice.cli import desk, inbox

if TYPE_CHECKING:
    from datetime import date

    from laborvoice.domain.ids import PartyId

FILE: Final = click.argument("file", type=desk.FILE)


@click.group()
def watchdog() -> None:
    """Keys, inbox and answers of a watchdog, with the same yearly key file as the pages of the portal."""


@watchdog.group()
def keys() -> None:
    """The keys that workers' messages are sealed to, once a year."""


@keys.command()
@click.option("--party", help="Your id, like par_...; else the portal is asked.")
@click.option("--first", help="The first of the twelve months, like 2026-12; else this one.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=".", help="The folder of the file.")
@desk.portal_options
def make(at: desk.Desk, party: str | None, first: str | None, into: Path) -> None:
    """Make the file of a year, and print its code: write that down, on paper, and keep the two apart.

    Nothing is posted: `keys post` does that, when the file has proved to open. Whoever loses either has lost what is
    sealed to it, unless another watchdog of the message can open it.
    """
    from laborvoice.chance import SystemChance
    from laborvoice.client.watchdog import keyfile, posted
    from laborvoice.clock import SystemClock
    from laborvoice.crypto import receipt

    chance, today = SystemChance(), SystemClock().now().date()
    who = _party(party) if party is not None else posted.party(at.portal())
    made = keyfile.make(who, today if first is None else _month(first), chance)
    code = keyfile.draw_code(chance)
    content = keyfile.write(made, code, today, chance)
    path = into / keyfile.read(content).name
    desk.put(path, content, fresh=True)
    click.echo(receipt.grouped(code))
    click.echo(f"{path} is made. Its code stands above, this once: write it down, then `watchdog keys post`.", err=True)


@keys.command()
@FILE
@desk.portal_options
def show(at: desk.Desk, file: Path) -> None:
    """Show what can be known of FILE without its code, and with a portal which of its months phones use."""
    from laborvoice.client.watchdog import keyfile, posted

    found = keyfile.read(desk.raw(file))
    known = posted.states(at.portal()) if at.named else {}
    click.echo(f"party     {found.party}\nsign key  {found.sign_key}")
    for month in found.months:
        state = known.get((month.until, found.sign_key), "not posted") if at.named else ""
        click.echo(f"{month.until}  {'  '.join(key.kid for key in month.keys)}  {state}".rstrip())


@keys.command()
@FILE
@desk.code_options
def post(at: desk.Desk, file: Path) -> None:
    """Prove that FILE opens with its code, then post the public halves of the months that have not ended."""
    from laborvoice.client.watchdog import posted
    from laborvoice.clock import SystemClock

    portal = at.portal()
    count = posted.post(portal, desk.unlocked(file, at.code(file)), SystemClock().now().date())
    click.echo(f"{count} months are posted. Messages are sealed to them once a signed manifest names them.")


@keys.command()
@FILE
@desk.code_option
def save(at: desk.Desk, file: Path) -> None:
    """Write FILE again without the keys of months that ended over 90 days ago. Then destroy older copies."""
    from laborvoice.chance import SystemChance
    from laborvoice.client.watchdog import keyfile
    from laborvoice.clock import SystemClock

    code = at.code(file).strip()
    opened = desk.unlocked(file, code)
    desk.put(file, keyfile.write(opened, code, SystemClock().now().date(), SystemChance()), fresh=False)
    click.echo(f"{file} is saved. Destroy older copies: they still hold what was taken out.")


def _party(text: str) -> "PartyId":
    from laborvoice.domain.ids import PartyId

    try:
        return PartyId.parse(text)
    except ValueError:
        raise errors.BadSetting("--party is an id like par_ and 26 characters.") from None


def _month(text: str) -> "date":
    from laborvoice.domain.period import Period

    try:
        period = Period.parse(text)
    except ValueError:
        raise errors.BadSetting("--first is a month, like 2026-12.") from None
    if period.months != 1:
        raise errors.BadSetting("--first is a month, like 2026-12.")
    return period.begin


for one in inbox.COMMANDS:
    watchdog.add_command(one)

COMMANDS: Final = (watchdog,)

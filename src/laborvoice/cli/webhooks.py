"""Commands for those who receive webhooks."""

import asyncio
from typing import IO, TYPE_CHECKING, Final

import click

from laborvoice import errors

if TYPE_CHECKING:
    from rich.console import Console

    from laborvoice.webhooks.verifier import Event

PORT: Final = 8099


@click.group()
def webhooks() -> None:
    """Receive webhooks."""


@webhooks.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=PORT, show_default=True, help="On 127.0.0.1; 0: any.")
@click.option("--secret-file", type=click.File("r"), help="A file that holds the whsec_ secret; - for standard input.")
@click.option("--public-key", multiple=True, help="A whpk_ key of the endpoint; may be given more than once.")
@click.option("--count", type=click.IntRange(1), help="End after so many events.")
def listen(port: int, secret_file: IO[str] | None, public_key: tuple[str, ...], count: int | None) -> None:
    """Show each event that verifies, and answer the challenge of a new endpoint."""
    secrets = () if secret_file is None else tuple(secret_file.read().split())
    if not secrets and not public_key:
        raise errors.BadSetting("Give --secret-file or --public-key: what does not verify is not shown.")
    asyncio.run(_listen(port, secrets, public_key, count))


async def _listen(port: int, secrets: tuple[str, ...], public_keys: tuple[str, ...], count: int | None) -> None:
    from rich.console import Console

    from laborvoice.clock import SystemClock
    from laborvoice.demo.receiver import open_receiver

    console, enough, shown = Console(), asyncio.Event(), 0

    def heard(event: "Event") -> None:
        nonlocal shown
        _show(console, event)
        shown += 1
        if shown == count:
            enough.set()

    try:
        async with open_receiver(SystemClock(), port, heard) as receiver:
            receiver.trust(secrets, public_keys)
            click.echo(f"listening at {receiver.url}")
            await enough.wait()
    except OSError:
        raise errors.BadSetting(f"Nothing can listen on port {port}.") from None


def _show(console: "Console", event: "Event") -> None:
    import msgspec
    from rich.json import JSON

    console.print(f"{event.id}  {event.timestamp}", markup=False, style="bold")
    console.print(JSON(msgspec.json.encode(event.body).decode()))


COMMANDS: Final = (webhooks,)

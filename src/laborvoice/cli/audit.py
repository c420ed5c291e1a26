"""The command by which anybody checks an audit chain: from its rows alone, or all chains in the database."""

import asyncio
import os
import sys
from typing import IO, TYPE_CHECKING, Final

import click

from laborvoice import errors

if TYPE_CHECKING:
    from laborvoice.domain.audit import Bad

BAD: Final = 1


@click.command("verify-audit")
@click.argument("rows", type=click.File("rb"), required=False)
@click.option("--head", "heads", multiple=True, metavar="NUMBER:HASH", help="A row as it was told before, like a head.")
@click.option("--part", is_flag=True, help="The rows begin somewhere: what was before the first is not known.")
def verify_audit(rows: IO[bytes] | None, heads: tuple[str, ...], *, part: bool) -> None:
    """Name the first bad row of a chain, and exit 1; say nothing bad and exit 0.

    ROWS: a file with a row of one chain on each line, as GET /v1/audit gives them with Accept: application/x-ndjson;
    - for standard input. Without: every chain in the database of LABORVOICE_DATABASE_URL.
    """
    if rows is None:
        chain, bad = asyncio.run(_database())
    else:
        chain, bad = "", _file(rows, heads, part=part)
    if bad is not None:
        click.echo(f"laborvoice: {f'Chain {chain}, row' if chain else 'Row'} {bad.seq} is {bad.why}.", err=True)
        sys.exit(BAD)
    click.echo("Every row is as it was written.")


def _file(rows: IO[bytes], heads: tuple[str, ...], *, part: bool) -> "Bad | None":
    """Raises BadSetting."""
    import msgspec

    from laborvoice.domain.audit import EMPTY, Row, verify

    decoder = msgspec.json.Decoder(Row)
    try:
        anchors = {int(seq): digest for seq, _, digest in (one.partition(":") for one in heads)}
        return verify((decoder.decode(line) for line in rows if line.strip()), None if part else EMPTY, anchors)
    except (ValueError, msgspec.DecodeError):
        raise errors.BadSetting("A line is no row of an audit chain, or a head is not NUMBER:HASH.") from None


async def _database() -> "tuple[str, Bad | None]":
    from laborvoice.settings import load
    from laborvoice.store.database import Database
    from laborvoice.views import audit

    url = load("up", os.environ, {}).database_url
    if url is None:
        raise errors.BadSetting("Give a file of rows, or set LABORVOICE_DATABASE_URL.")
    async with Database.open(url.reveal(), size=1) as database:
        return await audit.first_bad(database) or ("", None)


COMMANDS: Final = (verify_audit,)

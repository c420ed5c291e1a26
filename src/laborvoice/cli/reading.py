"""Commands that ask a portal, as a brand's system would."""

import asyncio
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click

from laborvoice import errors

if TYPE_CHECKING:
    from laborvoice.client.brand import Brand, Supplier
    from laborvoice.demo.reading import Reader
    from laborvoice.domain.release import Distributor
    from laborvoice.views.scores import PublishedScore

DIFFERS: Final = 1
_COLUMNS: Final = ("supplier", "country", "score", "range", "band", "driver", "period")
_NONE: Final = ("", "", "too few answers, or none yet", "", "")


@click.command()
@click.option("--url", help="The portal, like https://portal.example.")
@click.option("--key-file", type=click.File("r"), help="A file that holds an API key; - for standard input.")
@click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Instead of both: where a demo was kept."
)
@click.option(
    "--recompute", is_flag=True, help="Make each score again from the releases served; exit 1 if one differs."
)
@click.option("--json", "lines", is_flag=True, help="One line of JSON a supplier, in place of a table.")
def scores(url: str | None, key_file: IO[str] | None, home: Path | None, *, recompute: bool, lines: bool) -> None:
    """Show the suppliers that a key may see, with their newest scores."""
    from rich.console import Console
    from rich.table import Table

    from laborvoice.client.brand import Brand
    from laborvoice.client.transport import Transport
    from laborvoice.demo.reading import Reader

    portal, key = _portal(url, key_file, home)
    if lines and recompute:
        raise errors.BadSetting("--json and --recompute are two different questions: give one of them.")
    if lines:
        _lines(Brand(portal, key))
        return
    reader = Reader(Transport(portal), key)
    table = Table(*_COLUMNS, *(("made again",) if recompute else ()))
    differing = 0
    for supplier in Brand(portal, key).suppliers():
        served, same = asyncio.run(_served(reader, supplier, recompute=recompute))
        differing += not same
        figures = _NONE if served is None else _figures(served)
        verdict = "" if served is None else ("the same" if same else "differs")
        table.add_row(supplier.name, supplier.country, *figures, *((verdict,) if recompute else ()))
    Console().print(table)
    if differing:
        click.echo("laborvoice: A score is not what the releases served make.", err=True)
        sys.exit(DIFFERS)


def _lines(brand: "Brand") -> None:
    """Asked for in bulk: each with its score, or the state that says why there is none."""
    import msgspec

    suppliers = brand.suppliers()
    rated = {one.supplier: one.score for one in brand.scores([supplier.id for supplier in suppliers])}
    for one in suppliers:
        line = {"supplier": one.id, "name": one.name, "country": one.country, "score": rated.get(one.id)}
        click.echo(msgspec.json.encode(line).decode())


def _portal(url: str | None, key_file: IO[str] | None, home: Path | None) -> tuple[str, str]:
    from laborvoice.demo.home import left

    if home is not None:
        kept = left(home)
        return kept.portal_url, kept.brand_api_key
    if url is None or key_file is None:
        raise errors.BadSetting("Give --url and --key-file, or --home of a demo that was kept.")
    return url, key_file.read().strip()


async def _served(reader: "Reader", supplier: "Supplier", *, recompute: bool) -> "tuple[PublishedScore | None, bool]":
    """The newest published score, and whether the releases served make the same."""
    from laborvoice.domain.ids import SupplierId
    from laborvoice.views.recompute import again, agrees
    from laborvoice.views.scores import PublishedScore

    name = SupplierId.parse(supplier.id)
    newest = next((one for one in await reader.scores(name) if isinstance(one, PublishedScore)), None)
    if newest is None or not recompute:
        return newest, True
    # Only the reason "distributor" says that the invites were not handed out by a watchdog alone.
    distributor: Distributor = "supplier" if "distributor" in newest.reasons else "watchdog"
    return newest, agrees(newest, again(newest, await reader.releases(name), supplier.workforce, distributor))


def _figures(served: "PublishedScore") -> tuple[str, str, str, str, str]:
    return str(served.score), f"{served.low} to {served.high}", served.band, served.driver, served.period


COMMANDS: Final = (scores,)

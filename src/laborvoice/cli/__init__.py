"""The command line: the only room that prints or reads the environment. Each command imports what it needs."""

import sys
from typing import Final

import click

import laborvoice
from laborvoice import errors
from laborvoice.cli import (
    asking,
    audit,
    backups,
    bench,
    examining,
    exports,
    keyrings,
    manifests,
    people,
    processes,
    reading,
    schema,
    watchdog,
    webhooks,
)

FAILED: Final = 1
USAGE: Final = 2
IN_USE: Final = 3
UNREACHABLE: Final = 4

_STATUS: Final[tuple[tuple[type[errors.LaborvoiceError], int], ...]] = (
    (errors.BadSetting, USAGE),
    (errors.HomeInUse, IN_USE),
    (errors.DatabaseUnavailable, UNREACHABLE),
)


def main() -> None:
    """One sentence for what goes wrong, and its exit code; never a traceback."""
    try:
        try:
            commands(standalone_mode=False)
        except* errors.LaborvoiceError as group:
            raise _first(group) from None
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(FAILED)
    except errors.LaborvoiceError as error:
        _say(error)


def _first(group: BaseExceptionGroup[errors.LaborvoiceError]) -> errors.LaborvoiceError:
    one = group.exceptions[0]
    return _first(one) if isinstance(one, BaseExceptionGroup) else one


def _say(error: errors.LaborvoiceError) -> None:
    click.echo(f"laborvoice: {error}", err=True)
    sys.exit(next((status for kind, status in _STATUS if isinstance(error, kind)), FAILED))


@click.group()
@click.version_option(laborvoice.__version__)
def commands() -> None:
    """A ballot box for working conditions."""


for one in (
    processes.COMMANDS,
    schema.COMMANDS,
    people.COMMANDS,
    reading.COMMANDS,
    audit.COMMANDS,
    exports.COMMANDS,
    watchdog.COMMANDS,
    webhooks.COMMANDS,
    backups.COMMANDS,
    keyrings.COMMANDS,
    manifests.COMMANDS,
    asking.COMMANDS,
    examining.COMMANDS,
    bench.COMMANDS,
):
    for each in one:
        commands.add_command(each)

"""The command that measures. What it runs is in ``benchmarks`` of a checkout, and in no wheel."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import click

import laborvoice
from laborvoice.errors import BadSetting

NAMES: Final = ("intake", "vault", "mix", "close", "score", "portal", "issue", "webhooks", "client", "urgent", "all")


@click.command()
@click.argument("name", type=click.Choice(NAMES))
@click.option("--quick", is_flag=True, help="At most 45 seconds each, with less to measure.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON and nothing else.")
def bench(name: str, *, quick: bool, as_json: bool) -> None:
    """Measure NAME on this machine and say which bars hold. Needs a checkout and its development dependencies."""
    flags = (*(("--quick",) if quick else ()), *(("--json",) if as_json else ()))
    sys.exit(subprocess.run([sys.executable, str(_script(name)), *flags], check=False).returncode)  # noqa: S603 - ours


def _script(name: str) -> Path:
    """Raises BadSetting where the program was installed without its checkout."""
    script = Path(laborvoice.__file__).parents[2] / "benchmarks" / f"{name}.py"
    if not script.is_file():
        raise BadSetting("`bench` needs a checkout of laborvoice: the benchmarks are not installed with it.")
    return script


COMMANDS: Final = (bench,)

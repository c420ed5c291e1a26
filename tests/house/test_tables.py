"""Closed lists are complete: errors have codes, and log events and metrics stand in the operator's handbook."""

import inspect
import re
from pathlib import Path

import pytest

from laborvoice import errors
from laborvoice.api import problems
from laborvoice.log import Event
from laborvoice.metrics import Metric

# Errors that no request can meet: they end a start, a command or a step of a process without doors.
BEHIND_THE_DOORS = frozenset(
    {
        errors.LaborvoiceError,
        errors.BadSetting,
        errors.BlockedAddress,
        errors.BackupRefused,
        errors.ClockRefused,
        errors.HomeInUse,
        errors.KeyDestroyed,
        errors.KeyMissing,
        errors.ManifestRefused,
        errors.QuestionsRefused,
        errors.SchemaBehind,
        errors.Unanswered,
        errors.Undecryptable,
    }
)


def kinds() -> list[type[errors.LaborvoiceError]]:
    return [
        one
        for one in vars(errors).values()
        if inspect.isclass(one) and issubclass(one, errors.LaborvoiceError) and one.__module__ == errors.__name__
    ]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_each_error_has_a_code_or_stays_behind_the_doors(kind: type[errors.LaborvoiceError]) -> None:
    code = problems.of(kind()).code
    assert (code == "internal") == (kind in BEHIND_THE_DOORS), code


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_the_docstring_is_the_message(kind: type[errors.LaborvoiceError]) -> None:
    message = str(kind())
    assert re.fullmatch(r"[A-Z][^\n]*\.", message)
    assert message == str(kind.__doc__).strip().splitlines()[0]


def test_titles_are_each_codes_own() -> None:
    titles = [problem.title for problem in problems.TABLE.values()]
    assert len(titles) == len(set(titles))


def rows(root: Path, heading: str) -> set[str]:
    """The first cells, in backquotes, of the table under a heading of the operator's handbook."""
    text = (root / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([\w.]+)`", section, re.MULTILINE))


def test_every_log_event_is_in_the_handbook(root: Path) -> None:
    assert rows(root, "Logs") == {event.value for event in Event}


def test_every_metric_is_in_the_handbook(root: Path) -> None:
    assert rows(root, "Metrics") == {metric.value.name for metric in Metric}

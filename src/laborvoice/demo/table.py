"""The closing tables: each supplier's score with what drives it, and what was expected beside what was seen."""

from typing import Final

from rich.box import SIMPLE_HEAD
from rich.table import Table

from laborvoice.demo.seen import Seen, Shown
from laborvoice.demo.world import Site
from laborvoice.domain.condition import Condition
from laborvoice.views.scores import PublishedScore

REASONS: Final = 2
NOTHING: Final = "-"


def of_scores(seen: Seen) -> Table:
    table = _table(f"Scores as of {seen.periods[-1]}")
    table.add_column("supplier", no_wrap=True)
    table.add_column("where")
    table.add_column("score", justify="right")
    table.add_column("range", justify="right", no_wrap=True)
    for column in ("band", "confidence", "trend", "because"):
        table.add_column(column)
    for site in seen.world.sites:
        table.add_row(site.name, site.country, *_cells(site, seen.shown[site.short]))
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))


def _cells(site: Site, shown: Shown) -> tuple[str, ...]:
    newest = shown.scores[-1] if shown.scores else None
    if not isinstance(newest, PublishedScore):
        return (*(NOTHING,) * 5, state(site, shown))
    figures = (str(newest.score), f"{newest.low}-{newest.high}", newest.band, newest.confidence)
    return (*figures, newest.trend.direction, because(newest))


def state(site: Site, shown: Shown) -> str:
    """Why there is no number."""
    if site.engagement == "prohibited":
        return "contact itself endangers: no poll"
    return "withheld: too few answers to say anything safely" if shown.scores else "no release yet"


def because(score: PublishedScore) -> str:
    """What drives the score, then what raises the composite most."""
    raising = {part.condition.value: f"{part.contribution:+.2f}" for part in score.because if part.contribution > 0}
    others = [f"{name} {by}" for name, by in raising.items() if name != score.driver][:REASONS]
    likely = [f"most likely the most named: {score.top.value}"] if isinstance(score.top, Condition) else []
    return "; ".join([f"{score.driver} {raising.get(score.driver, '')}".strip(), *others, *likely])


def of_expectations(seen: Seen) -> Table:
    table = _table("Expected, and seen")
    for column in ("supplier", "expected", "seen, quarter by quarter"):
        table.add_column(column)
    for site in seen.world.sites:
        table.add_row(site.name, site.expected, story(site, seen.shown[site.short]))
    return table


def story(site: Site, shown: Shown) -> str:
    """One word a quarter, then what changed last."""
    if not shown.scores:
        return "refused" if site.engagement == "prohibited" else "none"
    words = [one.band if isinstance(one, PublishedScore) else "withheld" for one in shown.scores]
    newest = shown.scores[-1]
    return "; ".join([", ".join(words), *(_changes(newest) if isinstance(newest, PublishedScore) else ())])


def _changes(newest: PublishedScore) -> tuple[str, ...]:
    trends = [(newest.trend.direction, "")] + [(one.direction, one.condition.value) for one in newest.trend.conditions]
    told = [f"{direction} {condition}".strip() for direction, condition in trends if direction != "no clear change"]
    fresh = [f"fresh start: {', '.join(newest.fresh_start)}"] if newest.fresh_start else []
    return (*told, *fresh, f"driven by {newest.driver}")


def of_withheld(seen: Seen) -> list[str]:
    """A line for each supplier with withheld quarters."""
    return [
        f"{site.name}: withheld in {', '.join(shown.withheld)}" for site, shown, _ in seen.sites() if shown.withheld
    ]

"""What the portal shows when all quarters are closed, beside what the demo knows it sent."""

from collections.abc import Mapping, Sequence

from laborvoice.demo.ledger import Fate, Ledger, State, fate
from laborvoice.demo.reading import Reader
from laborvoice.demo.setting import Stage
from laborvoice.demo.world import Site, World
from laborvoice.domain import Value
from laborvoice.views.releases import PublishedRelease, ReleaseView
from laborvoice.views.scores import PeriodScore, PublishedScore


class Shown(Value, frozen=True):
    """Of one supplier, as the operator reads it; oldest first."""

    scores: tuple[PeriodScore, ...]
    releases: tuple[ReleaseView, ...]

    @property
    def published(self) -> tuple[PublishedRelease, ...]:
        return tuple(one for one in self.releases if isinstance(one, PublishedRelease))

    @property
    def scored(self) -> tuple[PublishedScore, ...]:
        return tuple(one for one in self.scores if isinstance(one, PublishedScore))

    @property
    def states(self) -> dict[str, State]:
        return {one.period: "published" if isinstance(one, PublishedRelease) else "withheld" for one in self.releases}

    @property
    def withheld(self) -> tuple[str, ...]:
        return tuple(period for period, state in self.states.items() if state == "withheld")


class Seen(Value, frozen=True):
    """By the suppliers' ``short`` names. ``fates`` of those where workers were asked."""

    world: World
    periods: tuple[str, ...]
    shown: Mapping[str, Shown]
    fates: Mapping[str, Fate]

    def sites(self) -> tuple[tuple[Site, Shown, Fate], ...]:
        """Those where workers were asked."""
        return tuple((site, self.shown[site.short], self.fates[site.short]) for site in self.world.polled)


async def look(reader: Reader, stage: Stage, world: World, periods: Sequence[str], ledger: Ledger) -> Seen:
    shown = {
        site.short: Shown(
            scores=tuple(reversed(await reader.scores(stage.suppliers[site.short]))),
            releases=tuple(reversed(await reader.releases(stage.suppliers[site.short]))),
        )
        for site in world.sites
    }
    fates = {site.short: fate(ledger.of(site.short, periods), shown[site.short].states) for site in world.polled}
    return Seen(world=world, periods=tuple(periods), shown=shown, fates=fates)

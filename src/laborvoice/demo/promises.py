"""The promises that the demo shows to hold, each in a sentence, each judged by what was really seen."""

from collections import Counter
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.demo.ledger import Ledger
from laborvoice.demo.reading import Reader
from laborvoice.demo.receiver import Receiver
from laborvoice.demo.seen import Seen
from laborvoice.demo.setting import Stage
from laborvoice.demo.world import Party, Site, World
from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.policy import POLICIES
from laborvoice.store.ballot import reach
from laborvoice.store.database import Database
from laborvoice.views.recompute import again, agrees

RELEASES: Final = frozenset({"release.published", "release.withheld"})
BURNED: Final = "burned"
CLOSED_TO: Final = ("intake", "portal", "courier")
ID_BYTES: Final = 16


class Promise(Value, frozen=True):
    sentence: str
    held: bool


def of_numbers(seen: Seen, ledger: Ledger) -> list[Promise]:
    """What can be judged from releases and scores beside the demo's own ledger."""
    sites = seen.sites()
    fates = [fate for _, _, fate in sites]
    return [
        Promise(
            sentence="Every supplier whose workers are asked has one release for each closed quarter.",
            held=all(tuple(shown.states) == seen.periods for _, shown, _ in sites),
        ),
        Promise(
            sentence="What was counted, carried and dropped adds up to what was accepted.",
            held=sum(fate.total for fate in fates) == ledger.accepted.total(),
        ),
        Promise(
            sentence="One voice counts once: no number of answers is further from the truth than its noise may be.",
            held=all(
                abs(one.totals.n - fate.counted[one.period]) <= one.totals.scales.bound
                for _, shown, fate in sites
                for one in shown.published
            ),
        ),
        Promise(
            sentence="Nothing is published of fewer ballots than the floor.",
            held=all(
                fate.counted[one.period] >= POLICIES[one.policy].k
                for _, shown, fate in sites
                for one in shown.published
            ),
        ),
        Promise(
            sentence="Every score served is the one that the releases served make.",
            held=all(
                agrees(served, again(served, shown.releases, site.workforce, "watchdog"))
                for site, shown, _ in sites
                for served in shown.scored
            ),
        ),
        Promise(
            sentence="Each quarter with a release has a score, and no other has.",
            held=all(
                [one.period for one in shown.scored] == [one.period for one in shown.published]
                for shown in seen.shown.values()
            ),
        ),
    ]


def of_expectations(seen: Seen) -> list[Promise]:
    """What the whole world is made to show at least once (design, domain 9)."""
    bands = {one.band for shown in seen.shown.values() for one in shown.scored}
    directions = {one.trend.direction for shown in seen.shown.values() for one in shown.scored}
    withheld = any(shown.withheld for shown in seen.shown.values())
    return [
        Promise(sentence="A severe score is to be seen.", held="severe" in bands),
        Promise(sentence="A withheld quarter is to be seen.", held=withheld),
        Promise(sentence="An improving supplier is to be seen.", held="improving" in directions),
        Promise(sentence="A worsening supplier is to be seen.", held="worsening" in directions),
    ]


def of_refusals(stage: Stage, world: World) -> Promise:
    prohibited = tuple(site.short for site in world.sites if site.engagement == "prohibited")
    return Promise(
        sentence="Where contact itself endangers people no campaign can be opened.", held=stage.prohibited == prohibited
    )


async def of_isolation(readers: Mapping[str, Reader], stage: Stage, world: World, chance: Chance) -> Promise:
    """A brand's own suppliers answer it; all others, claimed ones too, look as if they did not exist."""
    held = True
    for brand in world.brands:
        reader = readers[brand.short]
        nowhere = await _face(reader, SupplierId.draw(chance.bytes(ID_BYTES)))
        for site in world.sites:
            face = await _face(reader, stage.suppliers[site.short])
            held &= (face[0] == HTTPStatus.OK) if site.short in brand.links else face == nowhere
    return Promise(
        sentence="A brand reads its confirmed suppliers; every other one looks as if it did not exist.", held=held
    )


async def _face(reader: Reader, supplier: SupplierId) -> tuple[int, object]:
    """Status and problem, the number of the request aside."""
    answer = await reader.get(f"/v1/suppliers/{supplier}/score")
    body: dict[str, object] = msgspec.json.decode(answer.body, type=dict[str, object])
    body.pop("request_id", None)
    return answer.status, body if answer.status != HTTPStatus.OK else None


def of_webhooks(receivers: Mapping[str, Receiver], stage: Stage, world: World, periods: Iterable[str]) -> list[Promise]:
    """``receivers`` by the party's ``short`` name."""
    brands = {brand.short: brand for brand in world.brands}
    told = all(
        releases_told(receiver) == expected_releases(brands.get(short), stage, world, periods)
        for short, receiver in receivers.items()
    )
    return [
        Promise(
            sentence="Every webhook verifies, by its secret and by its public key.",
            held=all(receiver.refused == receiver.broken == 0 for receiver in receivers.values()),
        ),
        Promise(sentence="Each is told of the releases it may read, all of them, and of no other.", held=told),
    ]


def releases_told(receiver: Receiver) -> Counter[tuple[str, str]]:
    """Supplier and period of each distinct event about a release."""
    bodies = {event.id: event.body for event in receiver.events}.values()
    return Counter(
        (str(body["data"]["supplier"]), str(body["data"]["period"])) for body in bodies if body["type"] in RELEASES
    )


def expected_releases(
    brand: Party | None, stage: Stage, world: World, periods: Iterable[str]
) -> Counter[tuple[str, str]]:
    """Of a brand those of its links; of the first watchdog those that its scopes cover."""
    scopes = world.watchdogs[0].scopes
    return Counter(
        (str(stage.suppliers[site.short]), period)
        for site in world.polled
        for period in periods
        if (covers(scopes, site) if brand is None else site.short in brand.links)
    )


def covers(scopes: Iterable[str], site: Site) -> bool:
    return any(scope in {"all", site.country} for scope in scopes)


def of_burning(states: Mapping[str, str], periods: Iterable[str], keyring: Path) -> Promise:
    gone = all(states.get(period) == BURNED and not (keyring / "box" / period).exists() for period in periods)
    return Promise(sentence="Each box that was counted is burned, and its key is gone.", held=gone)


async def of_doors(dsns: Mapping[str, str]) -> list[Promise]:
    """``dsns`` by role."""
    promises: list[Promise] = []
    for role in CLOSED_TO:
        async with Database.open(dsns[role], size=1) as database:
            found = await reach.readable(database)
        promises.append(
            Promise(sentence=f"With the credentials of {role} the database shows no ballot table.", held=not found)
        )
    return promises

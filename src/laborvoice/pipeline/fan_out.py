"""Fan-out: an event becomes numbered bytes, a place in each listener's feed, and deliveries (design, webhooks 4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.endpoint import EVERY_TYPE
from laborvoice.domain.event import ENDPOINT_PREFIX, PARTY_PREFIX, SUPPLIER_PREFIX, Event, body
from laborvoice.domain.facts import KINDS, OfTrouble
from laborvoice.domain.ids import DeliveryId, EndpointId, PartyId, SupplierId, SupplierKey
from laborvoice.domain.party import scopes_over
from laborvoice.domain.period import Period
from laborvoice.store.ballot import period_state
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import audience, delivery, endpoint, event, feed, head, sequence

BATCH: Final = 500
"""Events of one transaction."""
ID_BYTES: Final = 16
SHOWN: Final = frozenset({"counted", "burning", "burned"})
"""States of a period whose releases people see."""

Told = tuple[Event, tuple[PartyId, ...]]
"""An event and who hears of it."""


async def fan_out(database: Database, clock: Clock, chance: Chance, origin: str, batch: int = BATCH) -> bool:
    """Whether a whole batch was told, so that more may wait. ``origin`` begins the URLs in the bodies.

    One courier at a time: numbers and positions are given under the lock of the head, and seen by all when it goes.
    """
    now = clock.now()

    async def step(db: Connection) -> bool:
        if not await head.lock(db):
            return False
        ready = await event.ready(db, await _shown_periods(db), now, batch)
        if not ready:
            return False
        await _number(db, ready, origin)
        told = await _hearers(db, ready)
        heard = [(one, party) for one, parties in told for party in parties]
        positions = await feed.append(db, [(party, one.id) for one, party in heard])
        due = await _to_parties(db, heard, positions) + await _to_endpoints(db, ready)
        if due:
            ids = (DeliveryId.draw(chance.bytes(ID_BYTES)) for _ in due)
            await delivery.put(db, [_delivery(one, number) for one, number in zip(due, ids, strict=True)], now)
        return len(ready) == batch

    return await database.run("fan_out", step)


async def _shown_periods(db: Connection) -> list[str]:
    return [one.period for one in await period_state.all_states(db) if one.state in SHOWN]


async def _number(db: Connection, ready: Sequence[Event], origin: str) -> None:
    series = [sequence.Series(resource=one.resource, type=one.type, audience=one.audience) for one in ready]
    numbers = await sequence.take(db, series)
    bodies = [body(one, number, origin) for one, number in zip(ready, numbers, strict=True)]
    await event.expand(db, [one.id for one in ready], numbers, bodies)


async def _hearers(db: Connection, ready: Sequence[Event]) -> list[Told]:
    suppliers = {SupplierId.parse(one) for one in _named(ready, SUPPLIER_PREFIX)}
    places = await audience.places(db, sorted(suppliers))
    buyers = await _buyers(db, places)
    watchdogs = await _watchdogs(db, places)
    return [(one, tuple(sorted(_parties_of(one, buyers, watchdogs)))) for one in ready]


def _named(ready: Sequence[Event], prefix: str) -> Iterator[str]:
    return (one.audience.removeprefix(prefix) for one in ready if one.audience.startswith(prefix))


def _parties_of(
    one: Event, buyers: Mapping[str, Sequence[audience.Buyer]], watchdogs: Mapping[str, Iterable[PartyId]]
) -> set[PartyId]:
    if one.audience.startswith(PARTY_PREFIX):
        return {PartyId.parse(one.audience.removeprefix(PARTY_PREFIX))}
    if not one.audience.startswith(SUPPLIER_PREFIX):
        return set()
    supplier = one.audience.removeprefix(SUPPLIER_PREFIX)
    day = one.occurred_on.date() if one.period is None else Period.parse(one.period).end
    hearers = KINDS[one.type].hearers
    brands = {buyer.party_id for buyer in buyers[supplier] if "brand" in hearers and _is_active(buyer, day)}
    return brands | {*(watchdogs[supplier] if "watchdog" in hearers else ())}


def _is_active(buyer: audience.Buyer, day: date) -> bool:
    return buyer.from_day <= day and (buyer.to_day is None or day <= buyer.to_day)


async def _buyers(db: Connection, places: Sequence[audience.Place]) -> Mapping[str, Sequence[audience.Buyer]]:
    """By public id: brands with a confirmed link."""
    public = {place.supplier_id: place.public_id for place in places}
    found: defaultdict[str, list[audience.Buyer]] = defaultdict(list)
    for buyer in await audience.buyers(db, [SupplierKey(key) for key in public]):
        found[public[buyer.supplier_id]].append(buyer)
    return found


async def _watchdogs(db: Connection, places: Sequence[audience.Place]) -> Mapping[str, set[PartyId]]:
    """By public id: watchdogs of every scope that holds the supplier."""
    scopes = {place.public_id: _scopes(place) for place in places}
    covering: defaultdict[str, set[PartyId]] = defaultdict(set)
    for cover in await audience.covers(db, sorted(frozenset[str]().union(*scopes.values()))):
        covering[cover.scope].add(cover.watchdog_id)
    found: defaultdict[str, set[PartyId]] = defaultdict(set)
    for public, held in scopes.items():
        found[public].update(*(covering[scope] for scope in held))
    return found


def _scopes(place: audience.Place) -> frozenset[str]:
    return frozenset[str]().union(*scopes_over(place.public_id, place.country, place.isic))


async def _to_parties(
    db: Connection, heard: Sequence[tuple[Event, PartyId]], positions: Sequence[int]
) -> list[tuple[Event, EndpointId, int]]:
    lanes: defaultdict[PartyId, list[endpoint.Lane]] = defaultdict(list)
    for lane in await endpoint.active_of(db, sorted({party for _, party in heard})):
        lanes[lane.party_id].append(lane)
    return [
        (one, lane.id, position)
        for (one, party), position in zip(heard, positions, strict=True)
        for lane in lanes[party]
        if _listens(lane, one)
    ]


def _listens(lane: endpoint.Lane, one: Event) -> bool:
    """No endpoint is told of its own trouble: it would be told by what is broken."""
    if not lane.types & {one.type, EVERY_TYPE} or (isinstance(one.facts, OfTrouble) and one.facts.endpoint == lane.id):
        return False
    supplier: SupplierId | None = getattr(one.facts, "supplier", None)
    return lane.suppliers is None or supplier is None or supplier in lane.suppliers


async def _to_endpoints(db: Connection, ready: Sequence[Event]) -> list[tuple[Event, EndpointId, int]]:
    """What is for one endpoint alone: it is in nobody's feed."""
    named = [
        (one, EndpointId.parse(one.audience.removeprefix(ENDPOINT_PREFIX)))
        for one in ready
        if one.audience.startswith(ENDPOINT_PREFIX)
    ]
    there = set(await endpoint.reachable(db, sorted({target for _, target in named}))) if named else set[EndpointId]()
    return [(one, target, 0) for one, target in named if target in there]


def _delivery(due: tuple[Event, EndpointId, int], number: DeliveryId) -> delivery.Delivery:
    one, target, position = due
    return delivery.Delivery(id=number, event_id=one.id, endpoint_id=target, position=position)

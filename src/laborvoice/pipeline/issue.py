"""Issue: blind-sign voice tokens for invites. Which invite got which token, not even the vault can tell.

Design, privacy 4. Requests are taken in batches; one transaction answers them all.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from laborvoice.chance import Chance
from laborvoice.crypto import issuer
from laborvoice.crypto.exchange import REFUSED, SIGNED, USED, Want, answer_refused, filler, joined, parse_request
from laborvoice.crypto.framing import sha256
from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierKey
from laborvoice.errors import Malformed
from laborvoice.store.ballot import exchange, invite, period_state
from laborvoice.store.database import Connection, Database
from laborvoice.workers import Workers

BATCH: Final = 256
"""One transaction, one batch for the workers: a third of a second of signing on one core."""

SPARE: Final = 10
"""A supplier gets at most as many tokens a period as its part says are enrolled, and so many more."""

_LOCK_BYTES: Final = 8


class Grant(Value, frozen=True):
    """What may be signed with one token key. ``enrolled`` comes from the part that the manifest key vouches for."""

    period: str
    supplier: str
    supplier_id: SupplierKey
    enrolled: int


class Keys(Value, frozen=True):
    """``grants`` by token key id, for open periods alone; ``boxes``: root by period; ``signers``: private halves."""

    grants: Mapping[bytes, Grant]
    boxes: Mapping[str, bytes]
    signers: Mapping[bytes, issuer.IssuerKey]


class Asked(Value, frozen=True):
    """A request that may be granted: one use and one site for each of its wants.

    ``mark`` is by what a retry is known as the same request: the vault's own hash of what it would sign. By intake's
    hash alone a broken intake could have one invite signed for again and again.
    """

    request: exchange.Request
    mark: bytes
    wants: tuple[Want, ...]
    periods: tuple[str, ...]
    uses: tuple[bytes, ...]
    sites: tuple[bytes, ...]
    caps: tuple[int, ...]


class Signing(Value, frozen=True):
    """What a worker signs: a blinded message, its key, and randomness to blind the exponentiation."""

    key: issuer.IssuerKey
    blinded: bytes
    random: bytes


def sign_all(batch: Sequence[Signing]) -> tuple[bytes, ...]:
    """In order. BadSignature where the machine miscalculates: then nothing at all is released."""
    return tuple(issuer.sign_blinded(one.key, one.blinded, one.random) for one in batch)


async def issue(database: Database, workers: Workers, chance: Chance, keys: Keys) -> int:
    """Answer one batch of requests; how many there were."""

    async def answer(db: Connection) -> int:
        requests = await exchange.claim(db, BATCH)
        if requests:
            asked = await _asked(db, requests, keys)
            outcomes = await _decide(db, list(asked.values()))
            granted = [asked[key] for key, outcome in outcomes.items() if outcome == SIGNED]
            signatures, (refused, fillers) = await asyncio.gather(
                _signed(workers, chance, keys, granted), _unsigned(requests, outcomes, granted)
            )
            answers = refused | {key: joined(signatures[key], rest) for key, rest in fillers.items()}
            await exchange.answer(db, requests, [answers[one.request_hash] for one in requests])
        return len(requests)

    return await database.run("issue", answer)


async def ring(database: Database) -> None:
    """The steady beat, the same with work and without."""
    await database.run("ring", exchange.ring)


async def _asked(db: Connection, requests: Sequence[exchange.Request], keys: Keys) -> dict[bytes, Asked]:
    """By request hash, those whose invite is known and whose keys are its supplier's."""
    invites = {one.code_hash: one.supplier_id for one in await invite.of(db, [r.code_hash for r in requests])}
    opened = frozenset(one.period for one in await period_state.all_states(db) if one.state == "open")
    found = (_fits(request, invites.get(request.code_hash), keys, opened) for request in requests)
    return {one.request.request_hash: one for one in found if one is not None}


def _fits(request: exchange.Request, supplier: SupplierKey | None, keys: Keys, opened: frozenset[str]) -> Asked | None:
    try:
        wants = parse_request(request.request).wants
    except Malformed:
        return None
    grants = [keys.grants.get(want.token_key_id) for want in wants]
    good = [grant for grant in grants if grant is not None and grant.supplier_id == supplier and grant.period in opened]
    periods = tuple(grant.period for grant in good)
    if len(good) != len(wants) or len(set(periods)) != len(periods):
        return None
    if not all(issuer.fits(keys.signers[want.token_key_id], want.blinded) for want in wants):
        return None
    return Asked(
        request=request,
        mark=sha256(request.request_hash + request.request),
        wants=wants,
        periods=periods,
        uses=tuple(issuer.invite_use(keys.boxes[period], request.code_hash, period) for period in periods),
        sites=tuple(issuer.site(keys.boxes[grant.period], grant.supplier, grant.period) for grant in good),
        caps=tuple(grant.enrolled + SPARE for grant in good),
    )


async def _decide(db: Connection, asked: Sequence[Asked]) -> dict[bytes, int]:
    """Outcome by request hash. All of a request's periods are granted, or none. What is granted is written down."""
    periods = [period for one in asked for period in one.periods]
    sites = [site for one in asked for site in one.sites]
    uses = [use for one in asked for use in one.uses]
    await invite.lock_sites(db, [int.from_bytes(site[:_LOCK_BYTES], "big", signed=True) for site in sites])
    known = {(use.period, use.use): use.request_hash for use in await invite.uses(db, periods, uses)}
    turnout = Counter({(one.period, one.site): one.uses for one in await invite.turnout(db, periods, sites)})
    outcomes: dict[bytes, int] = {}
    new: list[tuple[str, bytes, bytes, bytes]] = []
    for one in asked:
        outcome, added = _judge(one, known, turnout)
        for period, use, site in added:
            known[period, use] = one.mark
            turnout[period, site] += 1
            new.append((period, use, site, one.mark))
        outcomes[one.request.request_hash] = outcome
    if new:
        columns = [list(column) for column in zip(*sorted(new), strict=True)]
        await invite.use(db, columns[0], columns[1], columns[2], columns[3])
    return outcomes


def _judge(
    one: Asked, known: Mapping[tuple[str, bytes], bytes | None], turnout: Mapping[tuple[str, bytes], int]
) -> tuple[int, list[tuple[str, bytes, bytes]]]:
    added: list[tuple[str, bytes, bytes]] = []
    for period, use, site, cap in zip(one.periods, one.uses, one.sites, one.caps, strict=True):
        if (period, use) in known:
            if known[period, use] != one.mark:
                return USED, []
        elif turnout[period, site] >= cap:
            return REFUSED, []
        else:
            added.append((period, use, site))
    return SIGNED, added


async def _signed(
    workers: Workers, chance: Chance, keys: Keys, granted: Iterable[Asked]
) -> dict[bytes, tuple[bytes, ...]]:
    """Blind signatures by request hash."""
    asked = list(granted)
    batch = tuple(
        Signing(key=keys.signers[want.token_key_id], blinded=want.blinded, random=chance.bytes(issuer.BLINDING_SIZE))
        for one in asked
        for want in one.wants
    )
    made = iter(await workers.run(sign_all, batch) if batch else ())
    return {one.request.request_hash: tuple(next(made) for _ in one.wants) for one in asked}


async def _unsigned(
    requests: Sequence[exchange.Request], outcomes: Mapping[bytes, int], granted: Iterable[Asked]
) -> tuple[dict[bytes, bytes], dict[bytes, bytes]]:
    """What needs no signature, made while the workers sign: refusals, whole, and the fillers of what is granted."""
    fillers = {one.request.request_hash: filler(one.request.request_hash, len(one.wants)) for one in granted}
    refused = [one.request_hash for one in requests if one.request_hash not in fillers]
    return {one: answer_refused(one, outcomes.get(one, REFUSED)) for one in refused}, fillers

"""One supplier's totals become its release, or a withheld period whose ballots are carried over."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import msgspec

from laborvoice.anonymize import ledger
from laborvoice.anonymize import release as releases
from laborvoice.anonymize.noise import Noise
from laborvoice.chance import Chance
from laborvoice.crypto import at_rest
from laborvoice.domain import Value, ids
from laborvoice.domain.ids import ReleaseId, SupplierKey
from laborvoice.domain.period import Period
from laborvoice.domain.policy import Policy
from laborvoice.domain.questionnaire import Questionnaire
from laborvoice.domain.release import Ledger, Published, Withheld
from laborvoice.domain.report import Contribution
from laborvoice.domain.score import METHOD
from laborvoice.keyring import Journal
from laborvoice.pipeline.count import lot
from laborvoice.store.ballot import box, token_key
from laborvoice.store.database import Connection
from laborvoice.store.registry import supplier
from laborvoice.store.release import ledger as kept_ledger
from laborvoice.store.release import release as kept_release
from laborvoice.workers import Workers

_ID_BYTES: Final = 16
_NO_QUESTIONNAIRE: Final = "none"
"""What a period prints in which a supplier had no campaign: only carried ballots can be in its lot."""


class Means(Value, frozen=True):
    """What a count works with. ``code``: hash of the program that draws. ``questionnaire(code, version)``."""

    workers: Workers
    chance: Chance
    journal: Journal
    policy: Policy
    noise: Noise
    code: str
    questionnaire: Callable[[str, int], Questionnaire]


class Roots(Value, frozen=True):
    """The box root of the period that is counted, and of the next, to which withheld ballots are carried."""

    box: bytes
    next_box: bytes


class Entry(Value, frozen=True):
    """What the journal keeps of a release: enough to publish it again without a draw."""

    published: Published
    ledger: Ledger


async def publish(
    db: Connection,
    means: Means,
    roots: Roots,
    period: Period,
    place: supplier.Place,
    key: token_key.TokenKey | None,
) -> Published | None:
    """The caller holds the supplier's lease. None where there is a release already: then nothing is drawn."""
    if any(row.period == period.label for row in await kept_ledger.of_supplier(db, place.supplier_id)):
        return None
    questionnaire = None if key is None else means.questionnaire(key.questionnaire, key.version)
    whose = lot.Lot(root=roots.box, supplier=str(place.public_id), period=period.label, questionnaire=questionnaire)
    counted = await lot.count(db, means.workers, whose, means.policy)
    covers = await _covers(db, place.supplier_id, period, means.policy.carry_limit)
    entry = _drawn(means, whose, covers, counted)
    if not await kept_ledger.claim(db, place.supplier_id, entry.ledger):
        return None
    await kept_release.put(db, place.supplier_id, period.end, entry.published)
    if isinstance(entry.published, Withheld):
        await box.put(db, _carried(means, roots.next_box, whose, period.next(), counted.single))
    return entry.published


def _drawn(means: Means, whose: lot.Lot, covers: tuple[str, ...], counted: lot.Counted) -> Entry:
    """What stands in the journal; where nothing does, noise is drawn and written there before anyone can see it."""
    standing = means.journal.find(whose.period, whose.supplier)
    if standing is None:
        imprint = releases.Imprint(
            id=ReleaseId.draw(means.chance.bytes(_ID_BYTES)),
            period=whose.period,
            covers=covers,
            questionnaire=_NO_QUESTIONNAIRE if whose.questionnaire is None else whose.questionnaire.label,
            method=METHOD,
            code=means.code,
        )
        published, cost = releases.make(counted.tally, means.policy, means.noise, imprint)
        raw = msgspec.json.encode(Entry(published=published, ledger=cost), enc_hook=ids.encode)
        standing = means.journal.append(whose.period, whose.supplier, raw)
    return msgspec.json.decode(standing, type=Entry, dec_hook=ids.decode)


async def _covers(db: Connection, key: SupplierKey, period: Period, most: int) -> tuple[str, ...]:
    """The period and the withheld ones directly before it, whether or not anything was carried."""
    states = {one.published.period: one.published for one in await kept_release.of_supplier(db, key, period.end)}
    covers = [period.label]
    before = period.previous()
    while len(covers) <= most and isinstance(states.get(before.label), Withheld):
        covers.insert(0, before.label)
        before = before.previous()
    return tuple(covers)


def _carried(
    means: Means, root: bytes, whose: lot.Lot, following: Period, contributions: tuple[Contribution, ...]
) -> list[box.Row]:
    """Bounded numbers alone, resealed for the next box; a ballot that has tried often enough is dropped."""
    name = at_rest.lot(root, whose.supplier, following.label)
    cipher = at_rest.row_cipher(root)
    rows = [ledger.carried(one, means.policy) for one in contributions]
    return [
        box.Row(
            lot=name,
            period=following.label,
            id=UUID(bytes=means.chance.bytes(_ID_BYTES), version=4),
            blob=at_rest.rewrap(cipher, name, ledger.pack(one), means.chance.bytes(at_rest.NONCE_SIZE)),
        )
        for one in rows
        if one is not None
    ]

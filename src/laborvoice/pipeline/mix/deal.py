"""Parcels dealt out: urgent ones at once, stories by way of the shelf, so that no minute tells who wrote."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal
from uuid import UUID

from laborvoice.anonymize.order import shuffled
from laborvoice.chance import Chance
from laborvoice.crypto import at_rest
from laborvoice.crypto.opening import parse_outer
from laborvoice.crypto.sealing import URGENT, build_outer
from laborvoice.domain import Value
from laborvoice.errors import Undecryptable
from laborvoice.pipeline.mix.apart import Parcel
from laborvoice.store.ballot import shelf
from laborvoice.store.database import Connection
from laborvoice.store.desk import inbox, message

SHELF_BATCH: Final = 16
"""Stories leave the shelf when so many wait, or at the full hour."""

_UUID_BYTES: Final = 16


class Dealt(Value, frozen=True):
    """A parcel, and whether it came with an invite: the only thing its reader learns of its envelope."""

    voiced: bool
    parcel: Parcel


class Readers(Value, frozen=True):
    """Who may be written to, and the keys of the shelf, newest first. ``full_hour``: the shelf goes out as it is."""

    kids: frozenset[bytes]
    shelf_roots: tuple[bytes, ...]
    today: date
    full_hour: bool


async def deal(db: Connection, chance: Chance, readers: Readers, dealt: Sequence[Dealt]) -> None:
    """What names no reader we know is dropped: it neither waits nor makes up the number for which others wait."""
    known = [one for one in dealt if not readers.kids.isdisjoint(one.parcel.outer.recipients)]
    await _send(db, chance, readers, "urgent", [one for one in known if one.parcel.outer.kind == URGENT])
    stories = [one for one in known if one.parcel.outer.kind != URGENT]
    waiting = await shelf.all_sealed(db)
    if len(waiting) + len(stories) >= SHELF_BATCH or readers.full_hour:
        await _send(db, chance, readers, "story", [*stories, *_taken_down(readers.shelf_roots, waiting)])
        await shelf.clear(db)
    elif stories:
        cipher = at_rest.shelf_cipher(readers.shelf_roots[0])
        rows = [at_rest.seal_shelf(cipher, _row(one), chance.bytes(at_rest.NONCE_SIZE)) for one in stories]
        await shelf.put(db, shuffled(rows, chance.below))


def _row(one: Dealt) -> at_rest.ShelfRow:
    return at_rest.ShelfRow(voiced=one.voiced, suite=one.parcel.suite, outer=build_outer(one.parcel.outer))


def _taken_down(roots: Iterable[bytes], waiting: Iterable[bytes]) -> list[Dealt]:
    """A story shelved last week lies under last week's key."""
    ciphers = [at_rest.shelf_cipher(root) for root in roots]
    found: list[Dealt] = []
    for sealed in waiting:
        for cipher in ciphers:
            try:
                row = at_rest.open_shelf(cipher, sealed)
            except Undecryptable:
                continue
            found.append(
                Dealt(voiced=row.voiced, parcel=Parcel(suite=row.suite, outer=parse_outer(row.suite, row.outer)))
            )
            break
    return found


async def _send(
    db: Connection, chance: Chance, readers: Readers, kind: Literal["urgent", "story"], dealt: Iterable[Dealt]
) -> None:
    year, week, _ = readers.today.isocalendar()
    rows = [
        message.Message(
            id=UUID(bytes=chance.bytes(_UUID_BYTES), version=4),
            kid=kid,
            kind=kind,
            suite=one.parcel.suite,
            slots=one.parcel.outer.slots,
            place=place,
            voiced=one.voiced,
            inner_message=one.parcel.outer.inner,
            week=f"{year}-W{week:02d}",
        )
        for one in dealt
        for place, kid in enumerate(one.parcel.outer.recipients)
        if kid in readers.kids
    ]
    await message.put(db, shuffled(await inbox.batched(db, rows), chance.below))

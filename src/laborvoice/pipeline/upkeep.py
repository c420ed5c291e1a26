"""Upkeep: rewrite what is at rest in fresh random order, so that no place in a file tells when a row came."""

from functools import partial
from typing import Final

from laborvoice.chance import Chance
from laborvoice.store.ballot import box, partition, period_state
from laborvoice.store.database import Connection, Database

HOURLY_ROWS: Final = 20_000
"""A box of more rows is rewritten by night only, and so is what was spent on it."""

NIGHTLY_ROWS: Final = 200_000
"""A box of more rows is not rewritten: what comes is put aside in the tray and moves in by night."""

_SALT: Final = 32


async def reshuffle(database: Database, chance: Chance, *, night: bool) -> None:
    """``night``: once a day, also the larger boxes, the trays, and the hashes of exchange requests, which then age.

    Each table in a transaction of its own: whoever casts, asks or mixes waits for one rewriting at the most.
    """
    if night:
        await database.run("stray", partition.clear_stray)
    for period in sorted(await database.run("upkeep", period_state.alive)):
        if night:
            await database.run("trays", partial(_empty_tray, period=period))
            await database.run("uses", partial(_rewrite, chance=chance, family="invite_use", period=period))
        if night or not await database.run("size", partial(box.beyond, period=period, rows=HOURLY_ROWS)):
            await database.run("spent", partial(_rewrite, chance=chance, family="spent", period=period))
        most = NIGHTLY_ROWS if night else HOURLY_ROWS
        if not await database.run("size", partial(box.beyond, period=period, rows=most)):
            await database.run("boxes", partial(_rewrite, chance=chance, family="box", period=period))


async def _empty_tray(db: Connection, *, period: str) -> None:
    """Not of a period that another vault has burned meanwhile: its tray is gone."""
    if period in await period_state.alive(db):
        await box.empty_tray(db, period)
        await partition.drop(db, "tray", period)
        await partition.make(db, "tray", period)


async def _rewrite(db: Connection, *, chance: Chance, family: partition.Shuffled, period: str) -> None:
    await partition.reshuffle(db, family, period, chance.bytes(_SALT))

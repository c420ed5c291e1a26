"""Burn: when a period is counted, its box and its keys are destroyed. Each step repeats safely (design, privacy 8)."""

from functools import partial

from laborvoice.errors import KeyMissing
from laborvoice.keyring import Keyring
from laborvoice.store.ballot import partition, period_state, token_key
from laborvoice.store.database import Database


async def burn(database: Database, keyring: Keyring) -> tuple[str, ...]:
    """Burn what is counted and finish what is burning; which periods. Carried ballots are in the next box by then."""
    states = await database.run("burnable", period_state.all_states)
    periods = tuple(one.period for one in states if one.state in {"counted", "burning"})
    for period in periods:
        await _burn(database, keyring, period)
    return periods


async def _burn(database: Database, keyring: Keyring, period: str) -> None:
    await database.run("burning", partial(period_state.move, period=period, before="counted", after="burning"))
    # One at a time: a mix takes the same tables in an order of its own.
    for family in partition.OF_PERIOD:
        await database.run("burn boxes", partial(partition.drop, family=family, value=period))
    for key in await database.run("burn keys", partial(token_key.of, periods=[period])):
        _destroy(keyring, f"token/{key.token_key_id.hex()}")
    _destroy(keyring, f"box/{period}")
    await database.run("burned", partial(period_state.move, period=period, before="burning", after="burned"))


def _destroy(keyring: Keyring, name: str) -> None:
    """A key that never was on this keyring has nothing to burn."""
    try:
        keyring.destroy(name)
    except KeyMissing:
        return

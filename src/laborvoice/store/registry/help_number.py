"""Numbers a worker can call, by country."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain.party import HelpNumber
from laborvoice.store.database import Connection

_CLEAR: Final = """-- registry.help_number.clear
-- roles: portal
DELETE FROM registry.help_number WHERE country = $1"""

_PUT: Final = """-- registry.help_number.put
-- roles: portal
INSERT INTO registry.help_number (country, place, name, number, hours, languages, checked_on)
VALUES ($1, $2, $3, $4, $5, $6, $7)"""


async def replace(db: Connection, country: str, numbers: Sequence[HelpNumber]) -> None:
    """The country's numbers are these, in this order."""
    await db.execute(_CLEAR, country)
    await db.many(
        _PUT,
        [
            (country, place, one.name, one.number, one.hours, one.languages, one.checked_on)
            for place, one in enumerate(numbers)
        ],
    )


_ALL: Final = """-- registry.help_number.all
-- roles: vault, portal
SELECT country, place, name, number, hours, languages, checked_on FROM registry.help_number ORDER BY country, place"""


async def all(db: Connection) -> list[HelpNumber]:  # noqa: A001 - always called as help_number.all
    return await db.fetch(HelpNumber, _ALL)


_KNOWN: Final = """-- registry.help_number.known
-- roles: vault, portal
SELECT EXISTS (SELECT FROM registry.help_number WHERE country = $1)"""


async def known(db: Connection, country: str) -> bool:
    return bool(await db.value(bool, _KNOWN, country))

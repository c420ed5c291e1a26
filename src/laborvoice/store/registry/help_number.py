"""Numbers a worker can call, by country."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import HelpNumber, PartyKind
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


_OF: Final = """-- registry.help_number.of
-- roles: vault, portal
SELECT country, place, name, number, hours, languages, checked_on FROM registry.help_number WHERE country = $1
ORDER BY place"""


async def of(db: Connection, country: str) -> list[HelpNumber]:
    return await db.fetch(HelpNumber, _OF, country)


_COVERED: Final = """-- registry.help_number.covered
-- roles: portal
SELECT $1::text = 'operator' OR EXISTS (SELECT FROM registry.jurisdiction j
    WHERE j.watchdog_id = $2 AND (j.scope = 'all' OR left(j.scope, 2) = $3 AND length(j.scope) <= 5))
    OR EXISTS (SELECT FROM registry.sight($1, $2, '-infinity') v
        JOIN registry.supplier s ON s.supplier_id = v.supplier_id WHERE s.country = $3)"""


async def covered(db: Connection, kind: PartyKind, party: PartyId, country: str) -> bool:
    """Whether a watchdog is responsible for something in the country; an operator always is."""
    return bool(await db.value(bool, _COVERED, kind, party, country))


_KNOWN: Final = """-- registry.help_number.known
-- roles: vault, portal
SELECT EXISTS (SELECT FROM registry.help_number WHERE country = $1)"""


async def known(db: Connection, country: str) -> bool:
    return bool(await db.value(bool, _KNOWN, country))

"""Parties as an operator enrols them: each with whether somebody of it can let others in."""

from typing import Literal

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import ADMINS
from laborvoice.store.access import admin
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import party as parties
from laborvoice.views.accounts import PartyView, party_view


class Enrolled(Value, frozen=True):
    party: PartyView
    admin: Literal["active", "invited", "none"]


async def page(database: Database, after: PartyId | None, limit: int) -> tuple[Enrolled, ...]:
    async def step(db: Connection) -> tuple[Enrolled, ...]:
        rows = await parties.page(db, after, limit)
        led = await admin.of(db, [row.id for row in rows], ADMINS)
        return tuple(Enrolled(party=party_view(row), admin=_admin(led.get(row.id))) for row in rows)

    return await database.run("enrolled", step)


def _admin(active: bool | None) -> Literal["active", "invited", "none"]:  # noqa: FBT001 - None: there is none
    if active is None:
        return "none"
    return "active" if active else "invited"

"""Principals: who a credential stands for."""

from datetime import date

from laborvoice.domain import Value
from laborvoice.domain.ids import KeyId, PartyId
from laborvoice.domain.party import PartyKind, Scope
from laborvoice.store.access import key as keys
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry.sight import Sight


class Principal(Value, frozen=True):
    """``used_on`` is the last day on which the key was used before now."""

    key: KeyId
    party: PartyId
    kind: PartyKind
    scopes: frozenset[Scope]
    used_on: date | None

    def sight(self, today: date) -> Sight:
        return Sight(kind=self.kind, party=self.party, today=today)


async def by_key(database: Database, digest: bytes, today: date) -> Principal | None:
    """None for a key that does not exist or has expired."""

    async def step(db: Connection) -> keys.Holder | None:
        return await keys.holder(db, digest, today)

    found = await database.run("principal", step)
    if found is None:
        return None
    return Principal(key=found.id, party=found.party_id, kind=found.kind, scopes=found.scopes, used_on=found.used_on)

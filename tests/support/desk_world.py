"""Two watchdogs with keys and messages sealed to them, two brands that buy from one supplier."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from laborvoice.crypto.framing import b64
from laborvoice.domain.ids import MessageId, PartyId, SupplierId, UserId
from laborvoice.domain.manifest import PublicKey
from laborvoice.pipeline import enrol
from laborvoice.store.database import Connection
from laborvoice.store.desk import inbox, message
from laborvoice.store.desk.message import Message
from support.registry_world import World

WEEK = "2026-W46"
YES = {
    "ten_or_more_could_know": "yes",
    "no_words_photo_time_or_channel": "yes",
    "teller_allows_the_brand": "yes",
    "form_names_no_source": "yes",
    "child_and_consent_first": "not_applicable",
    "undocumented_advised": "not_applicable",
    "no_retaliation_agreed": "yes",
    "own_part_asked": "yes",
}
FINDING = {"condition": "building_fire", "text": "All exits are locked.", "since_month": "2026-09", "ilo": ["C155"]}


@dataclass(frozen=True)
class Desk:
    """A watchdog, the id of its key for messages, and a person of it with an API key."""

    party: PartyId
    kid: bytes
    user: UserId
    key: str


async def person(world: World, party: PartyId, role: str, name: str) -> tuple[UserId, str]:
    """A user, and an API key that she made."""
    user = UserId.draw(world.chance.bytes(16))
    await world.sql(
        'INSERT INTO access."user" (id, party_id, name, login, role, created_on) VALUES ($1, $2, $3, $3, $4, $5)',
        user.uuid, party.uuid, name, role, world.today,
    )  # fmt: skip
    key = await world.secret(party, "brand" if role.startswith("brand") else "watchdog")
    await world.sql(
        "UPDATE access.key SET creator_id = $1 WHERE party_id = $2 AND creator_id IS NULL", user.uuid, party.uuid
    )
    return user, key


async def desk(world: World, name: str, *scopes: str) -> Desk:
    party, kid = await world.party("watchdog", name), sha256(name.encode()).digest()[:8]
    for scope in scopes:
        await enrol.jurisdiction(world.portal, party, scope, duty=True)
    made = world.watchdog_key(party)
    keys = (PublicKey(suite=1, kid=b64(kid), pk="cGs"),)
    await enrol.watchdog_keys(world.portal, [msgspec.structs.replace(made, keys=keys)])
    user, key = await person(world, party, "watchdog_admin", f"{name} one")
    return Desk(party, kid, user, key)


async def arrives(world: World, *messages: tuple[Desk, str]) -> tuple[MessageId, ...]:
    """As a mix brings them, in the order asked for."""
    rows = [
        Message(
            id=UUID(bytes=world.chance.bytes(16), version=4), kid=one.kid, kind=kind, suite=1, slots=2,  # type: ignore[arg-type]  # a literal
            place=0, voiced=True, inner_message=world.chance.bytes(64) * 82, week=WEEK,
        )
        for one, kind in messages
    ]  # fmt: skip

    async def step(db: Connection) -> None:
        await message.put(db, await inbox.batched(db, rows))

    await world.vault.run("test", step)
    return tuple(MessageId.of(row.id) for row in rows)


async def chain_of(world: World, party: PartyId) -> list[tuple[str, str, str]]:
    """A party's own chain: when, what, to which object."""
    found: Any = await world.sql(
        "SELECT json_agg(json_build_array(at, action, object) ORDER BY seq) FROM access.audit WHERE chain = $1",
        str(party),
    )
    return [tuple(row) for row in msgspec.json.decode(found or "[]")]


@dataclass(frozen=True)
class Buyers:
    supplier: SupplierId
    brands: tuple[PartyId, PartyId]
    keys: tuple[str, str]


async def buyers(world: World) -> Buyers:
    """Of one supplier, in the eyes of whoever covers BD."""
    supplier = await world.supplier()
    brands = await world.party("brand", "Brand A"), await world.party("brand", "Brand B")
    keys: list[str] = []
    for place, brand in enumerate(brands):
        await world.linked(brand, supplier)
        keys.append((await person(world, brand, "brand_admin", f"buyer {place}"))[1])
    return Buyers(supplier, brands, (keys[0], keys[1]))

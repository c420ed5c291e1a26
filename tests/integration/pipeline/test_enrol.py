"""Enrol: keys and their scopes, jurisdictions, watchdogs' public keys, help numbers."""

from datetime import date
from functools import partial

import pytest

from laborvoice.crypto import credential
from laborvoice.domain.audit import Actor
from laborvoice.domain.ids import KeyId, PartyId
from laborvoice.domain.party import supplier_scope
from laborvoice.errors import Malformed, NotFound
from laborvoice.pipeline import enrol
from laborvoice.store.registry import help_number, jurisdiction, watchdog_key
from laborvoice.store.registry import party as parties
from laborvoice.views import principals
from support.registry_world import World


async def test_a_party_is_enrolled(world: World) -> None:
    brand = await world.party("brand", "Example Brand")
    row = await world.portal.run("read", lambda db: parties.by_id(db, brand))
    assert (row.kind, row.name, row.country, row.created_on) == ("brand", "Example Brand", "BD", world.today)


async def test_of_a_key_only_the_digest_is_kept(world: World) -> None:
    brand = await world.party("brand")
    secret = await world.secret(brand, "brand", "suppliers:read")
    assert credential.check_api_key(secret) == secret
    kept = str(await world.sql("SELECT to_jsonb(k)::text FROM access.key k"))
    assert secret not in kept
    assert secret[-4:] in kept
    found = await principals.by_key(world.portal, credential.credential_hash(secret), world.today)
    assert found is not None
    assert (found.party, found.kind, set(found.scopes)) == (brand, "brand", {"suppliers:read"})


async def test_a_key_ends_on_its_day(world: World) -> None:
    secret = await world.secret(await world.party("brand"), "brand", days=2)
    digest = credential.credential_hash(secret)
    assert await principals.by_key(world.portal, digest, date(2026, 11, 13)) is not None
    assert await principals.by_key(world.portal, digest, date(2026, 11, 14)) is None


async def test_no_key_holds_more_than_its_kind_may(world: World) -> None:
    with pytest.raises(Malformed):
        await world.secret(await world.party("brand"), "brand", "operator:read")
    with pytest.raises(NotFound):
        await world.secret(PartyId.draw(bytes(16)), "brand")


async def revoke(world: World, party: PartyId, key: KeyId) -> None:
    by = Actor(party=party)
    await world.portal.run("test", lambda db: enrol.revoke_key_in(db, world.clock.now(), by, key))


async def test_a_key_is_revoked_by_its_own_party(world: World) -> None:
    brand, other = await world.party("brand"), await world.party("brand")
    wanted = enrol.KeyWanted(party=brand, scopes=frozenset({"scores:read"}))
    made = await enrol.api_key(world.portal, world.clock, world.chance, wanted)
    assert made.secret.startswith("lvk_live_")
    assert made.expires_on == date(2027, 11, 12)
    with pytest.raises(NotFound):
        await revoke(world, other, made.id)
    await revoke(world, brand, made.id)
    digest = credential.credential_hash(made.secret)
    assert await principals.by_key(world.portal, digest, world.today) is None
    with pytest.raises(NotFound):
        await revoke(world, brand, KeyId.draw(bytes(16)))


async def test_the_day_of_use_is_kept(world: World) -> None:
    digest = credential.credential_hash(await world.secret(await world.party("brand"), "brand"))
    found = await principals.by_key(world.portal, digest, world.today)
    assert found is not None
    assert found.used_on is None
    assert found.key is not None
    await enrol.key_used(world.portal, found.key, world.today)
    again = await principals.by_key(world.portal, digest, world.today)
    assert again is not None
    assert again.used_on == world.today


async def test_jurisdictions(world: World) -> None:
    one = await world.supplier()
    watchdog, brand = await world.watchdog("BD", duty=False), await world.party("brand")
    await enrol.jurisdiction(world.portal, watchdog, supplier_scope(one), duty=True)
    await enrol.jurisdiction(world.portal, watchdog, "BD", duty=True)
    rows = await world.vault.run("read", jurisdiction.all)
    assert {(row.watchdog, row.name, row.scope, row.duty) for row in rows} == {
        (watchdog, "A watchdog", "BD", True),
        (watchdog, "A watchdog", supplier_scope(one), True),
    }
    with pytest.raises(Malformed):
        await enrol.jurisdiction(world.portal, watchdog, "Bangladesh", duty=True)
    with pytest.raises(NotFound):
        await enrol.jurisdiction(world.portal, brand, "BD", duty=True)


async def test_the_key_that_ends_first_of_those_that_last(world: World) -> None:
    watchdog = await world.watchdog("BD")
    await enrol.watchdog_keys(world.portal, [world.watchdog_key(watchdog, 49), world.watchdog_key(watchdog, 80)])
    for day, days in ((date(2026, 11, 30), 18), (date(2026, 12, 1), 49), (date(2026, 12, 31), 49)):
        found = await world.vault.run("valid", partial(watchdog_key.valid, day=day))
        assert found == [world.watchdog_key(watchdog, days)]
    assert not await world.vault.run("valid", lambda db: watchdog_key.valid(db, date(2027, 3, 1)))
    with pytest.raises(NotFound):
        await enrol.watchdog_keys(world.portal, [world.watchdog_key(await world.party("brand"))])


async def test_help_numbers_are_replaced(world: World) -> None:
    await world.help("BD")
    await world.help("VN")
    numbers = [world.number("BD", "First"), world.number("BD", "Second", place=1)]
    await enrol.help_numbers(world.portal, "BD", numbers)
    rows = await world.vault.run("read", help_number.all)
    assert rows == [*numbers, world.number("VN")]

"""What an endpoint asked for: types, suppliers, headers of its own; and which keys sign for it."""

import json
from datetime import timedelta
from typing import Any

from msgspec import structs

from laborvoice.crypto.at_rest import sealed_to
from laborvoice.crypto.signing import public_of
from laborvoice.domain.endpoint import secret_purpose
from laborvoice.domain.facts import OfSupplier
from laborvoice.pipeline.announce import announce
from laborvoice.store.database import Database  # noqa: TC001 - as all our types are imported
from laborvoice.store.outbox import endpoint_key
from laborvoice.webhooks import verifier
from laborvoice.webhooks.signing import endpoint_seed, write_public
from support.deliveries import once
from support.raw_receiver import raw_receiver

MASTER = bytes(range(32))


async def test_types_and_suppliers_are_filters(outbox: Any, sender: Any) -> None:
    async with raw_receiver(outbox.clock) as receiver:
        wanted, other = await outbox.supplier(), await outbox.supplier()
        brand = await outbox.brand(wanted, other)
        one = await outbox.endpoint(brand, receiver.url, "release.published")
        await outbox.sql("UPDATE outbox.endpoint SET suppliers = $2 WHERE id = $1", one.endpoint.uuid, [wanted.uuid])
        await outbox.put(
            outbox.event(wanted), outbox.event(other), outbox.event(wanted, "score.changed"), outbox.event(wanted)
        )
        await outbox.tell()
        await once(outbox.deliveries(sender))
        assert [(one.told["type"], one.told["data"]["supplier"]) for one in receiver.requests] == [
            ("release.published", wanted)
        ] * 2
    assert (await outbox.sql("SELECT count(*) FROM outbox.feed"))[0][0] == 4


async def test_what_only_brands_may_hear_does_not_reach_who_watches_the_supplier(outbox: Any) -> None:
    supplier = await outbox.supplier("BD")
    brand, _ = await outbox.brand(supplier), await outbox.watchdog("BD")
    told = structs.replace(
        outbox.event(supplier), type="supplier.updated", facts=OfSupplier(supplier=supplier), period=None
    )
    await outbox.put(told, outbox.event(supplier))
    await outbox.tell()
    rows = await outbox.sql(
        "SELECT e.type, f.party_id FROM outbox.feed f JOIN outbox.event e ON e.id = f.event_id WHERE e.id = $1",
        told.id.uuid,
    )
    assert [tuple(row) for row in rows] == [("supplier.updated", brand.uuid)]
    assert (await outbox.sql("SELECT count(*) FROM outbox.feed"))[0][0] == 3


async def test_who_a_case_event_is_for_cannot_be_asked_here(outbox: Any) -> None:
    """The courier sees no case: whoever shares one names each party. An audience it does not know is nobody."""
    supplier = await outbox.supplier("BD")
    await outbox.brand(supplier)
    await outbox.put(structs.replace(outbox.event(supplier), audience="case:cas_x"))
    await outbox.tell()
    assert await outbox.sql("SELECT FROM outbox.feed") == []
    assert await outbox.sql("SELECT FROM outbox.event WHERE NOT expanded") == []


async def test_its_own_headers_are_sent(outbox: Any, sender: Any) -> None:
    async with raw_receiver(outbox.clock) as receiver:
        await outbox.many(1, receiver.url)
        own = json.dumps({"x-route": "eu-1", "x-token": "a b"})
        await outbox.sql("UPDATE outbox.endpoint SET headers = $1::text::jsonb", own)
        await once(outbox.deliveries(sender))
        assert receiver.requests[0].headers["x-route"] == "eu-1"
        assert receiver.requests[0].headers["x-token"] == "a b"


async def rotated(outbox: Any, one: Any, overlap: timedelta) -> None:
    """As the portal does it: a second secret, sealed, the first one fading."""
    second = sealed_to(outbox.signer.pair.public, secret_purpose(one.endpoint, 2), bytes(32))
    until = outbox.clock.now() + overlap
    await outbox.sql("UPDATE outbox.endpoint_secret SET not_after = $1", until)
    await outbox.sql("INSERT INTO outbox.endpoint_secret VALUES ($1, 2, $2)", one.endpoint.uuid, second)
    await outbox.sql("UPDATE outbox.endpoint SET version = 2")


async def listed(outbox: Any, one: Any) -> list[tuple[int, int, int | None]]:
    """Version, and the days from the first day to its first and to its last."""
    courier: Database = outbox.pools["courier"]
    await announce(courier, outbox.clock, MASTER)
    keys = await courier.run("keys", lambda db: endpoint_key.keys_of(db, one.endpoint))
    start = (await outbox.sql("SELECT created_on FROM outbox.endpoint"))[0][0]
    days = [(key.not_before - start, None if key.not_after is None else key.not_after - start) for key in keys]
    return [
        (key.version, begins.days, None if ends is None else ends.days)
        for key, (begins, ends) in zip(keys, days, strict=True)
    ]


async def test_the_next_key_is_listed_a_week_before_anything_is_signed_with_it(outbox: Any, sender: Any) -> None:
    async with raw_receiver(outbox.clock) as receiver:
        _, one = await outbox.many(1, receiver.url)
        assert await listed(outbox, one) == [(2, 8, None), (1, 0, None)]
        outbox.clock.pass_by(days=2)
        await rotated(outbox, one, timedelta(hours=24))
        assert await listed(outbox, one) == [(3, 10, None), (2, 8, None), (1, 0, 8)]
        await once(outbox.deliveries(sender))
        sent = receiver.requests[0]
        old = write_public(public_of(endpoint_seed(MASTER, one.endpoint, 1)))
        now = outbox.clock.now().timestamp()
        verifier.verify(sent.body, sent.headers, public_keys=[old], now=now)
        kinds = [each.partition(",")[0] for each in sent.headers["webhook-signature"].split(" ")]
        assert kinds == ["v1", "v1", "v1a"]


async def test_a_key_that_was_long_listed_signs_at_once_and_the_old_one_until_the_overlap_ends(
    outbox: Any, sender: Any
) -> None:
    async with raw_receiver(outbox.clock) as receiver:
        _, one = await outbox.many(1, receiver.url)
        await listed(outbox, one)
        outbox.clock.pass_by(days=20)
        await rotated(outbox, one, timedelta(hours=48))
        assert await listed(outbox, one) == [(3, 28, None), (2, 8, None), (1, 0, 22)]
        deliveries = outbox.deliveries(sender)
        await once(deliveries)
        sent = receiver.requests[0]
        now = outbox.clock.now().timestamp()
        for version in (1, 2):
            key = write_public(public_of(endpoint_seed(MASTER, one.endpoint, version)))
            verifier.verify(sent.body, sent.headers, public_keys=[key], now=now)
        outbox.clock.pass_by(days=3)
        assert await listed(outbox, one) == [(3, 28, None), (2, 8, None)]

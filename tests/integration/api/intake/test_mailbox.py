"""The mailbox door: as many bytes for a receipt with an answer as for one that nobody was given (design, api 1)."""

import hashlib
from typing import Any

import pytest

from laborvoice.api.intake import mailbox as door_of
from laborvoice.errors import Busy

ITEM = 1_024
FIXED = {
    "cache-control": "no-store",
    "content-length": "65536",
    "content-security-policy": "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "content-type": "application/octet-stream",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def item(number: int, first: int = 0) -> bytes:
    """Of an address that begins with ``first``."""
    return bytes((first,)) + hashlib.shake_256(number.to_bytes(4, "big")).digest(ITEM - 1)


async def put(booth: Any, *items: bytes, week: str = "2026-W48") -> None:
    for one in items:
        await booth.sql("INSERT INTO ballot.mailbox (week, tag, item) VALUES ($1, $2, $3)", week, one[:16], one)


def items(body: bytes) -> list[bytes]:
    return [body[at : at + ITEM] for at in range(0, len(body), ITEM)]


async def test_an_empty_bucket_is_full(door: Any) -> None:
    answer = await door.get("/v1/mailbox?prefix=")
    assert answer.status == 200
    assert dict(answer.headers) == FIXED
    assert (await door.get("/v1/mailbox?prefix=")).body == answer.body
    assert len(set(items(answer.body))) == 64
    assert items(answer.body) == sorted(items(answer.body))


async def test_what_lies_in_it_is_there_among_as_many_bytes(door: Any, booth: Any) -> None:
    before = items((await door.get("/v1/mailbox?prefix=")).body)
    await put(booth, item(1))
    await put(booth, item(2), week="2026-W40")
    answer = await door.get("/v1/mailbox?prefix=")
    found = items(answer.body)
    assert dict(answer.headers) == FIXED
    assert {item(1), item(2)} <= set(found)
    assert found == sorted(found)
    assert len(set(found) - set(before)) == 2


async def test_more_than_64_make_the_next_multiple(door: Any, booth: Any) -> None:
    await put(booth, *(item(number) for number in range(65)))
    found = items((await door.get("/v1/mailbox?prefix=")).body)
    assert len(found) == 128
    assert {item(number) for number in range(65)} <= set(found)


async def test_a_bucket_holds_its_own_alone(open_intake_door: Any, booth: Any) -> None:
    """By as many bits as the manifest says."""
    await booth.sql("""UPDATE ballot.manifest SET payload = replace(payload, '"bits":0', '"bits":5')""")
    await put(booth, item(1, 0xA8), item(2, 0xAF), item(3, 0xB0), item(4, 0xA7))
    async with open_intake_door() as door:
        found = items((await door.get("/v1/mailbox?prefix=a8")).body)
        other = items((await door.get("/v1/mailbox?prefix=00")).body)
        assert (await door.get("/v1/mailbox?prefix=a1")).status == 400
        assert (await door.get("/v1/mailbox?prefix=")).status == 400
    assert len(found) == len(other) == 64
    assert {item(1, 0xA8), item(2, 0xAF)} <= set(found)
    assert {one[0] & 0xF8 for one in found} == {0xA8}
    assert not set(found) & set(other)


@pytest.mark.parametrize(
    "query", ["prefix=0", "prefix=AE", "prefix=zz", "prefix=%00", "prefix=ae&prefix=ae", "a=1", "prefix=0&b=1"]
)
async def test_what_names_no_bucket_is_refused(door: Any, query: str) -> None:
    answer = await door.get(f"/v1/mailbox?{query}")
    assert answer.status == 400
    assert answer.header("content-type") == "application/problem+json"


async def test_of_more_readers_than_seats_the_last_is_sent_away() -> None:
    seats = door_of.Seats(1)
    for _ in range(2):
        with seats.taken(), pytest.raises(Busy), seats.taken():
            pass

"""What phones get, checked from outside: the whole of it, and each thing that can be wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from laborvoice.client.transport import Answer, Transport
from laborvoice.client.worker import audit
from laborvoice.errors import ManifestRefused
from support.phone import HOST
from support.poll import World, playing


@pytest.fixture
async def world(database: Any, tmp_path: Path) -> AsyncIterator[World]:
    async with playing(database.dsn, tmp_path) as ready:
        await ready.admit()
        await ready.learn()
        yield ready


class Bent(Transport):
    """What the server answers at one path is something else."""

    def __init__(self, url: str, path: str, bend: Callable[[Answer], Answer]) -> None:
        super().__init__(url)
        self.path, self.bend = path, bend

    def send(self, *args: Any, **named: Any) -> Answer:
        answer = super().send(*args, **named)
        return self.bend(answer) if args[1] == self.path else answer


def altered(answer: Answer) -> Answer:
    return Answer(status=answer.status, headers=answer.headers, body=b"{}" + answer.body)


def garbled(answer: Answer) -> Answer:
    return Answer(status=200, headers={}, body=b"\x1f\x8b" + answer.body)


def missing(answer: Answer) -> Answer:
    return Answer(status=404, headers=answer.headers, body=b"")


async def checked(world: World, transport: Transport, fingerprint: bytes | None = None) -> audit.Checked:
    return await asyncio.to_thread(audit.check, transport, fingerprint or world.fingerprint, HOST, world.today)


async def test_all_of_it_fits(world: World) -> None:
    found = await checked(world, Transport(world.url))
    assert (found.manifest.seq, found.chain, found.fingerprint) == (2, 1, world.fingerprint.hex())
    assert found.files[0] == "/"
    assert len(found.files) > 4
    assert await asyncio.to_thread(audit.check, Transport(world.url), None, HOST, world.today) == found


async def test_what_is_wrong_is_named(world: World) -> None:
    script = (await checked(world, Transport(world.url))).files[-1]
    wrong = [
        ("/v1/manifest", altered, "cannot be read"),
        ("/v1/manifest", missing, "answered 404"),
        ("/v1/manifest/any", altered, "longer or shorter"),
        ("/v1/manifests/1", altered, "cannot be read"),
        ("/", altered, "not the one that the manifest names"),
        (script, altered, "not the file that the page pins"),
        (script, garbled, "does not inflate"),
    ]
    for path, bend, said in wrong:
        with pytest.raises(ManifestRefused, match=said):
            await checked(world, Bent(world.url, path, bend))
    with pytest.raises(ManifestRefused, match="key of the card"):
        await checked(world, Transport(world.url), bytes(16))


async def test_a_chain_that_does_not_fit_is_refused_and_an_old_end_is_not(world: World) -> None:
    now = await asyncio.to_thread(Transport(world.url).send, "GET", "/v1/manifest")

    def same(_: Answer) -> Answer:
        return now

    with pytest.raises(ManifestRefused, match="does not follow"):
        await checked(world, Bent(world.url, "/v1/manifests/1", same))
    assert (await checked(world, Bent(world.url, "/v1/manifests/1", missing))).chain == 0

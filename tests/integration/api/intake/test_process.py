"""Intake as a process: what it imports, two at once, its end, and a database that goes away."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from laborvoice.clock import SystemClock
from laborvoice.embedded import Embedded
from laborvoice.store import migrations

CHILD = Path(__file__).with_name("child.py")
FORBIDDEN = (
    "laborvoice.keyring",
    "laborvoice.anonymize",
    "laborvoice.scoring",
    "laborvoice.client",
    "laborvoice.webhooks",
    "laborvoice.crypto.opening",
    "laborvoice.crypto.issuer",
    "laborvoice.crypto.at_rest",
    "laborvoice.api.auth",
    "laborvoice.store.ballot.box",
    "laborvoice.store.ballot.shelf",
    "gmpy2",
    "opendp",
    "aiohttp",
)


def test_it_imports_nothing_that_opens() -> None:
    listing = (
        "import sys, laborvoice.bootstrap.intake, laborvoice.api.intake.app, laborvoice.serve; print(*sys.modules)"
    )
    command = [sys.executable, "-c", listing]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603 - ours
    assert [name for name in loaded if name.startswith(FORBIDDEN)] == []


@asynccontextmanager
async def child(dsn: str, tick: int) -> AsyncGenerator[tuple[asyncio.subprocess.Process, int]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), dsn, str(tick), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process, int(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_one_token_in_two_processes_is_one_vote(booth: Any, cast_at: Any) -> None:
    dsn, spoken = booth.cluster.dsn("intake"), booth.token()
    async with child(dsn, 50) as (_, one), child(dsn, 50) as (_, other):
        bodies = [booth.envelope(spoken) for _ in range(50)]
        answers = await asyncio.gather(*(cast_at((one, other)[n % 2], body) for n, body in enumerate(bodies)))
    assert {answer.status for answer in answers} == {202}
    assert await booth.spool() == (1, 49)


async def test_at_its_end_what_was_accepted_is_kept(booth: Any, cast_at: Any) -> None:
    async with child(booth.cluster.dsn("intake"), 250) as (process, port):
        casts = [asyncio.ensure_future(cast_at(port, booth.envelope())) for _ in range(100)]
        await asyncio.wait(casts, return_when=asyncio.FIRST_COMPLETED)
        process.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*casts, return_exceptions=True)
        assert await process.wait() == 0
    accepted = [answer for answer in answers if not isinstance(answer, BaseException) and answer.status == 202]
    assert accepted
    assert (await booth.spool())[1] >= len(accepted)


async def test_a_database_that_goes_away_and_comes_back(
    short_home: Path, signers: Any, quick_clock: Any, booth_in: Any, open_bare_door: Any
) -> None:
    server = Embedded(short_home, clock=SystemClock())
    await server.start()
    try:
        await migrations.upgrade(server.superuser_dsn)
        await server.grant_logins()
        async with booth_in(_Cluster(server), signers[0]) as booth:
            await booth.publish()
            async with open_bare_door(server.dsn("laborvoice_intake"), quick_clock) as door:
                assert (await door.cast(booth.envelope())).status == 202
                await server.stop()
                for path in ("/v1/manifest", "/v1/manifest/any"):
                    assert (await door.get(path)).status == 503
                refused = await asyncio.gather(*(door.cast(booth.envelope()) for _ in range(5)))
                assert {answer.status for answer in refused} == {503}
                assert (await door.post("/v1/exchanges", bytes(2_368))).status in {200, 503}
                assert (await door.get("/healthz")).body == b"ok\n"
                assert not await door.parts.ready()
                await server.start()
                assert (await door.cast(booth.envelope(booth.token()))).status == 202
                assert await booth.spool() == (1, 1)
                assert await door.parts.ready()
    finally:
        await server.stop()


class _Cluster:
    def __init__(self, server: Embedded) -> None:
        self.server = server
        self.superuser = server.superuser_dsn

    def dsn(self, role: str) -> str:
        return self.server.dsn(f"laborvoice_{role}")

"""One process of the four: its parts, its door if it has one, its beats, its metrics port, until it is told to stop."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, Literal, Protocol

from laborvoice import log, loop, serve
from laborvoice.bootstrap import Beat
from laborvoice.chance import SystemChance
from laborvoice.clock import Clock
from laborvoice.domain import Value
from laborvoice.errors import DatabaseUnavailable
from laborvoice.metrics import Metric, Values, render
from laborvoice.settings import Bind, CourierSettings, IntakeSettings, PortalSettings, VaultSettings
from laborvoice.store import schema

Served = IntakeSettings | VaultSettings | PortalSettings | CourierSettings
OnReady = Callable[[str], None]

AFTER_THE_DOOR: Final = 8.0
"""The door has had ``serve.STOP_SECONDS`` before; together less than the half minute in which all must end."""

BEFORE_THE_DRAIN: Final = 12.0
"""What the courier has out is given 15 s more."""

_NAMES: Final[Mapping[type[Served], Literal["intake", "vault", "portal", "courier"]]] = {
    IntakeSettings: "intake",
    VaultSettings: "vault",
    PortalSettings: "portal",
    CourierSettings: "courier",
}


class Parts(Protocol):
    """What every process's parts can say."""

    @property
    def beats(self) -> tuple[Beat, ...]: ...
    async def samples(self) -> Values: ...
    async def ready(self) -> bool: ...


def _nothing() -> None:
    """Most have nothing to say good-bye to."""


class Role(Value, frozen=True):
    """``door``: its app and where it listens, None where it has none. ``says``: what it tells when it serves.

    ``leave`` is called when it is told to stop; ``patience``: seconds that steps in hand then have.
    """

    parts: Parts
    door: tuple[Any, Bind] | None = None
    bounds: serve.Bounds | None = None
    says: str = ""
    leave: Callable[[], None] = _nothing
    patience: float = loop.PATIENCE


async def run(chosen: Served, clock: Clock, stop: asyncio.Event, on_ready: OnReady) -> None:
    """Serve until ``stop``; ``on_ready`` is told, of the vault, the fingerprint that cards carry, in hex.

    Raises BadSetting, DatabaseUnavailable, SchemaBehind.
    """
    await schema.require(chosen.database_url.reveal())
    # What was accepted is answered before the beats end: intake's answers wait for them.
    ended = asyncio.Event()
    async with _open(chosen, clock) as role, asyncio.TaskGroup() as group:
        listening = asyncio.Event()
        group.create_task(_metrics(chosen, role.parts, (stop, ended), listening))
        await listening.wait()
        group.create_task(_leave(role, stop))
        group.create_task(loop.run(role.parts.beats, clock, ended, role.patience))
        try:
            await _serve(role, stop, on_ready)
        finally:
            stop.set()
            ended.set()


async def _leave(role: Role, stop: asyncio.Event) -> None:
    await stop.wait()
    log.write(log.Event.STOPPING)
    role.leave()


async def _serve(role: Role, stop: asyncio.Event, on_ready: OnReady) -> None:
    if role.door is None or role.bounds is None:
        on_ready(role.says)
        await stop.wait()
        return
    app, bind = role.door
    await serve.serve(app, bind, bounds=role.bounds, stop=stop, on_ready=lambda _: on_ready(role.says))


async def _metrics(
    chosen: Served, parts: Parts, ends: tuple[asyncio.Event, asyncio.Event], listening: asyncio.Event
) -> None:
    """Without its database a process is not up, and says no more."""

    async def page() -> bytes:
        try:
            values = await parts.samples()
        except DatabaseUnavailable:
            values = {(Metric.UP, ()): 0}
        return render(_NAMES[type(chosen)], values)

    stop, ended = ends
    await serve.serve_metrics(
        chosen.metrics_bind, page=page, ready=parts.ready, stop=stop, ended=ended, on_ready=lambda _: listening.set()
    )


def _open(chosen: Served, clock: Clock) -> AbstractAsyncContextManager[Role]:
    """Each process imports its own rooms and no other's."""
    match chosen:
        case IntakeSettings():
            return _intake(chosen, clock)
        case VaultSettings():
            return _vault(chosen, clock)
        case PortalSettings():
            return _portal(chosen, clock)
        case CourierSettings():
            return _courier(chosen, clock)


@asynccontextmanager
async def _intake(chosen: IntakeSettings, clock: Clock) -> AsyncGenerator[Role]:
    from laborvoice.api.intake.app import create_intake_app
    from laborvoice.bootstrap.intake import open_intake

    bounds = serve.Bounds(head_seconds=chosen.head_seconds, body_seconds=chosen.body_seconds)
    async with open_intake(chosen, clock, SystemChance()) as parts:
        door = (create_intake_app(parts), chosen.intake_bind)
        yield Role(parts=parts, door=door, bounds=bounds, patience=AFTER_THE_DOOR)


@asynccontextmanager
async def _vault(chosen: VaultSettings, clock: Clock) -> AsyncGenerator[Role]:
    from laborvoice.bootstrap.vault import open_vault

    async with open_vault(chosen, clock, SystemChance()) as parts:
        yield Role(parts=parts, says=parts.fingerprint.hex())


@asynccontextmanager
async def _portal(chosen: PortalSettings, clock: Clock) -> AsyncGenerator[Role]:
    from laborvoice.api.portal.app import create_portal_app
    from laborvoice.bootstrap.portal import open_portal

    bounds = serve.Bounds(head_seconds=chosen.head_seconds, body_seconds=chosen.body_seconds)
    async with open_portal(chosen, clock, SystemChance()) as parts:
        door = (create_portal_app(parts), chosen.portal_bind)
        yield Role(parts=parts, door=door, bounds=bounds, leave=parts.fed.close, patience=AFTER_THE_DOOR)


@asynccontextmanager
async def _courier(chosen: CourierSettings, clock: Clock) -> AsyncGenerator[Role]:
    from laborvoice.bootstrap.courier import open_courier

    async with open_courier(chosen, clock, SystemChance()) as parts:
        yield Role(parts=parts, patience=BEFORE_THE_DRAIN)

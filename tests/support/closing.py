"""A period brought to the day of its close, in whichever world."""

from datetime import date
from typing import Protocol

from laborvoice.bootstrap.vault import Vault
from laborvoice.domain.period import Period


class Closable(Protocol):
    @property
    def vault(self) -> Vault: ...
    def set(self, day: date) -> None: ...


async def due(world: Closable, period: Period) -> None:
    """The box is closing and both lanes are mixed: all but the count."""
    world.set(period.close)
    await world.vault.rotate()
    await world.vault.close()
    await world.vault.mix()
    await world.vault.mix()

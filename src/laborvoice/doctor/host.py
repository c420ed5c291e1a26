"""What the doctor looks at: the settings of this machine, its database, its folders, its clock."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from laborvoice.clock import Clock
from laborvoice.domain import Value
from laborvoice.settings import Bind
from laborvoice.store.database import Connection, Database

T = TypeVar("T")


class Host(Value, frozen=True):
    """``given``: the settings of all processes, as they stand in the environment. ``vault``: its metrics port.

    ``proxy``: the text of the configuration of what stands before our doors, where it was named.
    """

    given: Mapping[str, str]
    home: Path
    keyring: Path
    vault: Bind
    database: Database
    clock: Clock
    proxy: str | None = None

    async def look(self, step: Callable[[Connection], Awaitable[T]]) -> T:
        """Raises DatabaseUnavailable; one of DENIED where this login may not."""
        return await self.database.run("doctor", step)

    def setting(self, name: str) -> str:
        """Empty where it is not given."""
        return self.given.get(f"LABORVOICE_{name}", "")

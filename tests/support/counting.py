"""A vault in a process of its own, that stops at its third draw: it is there to be killed. Database, home, moment."""

import asyncio
import sys
import time  # noqa: TID251 - nothing else can hold up a process between two draws
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from laborvoice.bootstrap.vault import Vault
from laborvoice.settings import Secret, VaultSettings
from laborvoice.store.database import Database
from laborvoice.workers import Workers
from support.known import KnownNoise, QuickClock
from support.phone import CHANCE


class StoppingNoise(KnownNoise):
    def count(self, n: int) -> int:
        time.sleep(60.0 if len(self.counts) == 2 else 0.0)
        return super().count(n)


async def main(dsn: str, home: Path, moment: datetime) -> None:
    settings = VaultSettings(
        home=home,
        database_url=Secret(dsn),
        master_key=Secret("07" * 32),
        keyring=home / "keyring",
        intake_origin="https://voice.test",
        pow_bits=1,
    )
    async with Database.open(dsn, size=8) as database:
        with ThreadPoolExecutor(1) as executor:
            vault = Vault(database, settings, Workers(executor, 1), QuickClock(moment), CHANCE, StoppingNoise(100))
            await vault.begin()
            await vault.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])))

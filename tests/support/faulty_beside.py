"""A second process of a role beside the one of a stage, and phones that use every intake there is."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle

from laborvoice import settings, supervise
from laborvoice.client.transport import Transport
from laborvoice.errors import Unanswered
from support.faulty_home import Stage
from support.faulty_phones import OCTETS, Phones
from support.faulty_ports import own_row


@dataclass
class SpreadPhones(Phones):
    """``urls``: of all intakes, behind one origin as behind a proxy. ``took``: how many envelopes each answered."""

    urls: tuple[str, ...] = ()
    took: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self._turns = cycle(self.urls)

    @property
    def _transport(self) -> Transport:
        return Transport(next(self._turns), patience=20)

    def _post(self, envelope: bytes) -> int:
        url = next(self._turns)
        try:
            status = Transport(url, patience=20).send("POST", "/v1/envelopes", envelope, OCTETS).status
        except Unanswered:
            return 0
        self.took[url] += status == 202
        return status


@asynccontextmanager
async def beside(stage: Stage, role: settings.Process, **more: str) -> AsyncGenerator[None]:
    """On the same home and database as the first of its role; stopped on leaving."""
    child = supervise.Child(role, _environ(stage, role) | more, stage.clock, text=True)
    stage.extra.append(child)
    await child.start()
    watch = asyncio.create_task(child.watch())
    try:
        yield
    finally:
        stage.extra.remove(child)
        watch.cancel()
        await child.stop()


def _environ(stage: Stage, role: settings.Process) -> dict[str, str]:
    others = {name: value for name, value in stage.settings.items() if not name.startswith("LABORVOICE_")}
    known = settings.variables(role)
    secrets = stage.home / "secrets"
    filled = {
        "LABORVOICE_DATABASE_URL": stage.running.dsn(role),
        "LABORVOICE_METRICS_BIND": f"127.0.0.1:{own_row(1)}",
        "LABORVOICE_INTAKE_ORIGIN": stage.running.intake_url,
        "LABORVOICE_ORIGIN": stage.running.portal_url,
        "LABORVOICE_CONTACT_URL": stage.running.portal_url,
        "LABORVOICE_MASTER_KEY_FILE": str(secrets / "master_key"),
        "LABORVOICE_COURIER_KEYS_FILE": str(secrets / "courier_keys"),
    }
    ours = {name: value for name, value in filled.items() if name.removesuffix("_FILE") in known}
    return others | settings.for_child(role, stage.settings, {}) | ours

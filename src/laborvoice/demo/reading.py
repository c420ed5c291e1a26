"""What a party reads at the portal's public door, with its key."""

import asyncio
from collections.abc import Mapping  # noqa: TC003 - beside structs that are read at run time
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec

from laborvoice.client.transport import Answer, Transport
from laborvoice.domain import Value, ids
from laborvoice.domain.ids import SupplierId
from laborvoice.errors import Unanswered
from laborvoice.views.releases import ReleaseView
from laborvoice.views.scores import PeriodScore
from laborvoice.views.terms import PeriodView

T = TypeVar("T")

TRIES: Final = 5
PAUSE: Final = 1.0


class _Periods(Value, frozen=True):
    data: tuple[PeriodView, ...]


class _Scores(Value, frozen=True):
    data: tuple[PeriodScore, ...]


class _Releases(Value, frozen=True):
    data: tuple[ReleaseView, ...]


class Reader:
    """Raises Unanswered where the portal does not answer as it should."""

    def __init__(self, transport: Transport, key: str) -> None:
        self._transport = transport
        self._headers: Mapping[str, str] = {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    async def get(self, path: str) -> Answer:
        """Whatever the answer is; asked again where the portal is busy."""
        for _ in range(TRIES):
            answer = await asyncio.to_thread(self._transport.send, "GET", path, None, self._headers)
            if answer.status not in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
                return answer
            await asyncio.sleep(PAUSE)
        raise Unanswered

    async def states(self) -> dict[str, str]:
        """The state of each period, by its label."""
        return {one.label: one.state for one in (await self._read("/v1/periods", _Periods)).data}

    async def scores(self, supplier: SupplierId) -> tuple[PeriodScore, ...]:
        """Newest first."""
        return (await self._read(f"/v1/suppliers/{supplier}/scores", _Scores)).data

    async def releases(self, supplier: SupplierId) -> tuple[ReleaseView, ...]:
        """Newest first."""
        return (await self._read(f"/v1/suppliers/{supplier}/releases", _Releases)).data

    async def _read(self, path: str, kind: type[T]) -> T:
        answer = await self.get(path)
        if answer.status != HTTPStatus.OK:
            raise Unanswered("The portal does not show what it should.")
        return msgspec.json.decode(answer.body, type=kind, dec_hook=ids.decode)

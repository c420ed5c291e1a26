"""A watchdog's inbox: what the portal lists, fetched as it was sealed, and opened here with the keys of its months."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal
from urllib.parse import urlencode

import msgspec

from laborvoice.client.portal import Portal, PortalRefused
from laborvoice.client.watchdog.keyfile import Keys
from laborvoice.client.watchdog.letter import Letter, Row, Shut, open_letter
from laborvoice.crypto.framing import LAYOUTS
from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId
from laborvoice.errors import NotFound, Unanswered

FETCH: Final = 50
"""Messages of one request; each reading is written into the watchdog's own audit chain."""
_PAGE: Final = 100
_OCTETS: Final = {"Accept": "application/octet-stream, application/problem+json"}

State = Literal["new", "acknowledged", "closed"]


class _Rows(Value, frozen=True):
    data: tuple[Row, ...]
    next_cursor: str | None


class _Named(Value, frozen=True):
    name: str


class Inbox:
    """``years``: opened key files; a message needs that of its month. Blocks; raises as ``Portal`` does."""

    def __init__(self, portal: Portal, years: Sequence[Keys]) -> None:
        self._portal = portal
        self._years = tuple(years)

    def rows(self, *states: State) -> tuple[Row, ...]:
        """What waits, of all states or of these; urgent ones first."""
        found = [row for state in states or (None,) for row in self._pages(state)]
        return tuple(sorted(found, key=lambda row: row.kind != "urgent"))

    def row(self, message: str) -> Row:
        """Raises NotFound."""
        for row in self._pages(None):
            if row.id == message:
                return row
        raise NotFound("There is no such message in this inbox.")

    def letters(self, rows: Sequence[Row], done: Callable[[int], None] = lambda _: None) -> tuple[Letter | Shut, ...]:
        """In the order of ``rows``. One that is the same as another before it stays shut. ``done``: how many were."""
        seen: set[str] = set()
        found: list[Letter | Shut] = []
        for row, inner in self._fetched(rows, done):
            one = open_letter(self._years, row, inner)
            if isinstance(one, Letter) and one.digest in seen:
                one = Shut(row=row, why="repeated")
            elif isinstance(one, Letter):
                seen.add(one.digest)
            found.append(one)
        return tuple(found)

    def names(self, letters: Iterable[Letter | Shut]) -> dict[str, str]:
        """Of the suppliers they name, as the portal knows them; what it does not show has none."""
        named = {one.said.s for one in letters if isinstance(one, Letter) and one.said.s is not None}
        found = {supplier: self._name(supplier) for supplier in sorted(named)}
        return {supplier: name for supplier, name in found.items() if name}

    def _name(self, supplier: str) -> str:
        """A stranger wrote the id: only what is one goes into a path."""
        try:
            body = self._portal.get(f"/v1/suppliers/{SupplierId.parse(supplier)}").body
        except (ValueError, PortalRefused):
            return ""
        return msgspec.json.decode(body, type=_Named).name

    def acknowledge(self, message: str) -> None:
        """It is yours, and the clock of an urgent one stops."""
        self._portal.act(f"/v1/messages/{message}/acknowledge")

    def _pages(self, state: State | None) -> Iterator[Row]:
        query: dict[str, object] = {"limit": _PAGE, **({} if state is None else {"state": state})}
        more = True
        while more:
            page = msgspec.json.decode(self._portal.get(f"/v1/messages?{urlencode(query)}").body, type=_Rows)
            yield from page.data
            query["cursor"] = page.next_cursor
            more = page.next_cursor is not None

    def _fetched(self, rows: Sequence[Row], done: Callable[[int], None]) -> Iterator[tuple[Row, bytes]]:
        """Raises Unanswered where the bytes are not as many as they must be."""
        for at in range(0, len(rows), FETCH):
            some = rows[at : at + FETCH]
            body = self._portal.post("/v1/messages/read", {"messages": [row.id for row in some]}, _OCTETS).body
            sizes = [LAYOUTS[row.suite].inner if row.suite in LAYOUTS else 0 for row in some]
            if len(body) != sum(sizes):
                raise Unanswered("The portal did not send the messages that were asked for.")
            for row, size in zip(some, sizes, strict=True):
                yield row, body[:size]
                body = body[size:]
                done(1)

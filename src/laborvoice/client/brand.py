"""What a brand's system asks of the portal: suppliers, scores, releases, events, exports.

Fields it does not know it leaves alone.
"""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from laborvoice.client.portal import Portal, PortalRefused
from laborvoice.domain import Value
from laborvoice.domain.supplier import workforce

__all__ = ["Brand", "PortalRefused"]

MANY: Final = 500
"""Suppliers of one bulk request."""
_PAGE: Final = 100


class Supplier(Value, frozen=True):
    """``workforce``: the middle of what is known of it."""

    id: str
    name: str
    country: str
    kind: str
    workers_min: int | None = None
    workers_max: int | None = None

    @property
    def workforce(self) -> int | None:
        return workforce(self.workers_min, self.workers_max)


class Published(Value, frozen=True, tag_field="state", tag="published"):
    """``answers`` to the nearest 10; ``driver`` is composite or a condition."""

    period: str
    release: str
    score: int
    band: str
    low: int
    high: int
    confidence: str
    answers: int
    driver: str


class Withheld(Value, frozen=True, tag_field="state", tag="withheld"):
    period: str


class Nothing(Value, frozen=True, tag_field="state", tag="none"):
    """There is no release to be seen."""


Score = Published | Withheld | Nothing


class Rated(Value, frozen=True):
    supplier: str
    score: Score


class Totals(Value, frozen=True):
    """Noised integers: they can be negative. ``conditions`` is None below the policy's threshold."""

    n: int
    severity_sum: int
    conditions: dict[str, int] | None = None


class Release(Value, frozen=True, tag_field="state", tag="published"):
    id: str
    period: str
    covers: tuple[str, ...]
    totals: Totals
    policy: str
    method: str


class WithheldRelease(Value, frozen=True, tag_field="state", tag="withheld"):
    id: str
    period: str
    covers: tuple[str, ...]


class Event(Value, frozen=True):
    """``data``: what happened, as ids and words of closed lists, and the URL to read on."""

    id: str
    type: str
    timestamp: str
    sequence: int
    data: dict[str, object]


class Events(Value, frozen=True):
    """``next_cursor`` is where to go on, also where nothing came."""

    data: tuple[Event, ...]
    next_cursor: str
    has_more: bool


class File(Value, frozen=True):
    name: str
    bytes: int
    sha256: str
    rows: int


class Export(Value, frozen=True):
    """``state``: asked, ready, failed. ``files`` is empty until it is ready."""

    id: str
    kind: str
    format: str
    state: str
    files: tuple[File, ...]


class _Releases(Value, frozen=True):
    data: tuple[Release | WithheldRelease, ...]
    next_cursor: str | None


class _Suppliers(Value, frozen=True):
    data: tuple[Supplier, ...]
    next_cursor: str | None


class _Rated(Value, frozen=True):
    data: tuple[Rated, ...]


P = TypeVar("P", _Suppliers, _Releases)


class Brand:
    """Blocks, as its transport does. Everything raises Unanswered, and PortalRefused with the code of the problem."""

    def __init__(self, url: str, key: str, *, tls: ssl.SSLContext | None = None) -> None:
        self._portal = Portal(url, key, tls=tls)

    def suppliers(self) -> tuple[Supplier, ...]:
        """All that the key may see, page by page."""
        return tuple(supplier for page in self._pages("/v1/suppliers", _Suppliers) for supplier in page.data)

    def score(self, supplier: str, period: str | None = None) -> Score:
        """Of ``period``, else of the newest that can be seen."""
        query = "" if period is None else "?" + urlencode({"period": period})
        answer = self._portal.get(f"/v1/suppliers/{supplier}/score{query}")
        score: Score = msgspec.json.decode(answer.body, type=Published | Withheld | Nothing)
        return score

    def scores(self, suppliers: Sequence[str], period: str | None = None) -> tuple[Rated, ...]:
        """Of many, in order; those that cannot be seen are left out."""
        found: list[Rated] = []
        for at in range(0, len(suppliers), MANY):
            wanted: dict[str, object] = {"suppliers": [str(one) for one in suppliers[at : at + MANY]]}
            if period is not None:
                wanted["period"] = period
            found += msgspec.json.decode(self._portal.post("/v1/scores/query", wanted).body, type=_Rated).data
        return tuple(found)

    def releases(self, supplier: str) -> tuple[Release | WithheldRelease, ...]:
        """All of a supplier that can be seen, the newest first."""
        pages = self._pages(f"/v1/suppliers/{supplier}/releases", _Releases)
        return tuple(release for page in pages for release in page.data)

    def events(self, cursor: str | None = None, *, types: Sequence[str] = (), wait: int = 0) -> Events:
        """What came after ``cursor``, else from the oldest on; ``wait`` for so many seconds for something to come."""
        query = {"cursor": cursor, "types": ",".join(types), "wait": wait}
        asked = urlencode({name: value for name, value in query.items() if value})
        return msgspec.json.decode(self._portal.get(f"/v1/events?{asked}").body, type=Events)

    def ask_export(self, wanted: Mapping[str, object], once: str) -> Export:
        """``wanted`` as the API has it: kind, format, period, filter. Repeated with the same ``once`` it is one."""
        answer = self._portal.post("/v1/exports", wanted, {"Idempotency-Key": once})
        return msgspec.json.decode(answer.body, type=Export)

    def export(self, export: str) -> Export:
        return msgspec.json.decode(self._portal.get(f"/v1/exports/{export}").body, type=Export)

    def export_file(self, export: str, name: str) -> bytes:
        """A file of an export that is ready."""
        return self._portal.get(f"/v1/exports/{export}/files/{quote(name, safe='')}").body

    def _pages(self, path: str, kind: type[P]) -> Iterator[P]:
        query: dict[str, object] = {"limit": _PAGE}
        more = True
        while more:
            page = msgspec.json.decode(self._portal.get(f"{path}?{urlencode(query)}").body, type=kind)
            yield page
            query["cursor"] = page.next_cursor
            more = page.next_cursor is not None

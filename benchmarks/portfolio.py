"""``portfolio``: the first page of a brand's suppliers, of ten thousand and of a hundred, over HTTP.

The releases are synthetic and written straight into the tables; the door, the view and the queries are the real ones.
"""

from collections.abc import Sequence
from contextlib import closing
from http import HTTPStatus
from statistics import median
from typing import Final

import harness
import releases
import servers
from harness import Outcome, Size
from score import RATE, Reader
from station import ORIGIN, settled, station

FEW: Final = 100
PAGES: Final = ("/suppliers", "/suppliers?order=name")


async def bench(size: Size) -> Outcome:
    many = size.pick(10_000, 10_000, 200)
    reads = size.pick(400, 200, 10)
    async with station() as one:
        await releases.fill(one, many * releases.PERIODS)
        brands = {"few": await releases.brand(one, FEW), "many": await releases.brand(one, many)}
        await one.sql("ANALYZE")
        await settled(one)
        settings = {
            "database_url": one.dsn("portal"),
            "intake_origin": ORIGIN,
            "origin": ORIGIN,
            "session_key": "0" * 64,
            "export_key": "0" * 64,
            "home": str(one.folder),
            "rate": RATE,
        }
        with servers.role("portal", settings) as port:
            for brand in brands.values():
                _reads(port, brand.secret, len(PAGES))
            found: dict[str, list[Sequence[float]]] = {name: [] for name in brands}
            for _ in range(harness.ROUNDS):
                for name, brand in brands.items():
                    found[name].append(_reads(port, brand.secret, reads))
    ratio = median(_p95(b) / _p95(a) for a, b in zip(found["few"], found["many"], strict=True))
    rows = [
        (f"{FEW:,} suppliers", _told(found["few"])),
        (f"{many:,} suppliers", _told(found["many"])),
    ]
    return Outcome(ratios={"first_page": ratio}, per_second=1 / median(map(median, found["many"])), rows=rows)


def _reads(port: int, secret: str, count: int) -> Sequence[float]:
    """Seconds of each read of a first page."""
    with closing(Reader(port, secret)) as reader:
        taken: list[float] = []
        for at in range(count):
            status, _, seconds = reader.send("GET", PAGES[at % len(PAGES)])
            if status != HTTPStatus.OK:
                raise RuntimeError(f"{status} instead of a page.")
            taken.append(seconds)
    return taken


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[len(taken) * 95 // 100]


def _told(rounds: Sequence[Sequence[float]]) -> str:
    return f"p50 {1000 * median(map(median, rounds)):.2f} ms   p95 {1000 * median(map(_p95, rounds)):.2f} ms"


if __name__ == "__main__":
    harness.main("portfolio", bench)

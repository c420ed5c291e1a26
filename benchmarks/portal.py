"""``portal``: a brand's first page of ten thousand suppliers and of a hundred, at 10^6 releases; 500 scores in bulk.

The releases are synthetic and written straight into the tables; doors, views and queries are the real ones.
"""

import json
from collections.abc import Sequence
from contextlib import closing
from statistics import median
from typing import Final

import harness
import releases
import servers
from harness import Outcome, Size
from score import BULK, RATE, Reader, expect
from station import ORIGIN, Station, settled, station

from laborvoice.domain import Value

FEW: Final = 100
PAGES: Final = ("/suppliers", "/suppliers?order=name")


class Brands(Value, frozen=True):
    """One with a hundred suppliers, one with ten thousand."""

    few: releases.Brand
    many: releases.Brand


class Round(Value, frozen=True):
    """Seconds: of each read of a first page, of the few and of the many; of 500 scores in bulk, and one by one."""

    few: Sequence[float]
    many: Sequence[float]
    bulk: float
    singly: float


async def bench(size: Size) -> Outcome:
    async with station() as one:
        await releases.fill(one, size.pick(1_000_000, 160_000, 3_200))
        many = await releases.brand(one, size.pick(10_000, 10_000, 200))
        brands = Brands(few=await releases.brand(one, FEW), many=many)
        await one.sql("ANALYZE")
        await settled(one)
        reads = size.pick(400, 200, 10)
        with servers.role("portal", _settings(one)) as port:
            cold = _pages(port, brands.many, 1)[0]
            _round(port, brands, len(PAGES))
            rounds = [_round(port, brands, reads) for _ in range(harness.ROUNDS)]
            page = _bytes(port, brands.few, PAGES[0])
            supplier = _bytes(port, brands.few, f"/suppliers/{brands.few.suppliers[0]}")
    ratios = {
        "page_growth": median(_p95(one.many) / _p95(one.few) for one in rounds),
        "bulk": median(one.singly / one.bulk for one in rounds),
        "portfolio_kb": page / 1000,
        "supplier_kb": supplier / 1000,
    }
    rows = [
        (f"first page, {FEW:,} suppliers", _told([one.few for one in rounds])),
        (f"first page, {len(many.suppliers):,} suppliers", _told([one.many for one in rounds])),
        ("the same, read for the first time", f"{1000 * cold:.0f} ms"),
        ("scores in bulk", f"{1000 * median(one.bulk for one in rounds):.1f} ms"),
        ("the same one by one", f"{1000 * median(one.singly for one in rounds):.1f} ms"),
    ]
    return Outcome(ratios=ratios, per_second=1 / median(median(one.many) for one in rounds), rows=rows)


def _settings(one: Station) -> dict[str, str]:
    return {
        "database_url": one.dsn("portal"),
        "intake_origin": ORIGIN,
        "origin": ORIGIN,
        "session_key": "0" * 64,
        "export_key": "0" * 64,
        "home": str(one.folder),
        "rate": RATE,
    }


def _round(port: int, brands: Brands, reads: int) -> Round:
    wanted = [str(one) for one in brands.many.suppliers[:BULK]]
    with closing(Reader(port, brands.many.secret)) as reader:
        singly = [expect(200, reader.send("GET", f"/v1/suppliers/{one}/score")) for one in wanted]
        body = json.dumps({"suppliers": wanted}).encode()
        bulk = [expect(200, reader.send("POST", "/v1/scores/query", body)) for _ in range(harness.ROUNDS)]
    return Round(
        few=_pages(port, brands.few, reads),
        many=_pages(port, brands.many, reads),
        bulk=median(bulk),
        singly=sum(singly),
    )


def _pages(port: int, brand: releases.Brand, count: int) -> Sequence[float]:
    """Seconds of each read of a first page."""
    with closing(Reader(port, brand.secret)) as reader:
        return [expect(200, reader.send("GET", PAGES[at % len(PAGES)])) for at in range(count)]


def _bytes(port: int, brand: releases.Brand, path: str) -> int:
    with closing(Reader(port, brand.secret)) as reader:
        answer = reader.send("GET", path)
    expect(200, answer)
    return int(answer[1]["content-length"])


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[len(taken) * 95 // 100]


def _told(rounds: Sequence[Sequence[float]]) -> str:
    return f"p50 {1000 * median(map(median, rounds)):.2f} ms   p95 {1000 * median(map(_p95, rounds)):.2f} ms"


if __name__ == "__main__":
    harness.main("portal", bench)

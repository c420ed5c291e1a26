"""Exports through their doors: asked for, made, fetched, verified; every number made again from the releases listed."""

import csv
import io
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from laborvoice.crypto.signed_export import key_of, verified
from laborvoice.domain import ids
from laborvoice.domain.condition import CONDITIONS
from laborvoice.domain.ids import ExportId, SupplierId
from laborvoice.domain.party import PERMITTED
from laborvoice.domain.period import Period
from laborvoice.domain.release import Scales, Statistics
from laborvoice.pipeline import export
from laborvoice.scoring import statistic
from laborvoice.scoring.baseline import ASSUMED
from laborvoice.scoring.score import ACTION
from laborvoice.scoring.shares import estimate
from laborvoice.views.exports.indicators import BEHIND
from laborvoice.views.recompute import again
from laborvoice.views.releases import PublishedRelease, ReleaseView
from laborvoice.views.scores import PublishedScore
from support.patient_client import streamed
from support.registry_world import World


async def asked(client: Any, key: str, once: str = "one", **wanted: Any) -> Any:
    answer = await client.post("/v1/exports", key, {"format": "csv", **wanted}, idempotency_key=once)
    assert answer.status == 202, answer.body
    assert answer.headers["location"] == f"/v1/exports/{answer.json()['id']}"
    assert answer.json()["state"] == "asked"
    return answer.json()


async def made(client: Any, parts: Any, key: str, once: str = "one", **wanted: Any) -> dict[str, bytes]:
    """The files of an export, by name."""
    told = await asked(client, key, once, **wanted)
    while await export.make(parts.database, parts.maker):
        pass
    found = (await client.get(f"/v1/exports/{told['id']}", key)).json()
    assert found["state"] == "ready"
    files: dict[str, bytes] = {}
    for one in found["files"]:
        target = f"/v1/exports/{told['id']}/files/{one['name']}"
        status, headers, pieces = await streamed(client.app, target, key)
        raw = b"".join(pieces)
        assert (status, len(raw), sha256(raw).hexdigest()) == (200, one["bytes"], one["sha256"])
        assert headers["content-disposition"] == f'attachment; filename="{one["name"]}"'
        assert (headers["cache-control"], int(headers["content-length"])) == ("no-store", one["bytes"])
        head = await streamed(client.app, target, key, "HEAD")
        assert (head[0], head[1]["content-length"], head[2]) == (200, str(one["bytes"]), [])
        files[one["name"]] = raw
    assert found["manifest"] == f"/v1/exports/{told['id']}/files/manifest.json"
    return files


def rows(raw: bytes) -> list[dict[str, str]]:
    assert raw.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))


async def listed(client: Any, key: str, raw: bytes) -> dict[str, list[Any]]:
    """The releases that a manifest lists, as the portal serves them, by supplier."""
    found: dict[str, list[Any]] = {}
    manifest = verified(raw)
    for one in (*manifest.releases, *manifest.withheld):
        body = (await client.get(f"/v1/releases/{one}", key)).body
        release: Any = msgspec.json.decode(body, type=ReleaseView, dec_hook=ids.decode)
        assert (one in manifest.withheld) is not isinstance(release, PublishedRelease)
        found.setdefault(release.supplier, []).append(release)
    return found


async def score_of(client: Any, key: str, supplier: str) -> PublishedScore:
    body = (await client.get(f"/v1/suppliers/{supplier}/score", key)).body
    return msgspec.json.decode(body, type=PublishedScore, dec_hook=ids.decode)


async def test_a_site_sheet_is_made_again(client: Any, parts: Any, chain: Any) -> None:
    files = await made(client, parts, chain.key, kind="E1", filter={"supplier": chain.supplier})
    assert list(files) == ["E1-site.csv", "E1-conditions.csv", "manifest.json"]
    manifest = verified(files["manifest.json"])
    assert (manifest.kind, manifest.party, manifest.key) == ("E1", chain.brand, key_of(parts.export_seed))
    assert manifest.periods == ("2026-Q1", "2026-Q2", "2026-Q3")
    assert str(manifest.cut_off) == "2026-09-30"
    assert manifest.filters == {"supplier": chain.supplier}
    assert set(manifest.withheld) == {chain.releases["2026-Q2"]}
    releases = (await listed(client, chain.key, files["manifest.json"]))[chain.supplier]
    served = await score_of(client, chain.key, chain.supplier)
    score = again(served, releases, 1200, "watchdog")
    (row,) = rows(files["E1-site.csv"])
    figures = score.shown()
    assert (row["score"], row["low"], row["high"]) == tuple(map(str, (figures.score, figures.low, figures.high)))
    assert (row["band"], row["confidence"], row["driver"]) == (score.band, score.confidence, score.driver)
    assert (row["answers"], row["state"], row["period"]) == ("210", "published", "2026-Q3")
    assert float(row["coverage"]) == score.coverage
    assert float(row["unexplained"]) == score.unexplained
    assert row["release"] == chain.releases["2026-Q3"]
    conditions = {one["condition"]: one for one in rows(files["E1-conditions.csv"])}
    assert len(conditions) == len(CONDITIONS)
    for one in score.because:
        told = conditions[one.condition]
        numbers = tuple(float(told[name]) for name in ("share", "low", "high", "usual", "contribution"))
        assert numbers == (one.share, one.low, one.high, one.usual, one.contribution)


async def test_a_portfolio_is_made_again(client: Any, parts: Any, world: World, chain: Any) -> None:
    withheld, new = await world.supplier("B withheld"), await world.supplier("C new", country="VN")
    for one in (withheld, new):
        await world.linked(chain.brand, one, tier=2)
    await world.release(withheld, "2026-Q3")
    await world.linked(await world.party("brand"), await world.supplier("Of another"))
    files = await made(client, parts, chain.key, kind="E2")
    found = {one["supplier"]: one for one in rows(files["E2-portfolio.csv"])}
    assert set(found) == {chain.supplier, withheld, new}
    releases = await listed(client, chain.key, files["manifest.json"])
    served = await score_of(client, chain.key, chain.supplier)
    score, row = again(served, releases[chain.supplier], 1200, "watchdog"), found[chain.supplier]
    figures = score.shown()
    assert tuple(map(int, (row["score"], row["low"], row["high"]))) == (figures.score, figures.low, figures.high)
    assert (row["band"], row["trend"], row["tier"]) == (score.band, score.trend.direction, "1")
    assert (found[withheld]["state"], found[withheld]["score"], found[withheld]["tier"]) == ("withheld", "", "2")
    assert (found[new]["state"], found[new]["period"], found[new]["confidence"]) == ("none", "", "insufficient")
    assert verified(files["manifest.json"]).files[0].rows == 3


async def test_the_indicators_are_made_again(client: Any, parts: Any, world: World, chain: Any) -> None:
    small = await world.supplier("Small", products=("610910",))
    await world.linked(chain.brand, small)
    await world.release(small, "2026-Q3", n=60)
    files = await made(client, parts, chain.key, kind="E4")
    found = rows(files["E4-indicators.csv"])
    assert len(found) == 22
    releases = (await listed(client, chain.key, files["manifest.json"]))[chain.supplier]
    told = [_statistics(one) for one in releases if isinstance(one, PublishedRelease)]
    told.sort(key=lambda one: one.ended, reverse=True)
    shares = dict(zip(CONDITIONS, statistic.shares(told), strict=True))
    for row in (one for one in found if one["supplier"] == chain.supplier):
        behind = BEHIND[int(row["indicator"])]
        if not behind:
            assert (row["indicator"], row["state"], row["share"]) == ("4", "not measured", "")
            continue
        shown = next(one for one in behind if one == row["shown"])
        again_made = estimate(statistic.SHARES[shown.place], ASSUMED.conditions[shown.place], shares[shown])
        numbers = tuple(float(row[name]) for name in ("share", "low", "high", "p10"))
        assert numbers == pytest.approx((again_made.mean, again_made.p05, again_made.p95, again_made.p10), abs=1e-6)
        clear = again_made.p10 > ACTION[shown.severity] / 2
        assert row["state"] == ("signal" if clear else "no evidence of")
    assert {one["state"] for one in found if one["supplier"] == small} == {"not measured"}
    assert {one["hs_codes"] for one in found if one["supplier"] == small} == {"610910"}


def _statistics(one: PublishedRelease) -> Statistics:
    totals: Any = one.totals
    counts = totals.conditions if totals.conditions is not msgspec.UNSET else None
    wide = None if counts is None else totals.scales.conditions
    return Statistics(
        ended=Period.parse(one.period).end,
        n=totals.n,
        severity_sum=totals.severity_sum,
        conditions=None if counts is None else tuple(counts[each] for each in CONDITIONS),
        top=None,
        scales=Scales(
            n=totals.scales.n, bound=totals.scales.bound, severity_sum=totals.scales.severity_sum, conditions=wide
        ),
    )


async def test_its_owner_is_told(client: Any, parts: Any, world: World, chain: Any) -> None:
    told = await asked(client, chain.key, kind="E10", format="html")
    assert await export.make(parts.database, parts.maker)
    assert not await export.make(parts.database, parts.maker)
    event = await world.sql(
        "SELECT type || ' ' || audience || ' ' || resource FROM outbox.event WHERE type LIKE 'export%'"
    )
    assert event == f"export.ready party:{chain.brand} {told['id']}"
    assert await world.sql("SELECT count(*) FROM access.audit WHERE action = 'export.made'") == 1


async def test_nobody_else_finds_it(client: Any, parts: Any, world: World, chain: Any) -> None:
    told = await asked(client, chain.key, kind="E2")
    await export.make(parts.database, parts.maker)
    other = await world.secret(await world.party("brand"), "brand")
    absent = ExportId.draw(bytes(16))
    for rest in ("", "/files/manifest.json", "/files/E2-portfolio.csv"):
        foreign = await client.get(f"/v1/exports/{told['id']}{rest}", other)
        missing = await client.get(f"/v1/exports/{absent}{rest}", other)
        assert foreign.status == missing.status == 404
        assert _without_id(foreign.json()) == _without_id(missing.json())
    assert (await client.get(f"/v1/exports/{told['id']}/files/E2.csv", chain.key)).status == 404
    assert (await client.get("/v1/exports/nonsense", chain.key)).status == 404
    world.clock.skip(days=7)
    assert (await client.get(f"/v1/exports/{told['id']}", chain.key)).status == 404
    await export.sweep(parts.database, world.today)
    assert await world.sql("SELECT count(*) FROM desk.export_body") == 0


def _without_id(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "request_id"}


async def test_what_is_asked_is_judged(client: Any, world: World, chain: Any) -> None:
    foreign = await world.supplier("Of another")
    for wanted, status, pointer in (
        ({"kind": "E1"}, 422, "/filter/supplier"),
        ({"kind": "E7", "period": "2026-Q3"}, 422, "/period"),
        ({"kind": "E10", "filter": {"country": "BD"}}, 422, "/filter"),
        ({"kind": "E11"}, 422, "/kind"),
        ({"kind": "E2", "filter": {"who": "BD"}}, 422, "/filter/who"),
    ):
        refused = await client.post("/v1/exports", chain.key, {"format": "csv", **wanted}, idempotency_key="k")
        assert (refused.status, refused.json()["errors"][0]["pointer"]) == (status, pointer)
    for one in (foreign, SupplierId.draw(bytes(16))):
        body = {"kind": "E1", "format": "csv", "filter": {"supplier": one}}
        assert (await client.post("/v1/exports", chain.key, body, idempotency_key="k")).status == 404
    without = await client.post("/v1/exports", chain.key, {"kind": "E2", "format": "csv"})
    assert without.json()["code"] == "idempotency-key-required"


@pytest.mark.parametrize(
    ("kind", "needed"), [("E5", "cases:read"), ("E6", "cases:read"), ("E7", "audit:read"), ("E9", "cases:read")]
)
async def test_an_export_shows_nothing_that_may_not_be_read(
    client: Any, parts: Any, world: World, chain: Any, kind: str, needed: str
) -> None:
    """Nor what somebody of the same party has asked for who may."""
    less = await world.secret(chain.brand, "brand", *(PERMITTED["brand"] - {needed}))
    refused = await client.post("/v1/exports", less, {"kind": kind, "format": "csv"}, idempotency_key="less")
    assert (refused.status, refused.json()["code"], needed in refused.json()["detail"]) == (
        403,
        "insufficient-scope",
        True,
    )
    told = await asked(client, chain.key, kind=kind)
    while await export.make(parts.database, parts.maker):
        pass
    for key, status in ((less, 403), (chain.key, 200)):
        assert (await streamed(client.app, f"/v1/exports/{told['id']}/files/manifest.json", key))[0] == status


async def test_twenty_an_hour(client: Any, world: World, chain: Any) -> None:
    for number in range(20):
        await asked(client, chain.key, f"k{number}", kind="E10")
    late = await client.post("/v1/exports", chain.key, {"kind": "E10", "format": "csv"}, idempotency_key="late")
    assert (late.status, late.json()["code"], late.headers["retry-after"]) == (429, "rate-limited", "3600")
    world.clock.skip(hours=1)
    await asked(client, chain.key, "later", kind="E10")


async def test_once_for_its_key(client: Any, world: World, chain: Any) -> None:
    first = await asked(client, chain.key, kind="E2")
    second = await asked(client, chain.key, kind="E2")
    assert first == second
    assert await world.sql("SELECT count(*) FROM desk.export") == 1


async def test_its_key_is_there(client: Any, parts: Any) -> None:
    answer = await client.get("/.well-known/export-key")
    assert answer.json() == {"algorithm": "Ed25519", "key": key_of(parts.export_seed)}

"""Synthetic releases by the million, written by PostgreSQL itself; their one score is computed by the real method."""

from typing import Final
from uuid import UUID, uuid4

import msgspec
from station import CHANCE, CLOCK, COUNTRY, PERIOD, Station

from laborvoice.domain import Value, ids
from laborvoice.domain.condition import CONDITIONS
from laborvoice.domain.ids import ReleaseId, SupplierId
from laborvoice.domain.party import PERMITTED
from laborvoice.domain.period import Period
from laborvoice.domain.policy import POLICIES
from laborvoice.domain.release import Release, Scales, statistics
from laborvoice.domain.score import METHOD
from laborvoice.pipeline import enrol
from laborvoice.scoring.score import ASSUMED, assess
from laborvoice.store.database import Database

PERIODS: Final = 16
ANSWERS: Final = 240
ADVERSE: Final = 12
_ID_BYTES: Final = 16
_COUNTS: Final = (ADVERSE,) * len(CONDITIONS)
_SCALES: Final = Scales(n=2.0, bound=POLICIES["standard"].bound, severity_sum=40 / 3, conditions=4.0)


class Brand(Value, frozen=True):
    """An API key, and the suppliers it may see."""

    secret: str
    suppliers: tuple[SupplierId, ...]


async def fill(one: Station, count: int) -> None:
    """``count`` releases with ledger and score, over 16 burned periods."""
    suppliers = max(count // PERIODS, 1)
    periods = _periods()
    told = _score(periods).hex()
    spans = ", ".join(f"('{period.label}', '{period.end}'::date)" for period in periods)
    each = "FROM registry.supplier, span"
    await one.sql(
        *(f"ALTER TABLE release.{table} SET (autovacuum_enabled = off)" for table in ("ledger", "release", "score")),
        # What is written to a table emptied in the same transaction goes past the write-ahead log.
        "BEGIN",
        "TRUNCATE release.ledger CASCADE",
        "SET LOCAL session_replication_role = replica",
        f"CREATE TEMP TABLE span AS SELECT * FROM (VALUES {spans}) AS t (period, ended)",
        "INSERT INTO ballot.period_state SELECT period, 'quarter', 'burned' FROM span",
        f"""INSERT INTO registry.supplier (supplier_id, public_id, name, address, country, kind, isic, products,
            workers_min, workers_max, engagement, synthetic, created_on, updated_on)
        SELECT (random() * 9e18)::bigint, gen_random_uuid(), 'Works ' || i, 'Road 1', '{COUNTRY}', 'factory',
            '{{1410}}', '{{}}', 1000, 1000, 'ok', true, '{PERIOD.begin}', '{PERIOD.begin}'
        FROM generate_series(1, {suppliers}) AS i""",
        f"""INSERT INTO release.ledger (supplier_id, period, eps_count, eps_severity, eps_conditions, eps_top, delta,
            mechanisms, opendp, code)
        SELECT supplier_id, period, 0.5, 0.75, 0.75, 0, 1e-4, '{{count}}', '0.16', 'bench' {each}""",
        f"""INSERT INTO release.release (supplier_id, period, id, ended, covers, state, n, severity_sum, conditions,
            scale_n, bound, scale_severity, scale_conditions, policy, questionnaire, method)
        SELECT supplier_id, period, gen_random_uuid(), ended, ARRAY[period], 'published', {ANSWERS}, {2 * ANSWERS},
            ARRAY{list(_COUNTS)}, {_SCALES.n}, {_SCALES.bound}, {_SCALES.severity_sum}, {_SCALES.conditions},
            'standard', 'core 1', '{METHOD}' {each}""",
        # Compressed once, in this row: as it lies there it is copied.
        "CREATE TEMP TABLE told (body bytea)",
        f"INSERT INTO told VALUES ('\\x{told}')",
        f"""INSERT INTO release.score (supplier_id, period, score, low, high, band, body)
        SELECT supplier_id, period, 50, 40, 60, 'high', body {each}, told""",
        "COMMIT",
    )


def _periods() -> tuple[Period, ...]:
    """The latest closed ones, oldest first."""
    found = [PERIOD.previous()]
    while len(found) < PERIODS:
        found.insert(0, found[0].previous())
    return tuple(found)


def _score(periods: tuple[Period, ...]) -> bytes:
    """As the vault keeps it, with two years behind it."""
    rows = [statistics(_release(period), period.end) for period in periods]
    labels = [period.label for period in periods]
    score = assess(rows, ASSUMED, periods=labels, workforce=1000, distributor="watchdog")
    return msgspec.json.encode(score, enc_hook=ids.encode)


def _release(period: Period) -> Release:
    return Release(
        id=ReleaseId.draw(CHANCE.bytes(_ID_BYTES)),
        period=period.label,
        covers=(period.label,),
        n=ANSWERS,
        severity_sum=2 * ANSWERS,
        conditions=_COUNTS,
        top=None,
        scales=_SCALES,
        policy="standard",
        questionnaire="core 1",
        method=METHOD,
    )


async def brand(one: Station, links: int) -> Brand:
    """A brand with a key, linked to so many suppliers, any of them."""
    async with Database.open(one.dsn("portal"), size=1) as portal:
        party = await enrol.party(portal, CLOCK, CHANCE, ("brand", "Bench brand", COUNTRY))
        wanted = enrol.KeyWanted(party=party, scopes=PERMITTED["brand"])
        secret = (await enrol.api_key(portal, CLOCK, CHANCE, wanted)).secret
    some = await one.rows(f"SELECT supplier_id, public_id FROM registry.supplier ORDER BY random() LIMIT {links}")
    await one.copy(
        "registry.link",
        ("id", "party_id", "supplier_id", "state", "tier", "role", "from_day", "source", "disclosure", "created_on"),
        [
            (
                uuid4(),
                party.uuid,
                row[0],
                "confirmed",
                1,
                "sewing",
                _periods()[0].begin,
                "bench",
                "private",
                PERIOD.begin,
            )
            for row in some
        ],
    )
    return Brand(secret=secret, suppliers=tuple(SupplierId.of(UUID(str(row[1]))) for row in some))

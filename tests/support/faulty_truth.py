"""What must hold whatever died: read from tables, keyring and outbox, with the test's own master key.

Nothing of the program's keyring is opened as the program opens it: that would finish what a kill left half done.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from laborvoice.crypto import at_rest
from laborvoice.crypto.framing import CarriedRow, unb64, unpack_row
from laborvoice.domain import ids
from laborvoice.domain.policy import STANDARD
from laborvoice.domain.release import Published, Release, Withheld
from laborvoice.pipeline.count.publish import Entry
from laborvoice.store.database import Database
from laborvoice.store.registry.sight import Sight
from laborvoice.views import releases as views
from support.faulty_home import Stage, through
from support.faulty_phones import NONCE, Phones

SHOWN = frozenset({"counted", "burning", "burned"})
FAMILIES = ("box", "tray", "spent", "invite_use")
BOXES = (
    "SELECT lot, blob FROM ballot.box WHERE period = $1",
    "SELECT lot, blob FROM ballot.tray WHERE period = $1",
)
FAR = date(9999, 1, 1)
AGAIN = {"endpoint.verify", "audit.anchored", "endpoint.failing", "endpoint.recovered"}


@dataclass
class Lot:
    """What lies in a supplier's lot: nonces of sealed ballots, and carried ones by how often they were carried."""

    nonces: list[bytes] = field(default_factory=list[bytes])
    carried: Counter[int] = field(default_factory=Counter[int])


@dataclass
class Truth:
    """``carried``: by site, ballots that the close before must have left in the present box."""

    stage: Stage
    phones: Phones
    carried: dict[int, Counter[int]] = field(default_factory=dict[int, Counter[int]])
    releases: dict[tuple[int, str], tuple[Any, ...]] = field(default_factory=dict[tuple[int, str], tuple[Any, ...]])

    async def pending(self, period: str) -> dict[int, Lot]:
        """Each acknowledged voice lies in the spool or in its lot, once, and none that was not cast. By site."""
        lots, spooled = await self._read(period)
        for number in range(len(self.phones.sites)):
            mine = {one.nonce for one in self.phones.ballots if one.site == number and one.period == period}
            found = Counter(lots[number].nonces) + Counter({nonce: spooled[nonce] for nonce in mine})
            twice = [nonce for nonce, count in found.items() if count > 1]
            assert not twice, f"site {number}: {len(twice)} voices twice"
            wanted = self.phones.acknowledged(period, number)
            lost, foreign = wanted - found.keys(), found.keys() - mine
            assert not lost, f"site {number}: {len(lost)} of {len(wanted)} acknowledged voices are nowhere"
            assert not foreign, f"site {number}: {len(foreign)} voices of nobody"
            assert lots[number].carried == self.carried.get(number, Counter()), f"site {number}: carried ballots"
        return lots

    async def lots(self, period: str) -> dict[int, Lot]:
        return (await self._read(period))[0]

    async def _read(self, period: str) -> tuple[dict[int, Lot], Counter[bytes]]:
        voiced, rows = await through(lambda: self._at_once(period))
        root = self.secret(f"box/{period}")
        names = {at_rest.lot(root, site.supplier, period): number for number, site in enumerate(self.phones.sites)}
        cipher = at_rest.row_cipher(root)
        lots = {number: Lot() for number in range(len(self.phones.sites))}
        for lot, blob in rows:
            row = unpack_row(at_rest.unwrap(cipher, lot, blob))
            if isinstance(row, CarriedRow):
                lots[names[lot]].carried[row.carries] += 1
            else:
                lots[names[lot]].nonces.append(row.nonce)
        return lots, Counter(row[0][NONCE] for row in voiced)

    async def _at_once(self, period: str) -> tuple[list[Any], list[Any]]:
        """Voiced envelopes, and rows of boxes, at one moment: the lock waits for a mix, and holds up the next."""
        async with self.stage.admin() as connection, connection.transaction():
            await connection.execute("LOCK TABLE ballot.spool IN SHARE MODE")
            voiced = await connection.fetch("SELECT body FROM ballot.spool WHERE voiced")
            rows = [await connection.fetch(sql, period) for sql in BOXES]
            return voiced, [*rows[0], *rows[1]]

    def secret(self, name: str) -> bytes:
        return at_rest.open_file(self.stage.master, name, (self.stage.keyring / name).read_bytes()).data

    async def seen(self, portal: Database, operator: Sight) -> frozenset[tuple[int, str]]:
        """Releases that the portal shows, by site and period; and none may be shown before its period is counted."""
        shown: set[tuple[int, str]] = set()
        for number, site in enumerate(self.phones.sites):
            page = await views.page(portal, operator, site.supplier, FAR, 100)
            shown.update((number, one.period) for one in page)
        told = await self.stage.rows("SELECT DISTINCT period FROM outbox.event WHERE expanded AND period IS NOT NULL")
        states = await self.states()
        early = {period for _, period in shown if states[period] not in SHOWN}
        assert not early, f"shown before they were counted: {early}"
        assert all(states[row[0]] in SHOWN for row in told), "told before it was counted"
        return frozenset(shown)

    async def states(self) -> Mapping[str, str]:
        return dict(await self.stage.rows("SELECT period, state FROM ballot.period_state"))

    async def closed(self, period: str, following: str) -> None:
        """Burned: one release each, as the journal has it; what is withheld is in the next box; all else gone."""
        journal = self.journal()
        for number, site in enumerate(self.phones.sites):
            entry = journal[period, str(site.supplier)]
            self._judge(number, period, entry)
        await self._immutable()
        rows = await self.stage.rows("SELECT supplier_id FROM release.ledger WHERE period = $1", period)
        assert sorted(row[0] for row in rows) == sorted(site.key for site in self.phones.sites)
        await self._matches(period, journal)
        await self.burned(period)
        await self.pending(following)

    def _judge(self, number: int, period: str, entry: Published) -> None:
        """Noise is bounded, so a published count tells to within its bound what was counted."""
        fresh, old = len(self.phones.acknowledged(period, number)), self.carried.pop(number, Counter())
        total = fresh + old.total()
        if isinstance(entry, Release):
            assert abs(entry.n - total) <= STANDARD.bound, f"site {number}: {entry.n} of {total}"
            return
        assert isinstance(entry, Withheld)
        assert total < STANDARD.published_from + STANDARD.bound
        left = Counter({carries + 1: count for carries, count in old.items() if carries < STANDARD.carry_limit})
        self.carried[number] = +(left + Counter({1: fresh}))

    async def _immutable(self) -> None:
        """What was released once stays, byte for byte."""
        rows = await self.stage.rows("SELECT supplier_id, period, row_to_json(r)::text FROM release.release r")
        now = {(row[0], row[1]): row for row in rows}
        for key, row in self.releases.items():
            assert now.get(key) == row, f"a release of {key[1]} changed"
        self.releases = now

    async def _matches(self, period: str, journal: Mapping[tuple[str, str], Published]) -> None:
        sql = """SELECT s.public_id, r.id, r.state, r.n, r.severity_sum FROM release.release r
            JOIN registry.supplier s USING (supplier_id) WHERE r.period = $1"""
        rows = await self.stage.rows(sql, period)
        assert len(rows) == len(self.phones.sites)
        for public, identity, _, n, severity in rows:
            entry = journal[period, str(ids.SupplierId.of(public))]
            assert entry.id.uuid == identity
            numbers = (entry.n, entry.severity_sum) if isinstance(entry, Release) else (None, None)
            assert (n, severity) == numbers

    def journal(self) -> dict[tuple[str, str], Published]:
        """What stands: no (period, supplier) is in it twice."""
        entries: dict[tuple[str, str], Published] = {}
        for line in (self.stage.keyring / "journal").read_bytes().splitlines():
            one = msgspec.json.decode(line)
            raw = unb64(one["release"])
            key = (one["period"], one["supplier"])
            assert key not in entries, f"noise was drawn twice for {key[0]}"
            entries[key] = msgspec.json.decode(raw, type=Entry, dec_hook=ids.decode).published
        return entries

    async def burned(self, period: str) -> None:
        """No partition, no row, no key of the period."""
        sql = """SELECT c.relname FROM pg_class c WHERE c.relispartition AND c.relname ~ $1
            AND pg_get_expr(c.relpartbound, c.oid) = format('FOR VALUES IN (%L)', $2::text)"""
        left = await self.stage.rows(sql, f"^({'|'.join(FAMILIES)})_", period)
        assert not left, f"partitions of a burned period: {left}"
        for family in (*FAMILIES, "seen"):
            assert not await self.stage.rows(f"SELECT 1 FROM ballot.{family}_default LIMIT 1"), family  # noqa: S608 - a word of ours
        assert not (self.stage.keyring / "box" / period).exists()
        keys = await self.stage.rows("SELECT period, token_key_id FROM ballot.token_key")
        dead = {f"token/{key.hex()}" for label, key in keys if label == period}
        alive = {f"token/{key.hex()}" for label, key in keys if label > period}
        files = {str(one.relative_to(self.stage.keyring)) for one in (self.stage.keyring / "token").iterdir()}
        assert not files & dead, "token keys outlived the burn"
        assert files >= alive, "a token key was burned too soon"
        self.destroyed({*dead, f"box/{period}"})

    def destroyed(self, names: set[str]) -> None:
        """The log says so of each, and of nothing twice."""
        lines = destroyed_log(self.stage.keyring)
        assert max(Counter(lines).values(), default=1) == 1, "destroyed twice"
        assert {f"destroyed {name}" for name in names} <= set(lines)

    async def outbox(self, period: str) -> int:
        """One event a supplier tells of the release, none twice; all are numbered without a gap. How many there are.

        What is of no period may come again: the audit log is anchored daily, an endpoint may fail and recover twice.
        """
        kinds = ["release.published", "release.withheld"]
        sql = "SELECT resource, facts->>'release' FROM outbox.event WHERE period = $1 AND type = ANY ($2)"
        rows = await self.stage.rows(sql, period, kinds)
        assert sorted(row[0] for row in rows) == sorted(str(site.supplier) for site in self.phones.sites)
        journal = self.journal()
        assert all(str(journal[period, resource].id) == release for resource, release in rows)
        sql = "SELECT type, resource, sequence FROM outbox.event WHERE expanded ORDER BY type, resource, sequence"
        series: dict[tuple[str, str], list[int]] = {}
        for kind, resource, sequence in await self.stage.rows(sql):
            series.setdefault((kind, resource), []).append(sequence)
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in series.values()), series
        of_periods = "SELECT resource, type, period FROM outbox.event WHERE period IS NOT NULL"
        twice = await self.stage.rows(f"{of_periods} GROUP BY 1, 2, 3 HAVING count(*) > 1")
        assert not twice, twice
        often = await self.stage.rows("SELECT DISTINCT type FROM outbox.event WHERE period IS NULL")
        assert {row[0] for row in often} <= AGAIN, often
        # The challenge of a new endpoint is answered, not remembered, by whoever receives it.
        return int((await self.stage.rows("SELECT count(*) FROM outbox.event WHERE type <> 'endpoint.verify'"))[0][0])


def destroyed_log(keyring: Path) -> list[str]:
    return (keyring / "destroyed.log").read_text("ascii").splitlines()

"""The signed manifests, as they are served, by number."""

from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Stored(Value, frozen=True):
    """``payload`` is the JSON text that was signed."""

    seq: int
    not_before: date
    not_after: date
    payload: str


_PUT: Final = """-- ballot.manifest.put
-- roles: vault
INSERT INTO ballot.manifest (seq, not_before, not_after, payload, body) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING"""


async def put(db: Connection, manifest: Stored, body: bytes) -> bool:
    """``body`` is what is served, gzip. False if there is one of this number: its bytes stay."""
    changed = await db.changed(_PUT, manifest.seq, manifest.not_before, manifest.not_after, manifest.payload, body)
    return changed == 1


_AFTER: Final = """-- ballot.manifest.after
-- roles: intake, vault, portal
SELECT seq, not_before, not_after, payload FROM ballot.manifest WHERE seq > $1 ORDER BY seq"""


async def after(db: Connection, seq: int) -> list[Stored]:
    return await db.fetch(Stored, _AFTER, seq)


_NEWEST: Final = """-- ballot.manifest.newest
-- roles: intake, vault, portal
SELECT coalesce(max(seq), 0) FROM ballot.manifest"""


async def newest(db: Connection) -> int:
    """The highest number; 0 before the first."""
    return await db.value(int, _NEWEST) or 0


_LATEST: Final = """-- ballot.manifest.latest
-- roles: intake, vault, portal
SELECT seq, not_before, not_after, payload FROM ballot.manifest ORDER BY seq DESC LIMIT 1"""


async def latest(db: Connection) -> Stored | None:
    """The one of the highest number, begun or not."""
    return await db.first(Stored, _LATEST)


_CURRENT: Final = """-- ballot.manifest.current
-- roles: intake, vault, portal
SELECT seq, not_before, not_after, payload FROM ballot.manifest WHERE not_before <= $1 ORDER BY seq DESC LIMIT 1"""


async def current(db: Connection, today: date) -> Stored | None:
    """The newest that has begun, past its end or not: a phone says so itself."""
    return await db.first(Stored, _CURRENT, today)


_CURRENT_BODY: Final = """-- ballot.manifest.current_body
-- roles: intake, vault, portal
SELECT body FROM ballot.manifest WHERE not_before <= $1 ORDER BY seq DESC LIMIT 1"""


async def current_body(db: Connection, today: date) -> bytes | None:
    return await db.value(bytes, _CURRENT_BODY, today)


_STANDING: Final = """-- ballot.manifest.standing
-- roles: intake, vault, portal
SELECT body FROM ballot.manifest WHERE not_before <= $1 AND not_after >= $2 ORDER BY seq"""


async def standing(db: Connection, today: date, ended: date) -> list[bytes]:
    """Those that have begun and had not ended by ``ended``: a phone may still go by any of them."""
    return await db.values(bytes, _STANDING, today, ended)


_BODY: Final = """-- ballot.manifest.body
-- roles: intake, vault, portal
SELECT body FROM ballot.manifest WHERE seq = $1 AND not_before <= $2"""


async def body(db: Connection, seq: int, today: date) -> bytes | None:
    """None for a number that has not begun, too."""
    return await db.value(bytes, _BODY, seq, today)

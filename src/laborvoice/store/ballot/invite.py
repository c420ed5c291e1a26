"""Invites and their uses. No row ties a use to an invite but by the vault's key, and none does after the burn."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierKey
from laborvoice.store.database import Connection


class Invite(Value, frozen=True):
    code_hash: bytes
    supplier_id: SupplierKey


class Use(Value, frozen=True):
    """``request_hash`` is null once it is too old for a retry to be told from another request."""

    period: str
    use: bytes
    request_hash: bytes | None


class Turnout(Value, frozen=True):
    period: str
    site: bytes
    uses: int


_OF: Final = """-- ballot.invite.of
-- roles: vault
SELECT code_hash, supplier_id FROM ballot.invite WHERE code_hash = ANY ($1::bytea[])"""


async def of(db: Connection, code_hashes: Sequence[bytes]) -> list[Invite]:
    """Read without a row lock, which would leave the transaction's number on the invite's row."""
    return await db.fetch(Invite, _OF, code_hashes)


_LOCK: Final = """-- ballot.invite.lock_sites
-- roles: vault
SELECT pg_advisory_xact_lock(k)::text FROM (SELECT DISTINCT k FROM unnest($1::bigint[]) AS t (k) ORDER BY k) AS s"""


async def lock_sites(db: Connection, keys: Sequence[int]) -> None:
    """One exchange at a time a site, so that the cap holds with several vaults."""
    await db.execute(_LOCK, keys)


_USES: Final = """-- ballot.invite.uses
-- roles: vault
SELECT u.period, u.use, u.request_hash FROM ballot.invite_use u
JOIN unnest($1::text[], $2::bytea[]) AS t (period, use) ON u.period = t.period AND u.use = t.use"""


async def uses(db: Connection, periods: Sequence[str], digests: Sequence[bytes]) -> list[Use]:
    return await db.fetch(Use, _USES, periods, digests)


_TURNOUT: Final = """-- ballot.invite.turnout
-- roles: vault
SELECT u.period, u.site, count(*) AS uses FROM ballot.invite_use u
JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::bytea[]) AS t (period, site)) AS s
ON u.period = s.period AND u.site = s.site GROUP BY u.period, u.site"""


async def turnout(db: Connection, periods: Sequence[str], sites: Sequence[bytes]) -> list[Turnout]:
    return await db.fetch(Turnout, _TURNOUT, periods, sites)


_USE: Final = """-- ballot.invite.use
-- roles: vault
INSERT INTO ballot.invite_use (period, use, site, request_hash, gen)
SELECT period, use, site, request_hash, 0
FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[]) AS t (period, use, site, request_hash)"""


async def use(
    db: Connection,
    periods: Sequence[str],
    digests: Sequence[bytes],
    sites: Sequence[bytes],
    request_hashes: Sequence[bytes],
) -> None:
    await db.execute(_USE, periods, digests, sites, request_hashes)


_PUT_MANY: Final = """-- ballot.invite.put_many
-- roles: vault, portal
INSERT INTO ballot.invite (code_hash, supplier_id) SELECT code_hash, $1 FROM unnest($2::bytea[]) AS t (code_hash)"""


async def put_many(db: Connection, supplier: SupplierKey, code_hashes: Sequence[bytes]) -> None:
    """Invites as they are printed. Sorted by hash: their order tells nothing of the order of the cards."""
    await db.execute(_PUT_MANY, supplier, sorted(code_hashes))

"""How many events each resource, type and audience has had. Written under the lock of the head."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Series(Value, frozen=True):
    """What a number counts in."""

    resource: str
    type: str
    audience: str


class _Reached(Series, frozen=True):
    n: int


_TAKE: Final = """-- outbox.sequence.take
-- roles: courier
INSERT INTO outbox.sequence AS s (resource, type, audience, n)
SELECT resource, type, audience, count(*)
FROM unnest($1::text[], $2::text[], $3::text[]) AS t (resource, type, audience)
GROUP BY resource, type, audience
ON CONFLICT (resource, type, audience) DO UPDATE SET n = s.n + excluded.n
RETURNING resource, type, audience, n"""


async def take(db: Connection, wanted: Sequence[Series]) -> list[int]:
    """A number for each, in order; the first of a series is 1."""
    columns = [one.resource for one in wanted], [one.type for one in wanted], [one.audience for one in wanted]
    reached = await db.fetch(_Reached, _TAKE, *columns)
    last = {Series(resource=row.resource, type=row.type, audience=row.audience): row.n for row in reached}
    numbers: list[int] = []
    for one in reversed(wanted):
        numbers.append(last[one])
        last[one] -= 1
    return numbers[::-1]

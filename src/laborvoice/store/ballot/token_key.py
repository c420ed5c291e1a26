"""Public halves of the voice token keys: which supplier may be voted on in which period."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierKey
from laborvoice.store.database import Connection


class TokenKey(Value, frozen=True):
    """``token_key_id`` names the private half in the keyring; the questionnaire is frozen with it."""

    period: str
    supplier_id: SupplierKey
    token_key_id: bytes
    spki: bytes
    questionnaire: str
    version: int


_PUT: Final = """-- ballot.token_key.put
-- roles: vault
INSERT INTO ballot.token_key (period, supplier_id, token_key_id, spki, questionnaire, version)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"""


async def put(db: Connection, key: TokenKey) -> bool:
    """False if another vault was first."""
    return (
        await db.changed(_PUT, key.period, key.supplier_id, key.token_key_id, key.spki, key.questionnaire, key.version)
        == 1
    )


_OF: Final = """-- ballot.token_key.of
-- roles: vault
SELECT period, supplier_id, token_key_id, spki, questionnaire, version
FROM ballot.token_key WHERE period = ANY ($1::text[])"""


async def of(db: Connection, periods: Sequence[str]) -> list[TokenKey]:
    return await db.fetch(TokenKey, _OF, periods)

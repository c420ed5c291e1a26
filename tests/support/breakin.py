"""What a broken intake can do: it has the code, the password of its role, and every byte that passes through it."""

from collections.abc import Awaitable, Sequence

import asyncpg
import msgspec

from laborvoice.crypto.framing import LAYOUTS, build_header, envelope_digest, parse_envelope, token_of
from laborvoice.crypto.sealing import FILLER_SIZE, filler_token
from laborvoice.crypto.suites import OURS
from laborvoice.crypto.token import parse_token, spent_tag
from laborvoice.store.ballot.cast import Cast
from support.phone import CHANCE
from support.scene import FIRST, Raw

TOKEN_AT = 32
BALLOT_AT = LAYOUTS[OURS].ballot_at
PARCEL_AT = LAYOUTS[OURS].parcel_at

CAST = "SELECT ballot.cast_in($1::bytea[], $2::bytea[], $3::text[], $4::bytea[], $5::boolean[], $6::bytea[])::text"
CLOSED = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.FeatureNotSupportedError,
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedFileError,
    asyncpg.UndefinedTableError,
)
"""How a server says no."""


async def refused(raw: Raw, statement: str) -> bool:
    """Whether the server denies it; what it grants is undone."""
    doing = raw.transaction()
    await doing.start()
    try:
        await raw.execute(statement)
    except CLOSED:
        return True
    finally:
        await doing.rollback()
    return False


async def tried(work: Awaitable[object]) -> None:
    try:
        await work
    except asyncpg.PostgresError:
        return


def tag_of(body: bytes) -> bytes:
    token = parse_token(token_of(body))
    return spent_tag(token.token_key_id, token.nonce)


def nonce_of(body: bytes) -> bytes:
    return parse_token(token_of(body)).nonce


def seat(envelope: bytes, **other: object) -> Cast:
    """What an honest intake would say of it, but for ``other``."""
    honest = Cast(
        mix_kid=parse_envelope(envelope).mix_kid,
        digest=envelope_digest(envelope),
        period=FIRST.label,
        tag=tag_of(envelope),
        worked=True,
        body=envelope,
    )
    return msgspec.structs.replace(honest, **other)


async def cast(raw: Raw, seats: Sequence[Cast]) -> None:
    """Past intake's own code: straight into the function."""
    columns = ("mix_kid", "digest", "period", "tag", "worked", "body")
    await raw.execute(CAST, *([getattr(one, column) for one in seats] for column in columns))


def spliced(token: bytes, ballot: bytes, parcel: bytes) -> bytes:
    """An envelope made of pieces of three."""
    return parcel[:TOKEN_AT] + token[TOKEN_AT:BALLOT_AT] + ballot[BALLOT_AT:PARCEL_AT] + parcel[PARCEL_AT:]


def with_token(body: bytes, token: bytes) -> bytes:
    return body[:TOKEN_AT] + token + body[BALLOT_AT:]


def forged() -> bytes:
    return filler_token(CHANCE.bytes(FILLER_SIZE))


def other_work(body: bytes) -> bytes:
    """The same envelope with another work nonce: other bytes, one digest."""
    header = parse_envelope(body)
    return build_header(header.suite, header.box_kid, header.mix_kid, CHANCE.bytes(8)) + body[TOKEN_AT:]

"""What the manifest key vouches for: the vault believes a manifest and its parts no more than a phone does."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import msgspec

from laborvoice.crypto.framing import unb64
from laborvoice.crypto.manifest import Signed, decode_manifest, unpack_part, verify_manifest, verify_part
from laborvoice.crypto.token import token_key_id
from laborvoice.domain import Value
from laborvoice.domain.manifest import Manifest, Part
from laborvoice.errors import ManifestRefused
from laborvoice.store.ballot import manifest, part
from laborvoice.store.database import Connection, Database

_AHEAD: Final = 64
_LENIENCE: Final = timedelta(days=2)
"""By so much a phone's clock may be wrong."""


class Vouched(Value, frozen=True):
    """``enrolled`` by token key id.

    ``readers``: key ids of the watchdogs who may be written to, by any manifest that a phone may still go by.
    """

    seq: int
    enrolled: Mapping[bytes, int]
    readers: frozenset[bytes]


async def vouched(
    database: Database, fingerprints: frozenset[bytes], today: date, known: Vouched | None
) -> Vouched | None:
    """By the manifest that counts today; ``known`` if that is it. None before the first.

    Raises ManifestRefused where the manifest or a part was not signed by one of these keys.
    """

    async def step(db: Connection) -> Vouched | None:
        stored = await manifest.current(db, today)
        if stored is None or (known is not None and stored.seq == known.seq):
            return known if stored else None
        body = await manifest.body(db, stored.seq, today) or b""
        payload = msgspec.json.decode(_payload(decode_manifest(body), fingerprints), type=Manifest)
        root = unb64(payload.parts.root)
        enrolled: dict[bytes, int] = {}
        async for row in part.of(db, payload.seq, ahead=_AHEAD):
            text = verify_part(unpack_part(row.body), payload.seq, root, payload.parts.count)
            found = msgspec.json.decode(text, type=Part)
            enrolled |= {token_key_id(unb64(one.spki)): found.enrolled for one in found.periods}
        standing = await manifest.standing(db, today, today - _LENIENCE)
        readers = frozenset(kid for one in standing for kid in _readers(one, fingerprints))
        return Vouched(seq=payload.seq, enrolled=enrolled, readers=readers)

    return await database.run("vouched", step)


def _readers(body: bytes, fingerprints: frozenset[bytes]) -> frozenset[bytes]:
    """None of a manifest that a key has signed which is ours no longer."""
    try:
        payload = msgspec.json.decode(_payload(decode_manifest(body), fingerprints), type=Manifest)
    except ManifestRefused:
        return frozenset()
    return frozenset(unb64(kid) for one in payload.watchdogs for kid in one.kids)


def _payload(signed: Signed, fingerprints: frozenset[bytes]) -> str:
    """The text, whichever of the keys signed it."""
    for one in fingerprints:
        try:
            return verify_manifest(signed, one)
        except ManifestRefused:
            continue
    raise ManifestRefused("No key of the keyring signed this manifest.")

"""The keys the vault works with just now, read from the keyring and from what the manifest key vouches for."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path

from laborvoice.crypto import issuer
from laborvoice.crypto.token import challenge_digest
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.keyring import Keyring
from laborvoice.keyring.offline import OfflineSigner
from laborvoice.pipeline import issue, mix
from laborvoice.pipeline.rotate import Offline
from laborvoice.store.ballot import period_state, token_key
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import supplier
from laborvoice.views import vouched


class Signers(Mapping[bytes, issuer.IssuerKey]):
    """Private token keys, loaded when they are first used: parsing all of them would hold up a start."""

    def __init__(self, keyring: Keyring, key_ids: frozenset[bytes]) -> None:
        self._keyring = keyring
        self._key_ids = key_ids
        self._loaded: dict[bytes, issuer.IssuerKey] = {}

    def __getitem__(self, key_id: bytes) -> issuer.IssuerKey:
        if key_id not in self._key_ids:
            raise KeyError(key_id)
        if key_id not in self._loaded:
            self._loaded[key_id] = issuer.load(self._keyring.load(f"token/{key_id.hex()}").data)
        return self._loaded[key_id]

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._key_ids

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._key_ids)

    def __len__(self) -> int:
        return len(self._key_ids)


class VaultKeys:
    """Refreshed after each rotation, close and burn, so that no destroyed key stays in memory."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        origin: str,
        held: Callable[[], frozenset[str]] = frozenset,
        offline: Offline | None = None,
    ) -> None:
        """``held``: periods in which nothing is signed for now, asked at each refresh."""
        self._held = held
        self._prints = frozenset[bytes]() if offline is None else frozenset({offline.named})
        self._database = database
        self._keyring = keyring
        self._origin = origin
        self._vouched: vouched.Vouched | None = None
        self._one_at_a_time = asyncio.Lock()
        self.issuing = issue.Keys(grants={}, boxes={}, signers={})
        self.mixing = mix.Keys(mix_roots=(), boxes={}, voices={}, readers=frozenset())

    def box(self, period: str) -> bytes:
        return self._keyring.load(f"box/{period}").data

    async def refresh(self, today: date) -> None:
        """Of two beats at once one waits: what it read before a burn must not be put in place after it."""
        async with self._one_at_a_time:
            await self._refresh(today)

    async def _refresh(self, today: date) -> None:
        states = {one.period: one.state for one in await self._database.run("states", period_state.all_states)}
        boxes = self._boxes(period for period, state in states.items() if state in {"open", "closing"})
        self._forget(boxes)
        prints = frozenset(bytes.fromhex(name.partition("/")[2]) for name in self._keyring.names("manifest"))
        self._vouched = await vouched.vouched(self._database, prints | self._prints, today, self._vouched)
        names = await self._database.run("names", _names)
        found = await self._database.run("token keys", partial(token_key.of, periods=tuple(boxes)))
        rows = [row for row in found if row.supplier_id in names]
        self._mix(boxes, rows, names)
        held = self._held()
        self._issue(boxes, [row for row in rows if states[row.period] == "open" and row.period not in held], names)

    def _boxes(self, alive: Iterable[str]) -> dict[str, bytes]:
        """Another vault may have burned one since the states were read."""
        held = frozenset(self._keyring.names("box"))
        return {period: self.box(period) for period in alive if f"box/{period}" in held}

    def _forget(self, boxes: Mapping[str, bytes]) -> None:
        """At once, whatever becomes of the rest of a refresh: no key of a burned period stays here."""
        if self.mixing.boxes.keys() <= boxes.keys():
            return
        self.mixing = mix.Keys(mix_roots=self.mixing.mix_roots, boxes={}, voices={}, readers=self.mixing.readers)
        self.issuing = issue.Keys(grants={}, boxes={}, signers={})

    def _mix(
        self, boxes: Mapping[str, bytes], rows: list[token_key.TokenKey], names: Mapping[SupplierKey, SupplierId]
    ) -> None:
        known = self.mixing.voices
        voices = {
            row.token_key_id: known.get(row.token_key_id) or self._voice(row, names[row.supplier_id]) for row in rows
        }
        roots = tuple(self._keyring.load(name).data for name in reversed(self._keyring.names("mix")))
        readers = self._vouched.readers if self._vouched else frozenset[bytes]()
        self.mixing = mix.Keys(mix_roots=roots, boxes=boxes, voices=voices, readers=readers)

    def _voice(self, row: token_key.TokenKey, supplier_id: SupplierId) -> mix.Voice:
        return mix.Voice(
            period=row.period,
            supplier=supplier_id,
            spki=row.spki,
            challenge=challenge_digest(self._origin, supplier_id, row.period),
        )

    def _issue(
        self, boxes: Mapping[str, bytes], rows: list[token_key.TokenKey], names: Mapping[SupplierKey, SupplierId]
    ) -> None:
        """With the keys that are here: one whose private half is lost signs for nobody, and holds up nobody else."""
        enrolled: Mapping[bytes, int] = self._vouched.enrolled if self._vouched else {}
        held = frozenset(self._keyring.names("token"))
        grants = {
            row.token_key_id: issue.Grant(
                period=row.period,
                supplier=names[row.supplier_id],
                supplier_id=row.supplier_id,
                enrolled=enrolled[row.token_key_id],
            )
            for row in rows
            if row.token_key_id in enrolled and f"token/{row.token_key_id.hex()}" in held
        }
        kept = self.issuing.signers
        signers = kept if frozenset(kept) == frozenset(grants) else Signers(self._keyring, frozenset(grants))
        self.issuing = issue.Keys(grants=grants, boxes=boxes, signers=signers)


def offline(root: Path) -> Offline | None:
    """None where the manifest key is in the keyring itself."""
    signer = OfflineSigner(root)
    public = signer.public()
    return None if public is None else Offline(public=public, hand_out=signer.hand_out)


async def _names(db: Connection) -> dict[SupplierKey, SupplierId]:
    return {place.supplier_id: place.public_id for place in await supplier.to_count(db)}

"""The courier's own keys: what opens the secrets of endpoints, and what their Ed25519 keys are derived from."""

from collections.abc import Sequence
from typing import Final

from laborvoice.crypto.at_rest import open_sealed
from laborvoice.crypto.suites import KeyPair
from laborvoice.domain import Value
from laborvoice.domain.endpoint import secret_purpose
from laborvoice.domain.ids import EndpointId
from laborvoice.webhooks import signing

KEPT: Final = 10_000


class Sealed(Value, frozen=True):
    """What an endpoint's messages are signed with just now, each newest first.

    ``versions`` of the secrets, each as it lies ``sealed``; ``seeds``: versions of the Ed25519 keys in use.
    """

    endpoint_id: EndpointId
    versions: tuple[int, ...]
    secrets: tuple[bytes, ...]
    seeds: tuple[int, ...]


class Signer:
    """``master`` for v1a seeds, ``pair`` opens the secrets of endpoints, ``agent`` names us to receivers."""

    def __init__(self, master: bytes, pair: KeyPair, agent: str) -> None:
        self.master = master
        self.pair = pair
        self._agent = agent
        self._opened: dict[tuple[EndpointId, tuple[int, ...], tuple[int, ...]], signing.Keys] = {}

    def __repr__(self) -> str:
        return "Signer(hidden)"

    def headers(
        self, event: str, timestamp: int, body: bytes, by: Sealed, extra: Sequence[tuple[str, str]] = ()
    ) -> tuple[tuple[str, str], ...]:
        """Every header of an attempt. Undecryptable where a secret was sealed to another courier's key."""
        return signing.headers(event, timestamp, body, self._keys(by), self._agent, tuple(extra))

    def _keys(self, by: Sealed) -> signing.Keys:
        """Opening a secret costs as much as ten signatures, so opened ones are kept in memory."""
        if len(self._opened) >= KEPT:
            self._opened.clear()
        place = by.endpoint_id, by.versions, by.seeds
        return self._opened.get(place) or self._opened.setdefault(place, self._open(by))

    def _open(self, by: Sealed) -> signing.Keys:
        versions = zip(by.versions, by.secrets, strict=True)
        secrets = (open_sealed(self.pair, secret_purpose(by.endpoint_id, number), kept) for number, kept in versions)
        seeds = (signing.endpoint_seed(self.master, by.endpoint_id, number) for number in by.seeds)
        return signing.Keys(secrets=tuple(secrets), seeds=tuple(seeds))

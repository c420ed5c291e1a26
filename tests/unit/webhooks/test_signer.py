"""Which keys sign: every secret that is good, every Ed25519 key in use, in the order receivers are promised."""

import pytest

from laborvoice.crypto.at_rest import sealed_to
from laborvoice.crypto.signing import public_of
from laborvoice.crypto.suites import OURS, key_pair
from laborvoice.domain.endpoint import secret_purpose
from laborvoice.domain.ids import EndpointId
from laborvoice.errors import Undecryptable
from laborvoice.webhooks import signer, verifier
from laborvoice.webhooks.signer import Sealed, Signer
from laborvoice.webhooks.signing import endpoint_seed, write_public, write_secret

MASTER = bytes(range(32))
PAIR = key_pair(MASTER, OURS)
ENDPOINT = EndpointId.draw(bytes(16))
BODY = b'{"id":"evt_1"}'
NOW = 1_791_417_600


def secret(version: int) -> bytes:
    return bytes([version]) * 32


def sealed(*versions: int, seeds: tuple[int, ...]) -> Sealed:
    kept = tuple(sealed_to(PAIR.public, secret_purpose(ENDPOINT, one), secret(one)) for one in versions)
    return Sealed(endpoint_id=ENDPOINT, versions=versions, secrets=kept, seeds=seeds)


def headers(by: Sealed, **extra: str) -> dict[str, str]:
    one = Signer(MASTER, PAIR, "laborvoice/test")
    return dict(one.headers("evt_1", NOW, BODY, by, tuple(extra.items())))


def test_current_and_previous_sign_in_order_one_space_apart() -> None:
    found = headers(sealed(2, 1, seeds=(2, 1)))["webhook-signature"]
    assert [one.partition(",")[0] for one in found.split(" ")] == ["v1", "v1", "v1a", "v1a"]
    assert "  " not in found
    assert found.strip() == found


def test_who_holds_the_old_or_the_new_key_verifies() -> None:
    by = sealed(2, 1, seeds=(2, 1))
    for version in (1, 2):
        public = write_public(public_of(endpoint_seed(MASTER, ENDPOINT, version)))
        verifier.verify(BODY, headers(by), secrets=[write_secret(secret(version))], now=NOW)
        verifier.verify(BODY, headers(by), public_keys=[public], now=NOW)
    with pytest.raises(verifier.Refused):
        verifier.verify(BODY, headers(by), secrets=[write_secret(secret(3))], now=NOW)


def test_a_key_that_is_only_listed_does_not_sign() -> None:
    found = headers(sealed(2, 1, seeds=(1,)))
    public = write_public(public_of(endpoint_seed(MASTER, ENDPOINT, 2)))
    with pytest.raises(verifier.Refused):
        verifier.verify(BODY, found, public_keys=[public], now=NOW)


def test_the_subscribers_own_headers_come_last() -> None:
    assert list(headers(sealed(1, seeds=(1,)), **{"x-route": "a"}))[-1] == "x-route"


def test_a_secret_of_another_courier_does_not_open() -> None:
    strange = key_pair(bytes(32), OURS)
    with pytest.raises(Undecryptable):
        Signer(MASTER, strange, "").headers("evt_1", NOW, BODY, sealed(1, seeds=(1,)))


def test_opened_secrets_are_kept_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Signer(MASTER, PAIR, "")
    monkeypatch.setattr(signer, "KEPT", 1)
    before = one.headers("evt_1", NOW, BODY, sealed(1, seeds=(1,)))
    assert one.headers("evt_1", NOW, BODY, sealed(2, seeds=(2,))) != before
    assert one.headers("evt_1", NOW, BODY, sealed(1, seeds=(1,))) == before


def test_keys_are_not_shown() -> None:
    assert repr(Signer(MASTER, PAIR, "")) == "Signer(hidden)"

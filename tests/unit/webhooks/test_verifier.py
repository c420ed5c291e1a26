import ast
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.crypto.signing import public_of
from laborvoice.webhooks import signing, verifier
from laborvoice.webhooks.verifier import Refused, verify

SEED = b"s" * 32
SECRET = b"k" * 32
SHARED = signing.write_secret(SECRET)
PUBLIC = signing.write_public(public_of(SEED))
BODY = b'{"id":"evt_1","type":"score.changed"}'
NOW = 1_800_000_000


def headers(body: bytes = BODY, timestamp: int = NOW) -> dict[str, str]:
    keys = signing.Keys(secrets=(SECRET,), seeds=(SEED,))
    return dict(signing.headers("evt_1", timestamp, body, keys, "agent"))


def changed(**values: str) -> dict[str, str]:
    return headers() | {name.replace("_", "-"): value for name, value in values.items()}


def test_either_key_is_enough() -> None:
    for secrets, public in (((SHARED,), ()), ((), (PUBLIC,)), ((SHARED,), (PUBLIC,))):
        event = verify(BODY, headers(), secrets=secrets, public_keys=public, now=NOW)
        assert (event.id, event.timestamp, event.body["type"]) == ("evt_1", NOW, "score.changed")


def test_published_vectors() -> None:
    sent = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        " v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
    }
    body = b'{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    public = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
    assert verify(body, sent, secrets=[secret], now=1614265330).body == {"test": 2432232314}
    assert verify(body, sent, public_keys=[public], now=1614265330).body == {"test": 2432232314}
    with pytest.raises(Refused):
        verify(body, sent, secrets=[secret])


def test_any_listed_key() -> None:
    other = signing.write_secret(b"x" * 32)
    assert verify(BODY, headers(), secrets=[other, SHARED], now=NOW).id == "evt_1"
    public = signing.write_public(public_of(b"x" * 32))
    assert verify(BODY, headers(), public_keys=[public, PUBLIC], now=NOW).id == "evt_1"
    with pytest.raises(Refused):
        verify(BODY, headers(), secrets=[other], public_keys=[public], now=NOW)


def test_unknown_versions_are_ignored_and_names_have_no_case() -> None:
    sent = changed(webhook_signature="v2,@@ v1b,x " + headers()["webhook-signature"])
    assert verify(BODY, {name.title(): value for name, value in sent.items()}, secrets=[SHARED], now=NOW).id == "evt_1"


def test_tolerance_is_to_both_sides() -> None:
    for timestamp in (NOW - 300, NOW + 300):
        assert verify(BODY, headers(timestamp=timestamp), secrets=[SHARED], now=NOW).id == "evt_1"
    for timestamp in (NOW - 301, NOW + 301):
        with pytest.raises(Refused):
            verify(BODY, headers(timestamp=timestamp), secrets=[SHARED], now=NOW)


V1, V1A = headers()["webhook-signature"].split(" ")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {name: value for name, value in headers().items() if name != "webhook-id"},
        {name: value for name, value in headers().items() if name != "webhook-timestamp"},
        {name: value for name, value in headers().items() if name != "webhook-signature"},
        headers() | {"Webhook-Id": "evt_2"},
        changed(webhook_id=""),
        changed(webhook_id="evt_2"),
        changed(webhook_id="evt.1"),
        changed(webhook_id="x" * 300),
        changed(webhook_id="évt"),
        changed(webhook_timestamp="now"),
        changed(webhook_timestamp=""),
        changed(webhook_timestamp="-1"),
        changed(webhook_timestamp=f"{NOW}.0"),
        changed(webhook_timestamp=f"0{NOW}"),
        changed(webhook_timestamp=" 1800000000"),
        changed(webhook_timestamp="١٨٠٠٠٠٠٠٠٠"),
        changed(webhook_timestamp="9" * 12),
        changed(webhook_timestamp="9" * 5_000),
        changed(webhook_timestamp="nan"),
        changed(webhook_signature=""),
        changed(webhook_signature=" "),
        changed(webhook_signature="v1"),
        changed(webhook_signature="v1,"),
        changed(webhook_signature=f"{V1}  {V1A}"),
        changed(webhook_signature=f" {V1}"),
        changed(webhook_signature=f"{V1},{V1}"),
        changed(webhook_signature="v1,!!!"),
        changed(webhook_signature="v1,é"),
        changed(webhook_signature=V1[:-5]),
        changed(webhook_signature=V1[:-8] + V1[-4:]),
        changed(webhook_signature="v1a," + V1.removeprefix("v1,")),
        changed(webhook_signature="v1," + V1A.removeprefix("v1a,")),
        changed(webhook_signature="v2," + V1.removeprefix("v1,")),
        changed(webhook_signature=" ".join([V1] * 1_000)),
        changed(webhook_signature=" ".join([V1A[:8]] * 500)),
        changed(webhook_signature="v1," + "A" * 100_000),
    ],
)
def test_malformed_headers_are_refused(sent: dict[str, str]) -> None:
    with pytest.raises(Refused):
        verify(BODY, sent, secrets=[SHARED], public_keys=[PUBLIC], now=NOW)


def test_v1a_without_a_key_is_refused() -> None:
    with pytest.raises(Refused):
        verify(BODY, changed(webhook_signature=V1A), secrets=[SHARED], now=NOW)
    with pytest.raises(Refused):
        verify(BODY, headers(), now=NOW)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{", b"null", b"[" * 100_000])
def test_a_signed_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        verify(body, headers(body), secrets=[SHARED], now=NOW)


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(Refused):
        verify(BODY + b" ", headers(), secrets=[SHARED], public_keys=[PUBLIC], now=NOW)


@pytest.mark.parametrize("key", [PUBLIC, "", SHARED.removeprefix("whsec_"), "whsec_é", "whsec_!", SHARED[:20]])
def test_bad_secrets_are_refused(key: str) -> None:
    with pytest.raises(Refused):
        verify(BODY, headers(), secrets=[key], now=NOW)


@pytest.mark.parametrize("key", [SHARED, "", PUBLIC[:-8], "whpk_" + "/" * 43 + "="])
def test_bad_public_keys_are_refused(key: str) -> None:
    with pytest.raises(Refused):
        verify(BODY, headers(), public_keys=[key], now=NOW)


@given(
    st.binary(max_size=50),
    st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x"]), st.text(max_size=80)
    ),
)
def test_noise_is_refused(body: bytes, sent: dict[str, str]) -> None:
    with pytest.raises(Refused):
        verify(body, sent, secrets=[SHARED], public_keys=[PUBLIC], now=NOW)


def test_it_stands_alone() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text())
    imported = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    } | {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names | {"cryptography"}
    assert "Apache License" in (verifier.__doc__ or "")

import base64
from datetime import UTC, datetime

import pytest
import standardwebhooks
import svix

from laborvoice.crypto.framing import hkdf
from laborvoice.errors import Malformed
from laborvoice.webhooks import signing
from laborvoice.webhooks.signing import Keys

ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1_614_265_330
BODY = b'{"test": 2432232314}'
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PRIVATE = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="


def test_published_vectors() -> None:
    keys = Keys(secrets=(signing.read_secret(SECRET),), seeds=(signing.read_private(PRIVATE),))
    assert signing.headers(ID, TIMESTAMP, BODY, keys, "laborvoice/1 (+https://x.example)", (("x-team", "a"),)) == (
        ("webhook-id", ID),
        ("webhook-timestamp", str(TIMESTAMP)),
        ("webhook-signature", f"{V1} {V1A}"),
        ("content-type", "application/json"),
        ("user-agent", "laborvoice/1 (+https://x.example)"),
        ("x-team", "a"),
    )


def test_order_and_single_spaces() -> None:
    keys = Keys(secrets=(b"1" * 32, b"2" * 32, b"3" * 32), seeds=(b"4" * 32, b"5" * 32))
    text = signing.signatures(b"signed", keys)
    assert text.split(" ") == [
        *(signing.sign_v1(secret, b"signed") for secret in keys.secrets),
        *(signing.sign_v1a(seed, b"signed") for seed in keys.seeds),
    ]


def test_the_libraries_accept_v1_among_others() -> None:
    now = int(datetime.now(UTC).timestamp())  # noqa: TID251 - the libraries ask the machine's clock
    secret = bytes(range(32))
    keys = Keys(secrets=(b"new" * 10, secret), seeds=(b"4" * 32,))
    headers = dict(signing.headers("evt_1", now, BODY, keys, "agent"))
    text = signing.write_secret(secret)
    assert standardwebhooks.Webhook(text).verify(BODY, headers) == {"test": 2432232314}
    svix.Webhook(text).verify(BODY, headers)
    wrong = signing.write_secret(b"x" * 32)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(wrong).verify(BODY, headers)
    with pytest.raises(svix.WebhookVerificationError):
        svix.Webhook(wrong).verify(BODY, headers)


def test_the_libraries_sign_the_same() -> None:
    moment = datetime.fromtimestamp(TIMESTAMP, UTC)
    secret = bytes(range(40))
    ours = signing.sign_v1(secret, f"{ID}.{TIMESTAMP}.".encode() + BODY)
    assert standardwebhooks.Webhook(signing.write_secret(secret)).sign(ID, moment, BODY.decode()) == ours
    assert svix.Webhook(signing.write_secret(secret)).sign(ID, moment, BODY.decode()) == ours


def test_key_forms() -> None:
    seed = bytes(range(32))
    private = signing.write_private(seed)
    assert signing.read_private(private) == seed
    public = base64.b64decode(private.removeprefix("whsk_"))[32:]
    assert signing.write_public(public) == "whpk_" + base64.b64encode(public).decode()
    for size in (24, 32, 64):
        assert signing.read_secret(signing.write_secret(b"k" * size)) == b"k" * size


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "whpk_" + "A" * 44,
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_!!!!",
        "whsec_ü",
        signing.write_secret(b"k" * 23),
        signing.write_secret(b"k" * 65),
    ],
)
def test_bad_secrets(text: str) -> None:
    with pytest.raises(Malformed):
        signing.read_secret(text)


@pytest.mark.parametrize(
    "text", ["", SECRET, "whsk_", "whsk_AAAA", PRIVATE[:-4] + "AAAA", "whsk_" + base64.b64encode(bytes(64)).decode()]
)
def test_bad_private_keys(text: str) -> None:
    with pytest.raises(Malformed):
        signing.read_private(text)


def test_a_seed_for_each_endpoint_and_version() -> None:
    master = b"m" * 32
    seed = signing.endpoint_seed(master, "end_1", 1)
    assert seed == hkdf(master, "webhook-v1a", "end_1", "1")
    others = {signing.endpoint_seed(b"n" * 32, "end_1", 1), signing.endpoint_seed(master, "end_1", 2)}
    assert len({seed, *others, signing.endpoint_seed(master, "end_2", 1)}) == 4


def test_user_agent() -> None:
    assert (
        signing.user_agent("0.1.0", "https://voice.example/about") == "laborvoice/0.1.0 (+https://voice.example/about)"
    )

"""Endpoints: what a party may ask for, and what binds a secret."""

import msgspec
import pytest

from laborvoice.domain.endpoint import NewEndpoint, secret_purpose, write_secret
from laborvoice.domain.ids import EndpointId

ONE = EndpointId.draw(bytes(16))


def test_a_secret_is_bound_to_its_endpoint_and_version() -> None:
    purposes = {secret_purpose(ONE, 1), secret_purpose(ONE, 2), secret_purpose(EndpointId.draw(bytes(15) + b"1"), 1)}
    assert len(purposes) == 3


def test_a_secret_is_spelled_as_standard_webhooks_do() -> None:
    assert write_secret(bytes(32)) == "whsec_" + "A" * 43 + "="


@pytest.mark.parametrize(
    "body",
    [
        b'{"url":"https://a.example/","types":[]}',
        b'{"url":"https://a.example/","types":["score.gone"]}',
        b'{"url":"https://a.example/"}',
        b'{"url":"https://a.example/","types":["*"],"state":"active"}',
        b'{"url":"https://a.example/' + b"a" * 2_048 + b'","types":["*"]}',
    ],
)
def test_what_is_no_endpoint_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=NewEndpoint)


def test_types_may_be_every_or_some() -> None:
    some = b'{"url":"https://a.example/","types":["score.changed","*"]}'
    assert msgspec.json.decode(some, type=NewEndpoint).types == ("score.changed", "*")

"""Subscribe: the secret is shown once, and stored so that the courier alone can read it."""

import asyncio
from typing import Any

import pytest

from laborvoice.chance import SystemChance
from laborvoice.crypto.at_rest import open_sealed
from laborvoice.crypto.suites import OURS, key_pair
from laborvoice.domain import egress
from laborvoice.domain.endpoint import NewEndpoint, secret_purpose
from laborvoice.domain.ids import PartyId
from laborvoice.errors import BlockedAddress, Conflict, NotFound, Undecryptable
from laborvoice.pipeline.announce import introduce
from laborvoice.pipeline.subscribe import rules_of, subscribe
from laborvoice.webhooks.signing import read_secret

STRICT = rules_of(("https://voice.example", "https://intake.voice.example:8443"), (), (443, 8443))


async def ask(outbox: Any, url: str, rules: egress.Rules = STRICT) -> Any:
    await introduce(await outbox.role("courier"), outbox.signer.pair)
    portal, party = await outbox.role("portal"), await outbox.party()
    return await subscribe(portal, outbox.clock, SystemChance(), rules, party, NewEndpoint(url=url, types=("*",)))


async def test_only_the_courier_reads_the_secret(outbox: Any) -> None:
    one = await ask(outbox, "https://Hooks.Brand.example:8443/in?x=1")
    rows = await outbox.sql(
        """SELECT url, state, e.version, secret_sealed FROM outbox.endpoint e
            JOIN outbox.endpoint_secret s ON s.endpoint_id = e.id AND s.version = e.version"""
    )
    assert tuple(rows[0])[:3] == ("https://hooks.brand.example:8443/in?x=1", "pending", 1)
    assert one.url == rows[0][0]
    secret = read_secret(one.secret)
    assert len(secret) == 32
    assert open_sealed(outbox.signer.pair, secret_purpose(one.endpoint, 1), rows[0][3]) == secret
    assert secret not in rows[0][3]
    for pair, version in ((outbox.signer.pair, 2), (key_pair(bytes(32), OURS), 1)):
        with pytest.raises(Undecryptable):
            open_sealed(pair, secret_purpose(one.endpoint, version), rows[0][3])


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.brand.example/",
        "https://hooks.brand.example:25/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://user@hooks.brand.example/",
        "https://voice.example/",
        "https://intake.voice.example/",
        "ftp://hooks.brand.example/",
        "https://localhost/",
    ],
)
async def test_a_url_against_the_rules_is_refused_and_nothing_is_stored(outbox: Any, url: str) -> None:
    with pytest.raises(BlockedAddress):
        await ask(outbox, url)
    assert await outbox.sql("SELECT 1 FROM outbox.endpoint") == []


async def test_loopback_is_allowed_where_the_operator_of_a_demo_says_so(outbox: Any) -> None:
    one = await ask(outbox, "http://127.0.0.1:8099/hook", outbox.loopback)
    assert one.url == "http://127.0.0.1:8099/hook"


async def test_types_are_kept_once_each(outbox: Any) -> None:
    one = await outbox.endpoint(await outbox.party(), "http://127.0.0.1:9/", "score.changed", "score.changed")
    assert one.types == ("score.changed",)


async def test_before_a_courier_ever_ran_there_is_nothing_to_seal_to(outbox: Any) -> None:
    wanted = NewEndpoint(url="https://hooks.brand.example/", types=("*",))
    with pytest.raises(Conflict):
        await subscribe(await outbox.role("portal"), outbox.clock, SystemChance(), STRICT, await outbox.party(), wanted)


async def test_a_party_has_at_most_twenty_endpoints_however_many_ask_at_once(outbox: Any) -> None:
    party, other = await outbox.party(), await outbox.party()
    await outbox.endpoint(party, "http://127.0.0.1:9/")
    asked = (outbox.endpoint(party, "http://127.0.0.1:9/") for _ in range(24))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    assert (await outbox.sql("SELECT count(*) FROM outbox.endpoint"))[0][0] == 20
    assert await outbox.endpoint(other, "http://127.0.0.1:9/")


async def test_a_party_that_is_not_there_gets_no_endpoint(outbox: Any) -> None:
    with pytest.raises(NotFound):
        await outbox.endpoint(PartyId.draw(bytes(16)), "http://127.0.0.1:9/")

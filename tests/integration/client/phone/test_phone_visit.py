"""A whole visit of the phone's modules over real HTTP: what it fetches, what it sends, and what it sends again."""

import asyncio
import gzip
from typing import Any

import pytest

from laborvoice.crypto import exchange, framing, token
from support.node import Node, Thrown
from support.tampered import OTHER

CARD = {"locator": "4QX9TN", "code": "7K3M9PQRT2V4W6X8YZ0A"}
LOOK = {"card": CARD, "origin": "voice.example", "today": "2026-11-24"}


async def ask(online: Node, name: str, *args: Any) -> Any:
    """In a thread: the office answers on this one."""
    return await asyncio.to_thread(online, "visit", name, *args)


async def seen(online: Node, fingerprint: bytes, **more: Any) -> Any:
    return await ask(online, "look", {**LOOK, "fingerprint": fingerprint, **more})


async def test_from_the_card_to_the_202(online: Node, office: Any, fingerprint: bytes, vectors: dict[str, Any]) -> None:
    keys = (await seen(online, fingerprint))["trusted"]
    found = await ask(online, "redeem", keys, CARD["code"])
    assert found["outcome"] == 0
    assert token.verify(
        token.parse_token(found["voice"]["token"]), token.load_public(bytes.fromhex(vectors["token"]["spki"]))
    )
    assert await ask(online, "redeem", keys, CARD["code"]) == found
    answers = {"answers": vectors["report"]["a"], "gravest": vectors["report"]["g"]}
    envelope = await ask(online, "seal", keys, found["voice"], answers, None)
    await ask(online, "cast", envelope)
    assert office.asked == [
        "GET /v1/manifest",
        "GET /v1/manifest/4QX9TN",
        "GET /v1/work",
        "POST /v1/exchanges",
        "GET /v1/work",
        "POST /v1/envelopes",
    ]
    assert office.envelopes == [envelope]
    # With the 202 the token is gone: the card is asked for again, and with it another token.
    await ask(online, "redeem", keys, CARD["code"])
    assert len(office.exchanges) == 2


async def test_without_a_card_the_same_requests(online: Node, office: Any, fingerprint: bytes) -> None:
    keys = (await seen(online, fingerprint, card=None))["trusted"]
    assert (await ask(online, "redeem", keys, None))["outcome"] == exchange.REFUSED
    await ask(online, "cast", await ask(online, "seal", keys, None, None, None))
    assert [one.partition(" ")[2].replace("any", "4QX9TN") for one in office.asked] == [
        "/v1/manifest",
        "/v1/manifest/4QX9TN",
        "/v1/work",
        "/v1/exchanges",
        "/v1/work",
        "/v1/envelopes",
    ]
    assert [len(one) for one in (*office.exchanges, *office.envelopes)] == [2_368, 9_216]


@pytest.mark.parametrize("answer", [(503, b"", "1"), (0, b"", "")])
async def test_what_was_not_answered_is_sent_again_as_the_same_bytes(online: Node, office: Any, answer: Any) -> None:
    office.answers = [answer, (202, b"", "")]
    envelope = bytes(9_216)
    await ask(online, "cast", envelope)
    assert office.envelopes == [envelope] * 2


async def test_what_the_server_refuses_is_not_sent_again(online: Node, office: Any) -> None:
    office.answers = [(400, b"", "")]
    with pytest.raises(Thrown, match="Unanswered"):
        await ask(online, "cast", bytes(9_216))
    assert len(office.envelopes) == 1


async def test_a_locator_of_nobody(online: Node, office: Any, fingerprint: bytes) -> None:
    office.shown["/v1/manifest/4QX9TN"] = office.shown["/v1/manifest/any"]
    with pytest.raises(Thrown, match="UnknownLocator"):
        await seen(online, fingerprint)
    assert office.posted == 0


async def test_a_new_number_between_the_two_is_fetched_once_more(online: Node, office: Any, fingerprint: bytes) -> None:
    newer = dict(office.shown)
    office.publish(seq=40)
    older = office.shown["/v1/manifest/4QX9TN"]
    office.shown |= {**newer, "/v1/manifest/4QX9TN": older}

    def published() -> None:
        if office.asked.count("GET /v1/manifest/4QX9TN") == 1:
            office.shown |= newer

    office.later = published
    assert (await seen(online, fingerprint))["manifest"]["seq"] == 41
    assert office.asked == ["GET /v1/manifest", "GET /v1/manifest/4QX9TN"] * 2


async def test_nothing_is_sent_to_another_key(online: Node, office: Any, fingerprint: bytes) -> None:
    office.publish(seed=OTHER.hex())
    office.shown["/v1/manifest"] = gzip.decompress(office.shown["/v1/manifest"])
    with pytest.raises(Thrown, match="Refused"):
        await seen(online, fingerprint)
    assert office.asked == ["GET /v1/manifest"]


async def test_without_a_server_there_is_no_answer(online: Node, office: Any, fingerprint: bytes) -> None:
    office.shown.clear()
    with pytest.raises(Thrown, match="Unanswered"):
        await seen(online, fingerprint)
    assert await ask(online, "wantedBits", 15) == 15


async def test_a_used_card_gives_no_voice(online: Node, office: Any, fingerprint: bytes) -> None:
    office.outcome = exchange.USED
    keys = (await seen(online, fingerprint))["trusted"]
    assert await ask(online, "redeem", keys, CARD["code"]) == {"outcome": exchange.USED, "voice": None}
    envelope = await ask(online, "seal", keys, None, {"answers": {}, "gravest": []}, None)
    assert framing.parse_envelope(envelope).suite == 1

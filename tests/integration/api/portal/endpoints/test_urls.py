"""Hostile URLs at the door: each of 57 spellings is refused, the field is named, and nothing is kept."""

from typing import Any

import msgspec
import pytest

from laborvoice.pipeline.subscribe import Urls, rules_of

HOSTS = {
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    "loopback": ["127.0.0.1", "127.255.255.254", "[::1]"],
    "link-local": ["169.254.1.1", "[fe80::1]", "[fe80::1%25eth0]"],
    "shared": ["100.64.0.1"],
    "metadata": ["169.254.169.254", "168.63.129.16", "[fd00:ec2::254]", "metadata.google.internal"],
    "multicast, reserved, broadcast": ["224.0.0.1", "[ff02::1]", "240.0.0.1", "255.255.255.255", "0.0.0.1"],
    "local 6": ["[fc00::1]", "[fec0::1]", "[::]"],
    "embedding": [
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::1]",
        "[2001:0:7f00:1::1]",
        "[5f00::1]",
    ],
    "odd": [
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "127.1",
        "2130706433",
        "①②⑦.⓪.⓪.①",
        "\uff11\uff12\uff17.0.0.1",
        "127。0。0。1",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST",
        "api.localhost",
        "printer.local",
        "db",
    ],
    "global, but an address": ["1.1.1.1", "[2606:4700::1111]"],
    "our own": ["voice.example", "intake.voice.example", "VOICE.example"],
}
OTHERS = [
    "https://brand.example@127.0.0.1/",
    "https://user:pass@brand.example/",
    "https://brand.example\\@127.0.0.1/",
    "https://brand.example/#@127.0.0.1",
    "http://brand.example/",
    "ftp://brand.example/",
    "https://brand.example:22/",
    "https://brand.example:80/",
]
SPELLINGS = [*(f"https://{host}/" for group in HOSTS.values() for host in group), *OTHERS]


def test_there_are_as_many_as_were_dialled_by_the_usual_recipe() -> None:
    assert len(set(SPELLINGS)) == 57


@pytest.fixture
def parts(parts: Any) -> Any:
    rules = rules_of(("https://voice.example", "https://intake.voice.example"), (), (443, 8443))
    return msgspec.structs.replace(parts, urls=Urls(rules))


@pytest.mark.parametrize("kind", [*HOSTS, "others"])
async def test_a_hostile_url_is_refused_by_name(desk: Any, kind: str) -> None:
    for url in OTHERS if kind == "others" else [f"https://{host}/" for host in HOSTS[kind]]:
        answer = await desk.ask("POST", "/v1/endpoints", {"url": url, "types": ["*"]})
        assert (answer.status, answer.json()["code"]) == (422, "invalid-body"), url
        assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/url"]
        assert url.encode() not in answer.body.replace(answer.json()["type"].encode(), b"")
    assert await desk.sql("SELECT count(*) FROM outbox.endpoint") == 0

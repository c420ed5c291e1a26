"""The one SMTP dial: over TLS or not at all, to the relay that was named, and what it is told."""

import ssl
from datetime import UTC, datetime
from typing import Any

import pytest

from laborvoice.errors import BadSetting
from laborvoice.webhooks.mailer import Letter, Relay, read_relay, send
from support.smtp_relay import SmtpRelay, smtp_relay

AT = datetime(2026, 10, 8, 7, 45, tzinfo=UTC)
LETTER = Letter(subject="something new in laborvoice", text="There is something new.\n", at=AT)


def trusted(authority: Any) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority.path)


def at(relay: SmtpRelay, scheme: str, user: str = "ours:pa%40ss@") -> Relay:
    return read_relay(f"{scheme}://{user}localhost:{relay.port}?from=notices@voice.example", "voice.example")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_mail_arrives_over_tls(authority: Any, scheme: str) -> None:
    async with smtp_relay(authority.server("localhost"), implicit=scheme == "smtps") as relay:
        taken = await send(at(relay, scheme), LETTER, ("a@brand.example", "b@brand.example"), trusted(authority))
    assert taken == (True, True)
    assert [one for one, _ in relay.mails] == ["a@brand.example", "b@brand.example"]
    assert [line.split(" ")[0] for line in relay.plain] == (["EHLO", "STARTTLS"] if scheme == "smtp" else [])
    assert any(line.startswith("AUTH") for line in relay.lines)
    text = relay.mails[0][1].decode()
    assert "Subject: something new in laborvoice" in text
    assert "From: notices@voice.example" in text
    assert "Date: Thu, 08 Oct 2026 07:45:00 +0000" in text
    assert relay.connections == 1


async def test_without_tls_not_a_word_is_said(authority: Any) -> None:
    async with smtp_relay(None) as relay:
        assert await send(at(relay, "smtp"), LETTER, ("a@brand.example",), trusted(authority)) == (False,)
    assert [line.split(" ")[0] for line in relay.plain if not line.startswith("QUIT")] == ["EHLO"]
    assert relay.mails == []


async def test_a_relay_of_another_name_is_refused(authority: Any) -> None:
    async with smtp_relay(authority.server("other.example"), implicit=True) as relay:
        assert await send(at(relay, "smtps"), LETTER, ("a@brand.example",), trusted(authority)) == (False,)
    assert relay.lines == []


async def test_nobody_there_is_no_crash(authority: Any) -> None:
    async with smtp_relay(None) as relay:
        pass
    assert await send(at(relay, "smtps"), LETTER, ("a@b.example", "c@d.example"), trusted(authority)) == (False, False)


async def test_one_that_is_refused_does_not_stop_the_others(authority: Any) -> None:
    async with smtp_relay(authority.server("localhost")) as relay:
        relay.refuses = "b@brand.example"
        addresses = ("a@brand.example", "b@brand.example", "c@d.example\nBcc: all@e.example", "d@brand.example")
        taken = await send(at(relay, "smtp", user=""), LETTER, addresses, trusted(authority))
    assert taken == (True, False, False, True)
    assert [one for one, _ in relay.mails] == ["a@brand.example", "d@brand.example"]
    assert not any(line.startswith("AUTH") for line in relay.lines)


def test_what_a_url_says() -> None:
    assert read_relay("smtps://relay.example", "voice.example") == Relay(
        scheme="smtps", host="relay.example", port=465, user="", password="", sender="laborvoice@voice.example"
    )
    assert read_relay("smtp://a:b@relay.example/", "voice.example").port == 587
    assert repr(read_relay("smtp://a:b@relay.example", "voice.example")) == "Relay(hidden)"


@pytest.mark.parametrize(
    "url",
    ["relay.example", "http://relay.example", "smtp://", "smtps://relay.example:x", "smtps://relay.example/a", ""],
)
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(BadSetting):
        read_relay(url, "voice.example")

"""The one SMTP dial: to the operator's own relay, over TLS or not at all."""

import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from laborvoice.domain import Value
from laborvoice.errors import BadSetting

PORTS: Final = {"smtps": 465, "smtp": 587}
TIMEOUT: Final = 30.0
_FAILURES: Final = (aiosmtplib.SMTPException, OSError, ValueError)


class Relay(Value, frozen=True):
    """``smtps``: TLS from the first byte; ``smtp``: STARTTLS, and no word before it. ``sender``: of all mails."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str

    def __repr__(self) -> str:
        return "Relay(hidden)"


class Letter(Value, frozen=True):
    """One text for all who get it."""

    subject: str
    text: str
    at: datetime


def read_relay(url: str, host: str) -> Relay:
    """From ``smtps://user:password@relay.example:465?from=a@voice.example``. ``host`` is ours. Raises BadSetting."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _bad() from None
    if not parts.hostname or parts.path.strip("/"):
        raise _bad()
    return Relay(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=parse_qs(parts.query).get("from", [f"laborvoice@{host}"])[0],
    )


def _bad() -> BadSetting:
    return BadSetting("LABORVOICE_COURIER_SMTP_URL must be a URL like smtps://user:password@relay.example:465.")


async def send(
    relay: Relay, letter: Letter, addresses: Sequence[str], tls: ssl.SSLContext | None = None
) -> tuple[bool, ...]:
    """A mail for each, over one connection; whether the relay took it. ``tls`` is the system's, but in tests."""
    client = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.user or None,
        password=relay.password or None,
        local_hostname=relay.sender.rpartition("@")[2],
        timeout=TIMEOUT,
        use_tls=relay.scheme == "smtps",
        start_tls=relay.scheme == "smtp",
        tls_context=tls or ssl.create_default_context(),
    )
    try:
        async with client:
            return tuple([await _taken(client, relay, letter, address) for address in addresses])
    except _FAILURES:
        return (False,) * len(addresses)


async def _taken(client: aiosmtplib.SMTP, relay: Relay, letter: Letter, address: str) -> bool:
    try:
        await client.send_message(_mail(relay, letter, address))
    except _FAILURES:
        return False
    return True


def _mail(relay: Relay, letter: Letter, address: str) -> EmailMessage:
    """Raises ValueError for an address that is none."""
    mail = EmailMessage()
    mail["From"] = relay.sender
    mail["To"] = address
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.at)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    return mail

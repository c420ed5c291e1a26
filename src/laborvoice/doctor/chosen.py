"""Settings that are allowed and cost something, files of secrets that others may read, and the proxy before us."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from laborvoice.doctor.finding import Finding, amber, green, red, several
from laborvoice.doctor.host import Host

_OTHERS: Final = 0o077
_LOOPBACK: Final = ("127.", "localhost", "[::1]", "::1")
_PLAIN: Final = "http://"
_BINDS: Final = ("INTAKE_BIND", "PORTAL_BIND", "METRICS_BIND")
_VERIFIED: Final = {"verify-full", "verify-ca"}

_FORWARDED: Final = re.compile(
    r"(proxy_set_header|header_up|RequestHeader\s+(set|add)|option)\s+\+?\"?"
    r"(X-Forwarded-For|X-Real-IP|Forwarded|forwardfor)\b(?!\"?\s+\"\"\s*;)",
    re.IGNORECASE,
)
_NGINX: Final = re.compile(r"\bproxy_pass\b")
_NGINX_LOGS: Final = re.compile(r"^\s*access_log\s+(?!off\s*;)", re.MULTILINE)
_NGINX_OFF: Final = re.compile(r"^\s*access_log\s+off\s*;", re.MULTILINE)
_CADDY: Final = re.compile(r"\breverse_proxy\b")
_CADDY_LOGS: Final = re.compile(r"^\s*log\b(?!\s*\{?\s*\n?\s*output\s+discard)", re.MULTILINE)
_CADDY_HIDES: Final = re.compile(r"header_up\s+-X-Forwarded-For\b", re.IGNORECASE)


async def check_settings(host: Host) -> tuple[Finding, ...]:
    findings = (*_origins(host), *_binds(host), *_drafts(host), *_database(host), *_secret_files(host.given))
    return findings or green("The settings are as they are meant for production.")


def _origins(host: Host) -> Iterator[Finding]:
    for name in ("INTAKE_ORIGIN", "ORIGIN"):
        origin = host.setting(name)
        if origin.startswith(_PLAIN) and not origin.removeprefix(_PLAIN).startswith(_LOOPBACK):
            yield red(
                f"LABORVOICE_{name} is {origin}, without TLS.",
                "Workers and users: the network reads and changes what they load.",
                "Put a TLS proxy before it and name the https origin.",
            )


def _binds(host: Host) -> Iterator[Finding]:
    for name in _BINDS:
        bind = host.setting(name)
        if bind and not bind.startswith(_LOOPBACK):
            costs = "Workers and users: without TLS the network sees and changes what is said."
            if name == "METRICS_BIND":
                costs = "You: anybody on the network sees how busy you are."
            yield amber(f"LABORVOICE_{name} is {bind}: not this machine alone.", costs, "Let only the proxy reach it.")


def _drafts(host: Host) -> Iterator[Finding]:
    if host.setting("INTAKE_DRAFT_LANGUAGES") == "on":
        told = "LABORVOICE_INTAKE_DRAFT_LANGUAGES is on."
        yield amber(told, "Workers: they read questions no native speaker went over.", "Turn it off but in a demo.")


def _database(host: Host) -> Iterator[Finding]:
    url = urlsplit(host.setting("DATABASE_URL"))
    far = url.hostname is not None and not url.hostname.startswith(_LOOPBACK)
    if far and not _VERIFIED & set(parse_qs(url.query).get("sslmode", ())):
        yield amber(
            "LABORVOICE_DATABASE_URL goes over a network without sslmode=verify-full.",
            "Workers: who stands between can take the place of the database.",
            "Add ?sslmode=verify-full and the certificate of its authority.",
        )


def _secret_files(given: Mapping[str, str]) -> Iterator[Finding]:
    files = [Path(value) for name, value in given.items() if name.endswith("_FILE")]
    loose = sorted(str(one) for one in files if one.exists() and one.stat().st_mode & _OTHERS)
    if loose:
        yield red(
            f"Others may read {several(loose)}.",
            "Everybody: another user of this machine takes a process's secret.",
            f"chmod 600 {' '.join(loose)}",
        )


async def check_proxy(host: Host) -> tuple[Finding, ...]:
    """What stands before our doors must not keep what we take care not to."""
    if host.proxy is not None:
        return tuple(_proxy(host.proxy)) or green("The proxy keeps no log and hands no address on.")
    if not host.setting("INTAKE_ORIGIN").startswith("https://"):
        return green("No proxy stands before the doors.")
    return (
        amber(
            "Nobody looked at the configuration of your proxy.",
            "Workers: its log may hold who came when.",
            "laborvoice doctor --proxy FILE",
        ),
    )


def _proxy(text: str) -> Iterator[Finding]:
    plain = re.sub(r"(^|\s)#.*", "", text)
    logs = "Workers: the log says from where, when and what each phone asked."
    if _FORWARDED.search(plain):
        told = "The proxy hands the client's address on."
        yield red(told, "Workers: their address comes as far as our processes.", "Take that header out.")
    if _NGINX.search(plain) and (_NGINX_LOGS.search(plain) or not _NGINX_OFF.search(plain)):
        yield red("The proxy keeps an access log.", logs, "access_log off; in each server block.")
    if _CADDY.search(plain) and _CADDY_LOGS.search(plain):
        yield red("The proxy keeps an access log.", logs, "Take the `log` directive out.")
    if _CADDY.search(plain) and not _CADDY_HIDES.search(plain):
        told = "Caddy adds the client's address by itself."
        yield red(told, "Workers: their address comes as far as our processes.", "header_up -X-Forwarded-For")
    if not (_NGINX.search(plain) or _CADDY.search(plain)):
        yield amber("The doctor knows nginx and Caddy, and this is neither.", logs, "Look yourself.")

"""Where a webhook may go: the rules for a URL as text, and the judgement of an address about to be dialled.

One module for the portal (when a URL is saved) and the courier (at each dial). The table of special-purpose
blocks is an argument. ``ipaddress.is_global`` is never asked: on Python 3.11 it says True for multicast, 6to4,
NAT64 and site-local addresses.
"""

import re
import unicodedata
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from laborvoice.domain import Value
from laborvoice.errors import BadSetting, BlockedAddress

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

PORTS: Final = frozenset({443, 8443})
URL_MAX: Final = 2_048
HOST_MAX: Final = 253
PORT_MAX: Final = 65_535
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
LOCAL_SUFFIXES: Final = ("localhost", "local", "localdomain", "internal", "intranet", "onion", "alt", "arpa")

GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
# An interface identifier of ISATAP (RFC 5214 section 6.1) holds an IPv4 address in its last 32 bits.
ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
LOW_32: Final = 0xFFFF_FFFF

_URL: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\x00-\x20/?#@:\[\]\\%]+)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?)"
)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# A last label that begins with a letter: no octal, hexadecimal, short or decimal spelling of an address has one.
_LAST_LABEL: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Rules(Value):
    """What is refused and allowed. ``allowed`` is for demo and development alone: it also lifts the URL rules."""

    table: tuple[Network, ...]
    own: frozenset[Address] = frozenset()
    denied: tuple[Network, ...] = ()
    allowed: tuple[Network, ...] = ()
    ports: frozenset[int] = PORTS
    own_hosts: frozenset[str] = frozenset()


class Target(Value):
    """A URL that passed: host in A-labels, lower case; path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The form that is stored and dialled."""
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Blocks from text, a single address included; BadSetting for anything else, host bits included."""
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError:
        raise BadSetting("A block of addresses is written like 192.0.2.0/24.") from None


def read_url(rules: Rules, text: str) -> Target:
    """The target of a URL, without looking anything up; else BlockedAddress, whose text names the rule."""
    found = _URL.fullmatch(text) if len(text) <= URL_MAX else None
    if found is None:
        raise BlockedAddress("Write the URL as https://host/path, in ASCII, without user, password or fragment.")
    scheme = found["scheme"].lower()
    if scheme != "https" and not (rules.allowed and scheme == "http"):
        raise BlockedAddress("Only https is allowed.")
    port = int(found["port"] or DEFAULT_PORTS[scheme])
    if port not in rules.ports and not (rules.allowed and 0 < port <= PORT_MAX):
        raise BlockedAddress("This port is not allowed.")
    host = _host(rules, found["host"])
    if host in rules.own_hosts:
        raise BlockedAddress("This is a host name of ours.")
    return Target(scheme=scheme, host=host, port=port, path=found["path"])


def check_address(rules: Rules, host: str, port: int, scope: int = 0) -> None:
    """Passes, or raises BlockedAddress naming why, for our own log: a subscriber never sees that text.

    ``host``, ``port`` and ``scope`` are those of the socket address. What is denied is refused even where it is
    also allowed; what is allowed passes on any port.
    """
    address = _literal(host)
    if address is None or scope or "%" in host:
        raise BlockedAddress("no plain address")
    if _within(address, rules.denied):
        raise BlockedAddress("denied by the operator")
    if _within(address, rules.allowed):
        return
    if port not in rules.ports:
        raise BlockedAddress("port")
    if address in rules.own:
        raise BlockedAddress("an address of ours")
    if not is_ordinary(address, rules.table):
        raise BlockedAddress("special-purpose address")


def is_ordinary(address: Address, table: tuple[Network, ...]) -> bool:
    """Whether it is global unicast and hides no IPv4 address.

    A NAT64 prefix out of an operator's own space cannot be told from any other: such a prefix has to be denied.
    """
    if _within(address, table):
        return False
    if isinstance(address, IPv4Address):
        return True
    return address in GLOBAL_UNICAST and int(address) >> 32 & LOW_32 not in ISATAP


def _within(address: Address, blocks: tuple[Network, ...]) -> bool:
    return any(address in block for block in blocks)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _host(rules: Rules, text: str) -> str:
    host = _a_labels(text)
    labels = host.split(".")
    if rules.allowed and (_literal(host.strip("[]")) is not None or _LAST_LABEL.fullmatch(host)):
        return host
    if len(host) > HOST_MAX or not all(map(_LABEL.fullmatch, labels)) or not _LAST_LABEL.fullmatch(labels[-1]):
        raise BlockedAddress("Write a host name, not an address.")
    if len(labels) == 1 or labels[-1] in LOCAL_SUFFIXES:
        raise BlockedAddress("Write a host name of the public internet.")
    return host


def _a_labels(text: str) -> str:
    """Lower case, in A-labels. A name that is not its own normal form is refused, not repaired.

    So full-width digits, ideographic dots and letters that two versions of IDNA map differently (as the sharp s)
    never reach the wire; who owns such a name writes its A-label.
    """
    host = text.lower()
    if host.isascii():
        return host
    refusal = BlockedAddress("Write the host in its ASCII form, which begins with xn--.")
    if len(host) > HOST_MAX:
        raise refusal
    try:
        encoded = host.encode("idna")
        decoded = encoded.decode("idna")
    except UnicodeError:
        raise refusal from None
    if decoded != unicodedata.normalize("NFC", host):
        raise refusal
    return encoded.decode("ascii")

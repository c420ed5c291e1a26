"""The guard of the dial: it judges the socket address about to be connected, not a name that was looked up before.

A check of the resolver is not enough: it is not asked for IP literals, and what it answered may differ from what
is dialled. So the judgement is in the factory that makes the sockets (design, webhooks 8).
"""

import re
import socket
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Final, TypeAlias

from laborvoice import data
from laborvoice.domain import egress
from laborvoice.errors import BlockedAddress

# Family, type, protocol, canonical name, socket address: what getaddrinfo answers.
AddressInfo: TypeAlias = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]
Lookup: TypeAlias = Callable[..., Sequence[AddressInfo]]
MakeSocket: TypeAlias = Callable[[int, int, int], socket.socket]

PROC_NET: Final = Path("/proc/net")
SCOPE_AT: Final = 3
_LOCAL_IPV4: Final = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")
_IPV6_DIGITS: Final = 32

_refusals: ContextVar[list[str]] = ContextVar("refusals")


class Refused(BlockedAddress, PermissionError):
    """The address is not one that webhooks may be sent to. An OSError, so that a name's next answer is tried."""


class Guard:
    """Judges URLs and socket addresses by one set of rules."""

    def __init__(self, rules: egress.Rules, make: MakeSocket = socket.socket) -> None:
        self._rules = rules
        self._make = make

    def read(self, url: str) -> egress.Target:
        """The target of a URL, or BlockedAddress."""
        return egress.read_url(self._rules, url)

    def socket(self, info: AddressInfo) -> socket.socket:
        """A socket for an address that passed; else Refused, noted in the trail of the attempt."""
        family, kind, protocol, _, sockaddr = info
        try:
            self._check(sockaddr)
        except BlockedAddress as refusal:
            _refusals.get([]).append(str(refusal))
            raise Refused(str(refusal)) from None
        return self._make(family, kind, protocol)

    def _check(self, sockaddr: tuple[object, ...]) -> None:
        host, port, *_ = sockaddr
        scope = sockaddr[SCOPE_AT] if len(sockaddr) > SCOPE_AT else 0
        egress.check_address(self._rules, str(host), int(str(port)), int(str(scope)))


@contextmanager
def trail() -> Generator[list[str]]:
    """What the guard refused inside the block, in tasks begun there too."""
    refused: list[str] = []
    token = _refusals.set(refused)
    try:
        yield refused
    finally:
        _refusals.reset(token)


def table() -> tuple[egress.Network, ...]:
    """The special-purpose blocks that come with the program."""
    return egress.networks(line.block for line in data.special_purpose())


def rules_of(denied: Sequence[str], allowed: Sequence[str], ports: Sequence[int]) -> egress.Rules:
    """The rules of this machine and its operator; blocks as text. Raises BadSetting."""
    return egress.Rules(
        table=table(),
        own=own_addresses(),
        denied=egress.networks(denied),
        allowed=egress.networks(allowed),
        ports=frozenset(ports),
    )


def own_addresses(proc: Path = PROC_NET, lookup: Lookup = socket.getaddrinfo) -> frozenset[egress.Address]:
    """Every address of this machine's interfaces.

    From the kernel's tables; where there are none (not Linux), what our own name resolves to. An address that a
    router in front of us translates cannot be seen from here: the operator denies it.
    """
    try:
        ipv4 = _LOCAL_IPV4.findall((proc / "fib_trie").read_text())
        ipv6 = (proc / "if_inet6").read_text() if (proc / "if_inet6").exists() else ""
    except OSError:
        return _addresses_of_our_name(lookup)
    found: list[egress.Address] = [ip_address(text) for text in ipv4]
    found.extend(IPv6Address(int(line[:_IPV6_DIGITS], 16)) for line in ipv6.splitlines())
    return frozenset(found)


def _addresses_of_our_name(lookup: Lookup) -> frozenset[egress.Address]:
    try:
        answers = lookup(socket.gethostname(), None)
    except OSError:
        return frozenset()
    return frozenset(ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers)

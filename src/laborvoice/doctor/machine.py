"""The machine: room on its disk, what it swaps out, and whether the guard of the dial works."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from laborvoice.doctor.finding import Finding, amber, green, red, several
from laborvoice.doctor.host import Host
from laborvoice.errors import BadSetting, BlockedAddress
from laborvoice.webhooks import guard

RED_BYTES: Final = 256 << 20
AMBER_BYTES: Final = 2 << 30
MEGABYTE: Final = 1 << 20
SWAPS: Final = Path("/proc/swaps")
PORTS: Final = (443, 8443)
HOSTILE: Final = (
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1"),  # noqa: S104 - dialled by nobody
    *("168.63.129.16", "100.100.100.200", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"),
    *("2002:a00:1::1", "2001::1", "ff02::1"),
)
HARMLESS: Final = ("1.1.1.1", "2606:4700::1111")


async def check_disk(host: Host) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    for folder in sorted({_there(host.home), _there(host.keyring)}):
        free = shutil.disk_usage(folder).free
        told = f"{free // MEGABYTE} MB are free at {folder}."
        if free < RED_BYTES:
            findings.append(red(told, "Workers: soon what they send is refused.", "Make room now."))
        elif free < AMBER_BYTES:
            findings.append(amber(told, "Workers: at the next peak what they send is refused.", "Make room."))
    return tuple(findings) or green("There is room on the disk.")


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there and may be seen."""
    try:
        return folder if folder.exists() else _there(folder.parent)
    except PermissionError:
        return _there(folder.parent)


async def check_swap(_: Host, swaps: Path = SWAPS) -> tuple[Finding, ...]:
    if not _swaps(swaps):
        return green("Nothing is swapped out.")
    return (
        amber(
            "This machine swaps to a disk.",
            "Workers: keys and open ballots may be written there, and are burned by nobody.",
            "swapoff -a, or give the vault's unit MemorySwapMax=0 and encrypt the swap.",
        ),
    )


def _swaps(swaps: Path) -> list[str]:
    """One line each; none where the kernel does not say."""
    return swaps.read_text("ascii").splitlines()[1:] if swaps.exists() else []


async def check_egress(host: Host) -> tuple[Finding, ...]:
    """Every hostile address is held before the guard, and none is dialled."""
    findings = tuple(_egress(host))
    return findings or green(f"The guard refuses {len(HOSTILE)} hostile addresses and this machine's own.")


def _egress(host: Host) -> Iterator[Finding]:
    inside = "Everybody: a subscriber can have this network dialled from within."
    if host.setting("EGRESS_PROXY"):
        told = "LABORVOICE_EGRESS_PROXY takes the guard's place."
        yield amber(told, "Everybody: what may be dialled is the proxy's to judge.", "Let it refuse private addresses.")
    allowed = host.setting("EGRESS_ALLOW")
    if allowed:
        yield red(f"LABORVOICE_EGRESS_ALLOW lets {allowed} be dialled.", inside, "Unset it: it is for a demo.")
    try:
        rules = guard.rules_of(_list(host.setting("EGRESS_DENY")), (), PORTS)
    except BadSetting as error:
        yield red(f"LABORVOICE_EGRESS_DENY is wrong: {error}", inside, "Write networks, separated by commas.")
        return
    own = [str(one) for one in rules.own]
    let = [one for one in (*HOSTILE, *own) if _passes(guard.Guard(rules, _no_socket), one)]
    held = [one for one in HARMLESS if not _passes(guard.Guard(rules, _no_socket), one)]
    if let:
        yield red(f"The guard lets {several(let)} pass.", inside, "Do not run the courier; install laborvoice anew.")
    if held:
        yield amber(f"The guard refuses {several(held)}.", "Subscribers there hear nothing.", "Look at EGRESS_DENY.")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


class _Reached(Exception):
    """The guard would have dialled."""


def _no_socket(_family: int, _kind: int, _protocol: int) -> socket.socket:
    raise _Reached


def _passes(judge: guard.Guard, address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        judge.socket((family, socket.SOCK_STREAM, 0, "", (address, PORTS[0])))
    except _Reached:
        return True
    except BlockedAddress:
        return False
    return True

"""The home of a demo: a folder of its own, addresses that are free, and what is left for those who come after."""

import shutil
import socket
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from laborvoice.demo.logins import Login
from laborvoice.domain import Value
from laborvoice.errors import BadSetting
from laborvoice.settings import DEFAULT_METRICS_PORT, LOOPBACK

PRIVATE: Final = 0o600
INTAKE_PORT: Final = 8080
DOORS: Final = 2
"""Of workers, and after it that of the portal."""
METRICS_PORTS: Final = 4
"""One after the other, for each process."""
TRIES: Final = 50
LEFT: Final = "demo.json"

# The demo is thousands of phones, and months of mixes, on one machine.
FIXED: Final = {
    "pow_bits": "4",
    "mix_seconds": "1",
    "rate": "60000/60",
    "egress_allow": f"{LOOPBACK}/32",
    # Most languages are drafts until native speakers have read them; only a world of invented people may offer them.
    "intake_draft_languages": "on",
}


class KeysLeft(Value, frozen=True):
    """A yearly key file of the watchdog and its code, by their places in the home."""

    file: str
    code_file: str


class Left(Value, frozen=True):
    """``demo.json`` of a home that is kept. ``watchdog_keys``: those of this year first.

    ``receipt``: the digits with which the answer to the urgent call is read on a phone.
    """

    portal_url: str
    intake_url: str
    operator_api_key: str
    watchdog_api_key: str
    brand_api_key: str
    other_brand_api_key: str
    logins: tuple[Login, ...] = ()
    watchdog_keys: tuple[KeysLeft, ...] = ()
    receipt: str = ""

    def __repr__(self) -> str:
        return "Left(hidden)"


@contextmanager
def opened(keep: Path | None) -> Generator[Path]:
    """``keep``, which must be empty or not there; else a folder that is gone afterwards. Raises BadSetting."""
    if keep is not None:
        home = keep.resolve()
        if home.exists() and (not home.is_dir() or any(home.iterdir())):
            raise BadSetting(f"{home} is not empty: a demo begins in a fresh home.")
        yield home
        return
    home = Path(tempfile.mkdtemp(prefix="laborvoice-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def flags(*, kept: bool) -> dict[str, str]:
    """Settings of the processes. A home that is kept has the addresses that ``up`` also has, where they are free."""
    door = first_free(INTAKE_PORT if kept else 0, DOORS)
    intake, portal = f"{LOOPBACK}:{door}", f"{LOOPBACK}:{door + 1}"
    metrics = first_free(DEFAULT_METRICS_PORT if kept else door + DOORS, METRICS_PORTS)
    return {
        **FIXED,
        "intake_bind": intake,
        "intake_origin": f"http://{intake}",
        "portal_bind": portal,
        "origin": f"http://{portal}",
        "metrics_bind": f"{LOOPBACK}:{metrics}",
    }


def leave(home: Path, left: Left) -> None:
    path = home / LEFT
    path.touch(mode=PRIVATE)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(left)) + b"\n")


def left(home: Path) -> Left:
    """What a demo left in its home. Raises BadSetting where none was kept."""
    try:
        return msgspec.json.decode((home / LEFT).read_bytes(), type=Left)
    except (OSError, msgspec.MsgspecError):
        raise BadSetting(f"{home} is not where a demo was kept.") from None


def first_free(wanted: int, count: int) -> int:
    """The first of ``count`` ports in a row that are free just now, ``wanted`` if it is. Raises BadSetting."""
    first = wanted
    for _ in range(TRIES):
        found = _free(first)
        if found and all(_free(found + more) for more in range(1, count)):
            return found
        first = 0
    raise BadSetting("There are no free ports on this machine.")


def _free(port: int) -> int:
    """The port itself, or any free one for 0; 0 where it is taken."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return 0
        bound: int = probe.getsockname()[1]
        return bound

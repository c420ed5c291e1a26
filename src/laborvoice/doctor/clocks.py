"""Times: the vault's, PostgreSQL's, that of the last mix; a close is refused where they do not agree."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Final

from laborvoice.bootstrap.vault import JUMP, SKEW, last_mix
from laborvoice.doctor.finding import Finding, amber, green, red
from laborvoice.doctor.host import Host
from laborvoice.store.ballot import period_state

MIX_SECONDS: Final = 180
HOUR: Final = timedelta(hours=1)
ANSWER_SECONDS: Final = 5.0
_AGE: Final = re.compile(rb"^laborvoice_mix_age_seconds ([\d.e+]+)$", re.MULTILINE)
_REFUSED: Final = "Brands and watchdogs: no period is closed, so nothing new is published."
_CONFIRM: Final = "Set the clock right; then `laborvoice vault confirm-clock`."
_WAITING: Final = "Workers: an urgent call waits unread; what was cast lies in the order it came."


async def check_clock(host: Host) -> tuple[Finding, ...]:
    theirs = await host.look(period_state.now)
    now = host.clock.now()
    if abs(now - theirs) > SKEW:
        apart = f"This clock says {now:%Y-%m-%d %H:%M}, PostgreSQL's {theirs:%Y-%m-%d %H:%M} UTC."
        return (red(f"A close is refused by the clock: {apart}", _REFUSED, _CONFIRM),)
    last = _last(host)
    if last is not None and abs(now - last) > JUMP:
        told = f"A close is refused by the clock: the last mix was in the hour of {last:%Y-%m-%d %H}:00 UTC."
        return (red(told, _REFUSED, _CONFIRM),)
    return green("This clock and PostgreSQL's agree, and a close would go on.")


async def check_mix(host: Host) -> tuple[Finding, ...]:
    """By the vault's metrics where it answers; else by the hour in its keyring."""
    age, last = await mix_age(host), _last(host)
    remedy = "Look at the vault's log; `laborvoice vault` must run."
    if age is not None and age > MIX_SECONDS:
        return (red(f"The last mix is {age:.0f} s old; one is due each minute.", _WAITING, remedy),)
    if age is not None:
        return green("The last mix is less than three minutes old.")
    if last is not None and host.clock.now() - last > HOUR + timedelta(seconds=MIX_SECONDS):
        return (red(f"The last mix was in the hour of {last:%Y-%m-%d %H}:00 UTC.", _WAITING, remedy),)
    told = f"The vault tells no age of a mix on {host.vault}."
    return (
        amber(
            told,
            "You: nobody sees whether it mixes.",
            "Run the doctor where the vault runs, a minute after it started.",
        ),
    )


def _last(host: Host) -> datetime | None:
    try:
        return last_mix(host.keyring)
    except OSError:
        return None


async def mix_age(host: Host) -> float | None:
    """Seconds; None where the vault does not answer, or has not mixed since it began."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(host.vault.host, host.vault.port)
            writer.write(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n")
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return None
    found = _AGE.search(answer)
    return None if found is None else float(found[1])

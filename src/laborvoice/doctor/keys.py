"""The keyring's folder, by the names of its files alone, and the manifest that vouches for the keys."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from laborvoice.doctor.finding import Finding, amber, green, red, several
from laborvoice.doctor.host import Host
from laborvoice.domain.period import Period
from laborvoice.pipeline.rotate import week
from laborvoice.store.ballot import manifest, period_state, token_key
from laborvoice.store.database import Connection

_OTHERS: Final = 0o077
_GRACE: Final = timedelta(days=1)
"""A mix key is destroyed at the first rotation after both lanes were mixed."""
_SOON: Final = timedelta(days=5)
_OVER: Final = ("burned",)
_OPENED: Final = "Workers: who takes this machine opens what should be burned."
_BURN: Final = "Start the vault, which destroys it; look at its log for `failed`."
_SIGN: Final = "laborvoice manifest sign"


async def check_keyring(host: Host) -> tuple[Finding, ...]:
    if not _readable(host.keyring):
        told = f"There is no keyring at {host.keyring}, or this user may not read it."
        return (amber(told, "You: nobody looked at its keys.", "Run the doctor where the vault runs, as its user."),)

    async def look(db: Connection) -> tuple[frozenset[str], frozenset[str]]:
        states = await period_state.all_states(db)
        over = frozenset(one.period for one in states if one.state in _OVER)
        tokens = await token_key.of(db, tuple(over))
        return over, frozenset(one.token_key_id.hex() for one in tokens)

    over, tokens = await host.look(look)
    today = host.clock.now().date()
    findings = (*_modes(host.keyring), *_past(host.keyring, over, tokens, today), *_lacking(host.keyring, today))
    return findings or green(_ages(host.keyring, today))


def _readable(keyring: Path) -> bool:
    try:
        return any(keyring.iterdir())
    except OSError:
        return False


def _names(keyring: Path, room: str) -> list[str]:
    folder = keyring / room
    return sorted(one.name for one in folder.iterdir() if not one.name.startswith(".")) if folder.is_dir() else []


def _modes(keyring: Path) -> Iterator[Finding]:
    loose = sorted(str(one.relative_to(keyring)) for one in keyring.rglob("*") if one.stat().st_mode & _OTHERS)
    if keyring.stat().st_mode & _OTHERS or loose:
        yield red(
            f"Others may read the keyring: {several(loose) or 'the folder itself'}.",
            "Workers: another user of this machine takes the keys away.",
            f"chmod -R go-rwx {keyring}",
        )


def _past(keyring: Path, over: frozenset[str], tokens: frozenset[str], today: date) -> Iterator[Finding]:
    for label in _names(keyring, "box"):
        if label in over:
            yield red(f"box/{label} is there, and its period is burned.", _OPENED, _BURN)
    for label in _names(keyring, "mix"):
        if week.until(label) + _GRACE <= today:
            yield red(f"mix/{label} is past its end, {week.until(label)}.", _OPENED, _BURN)
    left = [f"token/{name[:8]}" for name in _names(keyring, "token") if name in tokens]
    if left:
        told = f"Token keys of burned periods are there: {several(left)}."
        yield red(told, "Brands: who takes this machine signs votes for a period that is over.", _BURN)


def _lacking(keyring: Path, today: date) -> Iterator[Finding]:
    if week.label(today) not in _names(keyring, "mix"):
        yield red(
            f"There is no mix key for this week, {week.label(today)}.",
            "Workers: soon no phone can send.",
            "Start the vault: it makes them two weeks ahead.",
        )


def _ages(keyring: Path, today: date) -> str:
    boxes = [Period.parse(label).begin for label in _names(keyring, "box")]
    begun = max((day for day in boxes if day <= today), default=today)
    return f"No key is past its end. The box key is {(today - begun).days} days old, the mix key {today.weekday()}."


async def check_manifest(host: Host) -> tuple[Finding, ...]:
    today = host.clock.now().date()
    latest = await host.look(manifest.latest)
    findings = (*_expiry(latest, today), *_online(_names(host.keyring, "manifest") if _readable(host.keyring) else ()))
    if findings or latest is None:
        return findings
    return green(f"Manifest {latest.seq} is good until {latest.not_after}.")


def _expiry(latest: manifest.Stored | None, today: date) -> Iterator[Finding]:
    cost = "Workers: no phone sends anything, urgent calls included."
    if latest is None:
        yield red("There is no manifest.", cost, _SIGN)
    elif latest.not_after < today:
        yield red(f"Manifest {latest.seq} ended on {latest.not_after}.", cost, _SIGN)
    elif latest.not_after - today < _SOON:
        yield amber(f"Manifest {latest.seq} ends on {latest.not_after}.", f"From then on, {cost}", _SIGN)


def _online(names: Sequence[str]) -> Iterator[Finding]:
    if names:
        yield amber(
            "manifest key online",
            "Workers: who takes this machine can tell phones to seal to keys of his own.",
            "Keep it on a machine without a network, and sign there. For `up` and a demo it is meant so.",
        )

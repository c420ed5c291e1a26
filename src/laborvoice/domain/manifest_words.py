"""What a new manifest says that the one before did not, in words, for whoever signs it (design, operations 3).

A signing key or help number that is new must be typed by the signer, who knows it from its owner: nothing here shows it
before. So a server that was broken into gets no key of its own signed unseen.
"""

import hashlib
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from laborvoice.domain import Value
from laborvoice.domain.manifest import Manifest, Part, PolicyShown, PublicKey

FINGERPRINT_DIGITS: Final = 16
T = TypeVar("T")


class Said(Value, frozen=True):
    """A number of the manifest with the parts that it proves."""

    manifest: Manifest
    parts: tuple[Part, ...]


class Change(Value, frozen=True):
    """``asked``: what the signer is asked for, and ``typed`` what it must be; both empty where reading is enough."""

    text: str
    asked: str = ""
    typed: str = ""


def changes(before: Said | None, after: Said) -> tuple[Change, ...]:
    """``before`` is None for the first number alone."""
    old = Said(manifest=_nothing(after.manifest), parts=()) if before is None else before
    return (
        *_plain(old.manifest, after.manifest),
        *_keys("box key of period", {b.period: b.keys for b in old.manifest.box}, _boxes(after.manifest)),
        *_keys("mix key of week", {m.week: m.keys for m in old.manifest.mix}, _mixes(after.manifest)),
        *_signers(old, after),
        *_help(old, after),
        *_parts(old.parts, after.parts),
    )


def fingerprint(key: str) -> str:
    """What a watchdog tells of its signing key, base64url: 16 hexadecimal digits of the SHA-256 of its bytes."""
    return hashlib.sha256(urlsafe_b64decode(key + "==")).hexdigest()[:FINGERPRINT_DIGITS]


def same(typed: str, wanted: str) -> bool:
    """Spaces, dashes, brackets and case aside."""
    return _bare(typed) == _bare(wanted)


def _bare(text: str) -> str:
    return "".join(one for one in text.lower() if one.isalnum() or one == "+")


def _nothing(of: Manifest) -> Manifest:
    """What a first number is compared with: everything in it is new."""
    return Manifest(
        v=of.v,
        origin="",
        seq=0,
        prev="",
        not_before="",
        not_after="",
        box=(),
        mix=(),
        watchdogs=(),
        parts=of.parts,
        pow_bits=0,
        mailbox=of.mailbox,
        policy=PolicyShown(name="", epsilon="", delta="", k=0),
        files={},
    )


def _plain(old: Manifest, new: Manifest) -> Iterator[Change]:
    yield Change(text=f"Number {new.seq}, good from {new.not_before} to {new.not_after}.")
    if old.origin != new.origin:
        yield Change(text=f"The server is called {new.origin}{_was(old.origin)}.")
    if old.pow_bits != new.pow_bits:
        yield Change(text=f"At least {new.pow_bits} bits of work are asked.")
    if old.policy != new.policy:
        told = new.policy
        yield Change(text=f"The policy is {told.name}: epsilon {told.epsilon}, delta {told.delta}, k {told.k}.")
    if old.mailbox != new.mailbox:
        told_of = new.mailbox
        yield Change(text=f"Mailboxes: {told_of.bits} bits, {told_of.items} items of {told_of.size} bytes.")
    for name in sorted(new.files.keys() | old.files.keys()):
        if old.files.get(name) != new.files.get(name):
            yield Change(text=f"What phones load as {name} is another: {new.files.get(name, 'nothing')}.")


def _was(old: str) -> str:
    return f", and was called {old}" if old else ""


def _boxes(of: Manifest) -> dict[str, tuple[PublicKey, ...]]:
    return {one.period: one.keys for one in of.box}


def _mixes(of: Manifest) -> dict[str, tuple[PublicKey, ...]]:
    return {one.week: one.keys for one in of.mix}


def _keys(
    what: str, old: Mapping[str, tuple[PublicKey, ...]], new: Mapping[str, tuple[PublicKey, ...]]
) -> Iterator[Change]:
    for name in sorted(new.keys() | old.keys()):
        if name not in new:
            yield Change(text=f"The {what} {name} is gone.")
        elif name not in old:
            yield Change(text=f"A {what} {name} is new.")
        elif old[name] != new[name]:
            yield Change(text=f"The {what} {name} is ANOTHER than before: it never changes by itself.")


def _signers(old: Said, new: Said) -> Iterator[Change]:
    names = {one.party: one.name for said in (old, new) for part in said.parts for one in part.watchdogs}
    before = {one.party: one for one in old.manifest.watchdogs}
    after = {one.party: one for one in new.manifest.watchdogs}
    for party in sorted(before.keys() | after.keys()):
        name = f"{names.get(party, 'a watchdog in no part')} ({party})"
        if party not in after:
            yield Change(text=f"{name} is no longer written to.")
            continue
        one = after[party]
        if party not in before or before[party].sign != one.sign:
            yield Change(
                text=f"{name} has a new signing key.",
                asked=f"Fingerprint of the signing key of {name}, as it told you",
                typed=fingerprint(one.sign),
            )
        elif before[party].kids != one.kids:
            yield Change(text=f"{name} has other encryption keys, signed by the key it had.")


def _help(old: Said, new: Said) -> Iterator[Change]:
    """In whichever part: a number that only one supplier's people see is as grave."""
    before, after = _numbers(old), _numbers(new)
    for country, name, number in sorted(after - before):
        yield Change(
            text=f"{country}: {name} has a new help number.",
            asked=f"Help number of {name} ({country}), as it told you",
            typed=number,
        )
    for country, name, number in sorted(before - after):
        yield Change(text=f"{country}: {name}, {number}, is no longer shown.")


def _numbers(said: Said) -> set[tuple[str, str, str]]:
    return {(one.country, one.name, one.number) for part in said.parts for one in part.help}


def _parts(old: Sequence[Part], new: Sequence[Part]) -> Iterator[Change]:
    before, after = {one.locator: one for one in old}, {one.locator: one for one in new}
    for locator in sorted(before.keys() | after.keys()):
        if locator not in after:
            yield Change(text=f"Part {locator}, {before[locator].name}, is gone.")
        elif locator not in before:
            one = after[locator]
            yield Change(
                text=f"Part {locator} is new: {one.name or 'for those without a card'}, {one.enrolled} invites."
            )
        elif told := ", ".join(_differing(before[locator], after[locator])):
            yield Change(text=f"Part {locator}, {after[locator].name or 'for those without a card'}: {told}.")


_SHOWN: Final[Mapping[str, Callable[[Part], object]]] = {
    "supplier": lambda part: part.supplier,
    "name": lambda part: part.name,
    "country": lambda part: part.country,
    "least age": lambda part: part.min_age,
    "places for watchdogs": lambda part: part.slots,
    "invites": lambda part: part.enrolled,
    "periods": lambda part: " ".join(one.period for one in part.periods) or "none",
    "watchdogs": lambda part: ", ".join(one.name for one in part.watchdogs) or "none",
}
_HIDDEN: Final[Mapping[str, Callable[[Part], object]]] = {
    "other encryption keys of watchdogs": lambda part: tuple(
        (one.party, one.keys, one.until) for one in part.watchdogs
    ),
    "other help": lambda part: part.help,
}


def _differing(old: Part, new: Part) -> Iterator[str]:
    for name, value in _SHOWN.items():
        if value(old) != value(new):
            yield f"{name} {value(new)} instead of {value(old)}"
    known = {one.period: one for one in old.periods}
    for one in new.periods:
        if one.period in known and known[one.period] != one:
            yield f"ANOTHER token key or questionnaire for {one.period}"
    for name, value in _HIDDEN.items():
        if value(old) != value(new):
            yield name

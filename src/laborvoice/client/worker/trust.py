"""What a phone checks before it sends anything: nothing is sealed but to keys that pass here (design, privacy 9)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from laborvoice.crypto import manifest as signed
from laborvoice.crypto import signing, suites, token
from laborvoice.crypto.framing import unb64
from laborvoice.crypto.parcel import Places
from laborvoice.domain import Value, foreign
from laborvoice.domain.manifest import ANY, BoxKeys, Manifest, MixKeys, Part, PartWatchdog, PublicKey
from laborvoice.domain.period import Period
from laborvoice.errors import Malformed, ManifestRefused

VERSION: Final = 1
LENIENCE: Final = timedelta(days=2)
"""By so much a phone's clock may be wrong."""
MONDAY: Final = "-1"


class Poll(Value, frozen=True):
    """What a vote needs beside an invite: the frozen questionnaire and the public token key."""

    q: str
    qv: int
    key: token.TokenKey


class Trusted(Value, frozen=True):
    """The keys of one visit, every one of them checked.

    ``supplier`` and ``locator`` are ``any`` for those without a card; then there is no ``poll``. ``places``: the
    watchdogs' keys in the order of the slots. ``floor``: bits of work that the manifest asks at the least.
    """

    origin: str
    locator: str
    supplier: str
    period: str
    box: bytes
    mix: bytes
    places: Places
    floor: int
    poll: Poll | None


def read_manifest(raw: bytes, fingerprint: bytes, origin: str, today: date) -> Manifest:
    """From the bytes as served. Raises ManifestRefused with the sentence that says why."""
    try:
        payload = signed.verify_manifest(signed.decode_manifest(raw), fingerprint)
        found = foreign.read(payload, Manifest)
        first, last = date.fromisoformat(found.not_before), date.fromisoformat(found.not_after)
        fit = all(_recomputes(key) for key in _keys(found))
    except (Malformed, ValueError):
        raise ManifestRefused("The manifest cannot be read.") from None
    _require(found.v == VERSION, "The manifest is of another version.")
    _require(found.origin == origin, "The manifest is of another server.")
    _require(first - LENIENCE <= today <= last + LENIENCE, "The manifest is not of these days.")
    _require(fit, "A key of the manifest does not have the id that it is called by.")
    return found


def read_part_file(raw: bytes, manifest: Manifest) -> signed.PartFile:
    """Unpacked, not yet proven. Raises ManifestRefused when it is not as long as every part is."""
    _require(len(raw) == manifest.parts.size, "The part is longer or shorter than the others.")
    try:
        return signed.unpack_part(raw)
    except Malformed:
        raise ManifestRefused("The part cannot be read.") from None


def read_part(file: signed.PartFile, manifest: Manifest, locator: str) -> Part:
    """Raises ManifestRefused unless the manifest proves it, and the watchdogs' keys are their own."""
    try:
        text = signed.verify_part(file, manifest.seq, unb64(manifest.parts.root), manifest.parts.count)
        found = foreign.read(text, Part)
        owned = all(_is_own(one, manifest) for one in found.watchdogs)
    except Malformed:
        raise ManifestRefused("The part cannot be read.") from None
    _require(found.v == VERSION, "The part is of another version.")
    _require(found.locator == locator, "The part is not that of the card.")
    _require(owned, "A watchdog's keys are not the ones it signed.")
    return found


def trusted(manifest: Manifest, part: Part, today: date) -> Trusted:
    """The keys to use today. Raises ManifestRefused when one is past or of the wrong kind."""
    try:
        return _trusted(manifest, part, today)
    except (Malformed, ValueError):
        raise ManifestRefused("A key or a date of the manifest cannot be read.") from None


def _trusted(manifest: Manifest, part: Part, today: date) -> Trusted:
    box, mix = _box(manifest.box, today), _mix(manifest.mix, today)
    return Trusted(
        origin=manifest.origin,
        locator=part.locator,
        supplier=part.supplier,
        period=box.period,
        box=_ours(box.keys),
        mix=_ours(mix.keys),
        places=_places(part),
        floor=manifest.pow_bits,
        poll=None if part.locator == ANY else _poll(part, box.period),
    )


def _box(boxes: Iterable[BoxKeys], today: date) -> BoxKeys:
    """The newest begun. A day on which a box closes is no longer part of it."""
    begun = [one for one in boxes if Period.parse(one.period).begin <= today < date.fromisoformat(one.close)]
    _require(bool(begun), "The period is past.")
    return max(begun, key=lambda one: one.close)


def _mix(mixes: Iterable[MixKeys], today: date) -> MixKeys:
    alive = [one for one in mixes if date.fromisoformat(one.week + MONDAY) <= today < date.fromisoformat(one.until)]
    _require(bool(alive), "The mix key is past.")
    return max(alive, key=lambda one: one.until)


def _poll(part: Part, period: str) -> Poll:
    for one in part.periods:
        if one.period == period:
            try:
                return Poll(q=one.q, qv=one.qv, key=token.load_public(unb64(one.spki)))
            except Malformed:
                raise ManifestRefused("The key that signs voices is not RSA of 2,048 bits with e = 65537.") from None
    raise ManifestRefused("The card has no poll in this period.")


def _places(part: Part) -> Places:
    keys = [_ours(one.keys) for one in part.watchdogs]
    _require(len(keys) <= part.slots, "The part names more watchdogs than it has places for.")
    return (*keys, *(None,) * (part.slots - len(keys)))


def _ours(keys: Sequence[PublicKey]) -> bytes:
    """The key of the suite that this client seals with."""
    for one in keys:
        if one.suite == suites.OURS:
            public = unb64(one.pk)
            suites.load_public(suites.OURS, public)
            return public
    raise ManifestRefused("There is no key of the suite that this client seals with.")


def _keys(manifest: Manifest) -> Iterator[PublicKey]:
    for box in manifest.box:
        yield from box.keys
    for mix in manifest.mix:
        yield from mix.keys


def _recomputes(key: PublicKey) -> bool:
    """Keys of suites that are not known here are for other clients."""
    return key.suite not in suites.SUITES or suites.kid(key.suite, unb64(key.pk)) == unb64(key.kid)


def _is_own(one: PartWatchdog, manifest: Manifest) -> bool:
    """Whether the manifest names these keys for the watchdog, and it signed them itself."""
    keys = [(unb64(key.kid), unb64(key.pk)) for key in one.keys]
    message = signed.own_bytes(one.party, one.until, keys)
    return all(_recomputes(key) for key in one.keys) and any(
        proof.party == one.party
        and set(proof.kids) >= {key.kid for key in one.keys}
        and signing.verify(unb64(proof.sign), message, unb64(one.own))
        for proof in manifest.watchdogs
    )


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001 - what must hold is what this is about
    if not holds:
        raise ManifestRefused(sentence)

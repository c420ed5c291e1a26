"""The manifest and its parts, as their JSON texts are written (design, privacy 9).

Binary values are base64url text without padding. Readers ignore fields they do not know: a later version may add some.
"""

from laborvoice.domain import Value


class PublicKey(Value, frozen=True):
    suite: int
    kid: str
    pk: str


class BoxKeys(Value, frozen=True):
    period: str
    close: str
    keys: tuple[PublicKey, ...]


class MixKeys(Value, frozen=True):
    """``week`` is an ISO week; ``until`` the day on which the keys stop being accepted."""

    week: str
    until: str
    keys: tuple[PublicKey, ...]


class WatchdogProof(Value, frozen=True):
    party: str
    sign: str
    kids: tuple[str, ...]


class Parts(Value, frozen=True):
    """How many parts there are, how long each file is in bytes, and the Merkle root over their texts."""

    count: int
    size: int
    root: str


class Mailbox(Value, frozen=True):
    bits: int = 0
    items: int = 64
    size: int = 1024


class PolicyShown(Value, frozen=True):
    name: str
    epsilon: str
    delta: str
    k: int


class Manifest(Value, frozen=True):
    """The signed payload. ``prev`` is the hash of the payload before it; empty for the first."""

    v: int
    origin: str
    seq: int
    prev: str
    not_before: str
    not_after: str
    box: tuple[BoxKeys, ...]
    mix: tuple[MixKeys, ...]
    watchdogs: tuple[WatchdogProof, ...]
    parts: Parts
    pow_bits: int
    mailbox: Mailbox
    policy: PolicyShown
    files: dict[str, str]


class PartPeriod(Value, frozen=True):
    """``q`` and ``qv`` freeze the questionnaire; ``spki`` is the token key in its RSASSA-PSS form."""

    period: str
    close: str
    q: str
    qv: int
    spki: str


class PartWatchdog(Value, frozen=True):
    party: str
    name: str
    keys: tuple[PublicKey, ...]
    until: str
    own: str


class HelpNumber(Value, frozen=True):
    country: str
    name: str
    number: str
    hours: str
    languages: tuple[str, ...]
    checked_on: str


class Part(Value, frozen=True):
    """A supplier's piece of the manifest. ``any`` (locator and supplier) has no periods."""

    v: int
    locator: str
    supplier: str
    name: str
    country: str
    min_age: int
    slots: int
    periods: tuple[PartPeriod, ...]
    watchdogs: tuple[PartWatchdog, ...]
    help: tuple[HelpNumber, ...]
    enrolled: int


ANY = "any"
"""The locator, and the supplier, of the part for those without an invite."""

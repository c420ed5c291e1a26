"""A watchdog's keys of a year, and the file they are kept in: the same that a browser makes (design, web 4).

The private halves are here and in that file alone; what is posted are the public ones.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.crypto import receipt, signing, suites, yearly
from laborvoice.crypto.framing import any_set, b64, unb64
from laborvoice.crypto.manifest import own_bytes
from laborvoice.domain import Inbound, Value, foreign
from laborvoice.domain.ids import PartyId
from laborvoice.domain.manifest import PublicKey
from laborvoice.domain.party import WatchdogKey
from laborvoice.domain.period import Period
from laborvoice.errors import Malformed

VERSION: Final = 1
FILE_MAX: Final = 1 << 18
"""Bytes; a file of ours has a tenth of it."""
GRACE: Final = timedelta(days=90)
"""So long after its month a key still opens what came late; then it is zeroed."""
ZEROED: Final = bytes(suites.ROOT_SIZE)


class Month(Inbound, frozen=True):
    """Public halves of a month, one for each suite; ``own`` is the signature over them, in base64url."""

    until: date
    keys: tuple[PublicKey, ...]
    own: str


class KeyFile(Inbound, frozen=True):
    """As it is written. Only ``sealed`` needs the code; everything else is bound to it."""

    v: int
    party: PartyId
    sign_key: str
    months: tuple[Month, ...]
    rounds: int
    salt: str
    nonce: str
    sealed: str

    @property
    def name(self) -> str:
        return f"laborvoice-key-{self.months[0].until:%Y}.json"


class Keys(Value, frozen=True):
    """Of one year, opened. ``roots`` in the order of ``months``; what was destroyed is zeros, at last ``seed`` too."""

    party: PartyId
    sign_key: bytes
    seed: bytes
    months: tuple[Month, ...]
    roots: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Keys(party={self.party!r}, hidden)"

    def pair(self, kid: bytes) -> suites.KeyPair | None:
        """The key of this id, where it is there and was not destroyed."""
        for month, root in zip(self.months, self.roots, strict=True):
            for key in month.keys if any_set(root) else ():
                if unb64(key.kid) == kid:
                    return suites.key_pair(root, key.suite)
        return None


def make(party: PartyId, first: date, chance: Chance) -> Keys:
    """Twelve months from that of ``first`` on."""
    seed, month = chance.bytes(signing.SEED_SIZE), Period.at(first, "month")
    roots = tuple(chance.bytes(suites.ROOT_SIZE) for _ in range(yearly.MONTHS))
    months: list[Month] = []
    for root in roots:
        months.append(make_month(party, seed, month.end, root))
        month = month.next()
    return Keys(party=party, sign_key=signing.public_of(seed), seed=seed, months=tuple(months), roots=roots)


def make_month(party: PartyId, seed: bytes, until: date, root: bytes) -> Month:
    pairs = [suites.key_pair(root, suite) for suite in suites.SUITES]
    own = own_bytes(party, until.isoformat(), [(pair.kid, pair.public) for pair in pairs])
    return Month(
        until=until,
        keys=tuple(PublicKey(suite=pair.suite, kid=b64(pair.kid), pk=b64(pair.public)) for pair in pairs),
        own=b64(signing.sign(seed, own)),
    )


def draw_code(chance: Chance) -> str:
    """28 digits, like a receipt: to be written down."""
    return receipt.make_digits(chance.below(receipt.NUMBERS))


def write(keys: Keys, code: str, today: date, chance: Chance) -> bytes:
    """The file. Months that ended more than 90 days ago are zeroed: older copies are to be destroyed."""
    lock = yearly.Lock(salt=chance.bytes(yearly.SALT_SIZE), nonce=chance.bytes(yearly.NONCE_SIZE))
    members = {
        "v": VERSION,
        "party": str(keys.party),
        "sign_key": b64(keys.sign_key),
        "months": msgspec.to_builtins(keys.months),
        "rounds": yearly.ROUNDS,
        "salt": b64(lock.salt),
        "nonce": b64(lock.nonce),
    }
    past = [today > month.until + GRACE for month in keys.months]
    roots = [ZEROED if gone else root for root, gone in zip(keys.roots, past, strict=True)]
    seed = ZEROED if all(past) else keys.seed
    sealed = yearly.seal(_digits(code), lock, yearly.canonical(members), roots, seed)
    return json.dumps({**members, "sealed": b64(sealed)}, indent=1).encode() + b"\n"


def read(raw: bytes) -> KeyFile:
    """What can be known without the code. Raises Malformed."""
    return _read(raw)[0]


def unlock(raw: bytes, code: str) -> Keys:
    """Raises Malformed for what is no key file or no code, Undecryptable where the two do not belong together."""
    file, bound = _read(raw)
    lock = yearly.Lock(salt=unb64(file.salt), nonce=unb64(file.nonce))
    roots, seed = yearly.unseal(_digits(code), lock, bound, unb64(file.sealed))
    keys = Keys(party=file.party, sign_key=unb64(file.sign_key), seed=seed, months=file.months, roots=roots)
    if not _fit(keys):
        raise Malformed("The public keys of the file are not those of its private ones.")
    return keys


def _read(raw: bytes) -> tuple[KeyFile, bytes]:
    """With what is bound to the sealed bytes: the members as they stand there, whoever wrote them."""
    if len(raw) > FILE_MAX:
        raise Malformed("This is no key file: it is too long.")
    try:
        members, file = foreign.read(raw, dict[str, Any]), foreign.read(raw, KeyFile)
    except Malformed:
        raise Malformed("This is no key file, or it is cut short.") from None
    if (file.v, file.rounds, len(file.months)) != (VERSION, yearly.ROUNDS, yearly.MONTHS):
        raise Malformed("This is no key file of this version.")
    return file, yearly.canonical({name: value for name, value in members.items() if name != "sealed"})


def _digits(code: str) -> str:
    """Raises Malformed."""
    try:
        return receipt.parse_digits(code)
    except Malformed:
        raise Malformed("The code has 28 digits, and one of them is wrong or missing.") from None


def _fit(keys: Keys) -> bool:
    """What was destroyed cannot be compared."""
    if not any_set(keys.seed):
        return True
    return signing.public_of(keys.seed) == keys.sign_key and all(
        make_month(keys.party, keys.seed, month.until, root) == month
        for month, root in zip(keys.months, keys.roots, strict=True)
        if any_set(root)
    )


def public(keys: Keys, since: date) -> tuple[WatchdogKey, ...]:
    """What a manifest may hold, of the months that have not ended before ``since``."""
    return tuple(
        WatchdogKey(party=keys.party, until=month.until, sign_key=keys.sign_key, keys=month.keys, own=unb64(month.own))
        for month in keys.months
        if month.until >= since
    )


def find(opened: Sequence[Keys], kid: bytes) -> suites.KeyPair | None:
    """In the first of several years that has it."""
    return next((pair for keys in opened if (pair := keys.pair(kid)) is not None), None)

"""The private half: what the count and the mix open. Whoever may not read a ballot may not import this."""

from laborvoice.crypto.framing import (
    BALLOT_SECRET_SIZE,
    KID_SIZE,
    LAYOUTS,
    OUTER_HEADER_SIZE,
    any_set,
    unpad,
)
from laborvoice.crypto.sealing import (
    DUMMY,
    EMPTY_KID,
    PLACES,
    SLOTS,
    STORY,
    URGENT,
    Outer,
    info_ballot,
    info_parcel,
)
from laborvoice.crypto.suites import KeyPair, unseal
from laborvoice.errors import Malformed

KIDS_AT = 8


def open_ballot(pair: KeyPair, supplier: str, period: str, part: bytes) -> tuple[bytes, bytes]:
    """``(r, report)``; Undecryptable or Malformed. Where no one voted there is neither: Malformed."""
    plain = unpad(unseal(pair, info_ballot(pair.suite, pair.kid, supplier, period), part))
    if len(plain) < BALLOT_SECRET_SIZE:
        raise Malformed("There is no ballot in this ballot part.")
    return plain[:BALLOT_SECRET_SIZE], plain[BALLOT_SECRET_SIZE:]


def open_parcel(pair: KeyPair, part: bytes) -> Outer:
    """One layer, with the mix key; Undecryptable, or Malformed on a bad route."""
    return parse_outer(pair.suite, unseal(pair, info_parcel(pair.suite, pair.kid), part))


def parse_outer(suite: int, plain: bytes) -> Outer:
    if len(plain) != LAYOUTS[suite].outer:
        raise Malformed("The outer message has another length.")
    kind, slots, inner = plain[0], plain[1], plain[OUTER_HEADER_SIZE:]
    if any_set(plain[2:KIDS_AT]):
        raise Malformed("Bytes of the outer message that must be zero are not.")
    kids = tuple(plain[at : at + KID_SIZE] for at in range(KIDS_AT, OUTER_HEADER_SIZE, KID_SIZE))
    _check_route(kind, slots, kids)
    if kind == DUMMY and any_set(inner):
        raise Malformed("A dummy carries nothing.")
    return Outer(kind=kind, slots=slots, recipients=kids[:slots], inner=inner)


def _check_route(kind: int, slots: int, kids: tuple[bytes, ...]) -> None:
    named = tuple(one for one in kids[:slots] if one != EMPTY_KID)
    unnamed_rest = kids[slots:] == (EMPTY_KID,) * (PLACES - slots)
    if kind == DUMMY and slots == 0 and unnamed_rest:
        return
    known = kind in (URGENT, STORY) and slots in SLOTS
    if not known or not named or len(set(named)) != len(named) or not unnamed_rest:
        raise Malformed("The outer message has a bad route.")

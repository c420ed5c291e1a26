"""The chain of the audit log: whatever is done to a row, the first bad one is named."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from laborvoice.domain.audit import ACTS, EMPTY, FIRST, Act, Actor, Bad, Head, Row, canonical, next_row, verify, week
from laborvoice.domain.ids import KeyId, LinkId, MessageId, PartyId

NOW = datetime(2026, 11, 12, 9, 30, 44, 5, tzinfo=UTC)
PARTY = PartyId.draw(b"p" * 16)
ACTOR = Actor(party=PARTY, by=KeyId.draw(b"k" * 16))
LINK = LinkId.draw(b"l" * 16)


Rows = list[Row]
Spoil = Callable[[Rows], Rows]


def chain(count: int = 9) -> list[Row]:
    rows: list[Row] = []
    head = EMPTY
    for number in range(count):
        act = Act(action="link.confirmed", actor=ACTOR, object=LINK, facts={"tier": number})
        rows.append(next_row(head, act, NOW + timedelta(minutes=number)))
        head = Head(seq=rows[-1].seq, hash=rows[-1].hash)
    return rows


def anchors(rows: list[Row]) -> dict[int, str]:
    return {rows[-1].seq: rows[-1].hash}


def test_a_row_is_hashed_with_the_one_before() -> None:
    first, second = chain(2)
    assert (first.prev, second.prev) == (FIRST, first.hash)
    assert (
        canonical(second)
        == (
            f'{{"action":"link.confirmed","actor":"{PARTY}","at":"2026-11-12T09:31Z",'
            f'"facts":{{"by":"{ACTOR.by}","tier":1}},"object":"{LINK}","seq":2}}'
        ).encode()
    )
    assert second.hash == hashlib.sha256(bytes.fromhex(first.hash) + canonical(second)).hexdigest()


def test_as_written_it_is_good() -> None:
    rows = chain()
    assert verify([]) is None
    assert verify(rows) is None
    assert verify(rows, anchors=anchors(rows)) is None
    assert verify(rows[3:], Head(seq=3, hash=rows[2].hash)) is None
    assert verify(rows[3:], None) is None
    assert verify(rows[:5], anchors={5: rows[4].hash}) is None


def changed(**fields: Any) -> Spoil:
    return lambda rows: [*rows[:4], msgspec.structs.replace(rows[4], **fields), *rows[5:]]


SPOILT: tuple[tuple[Spoil, Bad], ...] = (
    (changed(at="2026-11-12T09:35Z"), Bad(seq=5, why="changed")),
    (changed(actor="console"), Bad(seq=5, why="changed")),
    (changed(action="link.ended"), Bad(seq=5, why="changed")),
    (changed(object=""), Bad(seq=5, why="changed")),
    (changed(facts={}), Bad(seq=5, why="changed")),
    (changed(hash="0" * 64), Bad(seq=5, why="changed")),
    (changed(prev="0" * 64), Bad(seq=5, why="unbound")),
    (changed(seq=6), Bad(seq=5, why="missing")),
    (lambda rows: [*rows[:4], *rows[5:]], Bad(seq=5, why="missing")),
    (lambda rows: rows[1:], Bad(seq=1, why="missing")),
    (lambda rows: [*rows[:4], rows[5], rows[4], *rows[6:]], Bad(seq=5, why="missing")),
    (lambda rows: [*rows[:4], rows[3], *rows[4:]], Bad(seq=5, why="missing")),
    (lambda rows: rows[:-1], Bad(seq=9, why="missing")),
    (lambda rows: rows[:4], Bad(seq=5, why="missing")),
    (lambda _: [], Bad(seq=1, why="missing")),
)


@pytest.mark.parametrize(("spoil", "bad"), SPOILT)
def test_the_first_bad_row_is_named(spoil: Spoil, bad: Bad) -> None:
    rows = chain()
    assert verify(spoil(rows), anchors=anchors(rows)) == bad


def test_a_chain_made_anew_does_not_meet_its_anchor() -> None:
    rows = chain()
    again = [*rows[:4]]
    for row in rows[4:]:
        head = Head(seq=again[-1].seq, hash=again[-1].hash)
        again.append(next_row(head, Act(action="link.ended", actor=ACTOR, object=row.object), NOW))
    assert verify(again) is None
    assert verify(again, anchors=anchors(rows)) == Bad(seq=9, why="not as anchored")


def test_where_the_rows_begin_somewhere_the_first_is_still_checked() -> None:
    rows = chain()
    assert verify([msgspec.structs.replace(rows[3], prev="zz"), *rows[4:]], None) == Bad(seq=4, why="changed")
    assert verify([msgspec.structs.replace(rows[3], object=""), *rows[4:]], None) == Bad(seq=4, why="changed")
    assert verify([rows[3], rows[5]], None) == Bad(seq=5, why="missing")


def test_what_is_done_with_messages_says_its_week_alone() -> None:
    message = MessageId.draw(b"m" * 16)
    act = Act(action="message.read", actor=ACTOR, object=message)
    assert (act.chain, next_row(EMPTY, act, NOW).at) == (PARTY, "2026-W46")
    assert Act(action="login", actor=ACTOR).chain == ACTS
    rows = {
        next_row(EMPTY, act, datetime(2026, 11, 9, tzinfo=UTC) + timedelta(minutes=minute)).at
        for minute in range(0, 7 * 24 * 60, 7)
    }
    assert rows == {"2026-W46"}
    assert week(datetime(2027, 1, 1, tzinfo=UTC)) == "2026-W53"


def test_without_a_party_it_is_the_consoles() -> None:
    row = next_row(EMPTY, Act(action="restored", actor=None), NOW)
    assert (row.actor, row.facts) == ("console", {})
    with pytest.raises(ValueError, match="some party's"):
        Act(action="message.read", actor=None)


@pytest.mark.parametrize("text", ["two words", "naïve", "a" * 65, "<b>", "'", "\n", " "])
def test_no_word_of_anybodys_fits_in(text: str) -> None:
    with pytest.raises(ValueError, match="ids, codes and numbers"):
        Act(action="login", actor=ACTOR, object=text)
    for facts in ({"reason": text}, {text: 1}):
        with pytest.raises(ValueError, match="ids, codes and numbers"):
            Act(action="login", actor=ACTOR, facts=facts)

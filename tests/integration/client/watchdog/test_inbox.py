"""A watchdog opens what phones sealed to it, and is answered to: through intake, mix, portal and mailbox."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from laborvoice.client.watchdog import keyfile, posted
from laborvoice.client.watchdog.inbox import Inbox
from laborvoice.client.watchdog.letter import Letter, Row, Shut, open_letter
from laborvoice.client.watchdog.reply import Answering
from laborvoice.crypto import parcel, receipt
from laborvoice.crypto.framing import b64, unb64
from laborvoice.domain.ids import PartyId
from laborvoice.errors import Conflict, Malformed, NotFound, Unanswered
from support.desk_line import Line
from support.phone import CHANCE, HOST
from support.registry_world import START
from support.spoken import message

COPY = (
    "INSERT INTO desk.message (id, kid, kind, suite, slots, place, voiced, inner_message, week, batch)"
    " SELECT gen_random_uuid(), kid, kind, suite, slots, place, voiced, inner_message, week, batch FROM desk.message"
    " WHERE kind = 'urgent'"
)


async def test_a_call_is_opened_answered_and_read_with_its_receipt(desk: Line) -> None:
    digits = receipt.make_digits(CHANCE.below(receipt.NUMBERS))
    call = message("They locked the gate.", "urgent", conversation=receipt.conversation_key(digits, HOST), act="now")
    await desk.tell(message("Late again."), call, message("Nobody paid."), cards=1)
    box, keys = Inbox(desk.portal, [desk.played.watchdog.keys]), desk.played.watchdog.keys
    rows = await asyncio.to_thread(box.rows, "new", "acknowledged")
    counted: list[int] = []
    letters = [one for one in await asyncio.to_thread(box.letters, rows, counted.append) if isinstance(one, Letter)]
    assert (sum(counted), [row.kind for row in rows]) == (3, ["urgent", "story", "story"])
    assert {one.said.t: one.row.voiced for one in letters} == {
        "Late again.": True,
        "They locked the gate.": False,
        "Nobody paid.": False,
    }
    assert await asyncio.to_thread(box.names, letters) == {str(desk.site.supplier): "Test works 0"}
    urgent = letters[0]
    assert (urgent.odd, urgent.said.k, urgent.said.act, urgent.row.state) == (False, "urgent", "now", "new")
    assert "locked" not in repr(urgent)
    answering = Answering(desk.portal, keys, CHANCE)
    await asyncio.to_thread(posted.check, desk.portal, keys)
    assert await asyncio.to_thread(answering.acknowledge, urgent) == 0
    await asyncio.to_thread(box.acknowledge, urgent.row.id)
    assert await asyncio.to_thread(answering.reply, urgent, "acting", "We are coming.") == 1
    row = await asyncio.to_thread(box.row, urgent.row.id)
    assert (row.state, row.met) == ("acknowledged", True)
    assert [one.kind for one in await asyncio.to_thread(box.rows)] == ["urgent", "story", "story"]
    assert await desk.played.worker().replies(digits) == ()
    await desk.mix()
    read = await desk.played.worker().replies(f"{digits[:4]} {digits[4:]}")
    assert [(one.k, one.st, one.t) for one in read] == [("ack", "received", ""), ("reply", "acting", "We are coming.")]
    assert {(one.w, one.h, one.p) for one in read} == {(str(keys.party), urgent.digest, "any")}


async def test_what_does_not_open_says_why(desk: Line) -> None:
    await desk.tell(message("Help.", "urgent"))
    await desk.registry.sql(COPY)
    mine, other = desk.played.watchdog.keys, keyfile.make(desk.played.watchdog.party, START.date(), CHANCE)
    box = Inbox(desk.portal, [other, mine])
    found = await asyncio.to_thread(lambda: box.letters(box.rows("new")))
    assert sorted(type(one).__name__ for one in found) == ["Letter", "Shut"]
    assert [one.why for one in found if isinstance(one, Shut)] == ["repeated"]
    shut = await asyncio.to_thread(lambda: Inbox(desk.portal, [other]).letters(box.rows("new")))
    assert [one.why for one in shut if isinstance(one, Shut)] == ["key", "key"]
    with pytest.raises(NotFound):
        await asyncio.to_thread(box.row, "msg_0")
    (row, _) = await asyncio.to_thread(box.rows)
    with pytest.raises(Unanswered):
        await asyncio.to_thread(box.letters, [msgspec.structs.replace(row, suite=9)])


def sealed(keys: keyfile.Keys, text: bytes) -> tuple[Row, bytes]:
    key = keys.months[0].keys[0]
    inner = parcel.seal_message(1, (unb64(key.pk), None), text, bytes(parcel.entropy_size(1, (b"", None))))
    return (
        Row(
            id="msg_1",
            kind="story",
            voiced=True,
            week="2026-W46",
            kid=key.kid,
            suite=1,
            slots=2,
            place=0,
            state="new",
        ),
        inner,
    )


def said(**more: Any) -> bytes:
    plain: dict[str, Any] = {
        "v": 1,
        "k": "story",
        "s": None,
        "t": "x",
        "l": "en",
        "p": "any",
        "c": [],
        "may": [],
        "act": "now",
    }
    return json.dumps({**plain, "cv": b64(bytes(32)), "n": 0, **more}).encode()


def test_words_are_believed_when_they_have_their_shape() -> None:
    keys = keyfile.make(PartyId.draw(bytes(16)), START.date(), CHANCE)
    whys: list[str] = []
    for text in (said(v=2), said(t=7), b"[", b"\xff", said(l=None)):
        one = open_letter([keys], *sealed(keys, text))
        whys.append(one.why if isinstance(one, Shut) else "open")
    assert whys == ["words"] * 5
    row, inner = sealed(keys, said(k="urgent", cv="?", more="later"))
    odd = open_letter([keys], row, inner)
    assert isinstance(odd, Letter)
    assert (odd.odd, odd.conversation) == (True, None)
    more = open_letter([keys], *sealed(keys, said(k="more", cv=b64(b"short"))))
    assert isinstance(more, Letter)
    assert (more.odd, more.conversation) == (False, None)
    broken = open_letter([keys], row, inner[:-1] + bytes((inner[-1] ^ 1,)))
    assert isinstance(broken, Shut)
    assert broken.why == "sealed"


async def test_an_answer_that_cannot_be_is_not_sent(desk: Line) -> None:
    keys = keyfile.make(desk.played.watchdog.party, START.date(), CHANCE)
    row, inner = sealed(keys, said(cv=""))
    (none, some) = open_letter([keys], row, inner), open_letter([keys], *sealed(keys, said()))
    assert isinstance(none, Letter)
    assert isinstance(some, Letter)
    answering = Answering(desk.portal, keys, CHANCE)
    with pytest.raises(Conflict, match="left no key"):
        answering.reply(none, "acting", "We hear you.")
    with pytest.raises(Malformed, match="bytes too long"):
        answering.reply(some, "acting", "".join(chr(0x4E00 + number) for number in range(900)))
    with pytest.raises(Conflict, match="Phones do not know"):
        await asyncio.to_thread(posted.check, desk.portal, keys)

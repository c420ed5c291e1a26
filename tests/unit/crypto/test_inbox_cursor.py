"""The cursor of a heartbeat: 24 characters, of one party and one batch."""

import pytest

from laborvoice.crypto import inbox
from laborvoice.domain.ids import PartyId
from laborvoice.errors import Malformed

ONE, OTHER = PartyId.draw(bytes(16)), PartyId.draw(b"\1" * 16)


@pytest.mark.parametrize("batch", [1, 255, 2**40])
def test_it_names_its_batch(batch: int) -> None:
    text = inbox.cursor(ONE, batch)
    assert len(text) == inbox.CURSOR_CHARACTERS
    assert inbox.batch_of(ONE, text) == batch


def test_anothers_and_altered_ones_are_refused() -> None:
    text = inbox.cursor(ONE, 7)
    for wrong, party in ((text, OTHER), ("A" * 24, ONE), (text[:-1] + "-", ONE), ("=" * 24, ONE), ("", ONE)):
        with pytest.raises(Malformed):
            inbox.batch_of(party, wrong)

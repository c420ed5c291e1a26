"""Every condition is mapped, and the indicators of forced labour are all asked for but the one that cannot be."""

from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.mapping import MAPPINGS


def test_every_condition_has_its_row() -> None:
    assert tuple(MAPPINGS) == CONDITIONS
    for row in MAPPINGS.values():
        assert row.ilo
        assert all(words and words.strip() == words for words in (*row.slcp, *row.better_work, *row.esrs_s2))
        assert set(row.eti) <= set(range(1, 10))


def test_isolation_alone_is_never_asked() -> None:
    assert {number for row in MAPPINGS.values() for number in row.forced_labour} == set(range(1, 12)) - {4}


def test_fundamental_instruments() -> None:
    assert MAPPINGS[Condition.CHILD_LABOUR].fundamental == ("C138", "C182")
    assert MAPPINGS[Condition.FREEDOM_OF_MOVEMENT].fundamental == ("C29", "P29", "C105")
    assert MAPPINGS[Condition.VOICE_RETALIATION].fundamental == ("C87",)
    assert MAPPINGS[Condition.WAGES].fundamental == ()

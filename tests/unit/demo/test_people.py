"""Synthetic workers answer as the design says, by the same rules as a phone."""

import math
from collections.abc import Callable

from laborvoice.chance import Chance
from laborvoice.client.worker.envelope import flagged, write_report
from laborvoice.demo.people import BASE, Draws, share, sheet
from laborvoice.demo.sites import BRACKENFOLD, ELMGATE, HARROWFIN
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.questionnaire import Bank

MANY = 4_000


def test_base_shares_are_those_of_the_design() -> None:
    assert len(BASE) == len(CONDITIONS)
    assert (BASE[Condition.WAGES], BASE[Condition.CHILD_LABOUR], BASE[Condition.VOICE_RETALIATION]) == (
        0.055,
        0.0055,
        0.055,
    )
    assert math.isclose(share(ELMGATE, 0, Condition.WAGES, 0.0), 0.055)


def test_an_override_replaces_base_and_level() -> None:
    assert math.isclose(share(BRACKENFOLD, 0, Condition.WAGES, 0.0), 0.40)
    assert math.isclose(share(BRACKENFOLD, 3, Condition.WAGES, 0.0), 0.05)
    assert share(BRACKENFOLD, 0, Condition.VIOLENCE, 0.0) > BASE[Condition.VIOLENCE]


def test_every_question_is_answered_and_every_report_can_be_sent(bank: Bank, counted: Callable[[str], Chance]) -> None:
    draws = Draws(counted("reports"))
    asked = set(bank.questionnaire("core", 1).answers)
    for _ in range(300):
        filled = sheet(bank, HARROWFIN, 0, draws)
        assert set(filled.answers) == asked
        assert write_report(bank, ("core", 1), filled.answers, filled.gravest)


def test_of_more_than_three_the_gravest_are_named(bank: Bank, counted: Callable[[str], Chance]) -> None:
    draws = Draws(counted("gravest"))
    chosen = [one for one in (sheet(bank, HARROWFIN, 0, draws) for _ in range(600)) if one.gravest is not None]
    assert chosen
    for one in chosen:
        assert one.gravest is not None
        named = flagged(bank, one.answers)
        assert len(named) > 3
        lightest = min(condition.severity.weight for condition in one.gravest)
        assert all(other.severity.weight <= lightest for other in set(named) - set(one.gravest))


def test_shares_come_out_as_they_should(bank: Bank, counted: Callable[[str], Chance]) -> None:
    """The draws are fixed. With others this would fail by chance less than once in a million: five deviations."""
    draws = Draws(counted("shares"))
    found = [flagged(bank, sheet(bank, HARROWFIN, 0, draws).answers) for _ in range(MANY)]
    own = Draws(counted("own"))
    for condition in (Condition.FREEDOM_OF_MOVEMENT, Condition.WORKING_HOURS, Condition.BASIC_FACILITIES):
        true = sum(share(HARROWFIN, 0, condition, 0.8 * own.normal()) for _ in range(MANY)) / MANY
        seen = sum(condition in one for one in found) / MANY
        assert abs(seen - true) < 5 * math.sqrt(2 * true * (1 - true) / MANY)


def test_draws_are_uniform_and_normal(counted: Callable[[str], Chance]) -> None:
    draws = Draws(counted("draws"))
    flat = [draws.uniform() for _ in range(MANY)]
    bell = [draws.normal() for _ in range(MANY)]
    assert all(0 <= one < 1 for one in flat)
    assert abs(sum(flat) / MANY - 0.5) < 5 * math.sqrt(1 / 12 / MANY)
    assert abs(sum(bell) / MANY) < 5 / math.sqrt(MANY)
    assert abs(sum(one * one for one in bell) / MANY - 1) < 5 * math.sqrt(2 / MANY)
    assert {draws.pick("ab") for _ in range(60)} == {"a", "b"}

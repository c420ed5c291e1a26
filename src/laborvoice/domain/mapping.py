"""What each condition is called elsewhere: conventions, indicators and codes of conduct (design, domain 1).

From general knowledge; counsel checks it before a regulator reads it.
"""

from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.condition import Condition

_FUNDAMENTAL: Final = frozenset({"C29", "P29", "C87", "C98", "C100", "C105", "C111", "C138", "C155", "C182", "C187"})


class Mapping(Value, frozen=True):
    """``ilo`` are conventions (C), protocols (P) and recommendations (R).

    ``forced_labour`` numbers the ILO's indicators, ``eti`` the clauses of the base code.
    """

    ilo: tuple[str, ...]
    forced_labour: tuple[int, ...]
    eti: tuple[int, ...]
    slcp: tuple[str, ...]
    better_work: tuple[str, ...]
    esrs_s2: tuple[str, ...]

    @property
    def fundamental(self) -> tuple[str, ...]:
        """Those that are fundamental instruments of the ILO."""
        return tuple(code for code in self.ilo if code in _FUNDAMENTAL)


def _row(ilo: str, forced_labour: str, eti: str, slcp: str, better_work: str, esrs_s2: str) -> Mapping:
    return Mapping(
        ilo=tuple(ilo.split()),
        forced_labour=tuple(int(word) for word in forced_labour.split()),
        eti=tuple(int(word) for word in eti.split()),
        slcp=tuple(slcp.split(", ")),
        better_work=tuple(better_work.split(", ")),
        esrs_s2=tuple(esrs_s2.split(", ")),
    )


_SAFETY: Final = "health and safety"
_FORCED: Final = "forced labour"

MAPPINGS: Final[dict[Condition, Mapping]] = {
    Condition.WAGES: _row("C95 C131", "8", "5", "wages and benefits", "compensation", "adequate wages"),
    Condition.WORKING_HOURS: _row("C1 C14", "11", "6", "working hours", "working time", "working time"),
    Condition.CHILD_LABOUR: _row("C138 C182", "", "4", "recruitment", "child labour", "child labour"),
    Condition.FREEDOM_OF_MOVEMENT: _row("C29 P29 C105", "3 6 7", "1", "recruitment, treatment", _FORCED, _FORCED),
    Condition.RECRUITMENT_DEBT: _row("C29 C181", "2 9", "1", "recruitment", _FORCED, _FORCED),
    Condition.VIOLENCE: _row("C190 C29", "5 6", "9", "treatment", "contracts, forced labour", "violence, harassment"),
    Condition.SEXUAL_HARASSMENT: _row("C190 C111", "5", "9 7", "treatment", "discrimination", "violence, harassment"),
    Condition.HEALTH_SAFETY: _row("C155 C187", "10", "3", _SAFETY, "OSH", "health and safety"),
    Condition.BUILDING_FIRE: _row("C155 C187", "10", "3", _SAFETY, "OSH", "health and safety"),
    Condition.BASIC_FACILITIES: _row("C120 R102", "10", "3", _SAFETY, "OSH", "water, sanitation"),
    Condition.LIVING_CONDITIONS: _row("R115 C188", "10", "3", _SAFETY, "OSH", "adequate housing"),
    Condition.CONTRACT_TERMS: _row("R198 C158", "2", "8", "recruitment, termination", "contracts", "secure employment"),
    Condition.BENEFITS_LEAVE: _row("C130 C102", "", "5 8", "wages and benefits", "compensation", "secure employment"),
    Condition.DISCRIMINATION: _row("C100 C111", "1", "7", "treatment", "discrimination", "equal treatment"),
    Condition.FREEDOM_OF_ASSOCIATION: _row(
        "C87 C98 C135", "", "2", "worker involvement", "freedom of association", "freedom of association"
    ),
    Condition.VOICE_RETALIATION: _row(
        "R130 C87", "1 6", "2 9", "worker involvement", "contracts", "channels, retaliation"
    ),
}

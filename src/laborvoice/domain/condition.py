"""The sixteen conditions asked about; their order is that of ties, tables and charts (design, domain 1)."""

from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    CRITICAL = "critical"
    SEVERE = "severe"
    MODERATE = "moderate"

    @property
    def weight(self) -> int:
        """What one adverse condition of this severity adds to a ballot's severity."""
        return _WEIGHTS[self]


_WEIGHTS: Final = {Severity.CRITICAL: 4, Severity.SEVERE: 2, Severity.MODERATE: 1}


class Condition(StrEnum):
    WAGES = "wages"
    WORKING_HOURS = "working_hours"
    CHILD_LABOUR = "child_labour"
    FREEDOM_OF_MOVEMENT = "freedom_of_movement"
    RECRUITMENT_DEBT = "recruitment_debt"
    VIOLENCE = "violence"
    SEXUAL_HARASSMENT = "sexual_harassment"
    HEALTH_SAFETY = "health_safety"
    BUILDING_FIRE = "building_fire"
    BASIC_FACILITIES = "basic_facilities"
    LIVING_CONDITIONS = "living_conditions"
    CONTRACT_TERMS = "contract_terms"
    BENEFITS_LEAVE = "benefits_leave"
    DISCRIMINATION = "discrimination"
    FREEDOM_OF_ASSOCIATION = "freedom_of_association"
    VOICE_RETALIATION = "voice_retaliation"

    @property
    def severity(self) -> Severity:
        return _SEVERITY.get(self, Severity.SEVERE)

    @property
    def place(self) -> int:
        """Its row in the order of the sixteen, from 0."""
        return CONDITIONS.index(self)


CONDITIONS: Final = tuple(Condition)

_SEVERITY: Final = {
    Condition.CHILD_LABOUR: Severity.CRITICAL,
    Condition.FREEDOM_OF_MOVEMENT: Severity.CRITICAL,
    Condition.VIOLENCE: Severity.CRITICAL,
    Condition.BUILDING_FIRE: Severity.CRITICAL,
    Condition.BASIC_FACILITIES: Severity.MODERATE,
    Condition.CONTRACT_TERMS: Severity.MODERATE,
    Condition.BENEFITS_LEAVE: Severity.MODERATE,
}

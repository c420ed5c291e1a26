"""What the pages of cases say: guards, options, and the eight questions before a case is shared."""

from collections.abc import Mapping
from typing import Final, get_args

from laborvoice.domain import Value
from laborvoice.domain.case import MAY_NOT_APPLY, CaseClass, Guard, Source
from laborvoice.domain.condition import CONDITIONS

READABLE: Final = "The server can read this: your own words, never a worker's."
STALE: Final = "Somebody has changed the case since you opened it. What you typed is kept: look, then send it again."
GUARDS: Final[Mapping[Guard, str]] = {
    "state": "From where the case stands now, it cannot go there.",
    "condition": "Choose the condition first, under Change.",
    "reply": "Say whether you replied in the mailbox, or that there was no conversation.",
    "reason": "Say why. Of a plan: that workers or their union agree, or why they could not be asked.",
    "evidence_source": "Say what it is known from.",
    "independent_evidence": "A repair is known from workers, a union or your visit: never from supplier or brand.",
    "shared": "Share it with a brand first.",
    "finding": "Record at least one finding first.",
    "action": "Record an action with its root cause, owner and day first.",
    "loop_message": "Record what workers are told, or say why telling them would be unsafe.",
    "result": "Look at the condition in the next release, and say what it shows.",
}
FIELD: Final[Mapping[str, str]] = {
    "reply": "reply",
    "reason": "reason",
    "evidence_source": "evidence",
    "independent_evidence": "evidence",
    "loop_message": "reason",
    "result": "reason",
}
"""Beside which field it is said; all others beside the choice of the step."""

WORDS: Final[Mapping[str, str]] = {
    "title": "Call it something, in at most 200 characters on one line.",
    "class": "Choose a class.",
    "condition": "Choose a condition, or none.",
    "notes": "At most 4,000 characters.",
    "assigned_to": "Choose one of your people, or nobody.",
    "supplier": "Write the id of the supplier, such as the one in the address of its page.",
    "to": "Choose the next state.",
    "reason": "At most 1,000 characters.",
    "evidence": "Choose what it is known from.",
    "finding_condition": "Choose a condition.",
    "finding_text": "Say what was found, in at most 1,000 characters.",
    "since_month": "Write a month, such as 2026-09.",
    "ilo": "Write numbers such as C155 C187, with blanks between them.",
    "finding": "Choose the finding it is about: record one first.",
    "root_cause": "Say why it came to that, in at most 1,000 characters.",
    "action": "Say what is done, in at most 1,000 characters.",
    "owner": "Say whose task it is: a function, not a name.",
    "due": "Choose a day.",
    "brand_contribution": "At most 1,000 characters.",
    "period": "Write a period, such as 2026-Q3.",
    "you_said": "Say what workers said, as the release has it.",
    "we_did": "Say what was done, with days.",
    "not_yet": "Say what is not done yet.",
    "object_how": "Say how to object.",
    "languages": "Write codes such as bn en, with blanks between them.",
    "review": "Say what you saw, in at most 1,000 characters.",
    "proof": "Say what shows it, in at most 200 characters on one line.",
    "state": "Choose how far it is.",
}

Options = tuple[tuple[str, str], ...]


class Question(Value, frozen=True):
    """``change``: what to do where the answer is not yes."""

    name: str
    text: str
    change: str

    @property
    def options(self) -> Options:
        may = (("not_applicable", "does not apply"),) if self.name in MAY_NOT_APPLY else ()
        return (("", "choose"), ("yes", "yes"), ("no", "no, or not sure"), *may)


QUESTIONS: Final = (
    Question(
        name="ten_or_more_could_know",
        text="Could ten or more people know this, going by text, date, shift, line, sex and language?",
        change="Put it more generally, or wait until others have told the same.",
    ),
    Question(
        name="no_words_photo_time_or_channel",
        text="Is it free of a worker's words, voice, photograph, of an exact time and of the channel?",
        change="Write it anew in your own words, without the time and the way it came.",
    ),
    Question(
        name="teller_allows_the_brand",
        text="Did whoever told it allow the brand to know, or is it a finding that fits anyone at the site?",
        change="Ask in the mailbox, or keep to a finding of the whole site.",
    ),
    Question(
        name="form_names_no_source",
        text="Is it put so that it names no source: all exits, all payslips, all passports?",
        change="Change the findings so that all of a kind are looked at, not one.",
    ),
    Question(
        name="child_and_consent_first",
        text="A child: no dismissal; income, schooling, a specialist first. Forced labour, sexual violence: consent, or"
        " a life is threatened. Is that so?",
        change="Call the specialist and obtain consent first.",
    ),
    Question(
        name="undocumented_advised",
        text="People without papers: did they consent after advice before any authority hears?",
        change="See that they are advised, and ask them.",
    ),
    Question(
        name="no_retaliation_agreed",
        text="Has the supplier signed no retaliation, and does the brand commit to reinstatement?",
        change="Obtain both first.",
    ),
    Question(
        name="own_part_asked",
        text="Is the brand asked for its own part: price, lead time?",
        change="Ask for it in the actions.",
    ),
)
UNANSWERED: Final = "Answer this one."

CLASSES: Final[Options] = tuple((one, one) for one in get_args(CaseClass))
ACTS: Final[Mapping[str, str]] = {
    "case.opened": "opened",
    "case.changed": "changed",
    "case.moved": "moved",
    "case.shared": "shared",
    "approval.given": "approved by a second person",
    "approval.refused": "refused by a second person",
}


def guard(missing: str) -> str:
    """Of a guard what to do; of one of the eight answers its name."""
    return {str(one): text for one, text in GUARDS.items()}.get(missing, missing)


def field(missing: str) -> str:
    return FIELD.get(missing, "to")


def plain(code: str) -> str:
    return code.replace("_", " ")


SOURCES: Final[Options] = (("", "choose"), *((one, plain(one)) for one in get_args(Source)))
CONDITION_OPTIONS: Final[Options] = tuple((one.value, f"{plain(one.value)}, {one.severity}") for one in CONDITIONS)
ANY_CONDITION: Final[Options] = (("", "not known yet"), *CONDITION_OPTIONS)

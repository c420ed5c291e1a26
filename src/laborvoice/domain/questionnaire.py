"""The question bank, and what a questionnaire of it means (design, domain 2; ``data/questions.json``)."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

import msgspec

from laborvoice import errors
from laborvoice.domain import Inbound, Value, texts
from laborvoice.domain.condition import CONDITIONS, Condition, Severity
from laborvoice.domain.texts import Texts

NEUTRAL: Final = frozenset({"skip", "dont_know", "not_provided"})
"""Options that are never adverse."""
SKIP: Final = "skip"

REPORT_BYTES: Final = 1246
"""Room for the JSON of a report inside a ballot (design, privacy 2)."""
ANSWERS: Final = 64

Code = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9_]{1,32}\Z")]


class Language(Inbound, frozen=True):
    """``reviewed`` lists the texts a native reviewer has passed."""

    name: str
    autonym: str
    dir: Literal["ltr", "rtl"]
    review: Literal["source", "draft", "reviewed"]
    confidence: str
    reviewed: tuple[str, ...]
    note: str = ""


class ConditionText(Inbound, frozen=True):
    code: Condition
    severity: Severity
    label: str
    worker_label: Texts


class Question(Inbound, frozen=True):
    """``core`` and ``voice`` are places in the first questionnaire; ``ilo`` numbers indicators of forced labour."""

    id: Code
    condition: Condition | None
    role: Literal["gate", "core", "reserve"]
    scored: bool
    type: Code
    options: tuple[Code, ...]
    adverse: tuple[Code, ...]
    severity: Severity | None
    urgent: Literal["U1", "U2"] | None
    ilo: tuple[int, ...]
    sensitive: bool
    core: int | None
    voice: int | None
    icon: str
    text: Texts

    @property
    def meaning(self) -> str:
        """Digest of what may not change under one code; the wording is not part of it."""
        meant = (self.type, self.options, sorted(self.adverse), self.condition, self.scored, self.urgent)
        return hashlib.sha256(msgspec.json.encode(meant)).hexdigest()


class Asked(Inbound, frozen=True):
    """A questionnaire as the bank lists it: ``gate`` comes first and never enters a report."""

    code: Code
    version: Annotated[int, msgspec.Meta(ge=1)]
    gate: Code
    questions: Annotated[tuple[Code, ...], msgspec.Meta(max_length=ANSWERS)]
    voice: tuple[Code, ...]


class MinAge(Inbound, frozen=True):
    default: int
    by_country: dict[str, int]


class Parameters(Inbound, frozen=True):
    min_age: MinAge


class Questionnaire(Value, frozen=True):
    """The frozen questionnaire of a period, arranged for counting: scored questions alone.

    ``answers`` holds the options that are an answer (a skipped question has none), ``adverse`` those that flag the
    question's ``condition``.
    """

    code: str
    version: int
    answers: dict[str, frozenset[str]]
    adverse: dict[str, frozenset[str]]
    condition: dict[str, Condition]

    @property
    def label(self) -> str:
        """As a release prints it: "core 1"."""
        return f"{self.code} {self.version}"


class Bank(Inbound, frozen=True):
    """All questions, their texts and the questionnaires made of them."""

    format: Literal[1]
    bank: str
    version: int
    note: str
    languages: dict[str, Language]
    types: dict[Code, tuple[Code, ...]]
    options: dict[Code, Texts]
    conditions: tuple[ConditionText, ...]
    prompts: dict[Code, Texts]
    parameters: Parameters
    questionnaires: tuple[Asked, ...]
    questions: tuple[Question, ...]

    def questionnaire(self, code: str, version: int) -> Questionnaire:
        """Raises NotFound for a questionnaire or version that is not in the bank."""
        for asked in self.questionnaires:
            if (asked.code, asked.version) == (code, version):
                return _arranged(asked, self.by_id())
        raise errors.NotFound

    def by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    def meanings(self) -> dict[str, str]:
        """Question code to its digest, for the importer to keep."""
        return {question.id: question.meaning for question in self.questions}

    def changed(self, kept: Mapping[str, str]) -> tuple[str, ...]:
        """Codes that mean something else than ``kept`` says: a new meaning needs a new code."""
        return tuple(code for code, digest in self.meanings().items() if kept.get(code, digest) != digest)

    def min_age(self, country: str) -> int:
        ages = self.parameters.min_age
        return ages.by_country.get(country, ages.default)


def load(raw: bytes, kept: Mapping[str, str] | None = None) -> Bank:
    """The bank, if nothing in it is refused. ``kept`` are the digests of an earlier import.

    Raises QuestionsRefused, which names every fault, and QuestionMeaningChanged.
    """
    try:
        bank = msgspec.json.decode(raw, type=Bank)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        raise errors.QuestionsRefused(str(cause)) from None
    found = tuple(_faults(bank))
    if found:
        raise errors.QuestionsRefused("; ".join(found))
    changed = bank.changed(kept or {})
    if changed:
        raise errors.QuestionMeaningChanged("another meaning under an old code: " + ", ".join(changed))
    return bank


def _arranged(asked: Asked, known: Mapping[str, Question]) -> Questionnaire:
    scored = [known[code] for code in asked.questions if known[code].scored]
    return Questionnaire(
        code=asked.code,
        version=asked.version,
        answers={question.id: frozenset(question.options) - {SKIP} for question in scored},
        adverse={question.id: frozenset(question.adverse) for question in scored},
        condition={question.id: question.condition for question in scored if question.condition is not None},
    )


def _faults(bank: Bank) -> Iterator[str]:
    if len(bank.by_id()) != len(bank.questions):
        yield "questions: the same id twice"
    if len({(asked.code, asked.version) for asked in bank.questionnaires}) != len(bank.questionnaires):
        yield "questionnaires: the same version twice"
    yield from _condition_faults(bank)
    for question in bank.questions:
        yield from _question_faults(bank, question)
    for asked in bank.questionnaires:
        yield from _asked_faults(bank, asked)
    yield from _text_faults(bank)


def _condition_faults(bank: Bank) -> Iterator[str]:
    if tuple(text.code for text in bank.conditions) != CONDITIONS:
        yield "conditions: not the sixteen in their order"
    for text in bank.conditions:
        if text.severity is not text.code.severity:
            yield f"{text.code}: another severity"
        if texts.character_fault(text.label) is not None:
            yield f"{text.code}: label: {texts.character_fault(text.label)}"


def _question_faults(bank: Bank, question: Question) -> Iterator[str]:
    options = bank.types.get(question.type, ())
    if question.options != options or not set(options) <= set(bank.options):
        yield f"{question.id}: options unlike the type"
    adverse = set(question.adverse)
    if not adverse or not adverse <= set(options) - NEUTRAL:
        yield f"{question.id}: adverse options are missing or not among those that may be adverse"
    if question.severity != (question.condition and question.condition.severity):
        yield f"{question.id}: not the severity of its condition"
    if question.condition is None and (question.scored or question.role != "gate"):
        yield f"{question.id}: only a gate has no condition"


def _asked_faults(bank: Bank, asked: Asked) -> Iterator[str]:
    name, known = f"{asked.code} {asked.version}", bank.by_id()
    unknown = {asked.gate, *asked.questions, *asked.voice} - set(known)
    if unknown:
        yield f"{name}: unknown questions: {', '.join(sorted(unknown))}"
        return
    if len(set(asked.questions)) != len(asked.questions) or not set(asked.voice) <= set(asked.questions):
        yield f"{name}: a question twice, or a voice question that is not asked"
    if known[asked.gate].role != "gate" or any(known[code].role == "gate" for code in asked.questions):
        yield f"{name}: the gate stands outside the questions"
    if set(_arranged(asked, known).condition.values()) != set(CONDITIONS):
        yield f"{name}: does not ask all sixteen conditions"
    if worst_report(asked, known) > REPORT_BYTES:
        yield f"{name}: the longest report has more than {REPORT_BYTES} bytes"


def worst_report(asked: Asked, known: Mapping[str, Question]) -> int:
    """Bytes of the longest report that can be given on it."""
    longest = {code: max(known[code].options, key=len) for code in asked.questions}
    gravest = sorted(CONDITIONS, key=len)[-3:]
    return len(msgspec.json.encode({"v": 1, "q": asked.code, "qv": asked.version, "a": longest, "g": gravest}))


def _text_faults(bank: Bank) -> Iterator[str]:
    asked = {code for listed in bank.questionnaires for code in (listed.gate, *listed.questions)}
    offered = {option for question in bank.questions if question.id in asked for option in question.options}
    labels = {str(text.code): text.worker_label for text in bank.conditions}
    for kind, all_texts, core in (
        ("question", {question.id: question.text for question in bank.questions}, asked),
        ("option", bank.options, offered),
        ("condition", labels, set(labels)),
        ("prompt", bank.prompts, set(bank.prompts)),
    ):
        for name, translations in all_texts.items():
            yield from texts.faults(f"{kind} {name}", translations, bank.languages if name in core else ())
        yield from texts.repeated(kind, all_texts.values())

"""What workers read: one .po a language becomes one JSON a language, with the questions in it; drafts are marked.

A language with a missing text, a missing plural or another placeholder is refused, and so is a review without a name
and a day.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from laborvoice import data
from laborvoice.domain import Value
from laborvoice.domain.questionnaire import Bank, Question, load

SOURCE: Final = "en"
PLACE: Final = re.compile(r"\{\w+\}")
CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
REVIEWED: Final = re.compile(r"Review: (?:source|reviewed by \S.* on \d{4}-\d{2}-\d{2})")
DRAFT: Final = "Review: draft"
PACKED: Final = "lang/{code}.json"

Text = str | dict[str, str]
"""A sentence, or one for each plural category of the language."""


class BrokenLocale(Exception):
    """What is wrong with which language, line by line."""


class Language(Value):
    """``draft``: not every text has passed a native reviewer, so it is offered only where drafts are."""

    code: str
    autonym: str
    dir: str
    draft: bool
    texts: dict[str, Text]


def languages() -> tuple[Language, ...]:
    """Every language that has its texts, checked, in the order of the question bank. Raises BrokenLocale."""
    bank = load(data.questions())
    source = _catalog(SOURCE)
    found = {code: _catalog(code) for code in bank.languages if _path(code).is_file()}
    broken = [f"{code}: {fault}" for code, catalog in found.items() for fault in faults(code, catalog, source)]
    if broken:
        raise BrokenLocale("\n".join(broken))
    return tuple(
        Language(
            code=code,
            autonym=bank.languages[code].autonym,
            dir=bank.languages[code].dir,
            draft=bank.languages[code].review == "draft" or DRAFT in catalog.header_comment,
            texts={str(one.context): _text(code, one) for one in catalog if one.id},
        )
        for code, catalog in found.items()
    )


def faults(code: str, catalog: Catalog, source: Catalog) -> Iterator[str]:
    """What keeps a catalogue from being offered, even as a draft."""
    said = {str(one.context): one for one in catalog if one.id}
    wanted = {str(one.context): one for one in source if one.id}
    if DRAFT not in catalog.header_comment and not REVIEWED.search(catalog.header_comment):
        yield "neither a draft nor reviewed by somebody on a day"
    for key in sorted(wanted.keys() ^ said.keys()):
        yield f"{key}: missing or not asked for"
    for key in sorted(wanted.keys() & said.keys()):
        texts = _strings(said[key])
        expected = len(categories(code)) if said[key].pluralizable else 1
        if said[key].id != wanted[key].id:
            yield f"{key}: translated from another text"
        elif len(texts) != expected or not all(texts):
            yield f"{key}: {expected} texts are needed"
        elif any(_places(text) != _places(_source(wanted[key])) for text in texts):
            yield f"{key}: other placeholders"


def categories(code: str) -> tuple[str, ...]:
    """The plural categories of a language, in the order of its .po."""
    tags = Locale.parse(code, sep="-").plural_form.tags | {"other"}
    return tuple(one for one in CATEGORIES if one in tags)


def packs() -> dict[str, bytes]:
    """Path below ``static`` to the JSON that a phone loads for one language."""
    bank = load(data.questions())
    return {PACKED.format(code=one.code): _pack(bank, one) for one in languages()}


def language_buttons(sri: Callable[[str], str]) -> str:
    """The list of the first screen. ``sri`` gives the hash of a file below ``static``."""
    return "\n".join(_button(one, sri(PACKED.format(code=one.code))) for one in languages())


def card_lines() -> str:
    """For phones that cannot seal: the one sentence, in every language."""
    return "\n".join(
        f'<p lang="{one.code}" dir="{one.dir}">{escape(str(one.texts["card"]))}</p>' for one in languages()
    )


def _button(one: Language, sri: str) -> str:
    draft = escape(str(one.texts["draft"]))
    given: Mapping[str, str] = {
        "lang": one.code,
        "dir": one.dir,
        "data-sri": sri,
        "data-title": str(one.texts["choose"]),
        "data-mail": str(one.texts["have_code"]),
        "data-leave": str(one.texts["leave"]),
        **({"data-draft": draft} if one.draft else {}),
    }
    attributes = " ".join(f'{name}="{escape(value)}"' for name, value in given.items())
    small = f"<small>{draft}</small>" if one.draft else ""
    return f'<li><button type="button" {attributes}><span>{escape(one.autonym)}</span>{small}</button></li>'


def _pack(bank: Bank, language: Language) -> bytes:
    code, known = language.code, bank.by_id()
    [core] = bank.questionnaires
    asked = [known[one] for one in (core.gate, *core.questions)]
    pack = {
        "code": code,
        "ui": language.texts,
        "core": {"questions": core.questions},
        "options": {one: bank.options[one][code] for one in sorted({each for two in asked for each in two.options})},
        "conditions": [
            {"code": one.code, "severity": one.severity, "label": one.worker_label[code]} for one in bank.conditions
        ],
        "prompts": {name: texts[code] for name, texts in bank.prompts.items()},
        "questions": [_question(one, code) for one in asked],
    }
    return json.dumps(pack, ensure_ascii=False, separators=(",", ":")).encode()


def _question(one: Question, code: str) -> dict[str, object]:
    return {
        "id": one.id,
        "condition": one.condition,
        "options": one.options,
        "adverse": one.adverse,
        "urgent": one.urgent,
        "ilo": one.ilo,
        "text": one.text[code],
    }


def _path(code: str) -> Traversable:
    return files("laborvoice.web").joinpath(f"locales/worker/{code}.po")


def _catalog(code: str) -> Catalog:
    return read_po(BytesIO(_path(code).read_bytes()), locale=Locale.parse(code, sep="-"))


def _text(code: str, message: Message) -> Text:
    texts = _strings(message)
    return dict(zip(categories(code), texts, strict=True)) if message.pluralizable else texts[0]


def _strings(message: Message) -> tuple[str, ...]:
    """One text, or one for each plural category."""
    said = message.string
    return (said,) if isinstance(said, str) else tuple(str(one) for one in said or ())


def _places(text: str) -> list[str]:
    return sorted(PLACE.findall(text))


def _source(message: Message) -> str:
    """The English text; of two, the plural."""
    return message.id if isinstance(message.id, str) else str(message.id[-1])

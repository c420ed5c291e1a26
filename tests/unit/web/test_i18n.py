"""What workers read: every language whole, or refused; drafts marked."""

import json
from io import BytesIO

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from laborvoice import data
from laborvoice.domain.questionnaire import load
from laborvoice.web import i18n, worker

HEAD = '# Review: {review}\nmsgid ""\nmsgstr ""\n"Plural-Forms: {plural};\\n"\n\n'
ONE = "nplurals=2; plural=(n != 1)"
SOURCE = 'msgctxt "go"\nmsgid "Go {n}"\nmsgstr "Go {n}"\n'
PEOPLE = 'msgctxt "people"\nmsgid "{n} person"\nmsgid_plural "{n} people"\n'


def catalog(text: str, *, code: str = "es", review: str = "draft", plural: str = ONE) -> Catalog:
    return read_po(BytesIO((HEAD.format(review=review, plural=plural) + text).encode()), locale=Locale.parse(code))


@pytest.mark.parametrize(
    ("text", "review", "fault"),
    [
        (SOURCE, "draft", None),
        (SOURCE, "reviewed by Ana Pérez on 2026-03-01", None),
        (SOURCE, "reviewed", "neither a draft nor reviewed by somebody on a day"),
        (SOURCE, "reviewed by on 2026-03-01", "neither a draft nor reviewed by somebody on a day"),
        ("", "draft", "go: missing or not asked for"),
        (SOURCE + 'msgctxt "more"\nmsgid "More"\nmsgstr "Más"\n', "draft", "more: missing or not asked for"),
        (SOURCE.replace('msgstr "Go {n}"', 'msgstr ""'), "draft", "go: 1 texts are needed"),
        (SOURCE.replace('msgstr "Go {n}"', 'msgstr "Ir {m}"'), "draft", "go: other placeholders"),
        (SOURCE.replace('msgid "Go {n}"', 'msgid "Went {n}"'), "draft", "go: translated from another text"),
    ],
)
def test_a_catalogue_is_whole_or_its_fault_is_named(text: str, review: str, fault: str | None) -> None:
    found = list(i18n.faults("es", catalog(text, review=review), catalog(SOURCE)))
    assert found == ([] if fault is None else [fault])


@pytest.mark.parametrize(
    ("forms", "fault"),
    [
        (("una", "muchas", "otras"), None),
        (("una", "otras"), "people: 3 texts are needed"),
        (("una", "", "otras"), "people: 3 texts are needed"),
    ],
)
def test_each_plural_of_a_language_is_needed(forms: tuple[str, ...], fault: str | None) -> None:
    said = "".join(f'msgstr[{at}] "{{n}} {form}"\n' if form else f'msgstr[{at}] ""\n' for at, form in enumerate(forms))
    spanish = catalog(PEOPLE + said, plural="nplurals=3; plural=(n == 1) ? 0 : ((n % 1000000 == 0) ? 1 : 2)")
    source = catalog(PEOPLE + 'msgstr[0] "{n} person"\nmsgstr[1] "{n} people"\n', code="en")
    assert list(i18n.faults("es", spanish, source)) == ([] if fault is None else [fault])


def test_plural_categories_are_those_of_cldr() -> None:
    assert i18n.categories("ar") == ("zero", "one", "two", "few", "many", "other")
    assert i18n.categories("zh-Hans") == ("other",)


def test_a_broken_language_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(code: str) -> Catalog:
        return catalog(SOURCE if code == "en" else "", code="en")

    monkeypatch.setattr(i18n, "_catalog", broken)
    with pytest.raises(i18n.BrokenLocale, match="bn: go: missing or not asked for"):
        i18n.languages()


def test_all_fifteen_languages_are_there_and_only_english_is_no_draft() -> None:
    found = i18n.languages()
    assert [one.code for one in found] == list(load(data.questions()).languages)
    assert [one.code for one in found if not one.draft] == ["en"]


def test_a_pack_holds_the_poll_and_the_texts_of_its_language() -> None:
    packs = {path: json.loads(body) for path, body in i18n.packs().items()}
    arabic = packs["lang/ar.json"]
    assert [one["id"] for one in arabic["questions"]] == ["danger_now", *arabic["core"]["questions"]]
    assert set(arabic["ui"]["people"]) == {"zero", "one", "two", "few", "many", "other"}
    assert {frozenset(one["ui"]) for one in packs.values()} == {frozenset(arabic["ui"])}


def test_the_committed_files_are_what_the_sources_make() -> None:
    assert {path: worker.plain()[path] for path in i18n.packs()} == i18n.packs()


def test_the_list_marks_drafts_and_pins_each_pack() -> None:
    buttons = i18n.language_buttons(lambda path: f"sha-of-{path}").splitlines()
    assert 'data-sri="sha-of-lang/en.json"' in buttons[0]
    assert "data-draft" not in buttons[0]
    assert all("data-draft=" in one and "<small>" in one for one in buttons[1:])


def test_the_card_is_named_in_every_language() -> None:
    assert i18n.card_lines().count("<p lang=") == len(i18n.languages())

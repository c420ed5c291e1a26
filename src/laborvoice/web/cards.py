"""Printed cards: A4, two by four, each with a QR code. No serial, no supplier, no word for what they are used for."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

import segno

from laborvoice.domain import Value, card
from laborvoice.domain.card import Card
from laborvoice.web import i18n, pages

ON_A_SHEET: Final = 8
LANGUAGES: Final = 3
LEVEL: Final = "M"
QUIET_ZONE: Final = 4
_SENTENCE: Final = "code_h"
_ALWAYS: Final = ("en",)


class Sentence(Value, frozen=True):
    lang: str
    dir: str
    text: str


class PrintedCard(Value, frozen=True):
    """``svg`` is the code of ``url``; ``typed``: nine groups of three."""

    locator: str
    typed: str
    url: str
    svg: str


def url(host: str, one: Card) -> str:
    """What the code holds."""
    return card.card_url(host, one)


def code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error=LEVEL, boost_error=False)


def printed(host: str, one: Card) -> PrintedCard:
    link = url(host, one)
    return PrintedCard(
        locator=one.locator,
        typed=card.grouped(card.format_typed(one.locator, one.code)),
        url=link,
        svg=code(link).svg_inline(omitsize=True, border=QUIET_ZONE),
    )


@cache
def _sentences() -> dict[str, Sentence]:
    """What to do with a card, by language."""
    return {one.code: Sentence(lang=one.code, dir=one.dir, text=str(one.texts[_SENTENCE])) for one in i18n.languages()}


def languages() -> tuple[str, ...]:
    return tuple(_sentences())


def sentences(wanted: Iterable[str]) -> tuple[Sentence, ...]:
    """In at most three languages: those wanted that there are, then others."""
    known = _sentences()
    order = dict.fromkeys(code for code in (*wanted, *_ALWAYS, *known) if code in known)
    return tuple(known[code] for code in list(order)[:LANGUAGES])


def sheets(host: str, cards: Sequence[Card], phone: str, periods: Sequence[str], wanted: Iterable[str]) -> bytes:
    """HTML that stands alone, also in a file."""
    made = [printed(host, one) for one in cards]
    return pages.render(
        "cards.html",
        style=style(),
        host=host,
        phone=phone,
        periods=periods,
        sentences=sentences(wanted),
        sheets=[made[at : at + ON_A_SHEET] for at in range(0, len(made), ON_A_SHEET)],
    )


@cache
def style() -> str:
    return files("laborvoice.web").joinpath("templates/cards.css").read_text(encoding="utf-8")


def policy() -> str:
    """What the page may do: show its own style, and nothing else."""
    digest = b64encode(sha256(style().encode()).digest()).decode()
    own = f"style-src 'sha256-{digest}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

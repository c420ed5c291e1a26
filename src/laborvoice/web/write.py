"""Writes what is made from the sources of the workers' client, beside them: ``make web``."""

from pathlib import Path
from typing import Final

from laborvoice.web import i18n, worker

STATIC: Final = Path(__file__).parent / "static"


def page() -> str:
    """The page, around the language packs as they lie there."""

    def pinned(path: str) -> str:
        return worker.integrity(worker.plain()[path])

    return worker.written({"languages": i18n.language_buttons(pinned), "card": i18n.card_lines()})


def write(static: Path = STATIC) -> None:
    """Packs first: the page names their hashes."""
    for path, body in i18n.packs().items():
        (static / path).parent.mkdir(exist_ok=True)
        (static / path).write_bytes(body)
    worker.read_again()
    (static / worker.PAGE).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()

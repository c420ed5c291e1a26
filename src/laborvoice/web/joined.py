"""Modules of a folder as one file: one below the other, with nothing renamed, so that a phone asks once and not often.

A line of import between them is left out, since what it names now stands in the same file; what others offer is asked
for once, at the head. Two modules of a folder may therefore not have a name in common: that is refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

Imports = dict[str, set[str]]
"""By the file asked for, what it is asked for: ``name`` or ``name as other``."""

_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_LATER: Final = re.compile(r'import\("\.\./(\w+)/\w+\.mjs"\)')
_NAMED: Final = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function\*?) (\w+)", re.MULTILINE)
_BESIDE: Final = re.compile(r"\./(\w+)\.mjs")
_FOLDER: Final = re.compile(r"\.\./(\w+)/\w+\.mjs")
_ABOVE: Final = "../../"


class Clash(Exception):
    """A name that two modules of one folder have, or a module that asks for itself."""


def joined(modules: Mapping[str, str]) -> str:
    """``modules``: texts by name, without ``.mjs``. Each stands below those that it asks for."""
    imports: Imports = {}
    names: set[str] = set()
    bodies: list[str] = []
    for name in _in_order(modules):
        text = modules[name]
        for wanted, path in _asked(text):
            imports.setdefault(path, set()).update(wanted)
        _take(names, _NAMED.findall(text), name)
        bodies.append(_LATER.sub(r'import("./\1.mjs")', _IMPORT.sub("", text)))
    _take(names, (one.rpartition(" ")[2] for path in imports for one in imports[path]), "what is asked for")
    heads = [f'import {{ {", ".join(sorted(wanted))} }} from "{path}";\n' for path, wanted in sorted(imports.items())]
    return "".join((*heads, *bodies))


def _in_order(modules: Mapping[str, str]) -> list[str]:
    """As a browser would run them: first what is asked for. What asks in a circle does so later, when it runs."""
    placed: list[str] = []
    seen: set[str] = set()

    def place(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for match in _IMPORT.finditer(modules[name]):
            beside = _BESIDE.fullmatch(match[2])
            if beside is not None:
                place(beside[1])
        placed.append(name)

    for name in sorted(modules):
        place(name)
    return placed


def _asked(text: str) -> Iterator[tuple[set[str], str]]:
    """Of other files: another folder is one file too, and all else lies one folder nearer."""
    for match in _IMPORT.finditer(text):
        wanted, path = {one.strip() for one in match[1].split(",") if one.strip()}, match[2]
        folder = _FOLDER.fullmatch(path)
        if folder is not None:
            yield wanted, f"./{folder[1]}.mjs"
        elif not _BESIDE.fullmatch(path):
            yield wanted, path.replace(_ABOVE, "../", 1)


def _take(names: set[str], more: Iterable[str], where: str) -> None:
    for one in more:
        if one in names:
            raise Clash(f"{one}, in {where}")
        names.add(one)

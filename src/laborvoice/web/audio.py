"""Spoken texts of the workers' client: files that an operator has recorded, read once, loaded by a phone on a tap."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from laborvoice.domain import Value
from laborvoice.errors import BadSetting

SIZES: Final = "sizes.json"
JSON: Final = "application/json"
MEDIA: Final[Mapping[str, str]] = {"m4a": "audio/mp4", "ogg": "audio/ogg"}
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\.(ogg|m4a)")
_LANGUAGE: Final = re.compile(r"[a-z]{2}(-[A-Z][a-z]{3})?")


class Sound(Value, frozen=True):
    """``body`` as it is sent; ``media`` its type."""

    body: bytes
    media: str


def read(folder: Path) -> Mapping[str, Sound]:
    """By ``en/wages_full.ogg``, and for each language ``en/sizes.json``: what there is, in bytes. Raises BadSetting."""
    if not folder.is_dir():
        raise BadSetting(f"LABORVOICE_INTAKE_AUDIO: {folder} is no folder.")
    found: dict[str, Sound] = {}
    for language in sorted(one for one in folder.iterdir() if one.is_dir() and _LANGUAGE.fullmatch(one.name)):
        spoken = {one.name: one.read_bytes() for one in sorted(language.iterdir()) if _NAME.fullmatch(one.name)}
        sizes = {name: len(body) for name, body in spoken.items()}
        found[f"{language.name}/{SIZES}"] = Sound(body=json.dumps(sizes).encode(), media=JSON)
        for name, body in spoken.items():
            found[f"{language.name}/{name}"] = Sound(body=body, media=MEDIA[name.rpartition(".")[2]])
    return found

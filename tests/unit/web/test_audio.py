"""Spoken texts: read once, by language, with their sizes; nothing else of the folder is served."""

import json
from pathlib import Path

import pytest

from laborvoice.errors import BadSetting
from laborvoice.web import audio


def test_what_is_recorded_is_listed_and_nothing_else(tmp_path: Path) -> None:
    for path in ("en/wages_full.ogg", "en/wages_full.m4a", "zh-Hans/before.ogg", "en/notes.txt", "other/a.ogg"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(path.encode())
    (tmp_path / "readme.ogg").write_bytes(b"beside the languages")
    found = audio.read(tmp_path)
    assert {name: one.media for name, one in found.items()} == {
        "en/sizes.json": "application/json",
        "en/wages_full.m4a": "audio/mp4",
        "en/wages_full.ogg": "audio/ogg",
        "zh-Hans/before.ogg": "audio/ogg",
        "zh-Hans/sizes.json": "application/json",
    }
    assert json.loads(found["en/sizes.json"].body) == {"wages_full.m4a": 17, "wages_full.ogg": 17}
    assert found["en/wages_full.ogg"].body == b"en/wages_full.ogg"


def test_a_folder_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="LABORVOICE_INTAKE_AUDIO"):
        audio.read(tmp_path / "none")

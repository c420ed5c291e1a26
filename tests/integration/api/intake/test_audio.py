"""Spoken texts from outside: what the operator has recorded is served as it is, and nothing beside it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "wages_full.ogg").write_bytes(b"OggS")
    (tmp_path / "secret.ogg").write_bytes(b"not of a language")
    return tmp_path


async def test_a_text_and_the_sizes_are_served(open_intake_door: Any, folder: Path) -> None:
    async with open_intake_door(intake_audio=folder) as door:
        answer = await door.get("/audio/en/wages_full.ogg")
        assert (answer.status, answer.body, answer.header("content-type")) == (200, b"OggS", "audio/ogg")
        assert json.loads((await door.get("/audio/en/sizes.json")).body) == {"wages_full.ogg": 4}
        for path in ("/audio/bn/sizes.json", "/audio/en/other.ogg", "/audio/../secret.ogg", "/audio/en/secret.txt"):
            assert (await door.get(path)).status == 404, path
        assert 'data-audio="yes"' in (await page(door))


async def test_without_the_setting_there_is_none(door: Any) -> None:
    assert (await door.get("/audio/en/sizes.json")).status == 404
    assert 'data-audio=""' in (await page(door))


async def page(door: Any) -> str:
    return gzip.decompress((await door.get("/")).body).decode()

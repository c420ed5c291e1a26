"""The three bundles of other people's code: the bytes are those on record, small enough, from no private registry."""

import gzip
import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "src" / "laborvoice" / "web" / "static" / "vendor"
FRONTEND = ROOT / "frontend"
KB = 1_024
BUDGETS = {"seal.mjs": 17.8, "blind.mjs": 2.6, "verify.mjs": 3.2}
FREE = {"MIT", "Apache-2.0"}


@pytest.fixture
def record() -> dict[str, Any]:
    return tomllib.loads((VENDOR / "VENDOR.toml").read_text(encoding="utf-8"))


@pytest.fixture
def lock() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    return found


def test_the_bundles_are_those_on_record(record: dict[str, Any]) -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.mjs")}
    assert found == {name: one["sha256"] for name, one in record.items()}


@pytest.mark.parametrize(("name", "most"), BUDGETS.items())
def test_a_bundle_has_its_budget(name: str, most: float) -> None:
    assert len(gzip.compress((VENDOR / name).read_bytes(), 9, mtime=0)) <= most * KB


def test_what_they_are_made_of_is_free_and_in_the_lock(record: dict[str, Any], lock: dict[str, Any]) -> None:
    texts = (VENDOR / "LICENSES.txt").read_text(encoding="utf-8")
    for one in (part for bundle in record.values() for part in bundle["from"]):
        locked = lock["packages"][f"node_modules/{one['npm']}"]
        assert (locked["version"], locked["license"]) == (one["version"], one["licence"])
        assert one["licence"] in FREE
        assert re.search(rf"^{re.escape(one['npm'])}$", texts, re.MULTILINE)


def test_the_lock_names_hashes_and_no_registry(lock: dict[str, Any]) -> None:
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert not any("resolved" in one for one in packages.values())
    for path in (FRONTEND / "package-lock.json", FRONTEND / ".npmrc"):
        assert "://" not in re.sub(r'"url": "https://[^"]+"', "", path.read_text(encoding="utf-8")), path


def test_every_dependency_is_pinned_to_one_version() -> None:
    package = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())

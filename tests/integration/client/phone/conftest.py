"""The modules that phones run, beside the reference client: what one makes the other must read."""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import shake_256
from typing import Any

import pytest

from laborvoice.crypto import framing
from support import node

TODAY = "2026-11-24"
WHERE = ("voice.example", TODAY)


@pytest.fixture(scope="session")
def js() -> Iterator[node.Node]:
    with node.running() as one:
        yield one


@pytest.fixture(scope="session")
def vendor() -> Iterator[node.Node]:
    """The bundles themselves."""
    with node.running(folder="vendor") as one:
        yield one


@pytest.fixture
def fingerprint(vectors: dict[str, Any]) -> bytes:
    return bytes.fromhex(vectors["manifest"]["fingerprint"])


@pytest.fixture
def online(office: Any) -> Iterator[node.Node]:
    """A phone whose fetches go to the office. A browser has undone the gzip before a module sees the manifest."""
    office.shown["/v1/manifest"] = gzip.decompress(office.shown["/v1/manifest"])
    with node.running(office.url) as one:
        yield one


def signed(vectors: dict[str, Any]) -> bytes:
    """The manifest of the vectors as a phone reads it."""
    values = vectors["manifest"]
    key, sig = (framing.b64(bytes.fromhex(values[name])) for name in ("key", "sig"))
    return json.dumps({"payload": values["payload_utf8"], "sigs": [{"key": key, "sig": sig}]}).encode()


@pytest.fixture(scope="session")
def manifest(js: node.Node, vectors: dict[str, Any]) -> dict[str, Any]:
    fingerprint = bytes.fromhex(vectors["manifest"]["fingerprint"])
    found: dict[str, Any] = js("manifest", "readManifest", signed(vectors), fingerprint, *WHERE)
    return found


@pytest.fixture(scope="session")
def trusted(js: node.Node, vectors: dict[str, Any], manifest: dict[str, Any]) -> dict[str, Any]:
    """The keys of a visit with the card of the vectors."""
    file = js("manifest", "readPartFile", bytes.fromhex(vectors["part"]["file"]), manifest)
    keys: dict[str, Any] = js(
        "manifest", "trusted", manifest, js("manifest", "readPart", file, manifest, "4QX9TN"), TODAY
    )
    return keys


@pytest.fixture
def noise_text() -> str:
    """6,000 letters that deflate little, the same every time."""
    return b64encode(shake_256(b"noise").digest(4_500)).decode()

"""The verifiers and the example in docs/webhooks.md are real: taken out of the page and run."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from laborvoice.domain.event import TYPES
from laborvoice.webhooks import verifier

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NODE: Final = shutil.which("node")

_SCRIPT: Final = """
import { verify } from "./verify.mjs";
const cases = JSON.parse(process.argv[2]);
for (const { body, headers, options } of cases) {
  try {
    const event = await verify(new TextEncoder().encode(body), headers, options);
    console.log(event.id);
  } catch { console.log("refused"); }
}
"""


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "webhooks.md").read_text(encoding="utf-8")


def block(page: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def example(page: str) -> tuple[bytes, dict[str, str]]:
    head, _, body = block(page, "http").rstrip().partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    return body.encode(), headers


@pytest.fixture
def public(page: str) -> str:
    found = re.search(r"whpk_[A-Za-z0-9+/]{43}=", page)
    assert found is not None
    return found[0]


def test_the_example_verifies(example: tuple[bytes, dict[str, str]], public: str) -> None:
    body, headers = example
    now = int(headers["webhook-timestamp"])
    assert verifier.verify(body, headers, secrets=[SECRET], now=now).id == headers["webhook-id"]
    assert verifier.verify(body, headers, public_keys=[public], now=now).id == headers["webhook-id"]
    with pytest.raises(verifier.Refused):
        verifier.verify(body + b" ", headers, secrets=[SECRET], now=now)


@pytest.fixture
def copied(root: Path) -> Iterator[None]:
    """The verifier as a receiver has it: a file of its own."""
    spec = importlib.util.spec_from_file_location("verifier", root / "src/laborvoice/webhooks/verifier.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verifier"] = module
    spec.loader.exec_module(module)
    yield
    del sys.modules["verifier"]


@pytest.mark.usefixtures("copied")
def test_the_python_on_the_page_refuses_what_is_old(page: str, example: tuple[bytes, dict[str, str]]) -> None:
    names: dict[str, Any] = {}
    exec(block(page, "python"), names)  # noqa: S102 - our own page
    assert names["receive"](*example) == 400


@pytest.mark.skipif(NODE is None, reason="there is no node here to run the JavaScript verifier of docs/webhooks.md")
def test_the_javascript_on_the_page(
    page: str, example: tuple[bytes, dict[str, str]], public: str, tmp_path: Path
) -> None:
    body, headers = example[0].decode(), example[1]
    now = int(headers["webhook-timestamp"])
    good: dict[str, Any] = {"secrets": [SECRET], "now": now}
    cases: list[tuple[dict[str, str], dict[str, Any]]] = [
        ({}, good),
        ({}, {"publicKeys": [public], "now": now}),
        ({}, {"publicKeys": [public], "now": now + 299}),
        ({}, {"publicKeys": [public], "now": now + 301}),
        ({}, {"publicKeys": [public], "now": now - 301}),
        ({}, {"now": now}),
        ({}, {"secrets": [public], "now": now}),
        ({"webhook-signature": headers["webhook-signature"].replace("v1", "v2")}, good),
        ({"webhook-signature": "v1"}, good),
        ({"webhook-signature": ""}, good),
        ({"webhook-signature": "v1,%% v1,AA=="}, good),
        ({"webhook-timestamp": "soon"}, good),
        ({"webhook-id": "evt_another"}, good),
    ]
    (tmp_path / "verify.mjs").write_text(block(page, "javascript"), encoding="utf-8")
    (tmp_path / "run.mjs").write_text(_SCRIPT, encoding="utf-8")
    told = json.dumps([{"body": body, "headers": headers | other, "options": options} for other, options in cases])
    ran = subprocess.run(  # noqa: S603 - node on our own page
        [str(NODE), str(tmp_path / "run.mjs"), told], check=True, capture_output=True, text=True
    )
    assert ran.stdout.split() == [headers["webhook-id"]] * 3 + ["refused"] * (len(cases) - 3)


def test_every_type_is_on_the_page(page: str) -> None:
    section = page.split("## What arrives", 1)[1].split("\n## ", 1)[0]
    assert tuple(re.findall(r"^\| `([\w.]+)`", section, re.MULTILINE)) == TYPES

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

from laborvoice.domain.facts import TYPES
from laborvoice.webhooks import verifier

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NODE: Final = shutil.which("node")
GO: Final = shutil.which("go")

_SCRIPT: Final = """
import { readFileSync } from "node:fs";
import { verify } from "./verify.mjs";
const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const { body, headers, options } of cases) {
  try {
    const event = await verify(new TextEncoder().encode(body), headers, options);
    console.log(event.id);
  } catch { console.log("refused"); }
}
"""


_GO: Final = """
package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"
)

func TestCases(t *testing.T) {
	var cases []struct {
		Body                string
		Headers             map[string]string
		Secrets, PublicKeys []string
		Now                 int64
	}
	raw, err := os.ReadFile("cases.json")
	if err != nil || json.Unmarshal(raw, &cases) != nil {
		t.Fatal("there are no cases")
	}
	for _, one := range cases {
		header := http.Header{}
		for name, value := range one.Headers {
			header.Set(name, value)
		}
		event, err := Verify([]byte(one.Body), header, one.Secrets, one.PublicKeys, one.Now, 300)
		if err != nil {
			fmt.Println("case refused")
		} else {
			fmt.Println("case", event["id"])
		}
	}
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


Case = tuple[dict[str, str], dict[str, Any]]


def cases(headers: dict[str, str], public: str) -> tuple[list[Case], list[Case]]:
    """Headers to change and keys to verify with: those that pass, and those that are refused (design, webhooks 3)."""
    now, signed = int(headers["webhook-timestamp"]), headers["webhook-signature"]
    shared: dict[str, Any] = {"secrets": [SECRET], "now": now}
    named: dict[str, Any] = {"publicKeys": [public], "now": now}
    v1, v1a = signed.split(" ")
    good: list[Case] = [
        ({}, shared),
        ({}, named),
        ({}, named | {"now": now + 299}),
        ({}, named | shared),
        ({"webhook-signature": f"v9,whatever {v1a}"}, named),
    ]
    sent = [
        {"webhook-signature": value}
        for value in (
            "v1",
            "",
            " ",
            f"{v1}  {v1a}",
            f"{v1},{v1}",
            "v1,%% v1,AA==",
            "v1,é",
            v1[:-8] + v1[-4:],
            signed.replace("v1", "v2"),
            " ".join([v1] * 1_000),
            "v1," + "A" * 100_000,
        )
    ]
    sent += [{"webhook-timestamp": value} for value in ("soon", "", "-1", f"{now}.0", f"0{now}", "9" * 12, "9" * 5_000)]
    sent += [{"webhook-id": value} for value in ("evt_another", "", "x" * 300, "a.b")]
    refused: list[Case] = [(other, shared | named) for other in sent]
    refused += [
        ({}, named | {"now": now + 301}),
        ({}, named | {"now": now - 301}),
        ({}, {"now": now}),
        ({}, shared | {"secrets": [public]}),
        ({}, named | {"publicKeys": [SECRET]}),
        ({"webhook-signature": v1a}, shared),
        ({"webhook-signature": v1}, named),
    ]
    return good, refused


def expected(headers: dict[str, str], good: list[Case], refused: list[Case]) -> list[str]:
    return [headers["webhook-id"]] * len(good) + ["refused"] * len(refused)


@pytest.mark.skipif(NODE is None, reason="there is no node here to run the JavaScript verifier of docs/webhooks.md")
def test_the_javascript_on_the_page(
    page: str, example: tuple[bytes, dict[str, str]], public: str, tmp_path: Path
) -> None:
    body, headers = example[0].decode(), example[1]
    good, refused = cases(headers, public)
    (tmp_path / "verify.mjs").write_text(block(page, "javascript"), encoding="utf-8")
    (tmp_path / "run.mjs").write_text(_SCRIPT, encoding="utf-8")
    told = [{"body": body, "headers": headers | other, "options": options} for other, options in good + refused]
    (tmp_path / "cases.json").write_text(json.dumps(told), encoding="utf-8")
    ran = subprocess.run(  # noqa: S603 - node on our own page
        [str(NODE), str(tmp_path / "run.mjs"), str(tmp_path / "cases.json")], check=True, capture_output=True, text=True
    )
    assert ran.stdout.split() == expected(headers, good, refused)


@pytest.mark.skipif(GO is None, reason="there is no go here to run the Go verifier of docs/webhooks.md")
def test_the_go_on_the_page(page: str, example: tuple[bytes, dict[str, str]], public: str, tmp_path: Path) -> None:
    body, headers = example[0].decode(), example[1]
    good, refused = cases(headers, public)
    (tmp_path / "go.mod").write_text("module webhook\n\ngo 1.21\n", encoding="utf-8")
    (tmp_path / "webhook.go").write_text(block(page, "go"), encoding="utf-8")
    (tmp_path / "run_test.go").write_text(_GO, encoding="utf-8")
    told = [{"body": body, "headers": headers | other, **options} for other, options in good + refused]
    (tmp_path / "cases.json").write_text(json.dumps(told), encoding="utf-8")
    ran = subprocess.run(  # noqa: S603 - go on our own page
        [str(GO), "test", "-count=1", "-v", "."], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    lines = [line.removeprefix("case ") for line in ran.stdout.splitlines() if line.startswith("case ")]
    assert lines == expected(headers, good, refused)


def test_every_type_is_on_the_page(page: str) -> None:
    section = page.split("## What arrives", 1)[1].split("\n## ", 1)[0]
    assert tuple(re.findall(r"^\| `([\w.]+)`", section, re.MULTILINE)) == TYPES

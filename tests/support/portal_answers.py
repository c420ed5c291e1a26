"""What every problem of the portal looks like."""

from typing import Any

from laborvoice.api.problems import TABLE

ORIGIN = "https://voice.example"
FIXED = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
}


def is_problem(answer: Any, status: int, code: str) -> None:
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert set(told) - {"errors"} == {"type", "title", "status", "detail", "code", "request_id"}
    assert told["type"] == f"{ORIGIN}/problems/{code}"
    assert (told["status"], told["code"], told["title"]) == (status, code, TABLE[code].title)
    assert told["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    for name, value in FIXED.items():
        assert answer.headers[name] == value

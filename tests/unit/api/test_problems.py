"""The table of problems: what each error becomes, and that nothing of it is said back."""

import json
from typing import Any

import pytest
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)

from laborvoice import errors
from laborvoice.api import problems
from laborvoice.api.problems import Pointed, Said


class Nearer(errors.NotFound):
    """A kind of missing."""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.NotFound("secret"), "not-found"),
        (Nearer(), "not-found"),
        (errors.Busy(), "busy"),
        (errors.DatabaseUnavailable(), "database-unavailable"),
        (errors.Malformed(), "invalid-body"),
        (errors.Conflict(), "conflict"),
        (errors.KeyMissing(), "internal"),
        (RuntimeError("secret"), "internal"),
        (NotFoundException(), "not-found"),
        (MethodNotAllowedException(), "method-not-allowed"),
        (ClientException(), "malformed-json"),
        (HTTPException(status_code=418), "internal"),
        (ValidationException(extra=[{"message": "m", "key": "a", "source": "body"}]), "invalid-body"),
        (ValidationException(extra=[{"message": "m", "key": "a", "source": "query"}]), "invalid-parameter"),
        (ValidationException(extra={"a": "b"}), "invalid-parameter"),
    ],
)
def test_the_nearest_class_decides(error: Exception, code: str) -> None:
    assert problems.of(error) is problems.TABLE[code]


def test_every_code_of_the_table_stands_once_under_its_status() -> None:
    assert len(problems.TABLE) == 41
    assert {one.status for one in problems.TABLE.values()} == {
        400, 401, 403, 404, 405, 406, 409, 410, 411, 412, 413, 415, 422, 428, 429, 500, 503,
    }  # fmt: skip
    assert all(code == one.code for code, one in problems.TABLE.items())


def test_bare_bytes_are_fixed() -> None:
    problem = problems.TABLE["busy"]
    assert problems.bare(problem) is problems.bare(problem)
    assert json.loads(problems.bare(problem)) == {
        "type": "urn:laborvoice:problem:busy",
        "title": problem.title,
        "status": 503,
    }


def test_full_has_what_rfc_9457_asks_and_errors_only_where_there_are_some() -> None:
    problem = problems.TABLE["invalid-body"]
    made = json.loads(problems.full(problem, "https://api.example", "req_1"))
    assert made == {
        "type": "https://api.example/problems/invalid-body",
        "title": problem.title,
        "status": 422,
        "detail": problem.title,
        "code": "invalid-body",
        "request_id": "req_1",
    }
    pointed = (Pointed(pointer="/name", detail="A name is needed."),)
    full: Any = json.loads(problems.full(problem, "o", "r", Said(detail="Two words.", faults=pointed)))
    assert full["errors"] == [{"pointer": "/name", "detail": "A name is needed."}]
    assert full["detail"] == "Two words."

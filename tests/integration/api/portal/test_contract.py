"""The contract: valid, whole, the one that is checked in, and what answers really look like (design, api 6)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it brings no types
import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from laborvoice.api.intake import contract as intake
from laborvoice.api.intake.app import find
from laborvoice.api.portal import app as portal
from laborvoice.api.portal.doors import HANDLERS
from laborvoice.api.problems import TABLE
from support.registry_world import World

ROOT = Path(__file__).parents[4]
DOCUMENTS = {"openapi.json": portal.document, "openapi-intake.json": intake.document}


@pytest.fixture(params=sorted(DOCUMENTS))
def document(request: pytest.FixtureRequest) -> Any:
    return json.loads(DOCUMENTS[request.param]())


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def check(document: Any, schema: Any, value: Any) -> None:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"], **schema}
    validator: Any = Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    validator.validate(value)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_what_is_checked_in_is_what_the_code_says(name: str) -> None:
    assert (ROOT / name).read_bytes() == DOCUMENTS[name](), "run make openapi"


def test_it_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_operation_says_what_it_does(document: Any) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    tags = {tag["name"] for tag in document["tags"]}
    for _, _, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= tags
        for parameter in operation["parameters"]:
            assert parameter["description"]


def test_every_field_is_described(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, shape in schema.get("properties", {}).items():
            assert shape.get("description"), f"{name}.{field}"


def test_examples_validate(document: Any) -> None:
    for _, _, operation in operations(document):
        contents = [
            *operation.get("requestBody", {}).get("content", {}).values(),
            *(one for response in operation["responses"].values() for one in response.get("content", {}).values()),
        ]
        for content in contents:
            if "example" in content:
                check(document, content["schema"], content["example"])
        for parameter in operation["parameters"]:
            if "example" in parameter and parameter["schema"].get("type") == "string":
                check(document, parameter["schema"], parameter["example"])


def test_json_answers_have_examples(document: Any) -> None:
    for path, _, operation in operations(document):
        for response in operation["responses"].values():
            for media, content in response.get("content", {}).items():
                if media.endswith("json") and path != "/v1/openapi.json":
                    assert "example" in content, path


def test_every_status_names_its_codes(document: Any) -> None:
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert "application/problem+json" in response["content"]
                codes = re.findall(r"`([a-z-]+)`", response["description"])
                assert codes
                assert {TABLE[code].status for code in codes} == {int(status)}


# Hosts that nobody can have (RFC 2606), the name of a dialect, and the pattern of our own URLs.
MADE_UP = re.compile(r"https://([a-z]+\.)*example\b|https://json-schema\.org/draft/2020-12/schema|\^https\?://")


def test_no_other_host_is_named(document: Any) -> None:
    assert "://" not in MADE_UP.sub("", json.dumps(document))


def test_nothing_of_a_worker_can_be_asked_for() -> None:
    document = json.loads(portal.document())
    asked = {parameter["name"] for _, _, operation in operations(document) for parameter in operation["parameters"]}
    asked |= set(document["components"]["schemas"]["ScoreFilter"]["properties"])
    asked |= set(document["components"]["schemas"]["ScoresWanted"]["properties"])
    assert asked == {
        "supplier", "release", "code", "country", "kind", "sector", "band", "q", "limit", "cursor", "period",
        "suppliers", "filter", "sort", "chain", "after", "Idempotency-Key", "If-Match",
        "updated_since", "dry_run", "as_new", "link", "state", "campaign", "seq",
        "endpoint", "delivery", "job", "types", "wait",
        "session", "user", "key", "party", "export", "name", "approval", "message", "case",
    }  # fmt: skip


def test_the_intake_contract_is_its_doors() -> None:
    for path, method, operation in intake.OPERATIONS:
        example = path
        for name, part in operation.path.items():
            example = example.replace(f"{{{name}}}", part.example)
        door = find(example)
        assert door is not None
        assert method in door.methods
        if operation.body is not None:
            assert door.methods[method].most == operation.body.size
    assert len(intake.OPERATIONS) == 11


async def test_it_is_served_as_it_is_checked_in(client: Any) -> None:
    answer = await client.get("/v1/openapi.json")
    assert answer.body == portal.document()
    assert answer.headers["content-type"] == "application/json"


async def test_the_page_needs_nothing_from_elsewhere(client: Any) -> None:
    answer = await client.get("/docs")
    page = answer.body.decode()
    assert answer.headers["content-type"].startswith("text/html")
    assert "://" not in MADE_UP.sub("", page)
    assert not re.search(r"<(script|img|link|iframe)|\ssrc=|@import|url\(", page)
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none';"
        r" frame-ancestors 'none'",
        answer.headers["content-security-policy"],
    )
    for handler in HANDLERS:
        assert f"id={handler.opt['operation'].id}>" in page


async def test_real_answers_are_as_documented(client: Any, world: World, chain: Any) -> None:
    document = json.loads(portal.document())
    operator = await world.secret(await world.party("operator"), "operator")
    await world.supplier("Whole", workers_min=1, identifiers={"os_id": "BD2026001DEM011"}, lat=1.5, lng=2.5)
    asked = {
        "/v1/suppliers": "/v1/suppliers?limit=1",
        "/v1/suppliers/{supplier}/score": f"/v1/suppliers/{chain.supplier}/score?period=2026-Q2",
    }
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        plain = path.replace("{supplier}", chain.supplier).replace("{release}", chain.releases["2026-Q1"])
        plain = plain.replace("{code}", "not-found")
        for target in (plain, asked.get(path, plain)):
            answer = await client.get(target, operator)
            content = methods["get"]["responses"][str(answer.status)]["content"]
            media = answer.headers["content-type"].partition(";")[0]
            assert media in content
            if media.endswith("json"):
                check(document, content[media]["schema"], answer.json())


async def test_real_bulk_answers_are_as_documented(client: Any, chain: Any) -> None:
    asked: Any = ({"suppliers": [chain.supplier]}, {"filter": {}, "period": "2026-Q2"}, {"filter": {"x": 1}}, {})
    document = json.loads(portal.document())
    responses = document["paths"]["/v1/scores/query"]["post"]["responses"]
    for wanted in asked:
        answer = await client.post("/v1/scores/query", chain.key, wanted)
        content = responses[str(answer.status)]["content"]
        check(document, content[answer.headers["content-type"]]["schema"], msgspec.json.decode(answer.body))

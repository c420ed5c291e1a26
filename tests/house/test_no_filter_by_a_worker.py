"""Guarantee 19: no interface selects, filters or sorts by anything a worker said or is, nor by time within a period."""

import json
from pathlib import Path
from typing import Any, cast

from laborvoice.domain.questionnaire import load

ROOT = Path(__file__).parents[2]
CHOICES = {
    "country": "where the supplier is",
    "kind": "what kind of site it is",
    "sector": "its industry",
    "band": "the band of a published score",
    "q": "its name or OS ID",
    "period": "a whole period",
    "suppliers": "which suppliers",
    "filter": "the choices above, together",
    "sort": "by name or by published figures",
    "limit": "how many to a page",
    "cursor": "where a page goes on",
    "supplier": "one supplier",
    "release": "one release",
    "code": "a kind of problem",
    "part": "a locator, which names a site",
    "seq": "the number of a manifest",
}
"""Everything that a reader may choose by, each judged once: a new name fails until someone has judged it here."""


def documents() -> list[dict[str, Any]]:
    return [json.loads((ROOT / name).read_bytes()) for name in ("openapi.json", "openapi-intake.json")]


def choices(document: dict[str, Any]) -> set[str]:
    """Names of all parameters, and of the fields of all bodies, nested ones included."""
    shapes: dict[str, Any] = document["components"]["schemas"]
    found: set[str] = set()
    for operations in document["paths"].values():
        for operation in operations.values():
            found |= {one["name"] for one in operation.get("parameters", ()) if one["in"] != "header"}
            for content in operation.get("requestBody", {}).get("content", {}).values():
                found |= fields(content["schema"], shapes)
    return found


def fields(shape: object, shapes: dict[str, Any]) -> set[str]:
    """Of a schema, or a list of them."""
    if isinstance(shape, list):
        return {name for one in cast("list[object]", shape) for name in fields(one, shapes)}
    if not isinstance(shape, dict):
        return set()
    known = cast("dict[str, Any]", shape)
    properties: dict[str, Any] = known.get("properties", {})
    named = str(known.get("$ref", "")).rpartition("/")[2]
    inner = [*properties.values(), *(known.get(part) for part in ("items", "anyOf", "oneOf", "allOf"))]
    return set(properties) | fields(inner, shapes) | (fields(shapes[named], shapes) if named else set())


def test_every_choice_of_both_apis_was_judged() -> None:
    for document in documents():
        assert choices(document) <= CHOICES.keys()


def test_a_field_of_a_nested_body_would_be_seen() -> None:
    shapes = {"Inner": {"properties": {"condition": {"type": "string"}}}}
    assert fields({"properties": {"filter": {"anyOf": [{"$ref": "#/c/Inner"}]}}}, shapes) == {"filter", "condition"}


def test_no_choice_is_a_question_or_a_condition() -> None:
    bank = load((ROOT / "src/laborvoice/data/questions.json").read_bytes())
    asked = set(bank.by_id()) | {one.code.value for one in bank.conditions}
    assert not asked & CHOICES.keys()


def test_sorting_is_by_published_figures_alone() -> None:
    shapes = documents()[0]["components"]["schemas"]
    offered = json.dumps(shapes["ScoresWanted"]["properties"]["sort"])
    assert not any(word in offered for word in ("answer", "worker", "time", "arrival", "created"))

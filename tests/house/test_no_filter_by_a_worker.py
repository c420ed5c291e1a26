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
    "prefix": "a bucket of the mailbox, by a one-time address that no server knows",
    "name": "a file of the workers' client",
    "language": "a language of the workers' client, in which its texts were spoken",
    "chain": "which chain of the audit log",
    "after": "the number of an act after which to begin",
    **dict.fromkeys(
        ("campaign", "link", "endpoint", "delivery", "job", "export", "case", "approval"), "one of its kind"
    ),
    **dict.fromkeys(("user", "key", "session", "party", "message", "finding"), "one of its kind"),
    "messages": "which of the sealed messages, by their ids",
    "state": "how far a link, a delivery, a case or the handling of a message is",
    "types": "kinds of events",
    "updated_since": "since when a supplier's entry was changed, by people",
    "wait": "how long to wait for news",
    "dry_run": "whether only to look",
    "as_new": "rows of one's own file",
    "include": "failed deliveries, or those never sent",
    "since": "since when one's own deliveries failed",
    "until": "and until when",
    "format": "how a file is written",
}
"""Everything that a reader may choose by, each judged once: a new name fails until someone has judged it here."""

ASKING = frozenset({"query_scores", "create_export", "read_messages", "recover_endpoint"})
"""What is asked with a body. All other bodies are what somebody writes."""

WRITING = frozenset(
    {
        "add_watchdog_keys",
        "change_case",
        "change_endpoint",
        "change_link",
        "change_supplier",
        "change_user",
        "claim_link",
        "close_message",
        "close_messages",
        "confirm_link",
        "create_api_key",
        "create_endpoint",
        "create_party",
        "create_session",
        "create_supplier",
        "create_token",
        "create_user",
        "decide_approval",
        "end_link",
        "import_suppliers",
        "merge_supplier",
        "move_case",
        "open_campaign",
        "open_case",
        "post_reply",
        "print_invites",
        "put_help_numbers",
        "put_notices",
        "record_action",
        "record_finding",
        "record_loop_message",
        "redeem_link",
        "rotate_endpoint_secret",
        "share_case",
        "verify_endpoint",
    }
)


def documents() -> list[dict[str, Any]]:
    return [json.loads((ROOT / name).read_bytes()) for name in ("openapi.json", "openapi-intake.json")]


def choices(document: dict[str, Any]) -> set[str]:
    """Names of all parameters, and of the fields of all bodies that ask, nested ones included."""
    shapes: dict[str, Any] = document["components"]["schemas"]
    found: set[str] = set()
    for operations in document["paths"].values():
        for operation in operations.values():
            found |= {one["name"] for one in operation.get("parameters", ()) if one["in"] != "header"}
            if operation["operationId"] in ASKING:
                for content in operation["requestBody"]["content"].values():
                    found |= fields(content["schema"], shapes)
    return found


def with_bodies(document: dict[str, Any]) -> set[str]:
    return {
        operation["operationId"]
        for operations in document["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    }


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


def test_every_body_of_the_portal_was_judged() -> None:
    portal, _ = documents()
    assert with_bodies(portal) == ASKING | WRITING


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

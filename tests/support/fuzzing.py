"""Reads a contract, asks each operation what it allows and what it forbids, and judges the answers by the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

SEED = 20261112
_GENERAL: Any = checks
_OPENAPI: Any = openapi_checks
CHECKS = [
    _GENERAL.not_a_server_error,
    _OPENAPI.status_code_conformance,
    _OPENAPI.content_type_conformance,
    _OPENAPI.response_headers_conformance,
    _OPENAPI.response_schema_conformance,
]
SECONDS = 30
HEAD_BYTES = 7_000

# These wait for something to come: they are asked not to, and the stream, which never ends, is tried elsewhere.
ENDLESS = frozenset({"stream_events"})
NO_WAITING = {"wait": 0}

schemathesis.openapi.media_type("application/octet-stream", st.binary(max_size=64))


@dataclass(frozen=True)
class Target:
    """``keys`` open its doors, one is none; ``known`` are things that exist, by the prefix of their ids."""

    url: str
    keys: Sequence[str]
    known: Mapping[str, str]


def operations(document: bytes) -> list[Any]:
    schema: Any = schemathesis.openapi.from_dict(msgspec.json.decode(document))
    return [
        one
        for one in (each.ok() for each in schema.get_all_operations())
        if one.definition.raw["operationId"] not in ENDLESS
    ]


def faults(operation: Any, target: Target, examples: int) -> str:
    """What one operation does that its contract does not say, shrunk; nothing where there is nothing."""
    either = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @seed(SEED)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        phases=[Phase.generate, Phase.shrink],
    )
    @given(case=either, key=st.sampled_from(target.keys), known=st.booleans())
    def asked(case: Any, key: str, known: bool) -> None:  # noqa: FBT001 - drawn
        if known:
            _know(case, target.known)
        assume(_head_bytes(case) < HEAD_BYTES)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        params = {name: value for name, value in NO_WAITING.items() if name in (case.query or {})}
        answer = case.call(base_url=target.url, headers=headers, params=params, timeout=SECONDS)
        case.validate_response(answer, checks=CHECKS)

    try:
        asked()
    except BaseExceptionGroup as group:
        return "\n".join((operation.label, *map(str, group.exceptions)))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is shown with its operation
        return f"{operation.label}\n{error}"
    return ""


def _head_bytes(case: Any) -> int:
    """A longer head than the server reads is no request: the connection ends without an answer."""
    sent = case.as_transport_kwargs()
    words = (sent["url"], urlencode(sent.get("params") or {}, doseq=True), *map(str, sent["headers"].values()))
    return sum(map(len, words))


def _know(case: Any, known: Mapping[str, str]) -> None:
    """Ids in the path become those of things that exist."""
    parts: Sequence[Any] = [*case.operation.path_parameters]
    for part in parts:
        prefix = str(part.definition.get("example", "")).partition("_")[0]
        if prefix in known and case.path_parameters:
            case.path_parameters[part.name] = known[prefix]

"""OpenAPI 3.1 of an app: its routes, what each says of itself, and msgspec's schemas (design, api 6).

A handler carries its ``Operation`` under ``opt={OPERATION: ...}``. Nothing here is guessed from signatures, and nothing
is served that is not written here: ``document`` refuses a handler without one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar.handlers import HTTPRouteHandler

from laborvoice.api import heads
from laborvoice.api.problems import MEDIA_TYPE, TABLE, Bare, Full, Problem, bare, full
from laborvoice.api.shapes import Schema, Shapes, described
from laborvoice.domain import Value, ids

OPERATION: Final = "operation"
JSON: Final = "application/json"
MERGE: Final = "application/merge-patch+json"
BODY_MAX: Final = 1 << 20
VERSION: Final = "3.1.0"
KEY: Final = "apiKey"
SESSION: Final = "session"
_TEMPLATE: Final = re.compile(r"\{(\w+)(?::\w+)?\}")


class Content(Value, frozen=True):
    """A body: JSON of ``shape``, or ``size`` bytes (0: any number), or text. ``example`` is in the JSON form."""

    media: str = JSON
    shape: Any = None
    size: int | None = None
    example: Any = None


class Answer(Value, frozen=True):
    """``contents`` is empty where there is no body. ``headers`` name those worth knowing, each with its meaning."""

    status: int
    text: str
    contents: tuple[Content, ...] = ()
    headers: Mapping[str, str] = {}


class PathPart(Value, frozen=True):
    text: str
    example: str
    shape: Any = str


class Operation(Value, frozen=True):
    """``problems`` are codes. All ``scopes`` are needed; none: no key. Each field of ``query`` is a parameter.

    ``page``: for people, so it is not in the document, its refusals are pages, and blank parameters are left out. With
    ``menu`` it has a line of that name in the navigation of those who hold its scopes.

    Of a POST with scopes: ``once``: it needs an Idempotency-Key; ``keyed``: it heeds one. ``match``: it needs If-Match.
    ``most``: bytes of a body.

    ``own``: for whoever is known, whatever her role: her own account. ``session``: for people, not for keys.
    """

    id: str
    summary: str
    text: str
    tag: str
    answers: tuple[Answer, ...]
    problems: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    path: Mapping[str, PathPart] = {}
    query: Any = None
    query_example: Mapping[str, object] = {}
    body: Content | None = None
    page: bool = False
    menu: str = ""
    once: bool = False
    keyed: bool = True
    match: bool = False
    most: int = BODY_MAX
    own: bool = False
    session: bool = False

    @property
    def known(self) -> bool:
        """Whether it needs a credential."""
        return self.own or bool(self.scopes)

    def heeds_key(self, method: str) -> bool:
        """Whether a request may name itself, so that it is done once."""
        return self.keyed and method == "POST" and self.known

    @property
    def takes(self) -> tuple[str, ...]:
        """The types its body may have: a merge patch may call itself plain JSON."""
        if self.body is None:
            return ()
        return (MERGE, JSON) if self.body.media == MERGE else (self.body.media,)

    @property
    def media(self) -> tuple[str, ...]:
        """The types it can answer in, the preferred first."""
        return tuple(dict.fromkeys(content.media for answer in self.answers for content in answer.contents))


class Info(Value, frozen=True):
    """``problem``: what a refusal is said with."""

    title: str
    version: str
    text: str
    tags: Mapping[str, str]
    problem: type[Full | Bare] = Full


Described = tuple[str, str, Operation]
"""Path template, method, and what it does."""


def operations(handlers: Iterable[HTTPRouteHandler]) -> tuple[Described, ...]:
    """Of every handler, in the order of paths and methods."""
    return tuple(
        sorted(
            (
                (_TEMPLATE.sub(r"{\1}", path), method, handler.opt[OPERATION])
                for handler in handlers
                for path in handler.paths
                for method in handler.http_methods
            ),
            key=lambda one: one[:2],
        )
    )


def document(described: Iterable[Described], info: Info) -> Schema:
    """The whole document. ``render`` makes the bytes that are checked in and served."""
    found = list(described)
    shapes = Shapes(info.problem, (shape for _, _, one in found for shape in _shapes(one)))
    paths: defaultdict[str, Schema] = defaultdict(dict)
    for path, method, operation in found:
        paths[path][method.lower()] = _operation(method, operation, shapes)
    return {
        "openapi": VERSION,
        "info": {"title": info.title, "version": info.version, "description": info.text},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in info.tags.items()],
        "paths": dict(paths),
        "components": {"schemas": shapes.components, **_security(one for _, _, one in found)},
    }


def render(document: Schema) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document, enc_hook=ids.encode), indent=1) + b"\n"


def _shapes(operation: Operation) -> Iterator[Any]:
    bodies = () if operation.body is None else (operation.body,)
    for content in (*(content for answer in operation.answers for content in answer.contents), *bodies):
        if content.shape is not None:
            yield content.shape


def _operation(method: str, operation: Operation, shapes: Shapes) -> Schema:
    responses = {str(answer.status): _answer(answer, shapes) for answer in operation.answers}
    asks = {"keyed": operation.heeds_key(method), "once": operation.once, "match": operation.match}
    codes = (*operation.problems, *heads.problems(**asks))
    responses |= {str(status): _problem(found, shapes) for status, found in _by_status(codes)}
    told: Schema = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.text,
        "tags": [operation.tag],
        "parameters": [*_path(operation), *_query(operation), *heads.parameters(**asks)],
        "responses": responses,
        "security": _secured(operation),
    }
    if operation.body is not None:
        content = {media: _content(operation.body, shapes) for media in operation.takes}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _path(operation: Operation) -> Iterator[Schema]:
    for name, part in operation.path.items():
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": part.text,
            "schema": msgspec.json.schema(part.shape, schema_hook=ids.schema),
            "example": part.example,
        }


def _query(operation: Operation) -> Iterator[Schema]:
    if operation.query is None:
        return
    name = operation.query.__name__
    schemas, components = msgspec.json.schema_components([operation.query], schema_hook=ids.schema)
    del schemas
    struct = described(name, components[name])
    for field, shape in struct["properties"].items():
        # Left out and null are the same to us; in a query string there is no null.
        schema = {key: value for key, value in _without_null(shape).items() if (key, value) not in _NOT_SAID}
        parameter = {"name": field, "in": "query", "required": field in struct.get("required", ())}
        example = {"example": operation.query_example[field]} if field in operation.query_example else {}
        yield {**parameter, "description": schema.pop("description"), "schema": schema, **example}


_NOT_SAID: Final = (("default", None),)


def _without_null(shape: Schema) -> Schema:
    choices = [one for one in shape.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) == 1:
        return {**{key: value for key, value in shape.items() if key != "anyOf"}, **choices[0]}
    return shape


def _answer(answer: Answer, shapes: Shapes) -> Schema:
    told: Schema = {"description": answer.text}
    if answer.headers:
        told["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in answer.headers.items()
        }
    if answer.contents:
        told["content"] = {content.media: _content(content, shapes) for content in answer.contents}
    return told


def _content(content: Content, shapes: Shapes) -> Schema:
    if content.shape is not None:
        schema = shapes.of(content.shape) if content.media != MERGE else shapes.patch(content.shape)
    elif content.size is not None:
        bounds = {"minLength": content.size, "maxLength": content.size} if content.size else {}
        schema = {"type": "string", "contentMediaType": "application/octet-stream", **bounds}
    else:
        schema = {"type": "string"}
    example = {} if content.example is None else {"example": msgspec.to_builtins(content.example, enc_hook=ids.encode)}
    return {"schema": schema, **example}


def _by_status(codes: Iterable[str]) -> list[tuple[int, list[Problem]]]:
    found: defaultdict[int, list[Problem]] = defaultdict(list)
    for code in codes:
        found[TABLE[code].status].append(TABLE[code])
    return sorted(found.items())


def _problem(found: list[Problem], shapes: Shapes) -> Schema:
    words = "; ".join(f"`{problem.code}`: {problem.title}" for problem in found)
    schema = shapes.of(shapes.problem)
    if shapes.problem is Full:
        codes = [problem.code for problem in found]
        schema = {"allOf": [schema, {"properties": {"code": {"enum": codes}}}]}
        example = full(found[0], "", _REQUEST)
    else:
        example = bare(found[0])
    told: Schema = {
        "description": f"{words}.",
        "content": {MEDIA_TYPE: {"schema": schema, "example": msgspec.json.decode(example)}},
    }
    if found[0].status in _WAITING:
        told["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return told


_REQUEST: Final = "req_55td3pj9p8dj9tj0h8e9mfqnh4"


_WAITING: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


def _secured(operation: Operation) -> list[Schema]:
    if not operation.known:
        return []
    key: list[Schema] = [] if operation.session else [{KEY: list(operation.scopes)}]
    return [*key, {SESSION: list(operation.scopes)}]


def _security(all_operations: Iterable[Operation]) -> Schema:
    if not any(operation.known for operation in all_operations):
        return {}
    key = "An API key: lvk_live_ or lvk_test_ and 36 characters, of which the last six are a checksum; or a token."
    cookie = "The session of a signed-in person. Writes need X-CSRF-Token too, which /v1/me tells."
    return {
        "securitySchemes": {
            KEY: {"type": "http", "scheme": "bearer", "description": key},
            SESSION: {"type": "apiKey", "in": "cookie", "name": "__Host-lv", "description": cookie},
        }
    }

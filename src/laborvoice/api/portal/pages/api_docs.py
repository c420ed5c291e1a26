"""The OpenAPI document as one static page: no script, and nothing from another host."""

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from typing import Any, Final

import msgspec

STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:80ch;padding:1rem}"
    "pre{overflow:auto;padding:.5rem;border:1px solid}code{overflow-wrap:anywhere}h2{margin-top:3rem}"
)


def policy() -> str:
    """The content policy under which the page's one style sheet applies, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page(document: dict[str, Any]) -> bytes:
    info = document["info"]
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">',
            f'<meta name="viewport" content="width=device-width">\n<title>{escape(info["title"])}</title>',
            f"<style>{STYLE}</style>",
            f"<h1>{escape(info['title'])}</h1>\n<p>{escape(info['description'])}</p>",
            '<p>The same as a document: <a href="/v1/openapi.json">/v1/openapi.json</a>.</p>',
            *_operations(document),
            "</html>\n",
        ]
    ).encode()


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"<h2 id={operation['operationId']}>{escape(operation['summary'])}</h2>"
            yield f"<p><code>{method.upper()} {escape(path)}</code></p>\n<p>{escape(operation['description'])}</p>"
            yield from _scopes(operation)
            yield from _parameters(operation)
            yield from _bodies("Request", operation.get("requestBody", {}).get("content", {}))
            yield from _responses(operation)


def _scopes(operation: dict[str, Any]) -> Iterator[str]:
    for one in operation["security"]:
        for scopes in one.values():
            yield f"<p>Scopes: <code>{escape(' '.join(scopes))}</code></p>"


def _parameters(operation: dict[str, Any]) -> Iterator[str]:
    for one in operation["parameters"]:
        yield f"<p><code>{escape(one['name'])}</code> ({one['in']}): {escape(one['description'])}</p>"


def _responses(operation: dict[str, Any]) -> Iterator[str]:
    for status, response in operation["responses"].items():
        yield f"<h3>{status}</h3>\n<p>{escape(response['description'])}</p>"
        if status.startswith("2"):
            yield from _bodies("Answer", response.get("content", {}))


def _bodies(what: str, contents: dict[str, Any]) -> Iterator[str]:
    for media, content in contents.items():
        yield f"<p>{what}: <code>{escape(media)}</code></p>"
        if "example" in content:
            yield f"<pre>{escape(_text(content['example']))}</pre>"


def _text(example: object) -> str:
    if isinstance(example, str):
        return example
    return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()

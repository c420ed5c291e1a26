"""A page for each problem code: what it means, and what to do."""

from collections.abc import Mapping
from html import escape
from typing import Final

from laborvoice.api.problems import Problem

ADVICE: Final[Mapping[int, str]] = {
    400: "Change the request: the list of errors says where.",
    401: "Send a valid key: Authorization: Bearer lvk_...",
    403: "Use a key whose scopes and role allow this.",
    404: "Check the id. What you may not see looks the same as what does not exist.",
    405: "The Allow header lists the methods there are.",
    406: "Accept one of the types this operation offers.",
    409: "Read the present state, then decide again.",
    410: "Begin anew: what you point to is no longer kept.",
    411: "Send the length of the body in Content-Length.",
    412: "Read the resource again, then repeat your change with its new ETag.",
    413: "Send a shorter body.",
    415: "The Accept-Post header lists the types there are.",
    422: "Change the body: the list of errors says where.",
    428: "Read the resource, then send its ETag in If-Match.",
    429: "Wait as long as Retry-After says.",
    500: "Tell the operator the request_id.",
    503: "Try again after as long as Retry-After says.",
}


def page(problem: Problem) -> bytes:
    title, code, advice = escape(problem.title), escape(problem.code), escape(ADVICE[problem.status])
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n'
        f"<h1>{title}</h1>\n<p><code>{code}</code>, status {problem.status}</p>\n<p>{advice}</p>\n</html>\n"
    ).encode()

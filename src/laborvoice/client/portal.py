"""What every client of the portal does: asks with an API key, and is told in one sentence when it is refused."""

import ssl
from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from laborvoice.client.transport import Answer, Transport
from laborvoice.domain import Value, foreign, ids
from laborvoice.errors import LaborvoiceError, Malformed


class PortalRefused(LaborvoiceError):
    """The portal did not do what was asked."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(f"The portal answered {status} {code}{f': {detail}' if detail else '.'}")
        self.status = status
        self.code = code


class _Problem(Value, frozen=True):
    code: str
    detail: str = ""


class Portal:
    """Blocks, as its transport does. Everything raises Unanswered, and PortalRefused with the code of the problem."""

    def __init__(self, url: str, key: str, *, tls: ssl.SSLContext | None = None) -> None:
        self._transport = Transport(url, tls=tls)
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def get(self, path: str) -> Answer:
        return _judged(self._transport.send("GET", path, None, self._headers))

    def post(self, path: str, value: object, more: Mapping[str, str] | None = None) -> Answer:
        headers = {**self._headers, "Content-Type": "application/json", **(more or {})}
        body = msgspec.json.encode(value, enc_hook=ids.encode)
        return _judged(self._transport.send("POST", path, body, headers))

    def act(self, path: str) -> Answer:
        """A POST that says nothing but where it goes."""
        return _judged(self._transport.send("POST", path, b"", self._headers))


def _judged(answer: Answer) -> Answer:
    if answer.status in {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED}:
        return answer
    try:
        told = foreign.read(answer.body, _Problem)
    except Malformed:
        told = _Problem(code="unknown")
    raise PortalRefused(answer.status, told.code, told.detail)

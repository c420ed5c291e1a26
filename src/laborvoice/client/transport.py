"""One HTTP request to a laborvoice server, over TLS or to this machine: the clients' only way out."""

import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection  # noqa: TID251 - the clients' one room for it
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from laborvoice.domain import Value
from laborvoice.errors import BadSetting, Unanswered

PATIENCE_SECONDS: Final = 30.0
LOCAL_NAMES: Final = frozenset({"localhost"})


class Answer(Value, frozen=True):
    """``headers`` by their names in lower case; ``body`` as it came, gzip included."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """To one server, ``https://host`` or, on this machine, ``http://127.0.0.1:port``.

    Blocks: where others wait too, run it in a thread. Every request has a connection of its own, so that nothing ties
    one to the next. Raises BadSetting for an address that would send in the clear to another machine.
    """

    def __init__(self, url: str, *, tls: ssl.SSLContext | None = None, patience: float = PATIENCE_SECONDS) -> None:
        parts = urlsplit(url)
        host = parts.hostname
        if parts.scheme not in {"https", "http"} or not host or parts.username is not None:
            raise BadSetting("The address of a server looks like https://example.org.")
        if parts.scheme == "http" and not is_local(host):
            raise BadSetting("Only a server on this machine is spoken to without TLS.")
        self.url = url.rstrip("/")
        self._host, self._port, self._prefix = host, parts.port, parts.path.rstrip("/")
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._patience = patience

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Raises Unanswered when the connection fails or ends before the answer is whole."""
        connection = self._connection()
        try:
            connection.request(method, self._prefix + path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, headers=found, body=answer.read())
        except (OSError, HTTPException):
            raise Unanswered from None
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        if self._tls is None:
            return HTTPConnection(self._host, self._port, timeout=self._patience)
        return HTTPSConnection(self._host, self._port, timeout=self._patience, context=self._tls)


def is_local(host: str) -> bool:
    """Whether the name or address is this machine's own loopback."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOCAL_NAMES

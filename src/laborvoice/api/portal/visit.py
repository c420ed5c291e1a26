"""One request on its way through the portal: its id, who makes it, and what its answer must carry."""

from typing import Any, Final, TypeVar

from litestar.connection import ASGIConnection

from laborvoice.domain import Inbound
from laborvoice.domain.ids import Id
from laborvoice.views.principals import Principal

SCOPE: Final = "laborvoice.visit"

Q = TypeVar("Q", bound=Inbound)


class RequestId(Id, prefix="req"):
    __slots__ = ()


class Visit:
    """Filled in as the request is judged. ``route`` is its operation; ``media`` the type of the answer.

    ``head``: the answer has no body. ``html``: whoever asks is a person, to be refused with a page. Of a page: ``csrf``
    is what its forms send back, ``viewer`` who is named at its head, ``done`` the code of what was just done.
    ``session``: what its cookie says, if anything.
    """

    def __init__(self, request_id: RequestId, *, html: bool = False) -> None:
        self.request_id = str(request_id)
        self.html = html
        self.head = False
        self.route = "none"
        self.media = ""
        self.csrf = ""
        self.viewer = ""
        self.done = ""
        self.session = ""
        self.headers: list[tuple[bytes, bytes]] = []
        self._principal: Principal | None = None
        self._query: Inbound | None = None

    def told(self, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        self.headers.extend(headers)

    def enter(self, principal: Principal) -> None:
        self._principal = principal

    def ask(self, query: Inbound) -> None:
        self._query = query

    @property
    def known(self) -> Principal | None:
        """Who makes it, where that is known."""
        return self._principal

    @property
    def principal(self) -> Principal:
        """Of an operation that needs a credential."""
        if self._principal is None:
            raise LookupError("the operation declares no scope")
        return self._principal

    def query(self, kind: type[Q]) -> Q:
        """The parameters, of an operation that declares them."""
        if isinstance(self._query, kind):
            return self._query
        raise LookupError("the operation declares other parameters")


def of(connection: ASGIConnection[Any, Any, Any, Any]) -> Visit:
    scope: Any = connection.scope
    found: Visit = scope[SCOPE]
    return found

"""Every operation for every role, for nobody, for an expired key and for a key without its scope (design, api 3).

An operation that is not placed in PLACES fails here: who may use it must be said before it is served.
"""

from itertools import count
from typing import Any, get_args
from urllib.parse import urlencode

import pytest

from laborvoice.api import openapi
from laborvoice.api.openapi import Operation
from laborvoice.api.portal.doors import HANDLERS
from laborvoice.api.portal.pages.listed import PAGES
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto import credential
from laborvoice.domain.ids import UserId
from laborvoice.domain.party import MATRIX, PERMITTED, ROLES, PartyKind, Role, Scope
from laborvoice.pipeline.sign_in.tools import begin
from support.registry_world import World
from support.signing import person

EVERY: tuple[Role, ...] = get_args(Role)
# Of each resource: brand viewer, brand admin, watchdog handler, watchdog admin, operator admin, auditor.
DESIGN: dict[str, tuple[str, str, str, str, str, str]] = {
    "suppliers": ("r", "rw", "r", "rw", "rw", "r"),
    "scores": ("r", "r", "r", "r", "r", "r"),
    "cases": ("r", "rw", "rw", "rw", "", ""),
    "messages": ("", "", "rw", "rw", "", ""),
    "campaigns": ("", "", "r", "rw", "rw", "r"),
    "endpoints": ("r", "rw", "r", "rw", "r", "r"),
    "events": ("r", "r", "r", "r", "r", ""),
    "exports": ("rw", "rw", "rw", "rw", "", "rw"),
    "admin": ("", "rw", "", "rw", "rw", "r"),
    "operator": ("", "", "", "", "rw", "r"),
    "audit": ("", "r", "", "r", "r", "r"),
}
LETTERS = {"r": "read", "w": "write"}

# By the first part of the path, the second under /admin: whose resource it is.
PLACES: dict[str, str] = {
    "": "suppliers",
    "suppliers": "suppliers",
    "links": "suppliers",
    "releases": "scores",
    "scores": "scores",
    "conditions": "scores",
    "compare": "scores",
    "heat": "scores",
    "cases": "cases",
    "findings": "cases",
    "approvals": "cases",
    "messages": "messages",
    "mailbox": "messages",
    "inbox": "messages",
    "keys": "campaigns",
    "campaigns": "campaigns",
    "help-numbers": "campaigns",
    "manifests": "campaigns",
    "endpoints": "endpoints",
    "events": "events",
    "exports": "exports",
    "users": "admin",
    "api-keys": "admin",
    "admin": "operator",
    "parties": "operator",
    "periods": "operator",
    "policy": "operator",
    "audit": "audit",
}
OPEN = frozenset(
    {
        "get_openapi",
        "get_docs",
        "get_problem",
        "get_health",
        "get_static",
        "get_module",
        "list_event_types",
        "list_webhook_keys",
        "get_jwks",
        "get_export_key",
        "create_session",
        "redeem_link",
        "create_token",
        "page_login",
        "page_login_post",
        "page_code",
        "page_code_post",
        "page_welcome",
        "page_welcome_post",
    }
)
OWN = frozenset(
    {
        "get_me",
        "list_sessions",
        "delete_session",
        "revoke_session",
        "page_logout",
        "page_account",
        "page_notices",
        "page_put_notices",
        "put_notices",
        "delete_notices",
        "page_totp",
        "page_codes",
        "page_password",
        "page_revoke_session",
    }
)

OPERATIONS = openapi.operations((*HANDLERS, *PAGES))
SCOPED = [one for one in OPERATIONS if one[2].scopes]
NUMBERS = count()


def resource_of(path: str) -> str:
    first, *rest = path.removeprefix("/v1").replace("/admin/", "/").split("/")[1:]
    numbers = {"releases", "score", "scores"}.intersection(rest)
    return "scores" if numbers else PLACES[first]


def kind_of(role: Role) -> PartyKind:
    return next(kind for kind, roles in ROLES.items() if role in roles)


def test_the_matrix_is_that_of_the_design() -> None:
    for at, role in enumerate(EVERY):
        scopes = {f"{name}:{LETTERS[letter]}" for name, row in DESIGN.items() for letter in row[at]}
        assert MATRIX[role] == scopes & {*get_args(Scope)}, role
    assert {scope for scopes in MATRIX.values() for scope in scopes} == {*get_args(Scope)}
    for kind, roles in ROLES.items():
        assert PERMITTED[kind] == frozenset().union(*(MATRIX[role] for role in roles))


def test_every_operation_is_placed() -> None:
    """Its scopes are those of its resource, and of others where it says so."""
    for path, method, operation in OPERATIONS:
        if operation.own:
            assert operation.id in OWN
        elif not operation.scopes:
            assert operation.id in OPEN, operation.id
        else:
            resource = resource_of(path)
            assert any(scope.partition(":")[0] == resource for scope in operation.scopes), (method, path)


class Caller:
    """Asks as a person in a session of her own for each request, or with a key."""

    def __init__(self, client: Any, parts: PortalParts) -> None:
        self._client = client
        self._parts = parts

    async def as_user(self, who: UserId, path: str, method: str, operation: Operation) -> Any:
        tools = self._parts.signing_in
        session = await self._parts.database.run("test", lambda db: begin(db, tools, who, proved=True))
        csrf = credential.csrf_token(credential.derived(self._parts.cursor_secret, "csrf"), session)
        sent = {"cookie": f"__Host-lv={session}", "sec-fetch-site": "same-origin", "x-csrf-token": csrf}
        return await self.ask(path, method, operation, sent)

    async def ask(self, path: str, method: str, operation: Operation, sent: dict[str, str]) -> Any:
        for name, part in operation.path.items():
            path = path.replace(f"{{{name}}}", part.example)
        body = b""
        headers = {"accept": "*/*", "idempotency-key": f"k{next(NUMBERS)}", "if-match": "*", **sent}
        if operation.body is not None:
            headers["content-type"] = operation.body.media
            body = urlencode({"csrf": sent.get("x-csrf-token", "")}).encode() if operation.page else b"{}"
        return await self._client.ask(method, path, body=body, headers=headers)


@pytest.fixture
def caller(client: Any, parts: PortalParts) -> Caller:
    return Caller(client, parts)


def refused_at_the_door(answer: Any) -> bool:
    """What its own rules refuse is another thing: it then says more than that a role may not."""
    if answer.status == 401:
        return True
    return (
        answer.status == 403
        and answer.json()["code"] in {"forbidden", "insufficient-scope"}
        and (answer.json()["detail"] == answer.json()["title"])
    )


@pytest.mark.parametrize("role", EVERY)
async def test_each_role(caller: Caller, world: World, parts: PortalParts, role: Role) -> None:
    """Who may not is refused whatever she asks for; who may gets past the door."""
    one = await person(world, parts.signing_in, await world.party(kind_of(role)), role, "One")
    for path, method, operation in SCOPED:
        answer = await caller.as_user(one.id, path, method, operation)
        may = MATRIX[role].issuperset(operation.scopes)
        assert refused_at_the_door(answer) != may, (role, method, path, answer.status, answer.body)


async def test_nobody_and_a_dead_key_open_nothing(caller: Caller, world: World) -> None:
    expired = await world.secret(await world.party("brand"), "brand", days=0)
    for path, method, operation in OPERATIONS:
        if not operation.known:
            continue
        dead = await caller.ask(path, method, operation, {"authorization": f"Bearer {expired}"})
        assert (dead.status, dead.json()["code"]) == (401, "unauthenticated"), path
        nobody = await caller.ask(path, method, operation, {})
        if operation.page:
            assert (nobody.status in {303, 422}, nobody.body.count(b"Sign in") > 0) in {(True, True), (True, False)}
        else:
            assert nobody.status == 401, path


@pytest.mark.parametrize("kind", ROLES)
async def test_a_key_without_the_scope(caller: Caller, world: World, kind: PartyKind) -> None:
    party = await world.party(kind)
    for path, method, operation in SCOPED:
        if operation.session:
            continue
        others: list[Scope] = [scope for scope in PERMITTED[kind] if scope not in operation.scopes]
        key = await world.secret(party, kind, *others)
        answer = await caller.ask(path, method, operation, {"authorization": f"Bearer {key}"})
        assert (answer.status, answer.json()["code"]) == (403, "insufficient-scope"), path
        wanted = " ".join(operation.scopes)
        assert answer.headers["www-authenticate"] == f'Bearer error="insufficient_scope", scope="{wanted}"'

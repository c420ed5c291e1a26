"""Everything the portal lets one read, found by walking its doors: a new GET door is in it without being named here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from typing import Any, Protocol

import msgspec

from laborvoice.api import openapi
from laborvoice.api.openapi import Operation
from laborvoice.api.portal.doors import HANDLERS
from laborvoice.api.portal.pages.listed import PAGES
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto import credential
from laborvoice.domain.export import KINDS, NEEDS
from laborvoice.domain.party import MATRIX, Role
from laborvoice.pipeline import export
from laborvoice.pipeline.sign_in.tools import begin
from support.signing import Person

DOORS = openapi.operations((*HANDLERS, *PAGES))
READS = tuple((path, operation) for path, method, operation in DOORS if method == "GET")
ENDLESS = frozenset({"stream_events"})
"""The feed as it grows: what it says, ``list_events`` says."""
FORMATS = {"E1": ("csv", "json", "html")}
WHOLE = frozenset({"E7", "E10"})
"""About no supplier."""
NUMBERS = count()

_TYPED = re.compile(rb"\b([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}\b")
_DRAWN = re.compile(rb"\b[0-9a-f]{64}\b|[A-Za-z0-9_-]{43,}={0,2}|(?<=etag: \")[A-Za-z0-9_-]{22}")
"""Digests, signatures, cursors and tokens: made of what is compared here by itself, or at random."""


class Asks(Protocol):
    async def ask(
        self, method: str, target: str, *, body: bytes = ..., headers: dict[str, str] | None = ...
    ) -> Any: ...


@dataclass
class Reader:
    """A person in one session. ``values``: what she fills in for the parts of paths and queries, by their names."""

    client: Asks
    parts: PortalParts
    role: Role
    headers: dict[str, str]
    values: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    async def everything(self, *, own: bool = True) -> dict[str, bytes]:
        """What each door open to her answers, by what was asked, in each of its types.

        Without ``own`` not what anybody may read, and not her account.
        """
        found: dict[str, bytes] = await self._queried()
        for path, operation in READS:
            if operation.id in ENDLESS or not MATRIX[self.role].issuperset(operation.scopes):
                continue
            if not operation.scopes and not own:
                continue
            for target in self._targets(path, operation):
                for media in operation.media or ("*/*",):
                    answer = await self.client.ask("GET", target, headers={**self.headers, "accept": media})
                    found[f"GET {target} {media}"] = _frame(answer)
        return found

    async def _queried(self) -> dict[str, bytes]:
        """The scores asked for with a body."""
        [operation] = [one for _, _, one in DOORS if one.id == "query_scores"]
        found: dict[str, bytes] = {}
        for media in operation.media:
            headers = {**self.headers, "accept": media, "content-type": "application/json"}
            body = msgspec.json.encode({"suppliers": list(self.values["supplier"])})
            answer = await self.client.ask("POST", "/v1/scores/query", body=body, headers=headers)
            assert answer.status == 200, answer.body
            found[f"POST /v1/scores/query {media}"] = answer.body
        return found

    async def exported(self) -> dict[str, bytes]:
        """Every file of every export that she may ask for about her supplier, its manifest too."""
        found: dict[str, bytes] = {}
        for kind in KINDS:
            if NEEDS.get(kind) not in {None, *MATRIX[self.role]}:
                continue
            for form in FORMATS.get(kind, ("csv",)):
                narrow = {} if kind in WHOLE else {"filter": {"supplier": self.values["supplier"][0]}}
                body = msgspec.json.encode({"kind": kind, "format": form, **narrow})
                more = {"content-type": "application/json", "idempotency-key": f"k{next(NUMBERS)}"}
                answer = await self.client.ask("POST", "/v1/exports", body=body, headers={**self.headers, **more})
                assert answer.status == 202, (kind, answer.body)
                assert await export.make(self.parts.database, self.parts.maker)
                found |= await self._files(f"{kind} {form}", answer.json()["id"])
        return found

    async def _files(self, name: str, one: str) -> dict[str, bytes]:
        made = await self.client.ask("GET", f"/v1/exports/{one}", headers=self.headers)
        names = [file["name"] for file in made.json()["files"]]
        found: dict[str, bytes] = {}
        for each in names:
            answer = await self.client.ask("GET", f"/v1/exports/{one}/files/{each}", headers=self.headers)
            assert answer.status == 200, answer.body
            found[f"{name} {each}"] = answer.body
        return found

    def _targets(self, path: str, operation: Operation) -> list[str]:
        """With each value of each part; and once more with each choice that names a supplier."""
        names = list(operation.path)
        ways = [self.values.get(name, (operation.path[name].example,)) for name in names]
        filled: list[str] = []
        for chosen in product(*ways):
            target = path
            for name, value in zip(names, chosen, strict=True):
                target = target.replace(f"{{{name}}}", value)
            filled.append(target)
        fields = [] if operation.query is None else [one.encode_name for one in msgspec.structs.fields(operation.query)]
        asked = [name for name in fields if name in self.values]
        return [*filled, *(f"{target}?{name}={self.values[name][0]}" for target in filled for name in asked)]


async def reader(client: Asks, parts: PortalParts, one: Person, **values: Sequence[str]) -> Reader:
    tools = parts.signing_in
    session = await parts.database.run("test", lambda db: begin(db, tools, one.id, proved=True))
    csrf = credential.csrf_token(credential.derived(parts.cursor_secret, "csrf"), session)
    headers = {"cookie": f"__Host-lv={session}", "sec-fetch-site": "same-origin", "x-csrf-token": csrf}
    return Reader(client, parts, one.role, headers, {name: tuple(map(str, of)) for name, of in values.items()})


def alike(raw: bytes) -> bytes:
    """Without what tells two suppliers apart that are treated alike: ids by the order in which they come up."""
    seen: dict[bytes, int] = {}
    body = _TYPED.sub(lambda found: b"%s#%d" % (found[1], seen.setdefault(found[0], len(seen))), raw)
    return _DRAWN.sub(b"DRAWN", body)


def _frame(answer: Any) -> bytes:
    """Status, headers and body, but for the number of the request and how many are left."""
    drawn = {"x-request-id", "ratelimit"}
    pairs = [f"{name}: {value}" for name, value in answer.pairs if name not in drawn]
    body = re.sub(rb"req_[0-9a-z]{26}", b"req", answer.body)
    return "\n".join([str(answer.status), *pairs, "", ""]).encode() + body

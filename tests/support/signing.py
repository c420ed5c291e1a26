"""People who sign in: made by the verbs that make them, with a browser's headers and a phone's codes."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

from laborvoice.crypto import totp
from laborvoice.domain.ids import PartyId, UserId
from laborvoice.domain.party import Role
from laborvoice.pipeline import appoint
from laborvoice.pipeline.sign_in import prove, redeem
from laborvoice.pipeline.sign_in.tools import Tools
from support.registry_world import World

PASSWORD = "three odd words apart"
BROWSER = {"accept": "text/html", "sec-fetch-site": "same-origin"}


@dataclass
class Person:
    """``secret`` is her phone's, empty without a second factor."""

    world: World
    id: UserId
    party: PartyId
    name: str
    role: Role
    secret: bytes = b""
    codes: tuple[str, ...] = ()

    def code(self) -> str:
        """A new one each time: half a minute passes."""
        self.world.clock.skip(seconds=30)
        return totp.at(self.secret, int(self.world.clock.now().timestamp()) // totp.STEP_SECONDS)


async def invited(world: World, party: PartyId, role: Role, name: str) -> appoint.Linked:
    wanted = appoint.Wanted(party=party, name=name, role=role)
    return await world.portal.run(
        "test", lambda db: appoint.invite_in(db, world.clock.now(), world.chance, wanted, None)
    )


async def person(world: World, tools: Tools, party: PartyId, role: Role, name: str, *, proved: bool = True) -> Person:
    """Welcomed, and where ``proved`` with a second factor."""
    linked = await invited(world, party, role, name)
    begun = await redeem.redeem(tools, linked.link, PASSWORD)
    made = Person(world, linked.user.id, party, name, role)
    if proved:
        offer = prove.offer(tools, made.id, begun.session, name)
        made.secret = totp.secret_of(offer.text)
        done = await prove.set_up(tools, made.id, begun.session, made.code())
        assert done is not None
        made.codes = done.codes
    return made


@dataclass
class Browser:
    """Keeps its cookie, sends forms with the csrf field of the page it stands on, follows no redirect by itself."""

    client: Any
    cookie: str = ""
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=lambda: dict(BROWSER))

    async def get(self, target: str) -> Any:
        return await self._ask("GET", target, b"", {})

    async def post(self, target: str, **fields: str) -> Any:
        body = urlencode({**({"csrf": self.csrf} if self.csrf else {}), **fields}).encode()
        return await self._ask("POST", target, body, {"content-type": "application/x-www-form-urlencoded"})

    async def _ask(self, method: str, target: str, body: bytes, more: dict[str, str]) -> Any:
        cookie = {"cookie": f"theme=x; {self.cookie}"} if self.cookie else {}
        answer = await self.client.ask(method, target, body=body, headers={**self.headers, **cookie, **more})
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        found = re.search(r'name="csrf" value="([^"]*)"', answer.body.decode())
        if found:
            self.csrf = unescape(found[1])
        return answer

    async def sign_in(self, one: Person) -> None:
        answer = await self.post("/login", name=one.name, password=PASSWORD)
        if one.secret:
            assert answer.headers["location"] == "/login/code", answer.body
            answer = await self.post("/login/code", code=one.code())
        assert answer.status == 303, answer.body

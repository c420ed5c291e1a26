"""People who can sign in to a demo, one for each role: welcomed as anyone is, by a link, a password and a phone."""

from collections.abc import Mapping
from typing import Final

from laborvoice.crypto import totp
from laborvoice.crypto.credential import base62
from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import ROLES, PartyKind, Role
from laborvoice.errors import Unanswered
from laborvoice.pipeline import appoint
from laborvoice.pipeline.sign_in import prove, redeem
from laborvoice.pipeline.sign_in.tools import Tools
from laborvoice.store.database import Connection

_RANDOM: Final = 16
_DIGITS: Final = 20


class Login(Value, frozen=True):
    """``totp_secret`` in base32, as an app takes it; ``user`` is her id."""

    role: Role
    user: str
    name: str
    password: str
    totp_secret: str

    def __repr__(self) -> str:
        return f"Login({self.name})"


async def logins(tools: Tools, parties: Mapping[PartyKind, PartyId]) -> tuple[Login, ...]:
    """Of every role that one of ``parties`` can have."""
    return tuple([await _login(tools, party, role) for kind, party in parties.items() for role in ROLES[kind]])


async def _login(tools: Tools, party: PartyId, role: Role) -> Login:
    name = f"Demo {role.replace('_', ' ')}"
    wanted = appoint.Wanted(party=party, name=name, role=role)

    async def invite(db: Connection) -> appoint.Linked:
        return await appoint.invite_in(db, tools.clock.now(), tools.chance, wanted, None)

    linked = await tools.database.run("demo user", invite)
    password = base62(int.from_bytes(tools.chance.bytes(_RANDOM), "big"), _DIGITS)
    begun = await redeem.redeem(tools, linked.link, password)
    offer = prove.offer(tools, linked.user.id, begun.session, name)
    secret = totp.secret_of(offer.text)
    code = totp.at(secret, int(tools.clock.now().timestamp()) // totp.STEP_SECONDS)
    if await prove.set_up(tools, linked.user.id, begun.session, code) is None:
        raise Unanswered("A demo user could not set up a second factor.")
    return Login(role=role, user=str(linked.user.id), name=name, password=password, totp_secret=totp.written(secret))

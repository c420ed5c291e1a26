"""A one-time link: a new user takes her place by it, or a user sets a new password."""

from laborvoice.crypto import credential
from laborvoice.domain import Value
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.party import folded, spaced
from laborvoice.errors import BadField, LinkExpired
from laborvoice.pipeline.sign_in.tools import Tools, begin
from laborvoice.store.access import audit, one_time_link, session, user
from laborvoice.store.database import Connection

TAKEN = "Another user has this name."


async def looked_at(tools: Tools, link: str) -> user.User:
    """Whose it is. It is not used up. Raises LinkExpired: used, expired, invented ones alike."""
    digest = credential.credential_hash(link)

    async def step(db: Connection) -> user.User:
        who = await one_time_link.holder(db, digest, tools.clock.now())
        if who is None:
            raise LinkExpired
        return await user.one(db, who)

    return await tools.database.run("look at link", step)


class Redeemed(Value, frozen=True):
    """``session``: of a new user, who is signed in by it; a reset signs nobody in."""

    session: str


async def redeem(tools: Tools, link: str, password: str, name: str = "") -> Redeemed:
    """All sessions of hers end. Raises LinkExpired, BadField where the name is another's, Busy."""
    await looked_at(tools, link)
    hashed = await tools.hashed(password)
    digest = credential.credential_hash(link)

    async def step(db: Connection) -> Redeemed:
        now = tools.clock.now()
        who = await one_time_link.use(db, digest, now)
        if who is None:
            raise LinkExpired
        found = await user.one(db, who)
        if name and not await user.set_name(db, who, spaced(name), folded(name)):
            raise BadField("/name", TAKEN)
        await user.set_secret(db, who, hashed)
        await session.end_all(db, who)
        made = "" if found.active else await begin(db, tools, who, proved=True)
        actor = Actor(party=found.party_id, by=who)
        await audit.record(db, now, Act(action="password.set", actor=actor, object=who))
        return Redeemed(session=made)

    return await tools.database.run("redeem", step)

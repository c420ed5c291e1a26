"""Sign in: a name and a password, then a code where there is a second factor; a session begins, and ends."""

from typing import Final, TypeAlias

from laborvoice.crypto import credential, password
from laborvoice.domain import Value
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.ids import SessionId, UserId
from laborvoice.domain.party import folded
from laborvoice.domain.patience import Tries
from laborvoice.errors import NotFound
from laborvoice.pipeline.sign_in.tools import Tools, begin, idle_until, proves
from laborvoice.store.access import audit, session, user
from laborvoice.store.database import Connection


class Signed(Value, frozen=True):
    """``session`` is its id, for the browser alone."""

    session: str


class Half(Value, frozen=True):
    """The password was right; a code is missing. ``session`` opens the door for it alone."""

    session: str


class Wait(Value, frozen=True):
    """Nothing was judged; ``seconds`` until it may be tried again."""

    seconds: int


class Wrong(Value, frozen=True):
    """Name, password or code: it is not said which."""


Outcome: TypeAlias = Signed | Half | Wait | Wrong
WRONG: Final = Wrong()


async def sign_in(tools: Tools, name: str, typed: str, code: str = "", before: str = "") -> Outcome:
    """Without a ``code``, of who has a second factor: Half. The same work is done for every name. Raises Busy.

    ``before``: the session that the browser shows, which ends where the password was right.
    """
    login = folded(name)
    known = await tools.database.run("sign in", lambda db: user.proofs(db, login))
    seconds = _tries(tools, login, known).wait(tools.clock.now())
    if seconds:
        return Wait(seconds=seconds)
    right = await tools.matches(typed, password.NOBODYS if known is None else known.password)

    async def step(db: Connection) -> Outcome:
        # Read again and held: of many guesses at once no more are judged than one after another.
        found = await user.proofs(db, login)
        seconds = _tries(tools, login, found).wait(tools.clock.now())
        if seconds:
            return Wait(seconds=seconds)
        if found is None or known is None or found.password != known.password or not right:
            return await _failed(db, tools, login, found)
        await session.end(db, credential.credential_hash(before))
        if found.totp_sealed is None:
            return await _signed(db, tools, found)
        if not code:
            return Half(session=await begin(db, tools, found.id, proved=False))
        if not await proves(db, tools, found, code):
            return await _failed(db, tools, login, found)
        return await _signed(db, tools, found)

    return await tools.database.run("sign in", step)


async def second(tools: Tools, half: str, code: str) -> Signed | Wait | Wrong | None:
    """None where ``half`` is no session that waits for a code, or does no more."""
    digest = credential.credential_hash(half)

    async def step(db: Connection) -> Signed | Wait | Wrong | None:
        now = tools.clock.now()
        who = await session.half(db, digest, now)
        if who is None:
            return None
        found = await user.proofs_of(db, who)
        seconds = _tries(tools, "", found).wait(now)
        if seconds:
            return Wait(seconds=seconds)
        if not await proves(db, tools, found, code):
            return await _failed(db, tools, "", found)
        await session.end(db, digest)
        return await _signed(db, tools, found)

    return await tools.database.run("sign in code", step)


async def sign_out(tools: Tools, typed: str, actor: Actor, one: SessionId) -> None:
    async def step(db: Connection) -> None:
        await session.end(db, credential.credential_hash(typed))
        await audit.record(db, tools.clock.now(), Act(action="session.ended", actor=actor, object=one))

    await tools.database.run("sign out", step)


async def revoke(tools: Tools, who: UserId, actor: Actor, one: SessionId) -> None:
    """Raises NotFound where it is none of hers."""

    async def step(db: Connection) -> None:
        if not await session.revoke(db, one, who):
            raise NotFound
        await audit.record(db, tools.clock.now(), Act(action="session.ended", actor=actor, object=one))

    await tools.database.run("revoke session", step)


async def used(tools: Tools, one: SessionId) -> None:
    """It goes on for another half hour."""
    until = idle_until(tools.clock.now())
    await tools.database.run("session used", lambda db: session.used(db, one, until))


async def _signed(db: Connection, tools: Tools, found: user.Proofs) -> Signed:
    await user.failed(db, found.id, 0, None)
    made = await begin(db, tools, found.id, proved=True)
    actor = Actor(party=found.party_id, by=found.id)
    await audit.record(db, tools.clock.now(), Act(action="login", actor=actor, object=found.id))
    return Signed(session=made)


async def _failed(db: Connection, tools: Tools, login: str, found: user.Proofs | None) -> Wrong:
    now = tools.clock.now()
    if found is None:
        tools.strangers.failed(login, now)
    else:
        tries = _tries(tools, login, found).failed(now)
        await user.failed(db, found.id, tries.failures, tries.retry_at)
    return WRONG


def _tries(tools: Tools, login: str, found: user.Proofs | None) -> Tries:
    return tools.strangers.tries(login) if found is None else found.tries


__all__ = ("Half", "Outcome", "Signed", "Tools", "Wait", "Wrong", "revoke", "second", "sign_in", "sign_out", "used")

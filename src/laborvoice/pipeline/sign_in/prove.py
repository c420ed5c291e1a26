"""What a signed-in person does with her own proofs: a second factor set up or renewed, recovery codes, a new password.

Each ends her sessions and begins a new one: an id that someone else has got hold of is good for nothing.
"""

from collections.abc import Awaitable, Callable

from laborvoice.crypto import credential, totp
from laborvoice.domain import Value
from laborvoice.domain.audit import Act, Actor, ActsAction
from laborvoice.domain.ids import UserId
from laborvoice.pipeline.sign_in.tools import Tools, begin, proves
from laborvoice.store.access import audit, recovery_code, session, user
from laborvoice.store.database import Connection


class Proved(Value, frozen=True):
    """``session`` is the id of the new one; ``codes`` are for recovery, shown this once."""

    session: str
    codes: tuple[str, ...] = ()


class Offer(Value, frozen=True):
    """What an app is told: as text, and as what a QR code holds."""

    text: str
    uri: str


def offer(tools: Tools, who: UserId, typed: str, name: str) -> Offer:
    """Bound to the session ``typed``: the same at each look, nothing stored."""
    secret = _offered(tools, who, typed)
    return Offer(text=totp.grouped(totp.written(secret)), uri=totp.uri(secret, name))


async def set_up(tools: Tools, who: UserId, typed: str, code: str, present: str = "") -> Proved | None:
    """``code`` is of the app that was offered in the session ``typed``; ``present`` of the one she has, if any.

    None where either does not fit; that slows her down as at the sign-in.
    """
    secret = _offered(tools, who, typed)
    clean = "".join(code.split())
    step_used = totp.step_of(secret, clean, tools.clock.now().timestamp(), 0) if totp.is_code(clean) else None

    async def change(db: Connection, found: user.Proofs) -> tuple[str, ...] | None:
        if step_used is None:
            return None
        if found.totp_sealed is not None and not await proves(db, tools, found, present):
            return None
        await user.set_totp(db, who, tools.lock(secret), step_used)
        return await _recovery(db, tools, who)

    return await _changed(tools, who, "totp.set", change)


async def new_codes(tools: Tools, who: UserId, present: str) -> Proved | None:
    """The old ones are void. None where ``present`` does not fit."""

    async def change(db: Connection, found: user.Proofs) -> tuple[str, ...] | None:
        return await _recovery(db, tools, who) if await proves(db, tools, found, present) else None

    return await _changed(tools, who, "totp.set", change)


async def new_password(tools: Tools, who: UserId, present: str, wanted: str) -> Proved | None:
    """None where ``present`` is not her password. Raises Busy."""
    known = await tools.database.run("new password", lambda db: user.proofs_of(db, who))
    right = await tools.matches(present, known.password)
    hashed = await tools.hashed(wanted)

    async def change(db: Connection, found: user.Proofs) -> tuple[str, ...] | None:
        if not right or found.password != known.password:
            return None
        await user.set_secret(db, who, hashed)
        return ()

    return await _changed(tools, who, "password.set", change)


async def _changed(
    tools: Tools,
    who: UserId,
    action: ActsAction,
    change: Callable[[Connection, user.Proofs], Awaitable[tuple[str, ...] | None]],
) -> Proved | None:
    async def step(db: Connection) -> Proved | None:
        now = tools.clock.now()
        found = await user.proofs_of(db, who)
        if found.tries.wait(now):
            return None
        codes = await change(db, found)
        if codes is None:
            failed = found.tries.failed(now)
            await user.failed(db, who, failed.failures, failed.retry_at)
            return None
        await user.failed(db, who, 0, None)
        await session.end_all(db, who)
        made = await begin(db, tools, who, proved=True)
        await audit.record(db, now, Act(action=action, actor=Actor(party=found.party_id, by=who), object=who))
        return Proved(session=made, codes=codes)

    return await tools.database.run("prove", step)


async def _recovery(db: Connection, tools: Tools, who: UserId) -> tuple[str, ...]:
    codes = totp.recovery_codes(tools.chance.bytes(totp.RECOVERY_CODES * totp.RECOVERY_SIZE))
    await recovery_code.clear(db, who)
    await recovery_code.put(db, who, [credential.credential_hash(code) for code in codes])
    return codes


def _offered(tools: Tools, who: UserId, typed: str) -> bytes:
    return totp.offered(credential.derived(tools.secret, "totp offer"), who, typed)

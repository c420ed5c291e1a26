"""What signing in is done with, and what all of its steps share."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto import at_rest, credential, password, totp
from laborvoice.crypto.framing import sha256
from laborvoice.domain import Value
from laborvoice.domain.ids import SessionId, UserId
from laborvoice.domain.patience import Tries
from laborvoice.errors import Busy, Undecryptable
from laborvoice.store.access import recovery_code, session, user
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import notice
from laborvoice.workers import Threads

AT_ONCE: Final = 2
"""Passwords hashed at the same time: 19 MiB each."""
IN_LINE: Final = 40
STRANGERS: Final = 10_000
IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
HALF: Final = timedelta(minutes=10)
"""Between password and code."""

_MINUTE: Final = timedelta(minutes=1)
_ID_BYTES: Final = 16
_TOTP: Final = "totp"


class Strangers:
    """Names that nobody has are made to wait like those that somebody has: in memory, the oldest forgotten."""

    def __init__(self) -> None:
        self._tries: OrderedDict[bytes, Tries] = OrderedDict()

    def tries(self, login: str) -> Tries:
        return self._tries.get(sha256(login.encode()), Tries())

    def failed(self, login: str, now: datetime) -> None:
        who = sha256(login.encode())
        self._tries[who] = self.tries(login).failed(now)
        self._tries.move_to_end(who)
        if len(self._tries) > STRANGERS:
            self._tries.popitem(last=False)


class Tools(Value, frozen=True):
    """``secret``: 32 bytes; under keys made of it second factors lie in the database."""

    database: Database
    clock: Clock
    chance: Chance
    secret: bytes
    threads: Threads
    strangers: Strangers

    async def matches(self, typed: str, stored: str) -> bool:
        self._admit()
        return await self.threads.run(password.matches, typed, stored)

    async def hashed(self, typed: str) -> str:
        self._admit()
        return await self.threads.run(password.hashed, typed, self.chance.bytes(password.SALT_SIZE))

    def _admit(self) -> None:
        if self.threads.waiting > IN_LINE:
            raise Busy

    def lock(self, secret: bytes) -> bytes:
        nonce = self.chance.bytes(at_rest.NONCE_SIZE)
        return at_rest.locked(credential.derived(self.secret, _TOTP), _TOTP, secret, nonce)

    def unlock(self, sealed: bytes) -> bytes:
        """Raises Undecryptable where it was locked under another secret."""
        return at_rest.unlocked(credential.derived(self.secret, _TOTP), _TOTP, sealed)


def idle_until(now: datetime) -> datetime:
    """A full minute: no row tells when a person did something."""
    return _minute(now) + IDLE + _MINUTE


async def begin(db: Connection, tools: Tools, who: UserId, *, proved: bool) -> str:
    """The id of a new session, which the browser alone will know."""
    now = tools.clock.now()
    made = credential.make_token(tools.chance.bytes(credential.TOKEN_BYTES))
    await session.purge(db, who, now)
    row = session.Session(
        digest=credential.credential_hash(made),
        id=SessionId.draw(tools.chance.bytes(_ID_BYTES)),
        user_id=who,
        proved=proved,
        began_at=now.replace(minute=0, second=0, microsecond=0),
        idle_until=idle_until(now) if proved else _minute(now) + HALF,
        ends_at=_minute(now) + LONGEST,
    )
    await session.put(db, row)
    if proved:
        await notice.visited(db, who, row.began_at)
    return made


async def proves(db: Connection, tools: Tools, proofs: user.Proofs, typed: str) -> bool:
    """Whether ``typed`` is a code of hers, of the app or of recovery. It is used up."""
    code = "".join(typed.split())
    if not totp.is_code(code):
        form = totp.recovery_form(code)
        return await recovery_code.use(db, proofs.id, credential.credential_hash(form))
    if proofs.totp_sealed is None:
        return False
    try:
        secret = tools.unlock(proofs.totp_sealed)
    except Undecryptable:
        return False
    step = totp.step_of(secret, code, tools.clock.now().timestamp(), proofs.totp_step)
    if step is None:
        return False
    await user.stepped(db, proofs.id, step)
    return True


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)

"""Rotate: keys made ahead, and the manifest that tells phones of them (design, README 5, privacy 9 and 12).

Keys of a period are made while the one before it runs, those of a week two weeks ahead. A manifest gets a new number
each week, and sooner when what it says has changed.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.crypto import issuer, signing
from laborvoice.crypto.at_rest import PKCS8, SEED, Secret
from laborvoice.crypto.framing import b64, sha256
from laborvoice.crypto.manifest import fingerprint
from laborvoice.crypto.suites import ROOT_SIZE, SUITES, key_pair
from laborvoice.domain import Value
from laborvoice.domain.period import Kind, Period
from laborvoice.domain.policy import Policy
from laborvoice.errors import Conflict, KeyDestroyed
from laborvoice.keyring import Keyring
from laborvoice.pipeline.rotate import number, week
from laborvoice.store.ballot import mailbox, partition, period_state, token_key
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import campaign
from laborvoice.web import worker
from laborvoice.workers import Workers

WEEKS_AHEAD: Final = 2
PARTITIONS_AHEAD: Final = 3
REPLIES_KEPT: Final = timedelta(weeks=13)


class Offline(Value, frozen=True):
    """The public manifest key where the private one is elsewhere, and where to lay what waits to be signed there."""

    public: bytes
    hand_out: Callable[[bytes], None]

    @property
    def named(self) -> bytes:
        """The fingerprint that cards carry."""
        return fingerprint(self.public)


class Deployment(Value, frozen=True):
    """What is fixed when a deployment opens, and what every manifest says of it.

    ``exit_url``, ``drafts`` and ``audio`` stand in the page that phones load.
    """

    origin: str
    kind: Kind
    policy: Policy
    pow_bits: int
    exit_url: str
    drafts: bool
    audio: bool = False
    offline: Offline | None = None


async def rotate(
    database: Database, keyring: Keyring, workers: Workers, chance: Chance, deployment: Deployment, today: date
) -> int | None:
    """Make what is missing; the number of a manifest that was signed, None where the old one still holds."""
    period = Period.at(today, deployment.kind)
    following = period.next()
    await _periods(database, keyring, chance, period)
    await _weeks(database, keyring, chance, today)
    await _token_keys(database, keyring, workers, period)
    shown = (period, following) if following.begin <= today + number.WINDOW else (period,)
    if following in shown:
        await _token_keys(database, keyring, workers, following)
    content = number.Content(
        origin=deployment.origin,
        policy=deployment.policy,
        pow_bits=deployment.pow_bits,
        boxes={one.label: number.public_keys(_root(keyring, f"box/{one.label}")) for one in shown},
        files={worker.PAGE: _page(keyring, deployment)},
        mixes={one: number.public_keys(_root(keyring, f"mix/{one}")) for one in (week.label(today),)},
    )
    signed = None
    if deployment.offline is None:
        signed = await number.sign(database, workers, content, signers(keyring), today)
    elif draft := await number.draft(database, workers, content, today):
        deployment.offline.hand_out(draft)
    await _token_keys(database, keyring, workers, following)
    return signed


def _page(keyring: Keyring, deployment: Deployment) -> str:
    """The hash of the page as intake serves it: it pins every script."""
    offline = deployment.offline
    named = fingerprint(signing.public_of(signers(keyring)[0])) if offline is None else offline.named
    told = worker.Told(
        fingerprint=named, exit_url=deployment.exit_url, drafts=deployment.drafts, audio=deployment.audio
    )
    return b64(sha256(worker.told(told)))


async def forget(database: Database, keyring: Keyring, today: date) -> None:
    """Destroy what is past: mix keys and with them who was seen, weeks of the mailbox. On a believed clock only."""
    await database.run("old replies", partial(mailbox.end, oldest=week.label(today - REPLIES_KEPT)))
    for name in keyring.names("mix"):
        label = name.partition("/")[2]
        if week.until(label) <= today:
            for kid in _kids(_root(keyring, name)):
                await database.run("forget", partial(partition.drop, family="seen", value=kid))
            keyring.destroy(name)


def prepare(keyring: Keyring, chance: Chance) -> bytes:
    """The fingerprint that cards carry; the manifest key is made where there is none (``up``, demo: it is online)."""
    if not keyring.names("manifest"):
        seed = chance.bytes(signing.SEED_SIZE)
        name = fingerprint(signing.public_of(seed)).hex()
        _store(keyring, f"manifest/{name}", Secret(kind=SEED, data=seed), alone=True)
    return fingerprint(signing.public_of(signers(keyring)[0]))


def signers(keyring: Keyring) -> tuple[bytes, ...]:
    """Two while the key of the cards is replaced."""
    return tuple(keyring.load(name).data for name in keyring.names("manifest"))


async def _periods(database: Database, keyring: Keyring, chance: Chance, period: Period) -> None:
    """The present period is open; the next has its key and room for ballots that are carried over.

    So has each that went by while no vault ran: nobody voted in it, but what was carried into it is counted.
    """
    states = await database.run("periods", period_state.all_states)
    begun = (*_missed(max((Period.parse(one.period) for one in states), default=period), period), period)
    for one in (*begun, period.next()):
        _new_root(keyring, chance, f"box/{one.label}")
    for label in (*(one.label for one in begun), *_ahead(period)):
        # One at a time: a mix takes the same tables in an order of its own.
        for family in partition.OF_PERIOD:
            await database.run("partition", partial(partition.make, family=family, value=label))
    kind: Kind = "quarter" if period.months > 1 else "month"
    for one in begun:
        await database.run("open period", partial(period_state.add, period=one.label, kind=kind))


def _missed(last: Period, present: Period) -> Iterator[Period]:
    """The periods between the last that was opened and the present one."""
    following = last.next()
    while following < present:
        yield following
        following = following.next()


def _ahead(period: Period) -> Iterator[str]:
    following = period
    for _ in range(PARTITIONS_AHEAD):
        following = following.next()
        yield following.label


async def _weeks(database: Database, keyring: Keyring, chance: Chance, today: date) -> None:
    """The keys of this week and the next two, and room for who is seen under each that is alive."""
    for weeks in range(WEEKS_AHEAD + 1):
        _new_root(keyring, chance, f"mix/{week.label(today + timedelta(weeks=weeks))}")
    for name in keyring.names("mix"):
        for kid in _kids(_root(keyring, name)) if week.until(name.partition("/")[2]) > today else ():
            await database.run("partition", partial(partition.make, family="seen", value=kid))


def _kids(root: bytes) -> tuple[str, ...]:
    return tuple(key_pair(root, suite).kid.hex() for suite in SUITES)


async def _token_keys(database: Database, keyring: Keyring, workers: Workers, period: Period) -> None:
    """One key a supplier with a campaign in this period. The private half is on disk before the public one is known."""

    async def missing(db: Connection) -> list[token_key.TokenKey]:
        have = {key.supplier_id for key in await token_key.of(db, [period.label])}
        return [
            token_key.TokenKey(
                period=period.label,
                supplier_id=one.supplier_id,
                token_key_id=b"",
                spki=b"",
                questionnaire=one.questionnaire,
                version=one.questionnaire_version,
            )
            for one in await campaign.open_for(db, period.label)
            if one.supplier_id not in have
        ]

    drafts = iter(await database.run("missing token keys", missing))

    async def make_keys() -> None:
        for draft in drafts:
            await _token_key(database, keyring, draft, await workers.run(issuer.generate))

    async with asyncio.TaskGroup() as group:
        for _ in range(workers.count):
            group.create_task(make_keys())


async def _token_key(database: Database, keyring: Keyring, draft: token_key.TokenKey, made: bytes) -> None:
    public = issuer.load(made)
    name = f"token/{public.key_id.hex()}"
    keyring.store(name, Secret(kind=PKCS8, data=made))
    row = msgspec.structs.replace(draft, token_key_id=public.key_id, spki=public.spki)
    if not await database.run("token key", partial(token_key.put, key=row)):
        keyring.destroy(name)


def _new_root(keyring: Keyring, chance: Chance, name: str) -> None:
    if name not in keyring.names(name.partition("/")[0]):
        _store(keyring, name, Secret(kind=SEED, data=chance.bytes(ROOT_SIZE)))


def _store(keyring: Keyring, name: str, secret: Secret, *, alone: bool = False) -> None:
    """Another vault on this keyring may have been first; what was burned is not made again."""
    try:
        keyring.store(name, secret, alone=alone)
    except (Conflict, KeyDestroyed):
        return


def _root(keyring: Keyring, name: str) -> bytes:
    return keyring.load(name).data

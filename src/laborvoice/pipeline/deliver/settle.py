"""Settle: what follows the attempts of a batch, written in one transaction."""

from datetime import timedelta
from typing import Literal

import msgspec

from laborvoice.domain import Value
from laborvoice.pipeline.deliver.lanes import Changes, Landed
from laborvoice.store.database import Connection
from laborvoice.store.outbox import attempt, delivery, endpoint
from laborvoice.store.outbox.delivery import Settled
from laborvoice.webhooks.schedule import (
    GONE,
    Again,
    Answered,
    Done,
    Unanswered,
    error_class,
    next_step,
    verify_step,
)


class Batch(Value, frozen=True):
    """Attempts that ended, what became of each delivery, and what changes for their endpoints."""

    landed: tuple[Landed, ...]
    settled: tuple[Settled, ...]
    changes: Changes


def settled(one: Landed, uniform: float) -> Settled:
    made = one.leased.attempts + 1
    if one.leased.challenge is None:
        step = next_step(one.attempt, made, one.at, uniform)
    else:
        step = verify_step(made, uniform, met=one.met)
    if isinstance(step, Again):
        return Settled(leased=one.leased, state="due", at=one.at + timedelta(seconds=step.delay))
    state: Literal["done", "dead"] = "done" if isinstance(step, Done) else "dead"
    return Settled(leased=one.leased, state=state, at=one.at)


async def write(db: Connection, batch: Batch) -> None:
    await attempt.put(db, [_row(one) for one in batch.landed])
    await delivery.settle(db, batch.settled)
    for one in batch.settled:
        if one.leased.challenge is not None:
            await _tried(db, one, one.leased.challenge)
    if batch.changes.breakers:
        await endpoint.pause(db, batch.changes.breakers)
    if batch.changes.healths:
        await endpoint.fail(db, batch.changes.healths)
    gone = {one.leased.endpoint_id for one in batch.landed if _is_gone(one)}
    if gone:
        await endpoint.disable_gone(db, sorted(gone), max(one.at for one in batch.landed).date())


async def _tried(db: Connection, one: Settled, challenge: str) -> None:
    again, met = one.state == "due", one.state == "done"
    tries = one.leased.attempts + 1
    await endpoint.tried(db, one.leased.endpoint_id, bytes.fromhex(challenge), tries, again=again, met=met)


def _is_gone(one: Landed) -> bool:
    return isinstance(one.attempt, Answered) and one.attempt.status == GONE


def _row(one: Landed) -> attempt.Attempt:
    made = one.attempt
    error = error_class(made)
    blank = attempt.Attempt(
        delivery_id=one.leased.id,
        at=one.at,
        status=None,
        error_class=None if error is None else error.value,
        ms=made.ms,
        address=None,
        headers=(),
        body=b"",
    )
    if isinstance(made, Unanswered):
        return blank
    answer = {"status": made.status, "address": made.address, "headers": made.headers, "body": made.body.encode()}
    return msgspec.structs.replace(blank, **answer)

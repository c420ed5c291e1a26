"""The heartbeat of an inbox: 1,024 bytes, whatever came. Who watches the wire learns nothing (design, webhooks 2)."""

from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.event import Event, body
from laborvoice.domain.facts import Beat
from laborvoice.domain.ids import EventId

SIZE: Final = 1_024
MINUTE: Final = 60
URGENT_MAX: Final = 9_999
NOTHING: Final = "A" * 24
"""The cursor of an inbox that nothing has come to yet."""


class InboxState(Value, frozen=True):
    """``cursor``: from which batch on something is new. ``urgent_waiting``: that nobody has acknowledged."""

    cursor: str
    urgent_waiting: int


def heartbeat(identity: EventId, to: tuple[str, str], state: InboxState, minute: datetime) -> bytes:
    """``to``: the audience and the resource. Stored nowhere: an event for the shape of it alone."""
    return _body(identity, to, state, minute, SIZE - len(_body(identity, to, state, minute, 0)))


def _body(identity: EventId, to: tuple[str, str], state: InboxState, minute: datetime, pad: int) -> bytes:
    """``pad`` bytes longer than it has to be.

    Numbered by the minute, so that receivers who drop what is not newer keep the newest.
    """
    audience, resource = to
    urgent = f"{min(state.urgent_waiting, URGENT_MAX):04d}"
    one = Event(
        id=identity,
        type="inbox.heartbeat",
        audience=audience,
        resource=resource,
        facts=Beat(cursor=state.cursor, urgent_waiting=urgent, pad="0" * pad),
        period=None,
        occurred_on=minute,
    )
    return body(one, int(minute.timestamp()) // MINUTE, "")

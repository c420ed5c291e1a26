"""Lanes: what the results of a batch mean for the endpoints they came from; breakers, and failures since when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from laborvoice.domain import Value
from laborvoice.domain.ids import EndpointId
from laborvoice.store.outbox.delivery import Leased
from laborvoice.store.outbox.endpoint import Failed, Pause
from laborvoice.webhooks.schedule import Attempt, Closed, Open, Probing, breaker_after, error_class


class Landed(Value, frozen=True):
    """An attempt that ended, and when. ``met``: it was a verification, and its challenge came back."""

    leased: Leased
    attempt: Attempt
    met: bool
    at: datetime

    @property
    def failed(self) -> bool:
        return error_class(self.attempt) is not None


class Changes(Value, frozen=True):
    """What has to be written. ``breakers``: opened, or closed (None). ``healths``: failing, or well again (None)."""

    breakers: dict[EndpointId, Pause | None]
    healths: dict[EndpointId, Failed | None]


class Lanes:
    """What one courier saw. An open breaker and a failing endpoint are known to all; counts on the way there are not.

    What was in flight when a breaker opened counts for the next time at most.
    """

    def __init__(self) -> None:
        self._closed: dict[EndpointId, Closed] = {}
        self._failing: set[EndpointId] = set()
        self._changes = Changes(breakers={}, healths={})
        self._seen = 0

    def after(self, landed: Sequence[Landed]) -> Changes:
        """The changes by all results since ``written``, in the order in which they came; each is counted once."""
        for one in landed[self._seen :]:
            if not one.leased.pending:
                self._break(one, self._changes.breakers)
                self._feel(one, self._changes.healths)
        self._seen = len(landed)
        return self._changes

    def written(self) -> None:
        """The changes are in the database, and their results will not be shown again."""
        self._changes = Changes(breakers={}, healths={})
        self._seen = 0

    def _break(self, one: Landed, breakers: dict[EndpointId, Pause | None]) -> None:
        endpoint, park = one.leased.endpoint_id, one.leased.park_seconds
        known = self._closed.get(endpoint, Closed())
        before = known if park is None else Probing(park=timedelta(seconds=park))
        after = breaker_after(before, one.attempt, one.at)
        if isinstance(after, Open):
            self._closed.pop(endpoint, None)
            breakers[endpoint] = Pause(until=after.until, park=after.park)
            return
        self._closed[endpoint] = after
        if park is not None:
            breakers[endpoint] = None

    def _feel(self, one: Landed, healths: dict[EndpointId, Failed | None]) -> None:
        endpoint = one.leased.endpoint_id
        if not one.failed:
            if one.leased.failing or endpoint in self._failing:
                self._failing.discard(endpoint)
                healths[endpoint] = None
            return
        self._failing.add(endpoint)
        before = healths.get(endpoint)
        since = one.at if before is None else before.since
        anew = endpoint in healths and (before is None or before.anew)
        healths[endpoint] = Failed(since=since, last=one.at, anew=anew)

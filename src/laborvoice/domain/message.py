"""What a watchdog does with a message: nothing in it can be read here, so nothing goes by what it says."""

from datetime import datetime, timedelta
from typing import Final, Literal

from laborvoice.domain.due import full_hour

MessageKind = Literal["urgent", "story"]
MessageState = Literal["new", "acknowledged", "closed"]
CloseReason = Literal["answered", "case_opened", "known_already", "referred", "not_for_us", "cannot_be_opened", "empty"]
"""Why nothing more is done. A closed list: words of a message never come here."""

ACKNOWLEDGE: Final = timedelta(hours=4)
"""From when the inbox first shows an urgent one."""


def due(shown: datetime) -> datetime:
    return full_hour(shown + ACKNOWLEDGE)

"""Notices: the one mail we send, to users without a webhook. It says that there is something new, and nothing of it."""

from typing import Final

from laborvoice.domain.ids import UserId

SUBJECT: Final = "something new in laborvoice"


def text(origin: str) -> str:
    """The same for everybody, whatever happened. ``origin``: https://host."""
    return f"There is something new for you in laborvoice.\n\n{origin}/\n"


def notice_purpose(user: UserId) -> str:
    """What a sealed address is bound to: it opens for nobody else."""
    return f"notice-address {user}"

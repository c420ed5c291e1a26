"""The house table of rights, which is ``laborvoice.store.rights``: a new table is entered there."""

from laborvoice.store.rights import EVERY, MAINTAIN_SINCE, SINGLE_COLUMNS, TABLES

__all__ = ["EVERY", "MAINTAIN_SINCE", "SINGLE_COLUMNS", "TABLES"]

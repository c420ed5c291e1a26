"""The reference client of a watchdog: its keys, its inbox, its replies. What opens a message never leaves it."""

"""Backups sealed to the operator's key, and what must be done before a restored database is used (operations 7)."""

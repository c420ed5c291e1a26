"""Releases, their ledger and scores."""

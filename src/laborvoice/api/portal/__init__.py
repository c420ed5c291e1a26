"""The door for brands, watchdogs, operators and their systems."""

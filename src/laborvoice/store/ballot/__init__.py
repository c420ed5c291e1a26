"""The ballot box's tables."""

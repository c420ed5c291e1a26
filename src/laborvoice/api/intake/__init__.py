"""The workers' door."""

"""A synthetic world, cast through the real doors."""

"""From sealed ballots to releases: open, bound, count, add noise once. Pure: keys, chance and noise are arguments."""

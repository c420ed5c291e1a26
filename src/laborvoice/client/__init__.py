"""The reference client: what a phone, a brand's system and a receiver do. Public endpoints only."""

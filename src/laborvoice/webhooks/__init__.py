"""Webhooks: signing, retries, the guard at the socket, the one HTTP dial, and the verifier for receivers."""

"""Rights of every role on every table (design, operations 4), as data: what the doctor and the tests compare with."""

from collections.abc import Mapping
from typing import Final

EVERY: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"})
MAINTAIN_SINCE: Final = 17
READ: Final = frozenset({"SELECT"})
ADD: Final = frozenset({"INSERT"})

Rights = Mapping[str, frozenset[str]]
VAULT: Final[Rights] = {"vault": EVERY}
REGISTRY: Final[Rights] = {"vault": READ, "portal": EVERY}
WRITTEN_ONCE: Final[Rights] = {"vault": READ | ADD, "portal": READ}
OUTBOX: Final[Rights] = {"portal": READ, "courier": EVERY}

# What is not here, nobody has. A partition has the rights of its table.
TABLES: Final[Mapping[str, Rights]] = {
    "ballot.period_state": {"vault": EVERY, "portal": READ, "courier": READ},
    "ballot.spool_switch": VAULT,
    "ballot.spool": VAULT,
    "ballot.exchange_request": VAULT,
    "ballot.exchange_answer": VAULT,
    "ballot.seen": VAULT,
    "ballot.spent": VAULT,
    "ballot.invite": {"vault": EVERY, "portal": ADD},
    "ballot.invite_use": VAULT,
    "ballot.box": VAULT,
    "ballot.tray": VAULT,
    "ballot.shelf": VAULT,
    "ballot.count_job": VAULT,
    "ballot.token_key": VAULT,
    "ballot.manifest": {"intake": READ, "vault": EVERY, "portal": READ},
    "ballot.part": {"intake": READ, "vault": EVERY},
    "ballot.reply": VAULT,
    "ballot.mailbox": VAULT,
    "ballot.mailbox_filler": VAULT,
    "registry.supplier": {"vault": READ, "portal": READ | ADD},
    "registry.admission": {"portal": READ | {"UPDATE"}},
    "registry.party": REGISTRY,
    "registry.link": REGISTRY,
    "registry.campaign": REGISTRY,
    "registry.period": REGISTRY,
    "registry.jurisdiction": {"vault": READ, "portal": EVERY, "courier": READ},
    "registry.watchdog_key": REGISTRY,
    "registry.help_number": REGISTRY,
    "release.ledger": WRITTEN_ONCE,
    "release.release": WRITTEN_ONCE,
    "release.score": WRITTEN_ONCE,
    "release.baseline": {"vault": READ | ADD},
    "desk.message": {"vault": ADD, "portal": EVERY},
    "desk.case": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "desk.case_party": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "desk.case_shown": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "desk.approval": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "desk.message_state": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "desk.export": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "desk.export_body": {"portal": READ | ADD | {"DELETE"}},
    "access.key": {"portal": EVERY},
    "access.user": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "access.session": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "access.one_time_link": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "access.totp_reset": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "access.recovery_code": {"portal": READ | ADD | {"DELETE"}},
    "access.idempotency": {"portal": READ | ADD | {"UPDATE", "DELETE"}},
    "access.audit": {"portal": READ | ADD},
    "access.audit_head": {"portal": READ | ADD | {"UPDATE"}},
    "outbox.event": {"vault": ADD, "portal": READ | ADD, "courier": EVERY},
    "outbox.sequence": OUTBOX,
    "outbox.head": OUTBOX,
    "outbox.feed": OUTBOX,
    "outbox.endpoint": {"portal": EVERY, "courier": EVERY},
    "outbox.inbox_state": {"vault": EVERY, "portal": EVERY, "courier": EVERY},
    "outbox.notice": {"portal": EVERY, "courier": EVERY},
    "outbox.endpoint_key": OUTBOX,
    "outbox.courier_key": OUTBOX,
    "outbox.delivery": OUTBOX,
    "outbox.attempt": {"portal": READ | {"DELETE"}, "courier": EVERY},
    "outbox.endpoint_secret": {"portal": READ | ADD | {"UPDATE", "DELETE"}, "courier": EVERY},
    "outbox.recovery": {"portal": READ | ADD, "courier": EVERY},
}

# The courier learns who may hear of a supplier, and no name, address or number.
COURIER_COLUMNS: Final[Mapping[str, set[str]]] = {
    "registry.supplier": {"supplier_id", "public_id", "country", "isic"},
    "registry.party": {"id", "kind"},
    "registry.link": {"id", "party_id", "supplier_id", "state", "from_day", "to_day"},
}

# The portal has a delivery repeated, due at once: it leases, settles and counts none.
REPLAY_COLUMNS: Final[Mapping[str, set[str]]] = {
    "outbox.delivery": {"id", "event_id", "endpoint_id", "replay", "next_attempt_at"}
}

SINGLE_COLUMNS: Final[Mapping[tuple[str, str], Mapping[str, set[str]]]] = {
    ("courier", "SELECT"): COURIER_COLUMNS,
    ("portal", "INSERT"): REPLAY_COLUMNS,
}

ROLES: Final = ("intake", "vault", "portal", "courier")

SEALED: Final = frozenset({"ballot.spool", "ballot.seen", "ballot.spent", "ballot.tray", "ballot.shelf", "ballot.box"})
"""Whoever but the vault has any right on these can count, read or alter what workers cast."""

"""Accounts: people, how each proves who she is, their sessions, and whose keys are whose."""

from alembic import op

revision = "0012"
down_revision = "0011"

_ROLES = "'brand_viewer', 'brand_admin', 'watchdog_handler', 'watchdog_admin', 'operator_admin', 'auditor'"

STATEMENTS = (
    # Without a password she was invited and has not come yet. ``login`` is her name as it is compared.
    f"""CREATE TABLE access."user" (
        id uuid PRIMARY KEY, party_id uuid NOT NULL REFERENCES registry.party, name text NOT NULL,
        login text NOT NULL UNIQUE, role text NOT NULL CHECK (role IN ({_ROLES})), password text,
        totp_sealed bytea, totp_step bigint NOT NULL DEFAULT 0,
        failures integer NOT NULL DEFAULT 0, retry_at timestamptz, created_on date NOT NULL)""",
    'CREATE INDEX user_party ON access."user" (party_id, id)',
    """CREATE TABLE access.recovery_code (
        user_id uuid NOT NULL REFERENCES access."user" ON DELETE CASCADE,
        digest bytea NOT NULL CHECK (octet_length(digest) = 32), PRIMARY KEY (user_id, digest))""",
    # One a user: a new link voids the old.
    """CREATE TABLE access.one_time_link (
        user_id uuid PRIMARY KEY REFERENCES access."user" ON DELETE CASCADE,
        digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32), until timestamptz NOT NULL)""",
    """CREATE TABLE access.totp_reset (
        user_id uuid PRIMARY KEY REFERENCES access."user" ON DELETE CASCADE,
        asked_by uuid NOT NULL REFERENCES access."user" ON DELETE CASCADE, until timestamptz NOT NULL)""",
    # ``proved``: the second factor too, where there is one. Times are minutes; ``began_at`` is a full hour.
    """CREATE TABLE access.session (
        digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32), id uuid NOT NULL UNIQUE,
        user_id uuid NOT NULL REFERENCES access."user" ON DELETE CASCADE, proved boolean NOT NULL,
        began_at timestamptz NOT NULL CHECK (began_at = date_trunc('hour', began_at, 'UTC')),
        idle_until timestamptz NOT NULL CHECK (idle_until = date_trunc('minute', idle_until, 'UTC')),
        ends_at timestamptz NOT NULL CHECK (ends_at = date_trunc('minute', ends_at, 'UTC')))""",
    "CREATE INDEX session_whose ON access.session (user_id)",
    "CREATE INDEX session_ends ON access.session (ends_at)",
    # A key goes with who made it; one that a command made has nobody.
    """ALTER TABLE access.key
        ADD COLUMN creator_id uuid REFERENCES access."user" ON DELETE CASCADE,
        ADD COLUMN mode text NOT NULL DEFAULT 'live' CHECK (mode IN ('live', 'test')),
        ADD COLUMN label text NOT NULL DEFAULT ''""",
    "CREATE INDEX key_party ON access.key (party_id, id)",
    "CREATE INDEX key_creator ON access.key (creator_id)",
    'GRANT SELECT, INSERT, UPDATE, DELETE ON access."user" TO laborvoice_portal',
    "GRANT SELECT, INSERT, DELETE ON access.recovery_code TO laborvoice_portal",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON access.one_time_link, access.totp_reset TO laborvoice_portal",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON access.session TO laborvoice_portal",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("DROP INDEX access.key_party")
    op.execute("ALTER TABLE access.key DROP COLUMN creator_id, DROP COLUMN mode, DROP COLUMN label")
    for table in ("session", "totp_reset", "one_time_link", "recovery_code", '"user"'):
        op.execute(f"DROP TABLE access.{table}")

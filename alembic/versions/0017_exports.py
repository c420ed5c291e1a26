"""Exports: what was asked for, what of it was made, and its bytes in pieces, so that none is ever whole in memory."""

from alembic import op

revision = "0017"
down_revision = "0016"

STATEMENTS = (
    """CREATE TABLE desk.export (
        id uuid PRIMARY KEY, party_id uuid NOT NULL REFERENCES registry.party ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind ~ '^E([1-9]|10)$'),
        format text NOT NULL CHECK (format IN ('csv', 'json', 'html')), period text, filters text NOT NULL,
        state text NOT NULL CHECK (state IN ('asked', 'ready', 'failed')), tries smallint NOT NULL DEFAULT 0,
        made_on date NOT NULL, expires_on date NOT NULL CHECK (expires_on > made_on), files text NOT NULL DEFAULT '[]')""",
    "CREATE INDEX export_party ON desk.export (party_id, made_on, id)",
    "CREATE INDEX export_asked ON desk.export (made_on, id) WHERE state = 'asked'",
    "CREATE INDEX export_expired ON desk.export (expires_on)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON desk.export TO laborvoice_portal",
    """CREATE TABLE desk.export_body (
        export_id uuid NOT NULL REFERENCES desk.export ON DELETE CASCADE, name text NOT NULL,
        part integer NOT NULL CHECK (part >= 0), body bytea NOT NULL, PRIMARY KEY (export_id, name, part))""",
    "GRANT SELECT, INSERT, DELETE ON desk.export_body TO laborvoice_portal",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    op.execute("DROP TABLE desk.export_body")
    op.execute("DROP TABLE desk.export")
    op.execute("RESET ROLE")

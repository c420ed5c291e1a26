"""The watchdogs' desk: messages, still sealed to their readers; no column tells an hour or a sender."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """CREATE TABLE desk.message (
        id uuid PRIMARY KEY, kid bytea NOT NULL, kind text NOT NULL CHECK (kind IN ('urgent', 'story')),
        suite smallint NOT NULL, slots smallint NOT NULL, place smallint NOT NULL, voiced boolean NOT NULL,
        inner_message bytea NOT NULL, week text NOT NULL)
        WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off)""",
    "ALTER TABLE desk.message ALTER COLUMN inner_message SET STORAGE EXTERNAL",
    "CREATE INDEX message_kid ON desk.message (kid)",
    "GRANT INSERT ON desk.message TO laborvoice_vault",
    "GRANT ALL ON desk.message TO laborvoice_portal",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("DROP TABLE desk.message")

"""Access: API keys, stored as digests."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    """CREATE TABLE access.key (
        id uuid PRIMARY KEY, party_id uuid NOT NULL REFERENCES registry.party, digest bytea NOT NULL UNIQUE,
        last4 text NOT NULL, scopes text[] NOT NULL, expires_on date NOT NULL, used_on date, created_on date NOT NULL)""",
    "GRANT ALL ON access.key TO laborvoice_portal",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("DROP TABLE access.key")

"""The mailbox: replies to receipts, a week to a partition, and what fills its buckets up (design, privacy 10)."""

from alembic import op

revision = "0015"
down_revision = "0014"

_QUIET = "WITH (autovacuum_enabled = off)"

STATEMENTS = (
    # No time, no sender: the week alone, which is dropped with all that is in it.
    """CREATE TABLE ballot.mailbox (
        week text NOT NULL, tag bytea NOT NULL CHECK (octet_length(tag) = 16),
        item bytea NOT NULL CHECK (octet_length(item) = 1024), CHECK (tag = substr(item, 1, 16)),
        PRIMARY KEY (week, tag)) PARTITION BY LIST (week)""",
    "ALTER TABLE ballot.mailbox ALTER COLUMN item SET STORAGE PLAIN",
    "CREATE INDEX mailbox_tag ON ballot.mailbox (tag)",
    f"CREATE TABLE ballot.mailbox_default PARTITION OF ballot.mailbox DEFAULT {_QUIET}",
    "CREATE TABLE ballot.mailbox_filler (week text PRIMARY KEY, seed bytea NOT NULL CHECK (octet_length(seed) = 32))",
    # The first seed, until the vault writes one of a week: each of the two numbers has 122 random bits.
    """INSERT INTO ballot.mailbox_filler
        VALUES ('', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')))""",
    """CREATE FUNCTION ballot.mailbox_bucket(low bytea, high bytea) RETURNS SETOF bytea
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT m.item FROM ballot.mailbox m WHERE m.tag >= low AND m.tag <= high $$""",
    """CREATE FUNCTION ballot.mailbox_seed() RETURNS bytea
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT f.seed FROM ballot.mailbox_filler f ORDER BY f.week DESC LIMIT 1 $$""",
    "GRANT ALL ON ballot.mailbox, ballot.mailbox_default, ballot.mailbox_filler TO laborvoice_vault",
    "GRANT EXECUTE ON FUNCTION ballot.mailbox_bucket(bytea, bytea), ballot.mailbox_seed() TO laborvoice_intake",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    op.execute("DROP FUNCTION ballot.mailbox_bucket(bytea, bytea), ballot.mailbox_seed()")
    op.execute("DROP TABLE ballot.mailbox, ballot.mailbox_filler")
    op.execute("RESET ROLE")

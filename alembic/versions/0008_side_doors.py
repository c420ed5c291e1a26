"""Counters that would tell of arrivals: closed to everyone but the superuser (design, privacy 7)."""

from alembic import op

revision = "0008"
down_revision = "0007"

# A managed database has no superuser to ask; ``doctor`` then says so. So each is tried, and only that one right is missed.
_EACH = """
    DO $$ DECLARE f regprocedure; BEGIN
        FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
            AND (p.proname LIKE 'pg\\_stat\\_get\\_%%' OR p.proname IN (
                'pg_relation_size', 'pg_table_size', 'pg_total_relation_size', 'pg_indexes_size', 'pg_database_size',
                'pg_tablespace_size', 'pg_current_wal_lsn', 'pg_current_wal_insert_lsn', 'pg_current_wal_flush_lsn'))
        LOOP
            BEGIN
                EXECUTE format('{verb} EXECUTE ON FUNCTION %%s {preposition} PUBLIC', f);
            EXCEPTION WHEN insufficient_privilege THEN NULL;
            END;
        END LOOP;
    END $$"""

_MORE = """
    DO $$ BEGIN
        BEGIN
            {verb} EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() {preposition} laborvoice_vault;
            {verb} pg_checkpoint {preposition} laborvoice_vault;
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END;
    END $$"""


def upgrade() -> None:
    op.execute(_EACH.replace("%%", "%").format(verb="REVOKE", preposition="FROM"))
    op.execute(_MORE.format(verb="GRANT", preposition="TO"))


def downgrade() -> None:
    op.execute(_MORE.format(verb="REVOKE", preposition="FROM"))
    op.execute(_EACH.replace("%%", "%").format(verb="GRANT", preposition="TO"))

"""What an operator may see of the server: how long its oldest transaction has lasted, in whole minutes, and how many
rows of the outbox are dead. No other schema is looked at, and no number here moves with an envelope.
"""

from alembic import op

revision = "0018"
down_revision = "0017"

# Closed to everyone in 0008; the function below runs as the owner. A managed database has not closed it.
_COUNTER = """
    DO $$ BEGIN
        {verb} EXECUTE ON FUNCTION pg_catalog.pg_stat_get_dead_tuples(oid) {preposition} laborvoice_owner;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$"""

_FUNCTIONS = (
    # Whole minutes: a finer time would tell when intake's transactions begin.
    """CREATE FUNCTION outbox.oldest_minutes() RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT coalesce(floor(extract(epoch FROM max(clock_timestamp() - a.xact_start)) / 60), 0)::integer
            FROM pg_stat_get_activity(NULL) a
            WHERE a.datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND a.backend_xmin IS NOT NULL $$""",
    """CREATE FUNCTION outbox.dead_rows() RETURNS bigint
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT coalesce(sum(pg_stat_get_dead_tuples(c.oid)), 0)::bigint FROM pg_class c
            WHERE c.relnamespace = 'outbox'::regnamespace AND c.relkind = 'r' $$""",
    "GRANT EXECUTE ON FUNCTION outbox.oldest_minutes(), outbox.dead_rows() TO laborvoice_courier",
)


def upgrade() -> None:
    op.execute(_COUNTER.format(verb="GRANT", preposition="TO"))
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in _FUNCTIONS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    op.execute("DROP FUNCTION outbox.dead_rows()")
    op.execute("DROP FUNCTION outbox.oldest_minutes()")
    op.execute("RESET ROLE")
    op.execute(_COUNTER.format(verb="REVOKE", preposition="FROM"))

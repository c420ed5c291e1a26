"""Narrower doors: no lock that strangers can hold, no number of the server's that moves with what is cast, and
releases that are shown when their period is counted. Each of them was an attack that worked (tests/attack).
"""

from alembic import op

revision = "0009"
down_revision = "0008"

# What the log, the files and the locks are like: with these a role counts what is cast, to the byte, to the envelope.
_NUMBERS = """
    DO $$ DECLARE f regprocedure; BEGIN
        FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
            AND (p.proname LIKE 'pg\\_control\\_%' OR (p.proname ~ '^pg_(try_)?advisory_' AND p.proname NOT LIKE '%unlock%') OR p.proname ~ '^lo_'
                OR p.proname IN ('pg_logical_emit_message', 'pg_lock_status', 'pg_blocking_pids',
                    'pg_relation_filenode', 'pg_relation_filepath', 'pg_filenode_relation', 'pg_column_toast_chunk_id',
                    'pg_available_wal_summaries', 'pg_wal_summary_contents', 'pg_get_wal_summarizer_state'))
        LOOP
            BEGIN
                EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
                IF f::text ~ 'advisory' THEN EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO laborvoice_vault, laborvoice_owner', f); END IF;
                IF f::text ~ 'emit_message' THEN EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO laborvoice_owner', f); END IF;
            EXCEPTION WHEN insufficient_privilege THEN NULL;
            END;
        END LOOP;
        BEGIN
            EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
            EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO laborvoice_owner', current_database());
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END;
    END $$"""

# A file's number is the next of one counter, of which each envelope takes one: the server itself hides columns so
# (pg_subscription). Names and rights stay readable.
_FILES = """
    DO $$ DECLARE shown text; BEGIN
        SELECT string_agg(quote_ident(attname), ', ') INTO shown FROM pg_attribute
        WHERE attrelid = 'pg_class'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN (
            'relfilenode', 'relpages', 'reltuples', 'relallvisible', 'relallfrozen', 'relfrozenxid', 'relminmxid', 'relrewrite');
        REVOKE SELECT ON pg_class FROM PUBLIC;
        EXECUTE format('GRANT SELECT (%s) ON pg_class TO PUBLIC', shown);
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$"""

_COUNTED = "period IN (SELECT p.period FROM ballot.period_state p WHERE p.state IN ('counted', 'burning', 'burned'))"

_ROWS = (
    *(
        statement
        for table in ("release", "ledger", "score")
        for statement in (
            f"ALTER TABLE release.{table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY vault ON release.{table} TO laborvoice_vault USING (true) WITH CHECK (true)",
            f"CREATE POLICY counted ON release.{table} FOR SELECT TO laborvoice_portal USING ({_COUNTED})",
        )
    ),
    "ALTER TABLE outbox.event ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY vault ON outbox.event FOR INSERT TO laborvoice_vault WITH CHECK (true)",
    "CREATE POLICY courier ON outbox.event TO laborvoice_courier USING (true) WITH CHECK (true)",
    "CREATE POLICY portal ON outbox.event FOR INSERT TO laborvoice_portal WITH CHECK (true)",
    f"CREATE POLICY counted ON outbox.event FOR SELECT TO laborvoice_portal USING (period IS NULL OR {_COUNTED})",
)

_SIZES = (
    "ALTER TABLE ballot.spool ADD CONSTRAINT spool_size CHECK (octet_length(body) = 9216)",
    """ALTER TABLE ballot.exchange_request ADD CONSTRAINT exchange_request_size CHECK (octet_length(request) = 2368 AND octet_length(request_hash) = 32
        AND octet_length(code_hash) = 32)""",
    "ALTER TABLE ballot.seen ADD CONSTRAINT seen_size CHECK (octet_length(mix_kid) = 8 AND octet_length(digest) = 32)",
    "ALTER TABLE ballot.spent ADD CONSTRAINT spent_size CHECK (octet_length(tag) = 16)",
    # What fits a page is kept in it: only a value that does not takes a number of the server's.
    "ALTER TABLE ballot.exchange_request ALTER COLUMN request SET STORAGE PLAIN",
    "ALTER TABLE ballot.exchange_answer ALTER COLUMN answer SET STORAGE PLAIN",
    "ALTER TABLE ballot.shelf ALTER COLUMN sealed SET STORAGE PLAIN",
    "ALTER TABLE desk.message ALTER COLUMN inner_message SET STORAGE PLAIN",
)

_REGISTRY = (
    "REVOKE ALL ON registry.supplier FROM laborvoice_portal",
    "GRANT SELECT, INSERT ON registry.supplier TO laborvoice_portal",
    """DO $$ DECLARE moved text; BEGIN
        SELECT string_agg(quote_ident(attname), ', ') INTO moved FROM pg_attribute
        WHERE attrelid = 'registry.supplier'::regclass AND attnum > 0 AND NOT attisdropped
            AND attname NOT IN ('supplier_id', 'public_id');
        EXECUTE format('GRANT UPDATE (%s) ON registry.supplier TO laborvoice_portal', moved);
    END $$""",
)

# A neighbour that keeps a transaction open stands in the way of mix and count for ever: the vault may end it. Run on a
# beat of its own (every 5 s; 60 s is beyond any honest step of intake, portal or courier).
_POWER = """
    DO $$ BEGIN
        GRANT pg_signal_backend, pg_read_all_stats TO laborvoice_owner;
        GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_get_activity(integer) TO laborvoice_owner;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$"""

_NOTHING = (
    """CREATE FUNCTION ballot.end_old(seconds double precision) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_get_activity(NULL) a JOIN pg_roles r ON r.oid = a.usesysid
            WHERE r.rolname IN ('laborvoice_intake', 'laborvoice_portal', 'laborvoice_courier')
                AND a.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND a.xact_start < clock_timestamp() - make_interval(secs => seconds) $$""",
    "GRANT EXECUTE ON FUNCTION ballot.end_old(double precision) TO laborvoice_vault",
    """CREATE FUNCTION ballot.cast_nothing() RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT pg_logical_emit_message(true, 'laborvoice', '') $$""",
    "GRANT EXECUTE ON FUNCTION ballot.cast_nothing() TO laborvoice_intake",
)

# Each is taken back by its own name; what was missed for want of a right stays missed.
_BACK = (
    ("REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC", "GRANT EXECUTE ON FUNCTION %s TO PUBLIC"),
    (
        "GRANT EXECUTE ON FUNCTION %s TO laborvoice_vault, laborvoice_owner",
        "REVOKE EXECUTE ON FUNCTION %s FROM laborvoice_vault, laborvoice_owner",
    ),
    ("GRANT EXECUTE ON FUNCTION %s TO laborvoice_owner", "REVOKE EXECUTE ON FUNCTION %s FROM laborvoice_owner"),
    ("REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC", "GRANT TEMPORARY ON DATABASE %I TO PUBLIC"),
    # What was never everyone's (lo_import, lo_export: the server's files) is not given to them.
    (
        "WHERE p.pronamespace",
        "WHERE p.oid NOT IN (SELECT objoid FROM pg_init_privs WHERE classoid = 'pg_proc'::regclass) AND p.pronamespace",
    ),
)

_FILES_BACK = """
    DO $$ DECLARE shown text; BEGIN
        SELECT string_agg(quote_ident(attname), ', ') INTO shown FROM pg_attribute
        WHERE attrelid = 'pg_class'::regclass AND attnum > 0 AND NOT attisdropped;
        EXECUTE format('REVOKE SELECT (%s) ON pg_class FROM PUBLIC', shown);
        GRANT SELECT ON pg_class TO PUBLIC;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$"""

# The roles' memberships belong to the whole cluster, where another database of ours may need them: they stay.
_POWER_BACK = """
    DO $$ BEGIN
        REVOKE EXECUTE ON FUNCTION pg_catalog.pg_stat_get_activity(integer) FROM laborvoice_owner;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$"""

_OWN_BACK = (
    "DROP FUNCTION ballot.cast_nothing()",
    "DROP FUNCTION ballot.end_old(double precision)",
    """DO $$ DECLARE every text; BEGIN
        SELECT string_agg(quote_ident(attname), ', ') INTO every FROM pg_attribute
        WHERE attrelid = 'registry.supplier'::regclass AND attnum > 0 AND NOT attisdropped;
        EXECUTE format('REVOKE UPDATE (%s) ON registry.supplier FROM laborvoice_portal', every);
        GRANT ALL ON registry.supplier TO laborvoice_portal;
    END $$""",
    "ALTER TABLE desk.message ALTER COLUMN inner_message SET STORAGE EXTERNAL",
    "ALTER TABLE ballot.shelf ALTER COLUMN sealed SET STORAGE EXTERNAL",
    "ALTER TABLE ballot.exchange_answer ALTER COLUMN answer SET STORAGE EXTERNAL",
    "ALTER TABLE ballot.exchange_request ALTER COLUMN request SET STORAGE EXTERNAL",
    "ALTER TABLE ballot.spent DROP CONSTRAINT spent_size",
    "ALTER TABLE ballot.seen DROP CONSTRAINT seen_size",
    "ALTER TABLE ballot.exchange_request DROP CONSTRAINT exchange_request_size",
    "ALTER TABLE ballot.spool DROP CONSTRAINT spool_size",
    *(f"DROP POLICY {name} ON outbox.event" for name in ("counted", "portal", "courier", "vault")),
    "ALTER TABLE outbox.event DISABLE ROW LEVEL SECURITY",
    *(
        statement
        for table in ("release", "ledger", "score")
        for statement in (
            f"DROP POLICY counted ON release.{table}",
            f"DROP POLICY vault ON release.{table}",
            f"ALTER TABLE release.{table} DISABLE ROW LEVEL SECURITY",
        )
    ),
)


def upgrade() -> None:
    op.execute(_NUMBERS)
    op.execute(_FILES)
    op.execute(_POWER)
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in (*_ROWS, *_SIZES, *_REGISTRY, *_NOTHING):
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in _OWN_BACK:
        op.execute(statement)
    op.execute("RESET ROLE")
    op.execute(_POWER_BACK)
    op.execute(_FILES_BACK)
    numbers = _NUMBERS
    for forward, back in _BACK:
        numbers = numbers.replace(forward, back)
    op.execute(numbers)

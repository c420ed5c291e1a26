"""The ballot box: no sequence, no time column, rows that end by TRUNCATE or DROP alone (design, privacy 7)."""

from alembic import op

revision = "0002"
down_revision = "0001"

# PostgreSQL counts rows for its planner and for autovacuum; on these tables such counts would tell of arrivals.
_QUIET = "WITH (autovacuum_enabled = off)"
_QUIET_TOAST = "WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off)"

TABLES = (
    """CREATE TABLE ballot.period_state (
        period text PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('quarter', 'month')),
        state text NOT NULL CHECK (state IN ('open', 'closing', 'counted', 'burning', 'burned')),
        lanes_mixed smallint NOT NULL DEFAULT 0)""",
    "CREATE TABLE ballot.spool_switch (live smallint NOT NULL CHECK (live IN (0, 1)))",
    "INSERT INTO ballot.spool_switch VALUES (0)",
    """CREATE TABLE ballot.spool (lane smallint NOT NULL, voiced boolean NOT NULL, body bytea NOT NULL)
        PARTITION BY LIST (lane)""",
    """CREATE TABLE ballot.exchange_request (
        lane smallint NOT NULL, request_hash bytea NOT NULL, code_hash bytea NOT NULL,
        request bytea NOT NULL, answered boolean NOT NULL DEFAULT false,
        PRIMARY KEY (lane, request_hash)) PARTITION BY LIST (lane)""",
    """CREATE TABLE ballot.exchange_answer (
        lane smallint NOT NULL, request_hash bytea NOT NULL, answer bytea NOT NULL,
        PRIMARY KEY (lane, request_hash)) PARTITION BY LIST (lane)""",
    """CREATE TABLE ballot.seen (mix_kid bytea NOT NULL, digest bytea NOT NULL, PRIMARY KEY (mix_kid, digest))
        PARTITION BY LIST (mix_kid)""",
    """CREATE TABLE ballot.spent (
        period text NOT NULL, tag bytea NOT NULL, mixed boolean NOT NULL DEFAULT false, PRIMARY KEY (period, tag))
        PARTITION BY LIST (period)""",
    f"CREATE TABLE ballot.invite (code_hash bytea PRIMARY KEY, supplier_id bigint NOT NULL) {_QUIET}",
    """CREATE TABLE ballot.invite_use (
        period text NOT NULL, use bytea NOT NULL, site bytea NOT NULL, request_hash bytea, gen smallint NOT NULL,
        PRIMARY KEY (period, use)) PARTITION BY LIST (period)""",
    "CREATE INDEX invite_use_site ON ballot.invite_use (period, site)",
    """CREATE TABLE ballot.box (
        lot bytea NOT NULL, period text NOT NULL, id uuid NOT NULL, blob bytea NOT NULL,
        PRIMARY KEY (lot, period, id)) PARTITION BY LIST (period)""",
    """CREATE TABLE ballot.tray (
        lot bytea NOT NULL, period text NOT NULL, id uuid NOT NULL, blob bytea NOT NULL,
        PRIMARY KEY (lot, period, id)) PARTITION BY LIST (period)""",
    f"CREATE TABLE ballot.shelf (sealed bytea NOT NULL) {_QUIET_TOAST}",
    f"""CREATE TABLE ballot.count_job (
        period text NOT NULL, supplier_id bigint NOT NULL, turn bigint NOT NULL, done boolean NOT NULL DEFAULT false,
        PRIMARY KEY (period, supplier_id)) {_QUIET}""",
    """CREATE TABLE ballot.token_key (
        period text NOT NULL, supplier_id bigint NOT NULL, token_key_id bytea NOT NULL UNIQUE, spki bytea NOT NULL,
        questionnaire text NOT NULL, version integer NOT NULL, PRIMARY KEY (period, supplier_id))""",
    """CREATE TABLE ballot.manifest (
        seq integer PRIMARY KEY, not_before date NOT NULL, not_after date NOT NULL, payload text NOT NULL,
        body bytea NOT NULL)""",
    """CREATE TABLE ballot.part (
        seq integer NOT NULL, locator text NOT NULL, body bytea NOT NULL, PRIMARY KEY (seq, locator))""",
)

# How a column is stored can be said in CREATE TABLE from PostgreSQL 16 on only; partitions inherit it.
STORAGE = (
    "ALTER TABLE ballot.spool ALTER COLUMN body SET STORAGE EXTERNAL",
    "ALTER TABLE ballot.exchange_request ALTER COLUMN request SET STORAGE EXTERNAL",
    "ALTER TABLE ballot.exchange_answer ALTER COLUMN answer SET STORAGE EXTERNAL",
    "ALTER TABLE ballot.box ALTER COLUMN blob SET STORAGE PLAIN",
    "ALTER TABLE ballot.tray ALTER COLUMN blob SET STORAGE PLAIN",
    "ALTER TABLE ballot.shelf ALTER COLUMN sealed SET STORAGE EXTERNAL",
    "ALTER TABLE ballot.manifest ALTER COLUMN body SET STORAGE EXTERNAL",
    "ALTER TABLE ballot.part ALTER COLUMN body SET STORAGE EXTERNAL",
)

PARTITIONS = (
    *(
        f"CREATE TABLE ballot.{table}_{lane} PARTITION OF ballot.{table} FOR VALUES IN ({lane}) {_QUIET_TOAST}"
        for table in ("spool", "exchange_request", "exchange_answer")
        for lane in (0, 1)
    ),
    *(
        f"CREATE INDEX exchange_request_{lane}_waiting ON ballot.exchange_request_{lane} (request_hash) WHERE NOT answered"
        for lane in (0, 1)
    ),
    *(
        f"CREATE TABLE ballot.{table}_default PARTITION OF ballot.{table} DEFAULT {_QUIET}"
        for table in ("seen", "spent", "invite_use", "box", "tray")
    ),
)

# Partition names come from the hash of the value: nothing a caller passes is ever spelled into an identifier.
FUNCTIONS = (
    """CREATE FUNCTION ballot.make_partition(parent text, value text, raw boolean) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE child text := parent || '_' || left(encode(sha256(convert_to(value, 'UTF8')), 'hex'), 16);
        BEGIN
            IF parent NOT IN ('seen', 'spent', 'invite_use', 'box', 'tray') THEN
                RAISE EXCEPTION 'no such family of partitions' USING ERRCODE = '22023';
            END IF;
            -- One at a time, by a lock that no other role may take: a numbered lock is anyone's.
            EXECUTE format('LOCK TABLE ballot.%I IN SHARE UPDATE EXCLUSIVE MODE', parent);
            IF to_regclass('ballot.' || child) IS NOT NULL THEN RETURN; END IF;
            EXECUTE format('CREATE TABLE ballot.%I PARTITION OF ballot.%I FOR VALUES IN (%s) WITH (autovacuum_enabled = off)',
                child, parent, CASE WHEN raw THEN quote_literal('\\x' || value) || '::bytea' ELSE quote_literal(value) END);
            -- Rights are not inherited by a partition that is named directly: the reshuffle truncates it by its name.
            EXECUTE format('GRANT ALL ON ballot.%I TO laborvoice_vault', child);
        END $$""",
    """CREATE FUNCTION ballot.drop_partition(parent text, value text) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE child text := parent || '_' || left(encode(sha256(convert_to(value, 'UTF8')), 'hex'), 16);
        BEGIN
            IF parent NOT IN ('seen', 'spent', 'invite_use', 'box', 'tray') THEN
                RAISE EXCEPTION 'no such family of partitions' USING ERRCODE = '22023';
            END IF;
            -- One at a time, by a lock that no other role may take: a numbered lock is anyone's.
            EXECUTE format('LOCK TABLE ballot.%I IN SHARE UPDATE EXCLUSIVE MODE', parent);
            EXECUTE format('DROP TABLE IF EXISTS ballot.%I', child);
        END $$""",
    """CREATE FUNCTION ballot.reshuffle(parent text, value text, salt bytea) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE child text := parent || '_' || left(encode(sha256(convert_to(value, 'UTF8')), 'hex'), 16);
        BEGIN
            IF parent NOT IN ('spent', 'box', 'invite_use') THEN
                RAISE EXCEPTION 'no such family of partitions' USING ERRCODE = '22023';
            END IF;
            IF to_regclass('ballot.' || child) IS NULL THEN RETURN; END IF;
            EXECUTE format('LOCK TABLE ballot.%I IN ACCESS EXCLUSIVE MODE', child);
            EXECUTE format('CREATE TEMP TABLE shuffled ON COMMIT DROP AS SELECT * FROM ballot.%I', child);
            EXECUTE format('TRUNCATE ballot.%I', child);
            IF parent = 'invite_use' THEN
                -- A request's hash is kept for one to two sweeps: until then an identical retry is told from another.
                EXECUTE format('INSERT INTO ballot.%I (period, use, site, request_hash, gen)
                    SELECT period, use, site, CASE gen WHEN 0 THEN request_hash END, 1 FROM shuffled
                    ORDER BY sha256($1 || use)', child) USING salt;
            ELSE
                EXECUTE format('INSERT INTO ballot.%I SELECT * FROM shuffled t ORDER BY sha256($1 || %s)', child,
                    CASE parent WHEN 'box' THEN 't.blob' ELSE 't.tag' END) USING salt;
            END IF;
            DROP TABLE shuffled;
        END $$""",
    """CREATE FUNCTION ballot.cast_in(
            mix bytea[], digest bytea[], period text[], tag bytea[], worked boolean[], body bytea[]) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE opened text[]; lane_now smallint;
        BEGIN
            -- The lane is held before it is asked what is open: then the mixes that a closing period waits for wait for
            -- whoever has seen it open, however long that one hangs.
            SELECT live INTO lane_now FROM ballot.spool_switch;
            EXECUTE format('LOCK TABLE ballot.%I IN ROW EXCLUSIVE MODE', 'spool_' || lane_now);
            SELECT coalesce(array_agg(s.period), '{}') INTO opened FROM ballot.period_state s WHERE s.state = 'open';
            WITH cast_now AS (
                SELECT * FROM unnest(mix, digest, period, tag, worked, body) AS c (mix_kid, digest, period, tag, worked, body)
            ), fresh AS (
                INSERT INTO ballot.seen (mix_kid, digest) SELECT c.mix_kid, c.digest FROM cast_now c ORDER BY 1, 2
                ON CONFLICT DO NOTHING RETURNING seen.mix_kid, seen.digest
            ), voted AS (
                INSERT INTO ballot.spent (period, tag)
                SELECT c.period, c.tag FROM cast_now c JOIN fresh f ON f.mix_kid = c.mix_kid AND f.digest = c.digest
                WHERE c.tag IS NOT NULL AND c.period = ANY (opened) ORDER BY 1, 2
                ON CONFLICT DO NOTHING RETURNING spent.period, spent.tag
            )
            INSERT INTO ballot.spool (lane, voiced, body)
            SELECT lane_now, v.tag IS NOT NULL, c.body
            FROM cast_now c JOIN fresh f ON f.mix_kid = c.mix_kid AND f.digest = c.digest
            LEFT JOIN voted v ON v.period = c.period AND v.tag = c.tag
            WHERE v.tag IS NOT NULL OR c.worked;
        END $$""",
    """CREATE FUNCTION ballot.ask(code_hash bytea, request_hash bytea, request bytea) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            INSERT INTO ballot.exchange_request (lane, request_hash, code_hash, request)
            SELECT live, request_hash, code_hash, request FROM ballot.spool_switch ON CONFLICT DO NOTHING $$""",
    """CREATE FUNCTION ballot.answered(request_hash bytea) RETURNS bytea
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT a.answer FROM ballot.exchange_answer a WHERE a.request_hash = answered.request_hash LIMIT 1 $$""",
)

GRANTS = (
    "GRANT ALL ON ALL TABLES IN SCHEMA ballot TO laborvoice_vault",
    """GRANT EXECUTE ON FUNCTION ballot.make_partition(text, text, boolean), ballot.drop_partition(text, text),
        ballot.reshuffle(text, text, bytea) TO laborvoice_vault""",
    "GRANT SELECT ON ballot.manifest, ballot.part TO laborvoice_intake",
    """GRANT EXECUTE ON FUNCTION ballot.cast_in(bytea[], bytea[], text[], bytea[], boolean[], bytea[]),
        ballot.ask(bytea, bytea, bytea), ballot.answered(bytea) TO laborvoice_intake""",
    "GRANT SELECT ON ballot.manifest, ballot.period_state TO laborvoice_portal",
    "GRANT INSERT ON ballot.invite TO laborvoice_portal",
    "GRANT SELECT ON ballot.period_state TO laborvoice_courier",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in (*TABLES, *STORAGE, *PARTITIONS, *FUNCTIONS, *GRANTS):
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("DROP SCHEMA ballot CASCADE")
    op.execute("CREATE SCHEMA ballot AUTHORIZATION laborvoice_owner")
    op.execute(
        "GRANT USAGE ON SCHEMA ballot TO laborvoice_intake, laborvoice_vault, laborvoice_portal, laborvoice_courier"
    )

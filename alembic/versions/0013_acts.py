"""Acts: what a repeated request is answered with, and the chains in which acts are written down for good."""

from alembic import op

revision = "0013"
down_revision = "0012"

# The two numbers of the lock have a space of their own: none of the vault's locks, which have one number, is in it.
_HOLD = """CREATE FUNCTION access.hold(party uuid, key text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT pg_try_advisory_xact_lock(hashtext('access.idempotency'), hashtext(party::text || ' ' || key)) $$"""

STATEMENTS = (
    # ``gone_at`` is a full hour: no row tells when its request came.
    """CREATE TABLE access.idempotency (
        party_id uuid NOT NULL REFERENCES registry.party ON DELETE CASCADE, key text NOT NULL,
        fingerprint bytea NOT NULL, status smallint NOT NULL, media text NOT NULL, headers text NOT NULL,
        body bytea NOT NULL, secret_at text NOT NULL, gone_at timestamptz NOT NULL,
        PRIMARY KEY (party_id, key),
        CHECK (gone_at = date_trunc('hour', gone_at, 'UTC')), CHECK (secret_at = '' OR body = ''))""",
    "CREATE INDEX idempotency_gone ON access.idempotency (gone_at)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON access.idempotency TO laborvoice_portal",
    _HOLD,
    "REVOKE ALL ON FUNCTION access.hold(uuid, text) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION access.hold(uuid, text) TO laborvoice_portal",
    # ``at`` is a minute in the chain acts, an ISO week in a party's own.
    """CREATE TABLE access.audit (
        chain text NOT NULL, seq bigint NOT NULL CHECK (seq > 0), at text NOT NULL, actor text NOT NULL,
        action text NOT NULL, object text NOT NULL, facts text NOT NULL,
        prev bytea NOT NULL CHECK (octet_length(prev) = 32), hash bytea NOT NULL CHECK (octet_length(hash) = 32),
        PRIMARY KEY (chain, seq),
        CHECK (CASE WHEN chain = 'acts' THEN at ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\dZ$' ELSE at ~ '^\\d{4}-W\\d\\d$' END))""",
    "CREATE INDEX audit_actor ON access.audit (chain, actor, seq)",
    "GRANT SELECT, INSERT ON access.audit TO laborvoice_portal",
    """CREATE TABLE access.audit_head (
        chain text PRIMARY KEY, seq bigint NOT NULL, hash bytea NOT NULL CHECK (octet_length(hash) = 32),
        told_on text NOT NULL)""",
    "GRANT SELECT, INSERT, UPDATE ON access.audit_head TO laborvoice_portal",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("DROP TABLE access.audit_head")
    op.execute("DROP TABLE access.audit")
    op.execute("DROP FUNCTION access.hold(uuid, text)")
    op.execute("DROP TABLE access.idempotency")

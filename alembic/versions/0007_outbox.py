"""The outbox: an event commits with its fact; the courier gives it numbers, bodies and deliveries."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """CREATE TABLE outbox.event (
        id uuid PRIMARY KEY, type text NOT NULL, audience text NOT NULL, resource text NOT NULL, facts jsonb NOT NULL,
        period text, occurred_on timestamptz NOT NULL, not_before timestamptz,
        sequence bigint, body bytea CHECK (octet_length(body) <= 4096), expanded boolean NOT NULL DEFAULT false)""",
    "CREATE INDEX event_unexpanded ON outbox.event (coalesce(period, ''), occurred_on) WHERE NOT expanded",
    "CREATE INDEX event_expanded ON outbox.event (occurred_on) WHERE expanded",
    """CREATE TABLE outbox.sequence (
        resource text NOT NULL, type text NOT NULL, audience text NOT NULL, n bigint NOT NULL,
        PRIMARY KEY (resource, type, audience))""",
    "CREATE TABLE outbox.head (only_row boolean PRIMARY KEY CHECK (only_row))",
    "INSERT INTO outbox.head VALUES (true)",
    """CREATE TABLE outbox.feed (
        party_id uuid NOT NULL, position bigint NOT NULL, event_id uuid NOT NULL, PRIMARY KEY (party_id, position))""",
    "CREATE INDEX feed_event ON outbox.feed (event_id)",
    """CREATE TABLE outbox.endpoint (
        id uuid PRIMARY KEY, party_id uuid NOT NULL, url text NOT NULL, types text[] NOT NULL,
        state text NOT NULL CHECK (state IN ('active', 'disabled')), reason text,
        secret_sealed bytea NOT NULL, version integer NOT NULL DEFAULT 1, cap smallint NOT NULL DEFAULT 8,
        last_served bigint NOT NULL DEFAULT 0, created_on date NOT NULL)""",
    "CREATE INDEX endpoint_party ON outbox.endpoint (party_id)",
    "CREATE INDEX endpoint_turn ON outbox.endpoint (last_served, id) WHERE state = 'active'",
    """CREATE TABLE outbox.endpoint_key (
        endpoint_id uuid NOT NULL REFERENCES outbox.endpoint ON DELETE CASCADE, version integer NOT NULL,
        public_key bytea NOT NULL, not_before date NOT NULL, not_after date, PRIMARY KEY (endpoint_id, version))""",
    "CREATE TABLE outbox.courier_key (only_row boolean PRIMARY KEY CHECK (only_row), suite smallint NOT NULL, public_key bytea NOT NULL)",
    """CREATE TABLE outbox.delivery (
        id uuid PRIMARY KEY, event_id uuid NOT NULL REFERENCES outbox.event,
        endpoint_id uuid NOT NULL REFERENCES outbox.endpoint ON DELETE CASCADE,
        state text NOT NULL CHECK (state IN ('due', 'leased', 'done', 'dead')), attempts smallint NOT NULL DEFAULT 0,
        late boolean NOT NULL GENERATED ALWAYS AS (attempts >= 2) STORED,
        next_attempt_at timestamptz NOT NULL, lease_until timestamptz, UNIQUE (endpoint_id, event_id))
        WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01)""",
    # Deliveries tried less and more often have slots of their own: a lane's next one of either kind is found without
    # reading the other's.
    "CREATE INDEX delivery_due ON outbox.delivery (endpoint_id, late, next_attempt_at) WHERE state = 'due'",
    "CREATE INDEX delivery_event ON outbox.delivery (event_id)",
    "CREATE INDEX delivery_done ON outbox.delivery (next_attempt_at) WHERE state = 'done'",
    "CREATE INDEX delivery_leased ON outbox.delivery (endpoint_id) WHERE state = 'leased'",
    "CREATE INDEX delivery_lease ON outbox.delivery (lease_until) WHERE state = 'leased'",
    """CREATE TABLE outbox.attempt (
        delivery_id uuid NOT NULL, at timestamptz NOT NULL, status smallint, error_class text, ms integer NOT NULL,
        address text, headers jsonb NOT NULL, body bytea NOT NULL)""",
    "CREATE INDEX attempt_delivery ON outbox.attempt (delivery_id)",
    "CREATE INDEX attempt_at ON outbox.attempt (at)",
    "GRANT INSERT ON outbox.event TO laborvoice_vault, laborvoice_portal",
    "GRANT SELECT ON ALL TABLES IN SCHEMA outbox TO laborvoice_portal",
    "GRANT ALL ON outbox.endpoint TO laborvoice_portal",
    "GRANT ALL ON ALL TABLES IN SCHEMA outbox TO laborvoice_courier",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    for table in (
        "attempt",
        "delivery",
        "courier_key",
        "endpoint_key",
        "endpoint",
        "feed",
        "head",
        "sequence",
        "event",
    ):
        op.execute(f"DROP TABLE outbox.{table}")

"""Releases, their ledger and their scores: written once, never changed."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """CREATE TABLE release.ledger (
        supplier_id bigint NOT NULL REFERENCES registry.supplier, period text NOT NULL,
        eps_count double precision NOT NULL, eps_severity double precision NOT NULL,
        eps_conditions double precision NOT NULL, eps_top double precision NOT NULL, delta double precision NOT NULL,
        mechanisms text[] NOT NULL, opendp text NOT NULL, code text NOT NULL, PRIMARY KEY (supplier_id, period))""",
    """CREATE TABLE release.release (
        supplier_id bigint NOT NULL, period text NOT NULL, id uuid NOT NULL, ended date NOT NULL, covers text[] NOT NULL,
        state text NOT NULL CHECK (state IN ('published', 'withheld')),
        n integer, severity_sum integer, conditions integer[], top text,
        scale_n double precision, bound integer, scale_severity double precision, scale_conditions double precision,
        policy text NOT NULL, questionnaire text NOT NULL, method text NOT NULL,
        PRIMARY KEY (supplier_id, period),
        FOREIGN KEY (supplier_id, period) REFERENCES release.ledger,
        CHECK ((state = 'published') = (n IS NOT NULL)),
        CHECK (state = 'published' OR (severity_sum IS NULL AND conditions IS NULL AND top IS NULL AND scale_n IS NULL)))""",
    "CREATE INDEX release_id ON release.release (id)",
    """CREATE TABLE release.score (
        supplier_id bigint NOT NULL, period text NOT NULL, score double precision NOT NULL, low double precision NOT NULL,
        high double precision NOT NULL, band text NOT NULL, body bytea NOT NULL, PRIMARY KEY (supplier_id, period),
        FOREIGN KEY (supplier_id, period) REFERENCES release.release)""",
    "CREATE TABLE release.baseline (period text PRIMARY KEY, body bytea NOT NULL)",
    "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA release TO laborvoice_vault",
    "GRANT SELECT ON release.release, release.ledger, release.score TO laborvoice_portal",
)


def upgrade() -> None:
    op.execute("GRANT REFERENCES ON registry.supplier TO laborvoice_owner")
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    for table in ("baseline", "score", "release", "ledger"):
        op.execute(f"DROP TABLE release.{table}")

"""The registry: who there is, who buys from whom, which invites were printed, who reads what is told."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """CREATE TABLE registry.supplier (
        supplier_id bigint PRIMARY KEY, public_id uuid NOT NULL UNIQUE, locator text UNIQUE,
        os_id text, name text NOT NULL, native_name text, address text NOT NULL, country text NOT NULL,
        lat double precision, lng double precision,
        kind text NOT NULL CHECK (kind IN ('factory', 'farm', 'vessel', 'recruiter', 'other')),
        isic text[] NOT NULL, products text[] NOT NULL, identifiers text[] NOT NULL DEFAULT '{}',
        workers_min integer, workers_max integer, min_age smallint, engagement text NOT NULL CHECK (engagement IN ('ok', 'restricted', 'prohibited')),
        closed boolean NOT NULL DEFAULT false, merged_into bigint REFERENCES registry.supplier,
        synthetic boolean NOT NULL DEFAULT false, created_on date NOT NULL)""",
    "CREATE UNIQUE INDEX supplier_os_id ON registry.supplier (os_id) WHERE merged_into IS NULL",
    """CREATE TABLE registry.party (
        id uuid PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('brand', 'watchdog', 'operator')),
        name text NOT NULL, country text NOT NULL, created_on date NOT NULL)""",
    """CREATE TABLE registry.link (
        id uuid PRIMARY KEY, party_id uuid NOT NULL REFERENCES registry.party,
        supplier_id bigint NOT NULL REFERENCES registry.supplier,
        state text NOT NULL CHECK (state IN ('claimed', 'confirmed', 'ended')), tier smallint NOT NULL, role text NOT NULL,
        from_day date NOT NULL, to_day date, source text NOT NULL,
        disclosure text NOT NULL CHECK (disclosure IN ('public', 'private')), created_on date NOT NULL)""",
    "CREATE INDEX link_party ON registry.link (party_id, supplier_id)",
    "CREATE INDEX link_supplier ON registry.link (supplier_id)",
    """CREATE TABLE registry.campaign (
        id uuid PRIMARY KEY, supplier_id bigint NOT NULL REFERENCES registry.supplier,
        state text NOT NULL CHECK (state IN ('draft', 'open', 'closed')), periods text[] NOT NULL,
        headcount integer NOT NULL, printed integer NOT NULL DEFAULT 0, enrolled integer NOT NULL DEFAULT 0,
        distributor text NOT NULL CHECK (distributor IN ('watchdog', 'supplier', 'mixed')),
        languages text[] NOT NULL, questionnaire text NOT NULL, questionnaire_version integer NOT NULL,
        created_on date NOT NULL)""",
    "CREATE INDEX campaign_supplier ON registry.campaign (supplier_id)",
    "CREATE TABLE registry.period (label text PRIMARY KEY, begins date NOT NULL, ends date NOT NULL)",
    """CREATE TABLE registry.jurisdiction (
        watchdog_id uuid NOT NULL REFERENCES registry.party, scope text NOT NULL, duty boolean NOT NULL,
        PRIMARY KEY (watchdog_id, scope))""",
    """CREATE TABLE registry.watchdog_key (
        party_id uuid NOT NULL REFERENCES registry.party, until date NOT NULL, sign_key bytea NOT NULL,
        keys jsonb NOT NULL, own bytea NOT NULL, PRIMARY KEY (party_id, until))""",
    """CREATE TABLE registry.help_number (
        country text NOT NULL, place smallint NOT NULL, name text NOT NULL, number text NOT NULL, hours text NOT NULL,
        languages text[] NOT NULL, checked_on date NOT NULL, PRIMARY KEY (country, place))""",
    # Who may see which supplier, and of periods that ended on which days: the one place where this is said.
    """CREATE FUNCTION registry.sight(kind text, party uuid, today date)
        RETURNS TABLE (supplier_id bigint, from_day date, to_day date) LANGUAGE sql STABLE AS $$
            SELECT s.supplier_id, '-infinity'::date, 'infinity'::date FROM registry.supplier s WHERE sight.kind = 'operator'
            UNION ALL
            SELECT l.supplier_id, l.from_day, coalesce(l.to_day, 'infinity'::date) FROM registry.link l
            WHERE sight.kind = 'brand' AND l.party_id = sight.party AND l.state = 'confirmed' AND l.from_day <= sight.today
            UNION ALL
            SELECT s.supplier_id, '-infinity'::date, 'infinity'::date FROM registry.supplier s
            WHERE sight.kind = 'watchdog' AND EXISTS (
                SELECT FROM registry.jurisdiction j WHERE j.watchdog_id = sight.party
                AND (j.scope IN ('all', s.country, s.public_id::text)
                    OR EXISTS (SELECT FROM unnest(s.isic) code WHERE j.scope = s.country || '-' || left(code, 2)))) $$""",
    "GRANT EXECUTE ON FUNCTION registry.sight(text, uuid, date) TO laborvoice_portal",
    "GRANT SELECT ON ALL TABLES IN SCHEMA registry TO laborvoice_vault",
    "GRANT ALL ON ALL TABLES IN SCHEMA registry TO laborvoice_portal",
    "GRANT SELECT (supplier_id, public_id, country, isic) ON registry.supplier TO laborvoice_courier",
    "GRANT SELECT (id, kind) ON registry.party TO laborvoice_courier",
    "GRANT SELECT (id, party_id, supplier_id, state, from_day, to_day) ON registry.link TO laborvoice_courier",
    "GRANT SELECT ON registry.jurisdiction TO laborvoice_courier",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("DROP FUNCTION registry.sight(text, uuid, date)")
    for table in ("help_number", "watchdog_key", "jurisdiction", "period", "campaign", "link", "party", "supplier"):
        op.execute(f"DROP TABLE registry.{table}")

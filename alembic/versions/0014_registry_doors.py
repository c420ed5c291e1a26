"""The registry's doors: claims as they were typed, what was confirmed once, suppliers that changed.

A claim names no supplier until somebody confirms it to one: ``supplier_id`` is then at most what its text seems to
mean, and the brand reads ``typed`` alone. ``confirmed_on`` stays when a link ends: only such a link shows its past.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

_SIGHT = """CREATE OR REPLACE FUNCTION registry.sight(kind text, party uuid, today date)
        RETURNS TABLE (supplier_id bigint, from_day date, to_day date) LANGUAGE sql STABLE AS $$
            SELECT s.supplier_id, '-infinity'::date, 'infinity'::date FROM registry.supplier s WHERE sight.kind = 'operator'
            UNION ALL
            SELECT l.supplier_id, l.from_day, coalesce(l.to_day, 'infinity'::date) FROM registry.link l
            WHERE sight.kind = 'brand' AND l.party_id = sight.party AND {links} AND l.from_day <= sight.today
            UNION ALL
            SELECT s.supplier_id, '-infinity'::date, 'infinity'::date FROM registry.supplier s
            WHERE sight.kind = 'watchdog' AND EXISTS (
                SELECT FROM registry.jurisdiction j WHERE j.watchdog_id = sight.party
                AND (j.scope IN ('all', s.country, s.public_id::text)
                    OR EXISTS (SELECT FROM unnest(s.isic) code WHERE j.scope = s.country || '-' || left(code, 2)))) $$"""

_ENDED = "(l.state = 'confirmed' OR l.state = 'ended' AND l.confirmed_on IS NOT NULL AND l.to_day IS NOT NULL)"

STATEMENTS = (
    """ALTER TABLE registry.supplier ADD COLUMN parent text, ADD COLUMN historical_os_ids text[] NOT NULL DEFAULT '{}',
        ADD COLUMN updated_on date""",
    "UPDATE registry.supplier SET updated_on = created_on",
    "ALTER TABLE registry.supplier ALTER COLUMN updated_on SET NOT NULL",
    "GRANT UPDATE (parent, historical_os_ids, updated_on) ON registry.supplier TO laborvoice_portal",
    "CREATE INDEX supplier_country ON registry.supplier (country)",
    """ALTER TABLE registry.link ALTER COLUMN supplier_id DROP NOT NULL, ADD COLUMN typed text NOT NULL DEFAULT '{}',
        ADD COLUMN confirmed_on date, ADD COLUMN reason text""",
    "UPDATE registry.link SET confirmed_on = created_on WHERE state = 'confirmed'",
    """ALTER TABLE registry.link ADD CONSTRAINT link_confirmed
        CHECK (supplier_id IS NOT NULL OR state <> 'confirmed' AND confirmed_on IS NULL)""",
    _SIGHT.format(links=_ENDED),
    # Whoever admits suppliers holds its one row: of two who bring the same one, the second finds it there.
    "CREATE TABLE registry.admission (only_row boolean PRIMARY KEY CHECK (only_row))",
    "INSERT INTO registry.admission VALUES (true)",
    "GRANT SELECT, UPDATE ON registry.admission TO laborvoice_portal",
)

_BACK = (
    "DROP TABLE registry.admission",
    _SIGHT.format(links="l.state = 'confirmed'"),
    "DELETE FROM registry.link WHERE supplier_id IS NULL",
    "ALTER TABLE registry.link DROP CONSTRAINT link_confirmed",
    """ALTER TABLE registry.link ALTER COLUMN supplier_id SET NOT NULL, DROP COLUMN typed, DROP COLUMN confirmed_on,
        DROP COLUMN reason""",
    "DROP INDEX registry.supplier_country",
    """ALTER TABLE registry.supplier DROP COLUMN parent, DROP COLUMN historical_os_ids, DROP COLUMN updated_on""",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in _BACK:
        op.execute(statement)
    op.execute("RESET ROLE")

"""Cases that raise: while a critical one is open, its parties see at least ``high``; and what wakes, ends and fades.

``raises`` follows state and condition of the case, of a brand's copy those it was shown; ``raised`` is what a party was
last told of it. ``due_next`` is the next running clock, for the sums of a portfolio.
"""

from alembic import op

revision = "0019"
down_revision = "0018"

_CRITICAL = "('child_labour', 'freedom_of_movement', 'violence', 'building_fire')"
_OPEN = "('substantiated', 'plan_agreed', 'remediating')"
_HOUR = "timestamptz CHECK ({0} = date_trunc('hour', {0}, 'UTC'))"
_DUE = """(SELECT date_trunc('hour', min((one ->> 'due')::timestamptz), 'UTC')
    FROM json_array_elements(coalesce({0}::json -> 'clocks', '[]'::json)) one)"""

STATEMENTS = (
    f"""ALTER TABLE desk."case" ADD COLUMN raises boolean NOT NULL DEFAULT false, ADD COLUMN closed_on date,
        ADD COLUMN faded boolean NOT NULL DEFAULT false, ADD COLUMN due_next {_HOUR.format("due_next")}""",
    f"""ALTER TABLE desk.case_shown ADD COLUMN raises boolean NOT NULL DEFAULT false,
        ADD COLUMN due_next {_HOUR.format("due_next")}""",
    "ALTER TABLE desk.case_party ADD COLUMN raised boolean NOT NULL DEFAULT false",
    "ALTER TABLE desk.export ADD COLUMN cases boolean NOT NULL DEFAULT false",
    f"""UPDATE desk."case" SET due_next = {_DUE.format("body")},
        raises = coalesce(condition IN {_CRITICAL}, false)
            AND coalesce(CASE state WHEN 'on_hold_safety' THEN body::json ->> 'held' ELSE state END IN {_OPEN}, false),
        closed_on = CASE WHEN state IN ('closed', 'duplicate', 'out_of_scope') THEN created_on END""",  # noqa: S608 - constants
    f"""UPDATE desk.case_shown SET due_next = {_DUE.format("view")},
        raises = coalesce(view::json ->> 'condition' IN {_CRITICAL}, false) AND state IN {_OPEN}""",  # noqa: S608 - constants
    'CREATE INDEX case_raises ON desk."case" (supplier_id) WHERE raises',
    'CREATE INDEX case_fades ON desk."case" (closed_on) WHERE NOT faded',
    "CREATE INDEX case_shown_raises ON desk.case_shown (party_id, case_id) WHERE raises",
    "CREATE INDEX case_party_raised ON desk.case_party (case_id) WHERE raised",
    "CREATE INDEX approval_pending ON desk.approval (party_id, id) WHERE state = 'pending'",
    "CREATE INDEX audit_case ON access.audit (object, seq) WHERE starts_with(object, 'cas_')",
)
BACK = (
    "DROP INDEX access.audit_case",
    "DROP INDEX desk.approval_pending",
    "ALTER TABLE desk.export DROP COLUMN cases",
    "ALTER TABLE desk.case_party DROP COLUMN raised",
    "ALTER TABLE desk.case_shown DROP COLUMN raises, DROP COLUMN due_next",
    'ALTER TABLE desk."case" DROP COLUMN raises, DROP COLUMN closed_on, DROP COLUMN faded, DROP COLUMN due_next',
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in BACK:
        op.execute(statement)
    op.execute("RESET ROLE")

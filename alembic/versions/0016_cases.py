"""The desk: what watchdogs do with messages, replies on their way to the mailbox, and cases with all that hangs on them.

A message's row is never written again: how far it is stands beside it. Times are full hours, days or months, none of
an arrival; ``batch`` counts the mixes that brought a watchdog anything.
"""

from alembic import op

revision = "0016"
down_revision = "0015"

_HOUR = "timestamptz CHECK ({0} = date_trunc('hour', {0}, 'UTC'))"

_MESSAGES = (
    "ALTER TABLE desk.message ADD COLUMN batch bigint NOT NULL DEFAULT 0",
    "CREATE INDEX message_batch ON desk.message (kid, batch, id)",
    "ALTER TABLE outbox.inbox_state ADD COLUMN batch bigint NOT NULL DEFAULT 0",
    f"""CREATE TABLE desk.message_state (
        message_id uuid PRIMARY KEY REFERENCES desk.message ON DELETE CASCADE,
        state text NOT NULL CHECK (state IN ('new', 'acknowledged', 'closed')), assigned_to uuid, reason text,
        due {_HOUR.format("due")}, met boolean)""",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON desk.message_state TO laborvoice_portal",
    # Until the next mix, which moves it on with all others.
    """CREATE TABLE ballot.reply (
        tag bytea PRIMARY KEY CHECK (octet_length(tag) = 16),
        item bytea NOT NULL CHECK (octet_length(item) = 1024), CHECK (tag = substr(item, 1, 16)))
        WITH (autovacuum_enabled = off)""",
    "ALTER TABLE ballot.reply ALTER COLUMN item SET STORAGE PLAIN",
    "GRANT ALL ON ballot.reply TO laborvoice_vault",
    # The table is held before the mailbox is asked: a mix has moved what was there, or waits for us.
    """CREATE FUNCTION ballot.post_item(item bytea) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE held bytea; named bytea := substr(post_item.item, 1, 16);
        BEGIN
            LOCK TABLE ballot.reply IN ROW EXCLUSIVE MODE;
            SELECT m.item INTO held FROM ballot.mailbox m WHERE m.tag = named LIMIT 1;
            IF NOT FOUND THEN
                INSERT INTO ballot.reply (tag, item) VALUES (named, post_item.item) ON CONFLICT DO NOTHING;
                SELECT r.item INTO held FROM ballot.reply r WHERE r.tag = named;
            END IF;
            RETURN held = post_item.item;
        END $$""",
    "GRANT EXECUTE ON FUNCTION ballot.post_item(bytea) TO laborvoice_portal",
)

# The families of partitions, and one more: a week of the mailbox is made like a period of the box.
_FAMILIES = """DO $$ DECLARE one regprocedure; BEGIN
    FOREACH one IN ARRAY ARRAY['ballot.make_partition(text,text,boolean)', 'ballot.drop_partition(text,text)']::regprocedure[] LOOP
        EXECUTE replace(pg_get_functiondef(one), {0}, {1});
    END LOOP;
END $$"""
_FIVE, _SIX = "$t$'box', 'tray')$t$", "$t$'box', 'tray', 'mailbox')$t$"

_MESSAGES_BACK = (
    _FAMILIES.format(_SIX, _FIVE),
    "DROP FUNCTION ballot.post_item(bytea)",
    "DROP TABLE ballot.reply",
    "DROP TABLE desk.message_state",
    "ALTER TABLE outbox.inbox_state DROP COLUMN batch",
    "DROP INDEX desk.message_batch",
    "ALTER TABLE desk.message DROP COLUMN batch",
)

# What is chosen by has a column; ``body`` holds the rest, as one JSON text. ``wakes``: when a clock is to be told of.
_CASES = (
    f"""CREATE TABLE desk."case" (
        id uuid PRIMARY KEY, number text NOT NULL UNIQUE, owner_id uuid NOT NULL REFERENCES registry.party,
        supplier_id bigint NOT NULL REFERENCES registry.supplier, class text NOT NULL, condition text,
        state text NOT NULL, received text NOT NULL CHECK (received ~ '^[0-9]{{4}}-[0-9][0-9]$'), version integer NOT NULL,
        created_on date NOT NULL, body text NOT NULL, wakes {_HOUR.format("wakes")})""",
    'CREATE INDEX case_supplier ON desk."case" (supplier_id)',
    'CREATE INDEX case_wakes ON desk."case" (wakes)',
    # A brand sees a case from ``since`` on; ``at_once``: two people said that it may hear of each change then and there.
    f"""CREATE TABLE desk.case_party (
        case_id uuid NOT NULL REFERENCES desk."case", party_id uuid NOT NULL REFERENCES registry.party,
        kind text NOT NULL CHECK (kind IN ('brand', 'watchdog')), since {_HOUR.format("since")},
        at_once boolean NOT NULL DEFAULT false, acknowledged_on date, PRIMARY KEY (case_id, party_id))""",
    "CREATE INDEX case_party_whose ON desk.case_party (party_id)",
    # What a brand sees from ``at`` on: it never reads the case itself.
    f"""CREATE TABLE desk.case_shown (
        case_id uuid NOT NULL, party_id uuid NOT NULL, at {_HOUR.format("at")}, state text NOT NULL,
        view text NOT NULL, told boolean NOT NULL, PRIMARY KEY (case_id, party_id, at),
        FOREIGN KEY (case_id, party_id) REFERENCES desk.case_party)""",
    "CREATE INDEX case_shown_untold ON desk.case_shown (at) WHERE NOT told",
    """CREATE TABLE desk.approval (
        id uuid PRIMARY KEY, case_id uuid NOT NULL REFERENCES desk."case", party_id uuid NOT NULL REFERENCES registry.party,
        asked_by uuid NOT NULL, kind text NOT NULL CHECK (kind IN ('share', 'verdict')), facts text NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'approved', 'refused')), created_on date NOT NULL)""",
    'GRANT SELECT, INSERT, UPDATE, DELETE ON desk."case", desk.case_party, desk.case_shown, desk.approval TO laborvoice_portal',
)
_CASES_BACK = (
    "DROP TABLE desk.approval",
    "DROP TABLE desk.case_shown",
    "DROP TABLE desk.case_party",
    'DROP TABLE desk."case"',
)

STATEMENTS = (*_MESSAGES, _FAMILIES.format(_FIVE, _SIX), *_CASES)
BACK = (*_CASES_BACK, *_MESSAGES_BACK)


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

"""Lanes: what the courier remembers of an endpoint as it serves it, the state of inboxes, and who wants a mail.

What the columns mean, and who writes them:

``outbox.endpoint`` (courier alone)
    ``paused_until``, ``park_seconds``: the breaker. Missing while it is closed; nothing is claimed before
    ``paused_until``, then one delivery, the probe, which moves it on by its own lease.
    ``failing_since``, ``failed_at``: the first and the last failure since the last success. ``level``: the last warning
    given, in per cent of the way to being switched off; 100 when it was; 1 when it is on again and has not answered
    yet. ``off_told``: its owner was told that it is off. ``beaten``: the last heartbeat sent; ``beats_missed``: how many
    failed since one did not; ``beats_told``: whether that was told.
``outbox.delivery``
    ``position``: of the event in the party's feed, by which a ``fifo`` lane goes. 0: not from the feed.
``outbox.endpoint_key``
    Of each endpoint the key in use, those that fade, and the next one, listed a week before anything is signed with it.
``outbox.inbox_state``
    What a heartbeat says of a watchdog's inbox: ``cursor``, from where its list of messages goes on, and how many
    urgent ones nobody has acknowledged. Written by the vault as it mixes and by the portal as somebody acknowledges.
    No row: nothing ever came.
``outbox.notice``
    A user who wants a mail, and where to, sealed to the courier for ``notice-address usr_...``. The portal writes it,
    and at each visit ``last_visit`` with ``feed_seen`` and ``inbox_seen``: the newest position of the party's feed and
    the cursor of its inbox at that time. The courier writes ``last_sent``, and with it the same two. Hours alone.
``outbox.courier_key``
    ``mails``: whether the courier has a relay. The portal refuses an address where it has none.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

_UP = (
    """ALTER TABLE outbox.endpoint
        ADD COLUMN paused_until timestamptz, ADD COLUMN park_seconds integer,
        ADD COLUMN failing_since timestamptz, ADD COLUMN failed_at timestamptz,
        ADD COLUMN level smallint NOT NULL DEFAULT 0, ADD COLUMN off_told boolean NOT NULL DEFAULT false,
        ADD COLUMN beaten timestamptz, ADD COLUMN beats_missed smallint NOT NULL DEFAULT 0,
        ADD COLUMN beats_told boolean NOT NULL DEFAULT false""",
    # What was switched off before anybody was told of such things is not news.
    "UPDATE outbox.endpoint SET off_told = true WHERE state = 'disabled'",
    """CREATE INDEX endpoint_trouble ON outbox.endpoint (id) WHERE failing_since IS NOT NULL OR level > 0
        OR beats_missed > 0 OR beats_told OR off_told <> (state = 'disabled')""",
    "ALTER TABLE outbox.delivery ADD COLUMN position bigint NOT NULL DEFAULT 0",
    """UPDATE outbox.delivery d SET position = f.position FROM outbox.endpoint e, outbox.feed f
        WHERE e.id = d.endpoint_id AND f.party_id = e.party_id AND f.event_id = d.event_id""",
    "CREATE INDEX delivery_order ON outbox.delivery (endpoint_id, position) WHERE state = 'due'",
    "CREATE INDEX delivery_oldest ON outbox.delivery (late, next_attempt_at) WHERE state = 'due'",
    """CREATE TABLE outbox.inbox_state (
        party_id uuid PRIMARY KEY, cursor text NOT NULL CHECK (cursor ~ '^[A-Za-z0-9_-]{24}$'),
        urgent_waiting integer NOT NULL CHECK (urgent_waiting >= 0))""",
    """CREATE TABLE outbox.notice (
        user_id uuid PRIMARY KEY, party_id uuid NOT NULL, address_sealed bytea NOT NULL, last_visit timestamptz NOT NULL,
        last_sent timestamptz, feed_seen bigint NOT NULL, inbox_seen text NOT NULL DEFAULT '')""",
    "ALTER TABLE outbox.courier_key ADD COLUMN mails boolean NOT NULL DEFAULT false",
    "GRANT ALL ON outbox.inbox_state TO laborvoice_vault, laborvoice_portal, laborvoice_courier",
    "GRANT ALL ON outbox.notice TO laborvoice_portal, laborvoice_courier",
)

_DOWN = (
    "ALTER TABLE outbox.courier_key DROP COLUMN mails",
    "DROP TABLE outbox.notice",
    "DROP TABLE outbox.inbox_state",
    "DROP INDEX outbox.delivery_oldest",
    "ALTER TABLE outbox.delivery DROP COLUMN position",
    "DROP INDEX outbox.endpoint_trouble",
    """ALTER TABLE outbox.endpoint DROP COLUMN paused_until, DROP COLUMN park_seconds, DROP COLUMN failing_since,
        DROP COLUMN failed_at, DROP COLUMN level, DROP COLUMN off_told, DROP COLUMN beaten, DROP COLUMN beats_missed,
        DROP COLUMN beats_told""",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in _UP:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in _DOWN:
        op.execute(statement)
    op.execute("RESET ROLE")

"""Subscriptions: endpoints that are verified, rotated, switched off and caught up.

What the columns mean, and who writes them:

``outbox.endpoint``
    ``state``: ``pending`` is sent nothing but its ``endpoint.verify`` and ``endpoint.test``; ``active``; ``disabled``.
    ``reason`` of ``disabled`` (missing otherwise): ``gone`` (answered 410; courier), ``auto`` (failed for 120 hours;
    courier), ``manual`` (its owner; portal). ``suppliers``: of events that name a supplier in their facts, only these
    (events that name none pass); missing for all that its party hears of. ``headers``: an object, name to value, sent with each request. ``fifo``: one at a time, in order.
    ``url_changed_on``: the day the URL became one to verify (made, changed, or enabled after 30 days off): pending for
    7 days from it, the courier deletes the row. ``disabled_on``: the day of ``disabled``.
    ``challenge``: the 32 bytes the receiver has to answer, or the owner to post; missing when active. The event's
    ``facts`` hold them as 64 hexadecimal digits. ``verify_wanted``: asked for and not settled: the portal sets it, with
    ``verify_tries`` 0 and a new challenge, in the transaction that writes the ``endpoint.verify`` event; the courier
    counts ``verify_tries`` with each attempt and clears ``verify_wanted`` when the challenge came back (then also
    ``active``, no challenge) or after the third try (its delivery is dead).
    ``version``: of the signing keys, the newest in ``endpoint_secret``.
``outbox.endpoint_secret``
    Sealed to the courier. ``not_after`` missing: the current one. A message is signed with every row whose
    ``not_after`` is missing or to come, newest version first. The portal writes and thins them (at most 11). Which v1a
    keys sign beside them ``outbox.endpoint_key`` says: a next one is listed a week before it is used.
``outbox.delivery``
    ``parked``: kept back by the breaker, burns no attempt (courier). ``replay``: a second sending that somebody asked
    for; only what is not one is unique for endpoint and event. The portal adds replays, due at once.
``outbox.event``
    ``audience`` ``endpoint:end_...``: for that endpoint alone, pending or active; in nobody's feed, and numbered by
    the endpoint as its resource.
``outbox.attempt``
    ``endpoint_id``, ``event_id``: attempts outlive deliveries (done ones go after a day), and tell what was ever sent.
    The portal deletes those of an endpoint it deletes.
``outbox.recovery``
    Asked for by the portal, carried out by the courier, in pieces it can resume: ``position`` is how far it went in
    the party's feed (0: not begun). ``failed``: dead deliveries are due again, attempts 0. ``never_sent``: what is in
    the feed, was not delivered and has no attempt gets a delivery. ``types`` empty: every one the endpoint listens to.
    ``since``, ``until``: of the event's ``occurred_on``; until is exclusive. ``total`` was counted when it was asked
    for; ``done`` how many became due. ``state``: ``waiting``, ``running``, ``done``.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

_ENDPOINT = (
    "ALTER TABLE outbox.endpoint DROP CONSTRAINT endpoint_state_check",
    "ALTER TABLE outbox.endpoint ADD CONSTRAINT endpoint_state_check CHECK (state IN ('pending', 'active', 'disabled'))",
    """ALTER TABLE outbox.endpoint
        ADD CONSTRAINT endpoint_reason_check CHECK (reason IS NULL OR reason IN ('gone', 'auto', 'manual') AND state = 'disabled'),
        ADD COLUMN suppliers uuid[], ADD COLUMN description text NOT NULL DEFAULT '',
        ADD COLUMN headers jsonb NOT NULL DEFAULT '{}', ADD COLUMN fifo boolean NOT NULL DEFAULT false,
        ADD COLUMN url_changed_on date, ADD COLUMN disabled_on date,
        ADD COLUMN challenge bytea CHECK (octet_length(challenge) = 32),
        ADD COLUMN verify_tries smallint NOT NULL DEFAULT 0, ADD COLUMN verify_wanted boolean NOT NULL DEFAULT false""",
    "UPDATE outbox.endpoint SET url_changed_on = created_on, disabled_on = CASE state WHEN 'disabled' THEN created_on END",
    "ALTER TABLE outbox.endpoint ALTER COLUMN url_changed_on SET NOT NULL",
    """CREATE TABLE outbox.endpoint_secret (
        endpoint_id uuid NOT NULL REFERENCES outbox.endpoint ON DELETE CASCADE, version integer NOT NULL,
        secret_sealed bytea NOT NULL, not_after timestamptz, PRIMARY KEY (endpoint_id, version))""",
    """INSERT INTO outbox.endpoint_secret (endpoint_id, version, secret_sealed)
        SELECT id, version, secret_sealed FROM outbox.endpoint""",
    "ALTER TABLE outbox.endpoint DROP COLUMN secret_sealed",
)

_DELIVERY = (
    "ALTER TABLE outbox.delivery DROP CONSTRAINT delivery_state_check",
    """ALTER TABLE outbox.delivery
        ADD CONSTRAINT delivery_state_check CHECK (state IN ('due', 'leased', 'done', 'dead', 'parked')),
        DROP CONSTRAINT delivery_endpoint_id_event_id_key, ADD COLUMN replay boolean NOT NULL DEFAULT false,
        ALTER COLUMN state SET DEFAULT 'due'""",
    "CREATE UNIQUE INDEX delivery_once ON outbox.delivery (endpoint_id, event_id) WHERE NOT replay",
    "ALTER TABLE outbox.attempt ADD COLUMN endpoint_id uuid, ADD COLUMN event_id uuid",
    """UPDATE outbox.attempt a SET endpoint_id = d.endpoint_id, event_id = d.event_id
        FROM outbox.delivery d WHERE d.id = a.delivery_id""",
    # What is left belongs to deliveries that are gone: nobody was ever shown them.
    "DELETE FROM outbox.attempt WHERE endpoint_id IS NULL",
    "ALTER TABLE outbox.attempt ALTER COLUMN endpoint_id SET NOT NULL, ALTER COLUMN event_id SET NOT NULL",
    "CREATE INDEX attempt_endpoint ON outbox.attempt (endpoint_id, event_id)",
)

_RECOVERY = (
    """CREATE TABLE outbox.recovery (
        id uuid PRIMARY KEY, endpoint_id uuid NOT NULL REFERENCES outbox.endpoint ON DELETE CASCADE,
        since timestamptz NOT NULL, until timestamptz NOT NULL, types text[] NOT NULL,
        failed boolean NOT NULL, never_sent boolean NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done')),
        done bigint NOT NULL DEFAULT 0, total bigint NOT NULL, position bigint NOT NULL DEFAULT 0,
        created_on date NOT NULL)""",
    "CREATE INDEX recovery_endpoint ON outbox.recovery (endpoint_id)",
    "CREATE INDEX recovery_open ON outbox.recovery (id) WHERE state <> 'done'",
)

_GRANTS = (
    "GRANT ALL ON outbox.endpoint_secret, outbox.recovery TO laborvoice_courier",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON outbox.endpoint_secret TO laborvoice_portal",
    "GRANT SELECT, INSERT ON outbox.recovery TO laborvoice_portal",
    "GRANT INSERT (id, event_id, endpoint_id, replay, next_attempt_at) ON outbox.delivery TO laborvoice_portal",
    "GRANT DELETE ON outbox.attempt TO laborvoice_portal",
)

_BACK = (
    "REVOKE DELETE ON outbox.attempt FROM laborvoice_portal",
    "REVOKE INSERT (id, event_id, endpoint_id, replay, next_attempt_at) ON outbox.delivery FROM laborvoice_portal",
    "DROP TABLE outbox.recovery",
    "DROP INDEX outbox.attempt_endpoint",
    "ALTER TABLE outbox.attempt DROP COLUMN endpoint_id, DROP COLUMN event_id",
    "DELETE FROM outbox.delivery WHERE replay",
    "DROP INDEX outbox.delivery_once",
    "UPDATE outbox.delivery SET state = 'due' WHERE state = 'parked'",
    "ALTER TABLE outbox.delivery DROP CONSTRAINT delivery_state_check",
    """ALTER TABLE outbox.delivery DROP COLUMN replay, ALTER COLUMN state DROP DEFAULT,
        ADD CONSTRAINT delivery_state_check CHECK (state IN ('due', 'leased', 'done', 'dead')),
        ADD CONSTRAINT delivery_endpoint_id_event_id_key UNIQUE (endpoint_id, event_id)""",
    "ALTER TABLE outbox.endpoint ADD COLUMN secret_sealed bytea",
    """UPDATE outbox.endpoint e SET secret_sealed = s.secret_sealed
        FROM outbox.endpoint_secret s WHERE s.endpoint_id = e.id AND s.version = e.version""",
    "DELETE FROM outbox.endpoint WHERE secret_sealed IS NULL",
    "ALTER TABLE outbox.endpoint ALTER COLUMN secret_sealed SET NOT NULL",
    "DROP TABLE outbox.endpoint_secret",
    "UPDATE outbox.endpoint SET state = 'disabled' WHERE state = 'pending'",
    "ALTER TABLE outbox.endpoint DROP CONSTRAINT endpoint_reason_check, DROP CONSTRAINT endpoint_state_check",
    """ALTER TABLE outbox.endpoint ADD CONSTRAINT endpoint_state_check CHECK (state IN ('active', 'disabled')),
        DROP COLUMN suppliers, DROP COLUMN description, DROP COLUMN headers, DROP COLUMN fifo,
        DROP COLUMN url_changed_on, DROP COLUMN disabled_on, DROP COLUMN challenge, DROP COLUMN verify_tries,
        DROP COLUMN verify_wanted""",
    # Types that the last release does not know: its courier would stumble over them.
    "DELETE FROM outbox.feed WHERE event_id IN (SELECT id FROM outbox.event WHERE audience LIKE 'endpoint:%')",
    "DELETE FROM outbox.delivery WHERE event_id IN (SELECT id FROM outbox.event WHERE audience LIKE 'endpoint:%')",
    "DELETE FROM outbox.event WHERE audience LIKE 'endpoint:%'",
)


def upgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in (*_ENDPOINT, *_DELIVERY, *_RECOVERY, *_GRANTS):
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE laborvoice_owner")
    for statement in _BACK:
        op.execute(statement)
    op.execute("RESET ROLE")

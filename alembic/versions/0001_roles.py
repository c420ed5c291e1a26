"""The four roles, their owner, and the schemas: one for each room of the store."""

from alembic import op

revision = "0001"
down_revision = None

SCHEMAS = ("ballot", "registry", "release", "desk", "access", "outbox")
ROLES = ("laborvoice_owner", "laborvoice_intake", "laborvoice_vault", "laborvoice_portal", "laborvoice_courier")


def upgrade() -> None:
    # Roles belong to the whole cluster, so they may be there already: create what is missing, drop nothing.
    op.execute("SELECT pg_advisory_xact_lock(hashtext('laborvoice roles'))")
    for role in ROLES:
        op.execute(f"""
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    CREATE ROLE {role} NOLOGIN;
                END IF;
            END $$""")
    op.execute("""
        DO $$ BEGIN
            IF NOT pg_has_role(current_user, 'laborvoice_owner', 'MEMBER') THEN
                EXECUTE format('GRANT laborvoice_owner TO %I', current_user);
            END IF;
        END $$""")
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute("GRANT USAGE ON SCHEMA public TO " + ", ".join(ROLES))
    op.execute("GRANT SELECT ON public.alembic_version TO " + ", ".join(ROLES))
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA {schema} AUTHORIZATION laborvoice_owner")
    op.execute("ALTER DEFAULT PRIVILEGES FOR ROLE laborvoice_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    op.execute(
        "GRANT USAGE ON SCHEMA ballot TO laborvoice_intake, laborvoice_vault, laborvoice_portal, laborvoice_courier"
    )
    op.execute("GRANT USAGE ON SCHEMA registry TO laborvoice_vault, laborvoice_portal, laborvoice_courier")
    op.execute("GRANT USAGE ON SCHEMA release TO laborvoice_vault, laborvoice_portal")
    op.execute("GRANT USAGE ON SCHEMA desk TO laborvoice_vault, laborvoice_portal")
    op.execute("GRANT USAGE ON SCHEMA access TO laborvoice_portal")
    op.execute("GRANT USAGE ON SCHEMA outbox TO laborvoice_vault, laborvoice_portal, laborvoice_courier")


def downgrade() -> None:
    for schema in reversed(SCHEMAS):
        op.execute(f"DROP SCHEMA {schema} CASCADE")

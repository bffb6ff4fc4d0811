"""the door: lock-outs, and counters by which every worker learns of revocations and role changes

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from persistence.migrate import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Deferred to the commit: the counters' rows are then locked last and for a moment, so that two
# writers cannot wait for each other. Once per transaction, however many rows it changed.
CHANGES = """
INSERT INTO auth_change (name, version) VALUES ('directory', 0), ('revocations', 0), ('keys', 0);

CREATE FUNCTION note_auth_change() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE mine bigint := pg_current_xact_id()::text::bigint;
BEGIN
  IF EXISTS (SELECT 1 FROM auth_change WHERE name = TG_ARGV[0] AND changed_by IS NOT DISTINCT FROM mine) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(1398238049);  -- counters are moved by one committer at a time
  UPDATE auth_change SET version = version + 1, changed_by = mine WHERE name = TG_ARGV[0];
  PERFORM pg_notify('shouwang_auth', TG_ARGV[0]);
  RETURN NULL;
END $$;
"""

# What a token hangs on. A new client, member of staff or agency changes nothing for tokens that exist.
WATCHED = (
    ("client", "UPDATE OR DELETE", "directory"),
    ("staff", "UPDATE OR DELETE", "directory"),
    ("agency", "UPDATE OR DELETE", "directory"),
    ("revocation", "INSERT OR UPDATE", "revocations"),
    ("signing_key", "INSERT OR UPDATE OR DELETE", "keys"),
)
TABLES = ("auth_change", "client_lockout")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "auth_change",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("name IN ('directory', 'revocations', 'keys')", name="auth_change_name_known"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "client_lockout",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    run_script(CHANGES)
    for table, acts, name in WATCHED:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_auth_change AFTER {acts} ON {table} "
            f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_auth_change('{name}')"
        )
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO shouwang_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, _, _ in WATCHED:
        op.execute(f"DROP TRIGGER {table}_auth_change ON {table}")
    op.execute("DROP FUNCTION note_auth_change()")
    for table in TABLES:
        op.drop_table(table)

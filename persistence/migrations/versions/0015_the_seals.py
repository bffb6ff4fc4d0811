"""the seals: positions of events, signed roots, who sees events without a region, how far a change of keys is

Revision ID: 0015
Revises: 0014

An event without a region is one of the platform itself. Its place is -1: nationwide auditors and the
platform's administrator have it in their ranges (``persistence.engine.scope_settings``).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from persistence.migrate import run_script

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("event_position", "event_seal", "field_key_change", "seal_key", "seal_state")
RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
PLATFORM = f"region_code IS NULL AND (-1)::bigint <@ {RANGES}"

# The log is empty or small when this runs: later partitions get the index as they are made.
XACT = """
ALTER TABLE event ADD COLUMN xact bigint;
ALTER TABLE event ALTER COLUMN xact SET DEFAULT (pg_current_xact_id()::text::bigint);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX event_xact_idx ON event (xact);
"""
APPEND_ONLY = """
REVOKE UPDATE, DELETE, TRUNCATE ON event_position, event_seal FROM shouwang_app;
REVOKE DELETE, TRUNCATE ON seal_key FROM shouwang_app;
CREATE TRIGGER event_position_append_only BEFORE UPDATE OR DELETE ON event_position
FOR EACH ROW EXECUTE FUNCTION event_is_append_only();
CREATE TRIGGER event_seal_append_only BEFORE UPDATE OR DELETE ON event_seal
FOR EACH ROW EXECUTE FUNCTION event_is_append_only();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(XACT)
    op.create_table(
        "event_position",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("event_position_event_key", "event_position", ["event_id"], unique=True)
    op.create_table(
        "seal_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("private_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_table(
        "event_seal",
        sa.Column("batch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["kid"], ["seal_key.kid"]),
        sa.PrimaryKeyConstraint("batch"),
    )
    op.create_index("event_seal_first_key", "event_seal", ["first_position"], unique=True)
    op.create_table(
        "seal_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="seal_state_one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "field_key_change",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("after", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name="field_key_change_one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO shouwang_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING (true) WITH CHECK (true)")
    run_script(APPEND_ONLY)
    op.execute(
        f"CREATE POLICY event_of_the_platform ON event FOR SELECT USING (CASE WHEN {PLATFORM} THEN true ELSE false END)"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP POLICY event_of_the_platform ON event")
    for table in ("field_key_change", "seal_state", "event_seal", "seal_key", "event_position"):
        op.drop_table(table)
    op.execute("DROP INDEX event_xact_idx")
    op.execute("ALTER TABLE event DROP COLUMN xact")

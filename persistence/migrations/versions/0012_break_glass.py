"""break-glass: files opened in an emergency; an opening of a file may have an hour at which it ends

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
REMIT = "(SELECT nullif(current_setting('shouwang.remit', true), '')::int)"
GRANTEE = "(SELECT nullif(current_setting('shouwang.grantee', true), '')::uuid)"
# An auditor (remit 0: no person) sees who opened what.
SEEN = f"(region_code <@ {RANGES} OR opener_region_code <@ {RANGES}) AND ({REMIT} = 0 OR remit & {REMIT} <> 0)"
NOT_OVER = "(a.expires_at IS NULL OR a.expires_at > now())"


def opened(person: str, in_time: str) -> str:
    return (
        f"{person} = {GRANTEE} OR EXISTS (SELECT 1 FROM person_access a WHERE a.person_id = {person} "
        f"AND a.grantee_id = {GRANTEE} AND a.ended_at IS NULL AND {in_time})"
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "break_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.BigInteger(), nullable=False),
        sa.Column("opener_region_code", sa.BigInteger(), nullable=False),
        sa.Column("remit", sa.SmallInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("supervisor_agency_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reviewed_at", moment, nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('unreviewed', 'reviewed')", name="break_glass_state_known"),
        sa.CheckConstraint("verdict IN ('justified', 'unjustified')", name="break_glass_verdict_known"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("break_glass_region_idx", "break_glass", ["region_code", "id"])
    op.create_index("break_glass_opener_idx", "break_glass", ["opener_region_code", "id"])
    op.create_index("break_glass_person_idx", "break_glass", ["person_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON break_glass TO shouwang_app")
    op.execute("ALTER TABLE break_glass ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE break_glass FORCE ROW LEVEL SECURITY")
    seen = f"CASE WHEN {SEEN} THEN true ELSE false END"
    op.execute(f"CREATE POLICY break_glass_scope ON break_glass USING ({seen}) WITH CHECK ({seen})")
    op.add_column("person_access", sa.Column("expires_at", moment, nullable=True))
    _open_files(NOT_OVER)


def _open_files(in_time: str) -> None:
    """Say anew whom a file is open to: a person's, and her household's."""
    here = f"(region_code <@ {RANGES} AND remit & {REMIT} <> 0)"
    member = f"EXISTS (SELECT 1 FROM person p WHERE p.household_id = household.id AND ({opened('p.id', in_time)}))"
    for table, other in (("person", opened("person.id", in_time)), ("household", member)):
        seen = f"CASE WHEN {here} OR {other} THEN true ELSE false END"
        op.execute(f"ALTER POLICY {table}_scope ON {table} USING ({seen}) WITH CHECK ({seen})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _open_files("true")
    op.drop_column("person_access", "expires_at")
    op.drop_table("break_glass")

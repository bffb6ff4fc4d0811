"""a case or a referral that says nothing about it is looked at soon: rows loaded in bulk have a clock as well

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = ("care_case", "case_referral")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN look_at SET DEFAULT now()")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN look_at DROP DEFAULT")

"""between regions: requests to hand files over, seen by both sides; a history goes with its person

Revision ID: 0006
Revises: 0005
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
REMIT = "(SELECT nullif(current_setting('shouwang.remit', true), '')::int)"
ANYONE = 128  # domain.people.model.Remit.ANYONE, frozen here as of this revision
BOTH_SIDES = f"(holder_region_code <@ {RANGES} OR to_region_code <@ {RANGES}) AND remit & {REMIT} <> 0"

HERE = (
    f"region_code <@ {RANGES} AND ({REMIT} = 0 OR {REMIT} & {ANYONE} <> 0 "
    "OR EXISTS (SELECT 1 FROM person p WHERE p.id = subject_id)"
)
SEEN_BEFORE = f"{HERE})"
# Also what happened here to somebody who has been handed over, and elsewhere to somebody who is here now.
SEEN = (
    f"({HERE} OR EXISTS (SELECT 1 FROM transfer_person h WHERE h.person_id = subject_id AND h.handed_over))) "
    "OR EXISTS (SELECT 1 FROM person p WHERE p.id = subject_id)"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "transfer",
        *_versioned(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("from_region_code", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_by_agency_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_by_agency_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('handover', 'claim')", name="transfer_kind_known"),
        sa.CheckConstraint(
            "state IN ('requested', 'accepted', 'rejected', 'withdrawn', 'expired')", name="transfer_state_known"
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("transfer_holder_idx", "transfer", ["holder_region_code", "id"])
    op.create_index("transfer_to_idx", "transfer", ["to_region_code", "id"])
    op.create_index("transfer_due_idx", "transfer", ["due_on"], postgresql_where="state = 'requested'")
    op.create_table(
        "transfer_person",
        *_versioned(),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name_masked", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("populations", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("records", sa.Integer(), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("transfer_person_transfer_idx", "transfer_person", ["transfer_id", "id"])
    op.create_index("transfer_person_person_idx", "transfer_person", ["person_id"])
    op.create_index("transfer_person_open_key", "transfer_person", ["person_id"], unique=True, postgresql_where="open")
    for table in ("transfer", "transfer_person"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO shouwang_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        seen = f"CASE WHEN {BOTH_SIDES} THEN true ELSE false END"
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING ({seen}) WITH CHECK ({seen})")
    _show_events(SEEN)


def _versioned() -> list[sa.Column[Any]]:
    """Return the columns that both tables begin with."""
    moment = postgresql.TIMESTAMP(timezone=True)
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("holder_region_code", sa.BigInteger(), nullable=False),
        sa.Column("to_region_code", sa.BigInteger(), nullable=False),
        sa.Column("remit", sa.SmallInteger(), nullable=False),
    ]


def _show_events(seen: str) -> None:
    op.execute(f"ALTER POLICY event_read ON event USING (CASE WHEN {seen} THEN true ELSE false END)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _show_events(SEEN_BEFORE)
    op.drop_table("transfer_person")
    op.drop_table("transfer")

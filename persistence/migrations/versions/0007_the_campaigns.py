"""the campaigns: census campaigns, their villages and closing reports

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
# A county's own row is seen by whoever works in any part of it.
SEEN = {
    "campaign": f"int8multirange(int8range(region_code, region_code + 1000000)) && {RANGES}",
    "campaign_village": f"region_code <@ {RANGES}",
    "campaign_report": f"region_code <@ {RANGES}",
}


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False)


def _versioned() -> list[sa.Column[object]]:
    moment = postgresql.TIMESTAMP(timezone=True)
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", moment, server_default=sa.text("now()"), nullable=False),
    ]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "campaign",
        *_versioned(),
        sa.Column("region_code", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("forms", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("season IN ('spring', 'summer', 'autumn', 'winter')", name="campaign_season_known"),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name="campaign_state_known"),
        sa.CheckConstraint("due_on >= opens_on", name="campaign_dated"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("region_code", "title", name="campaign_title_key"),
    )
    op.create_table(
        "campaign_village",
        *_versioned(),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.BigInteger(), nullable=False),
        sa.Column("township", sa.BigInteger(), sa.Computed("region_code / 1000", persisted=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_note", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("returned_times", sa.SmallInteger(), nullable=False),
        _json("figures"),
        sa.CheckConstraint(
            "state IN ('not_started', 'in_progress', 'submitted', 'checked', 'returned', 'accepted')",
            name="campaign_village_state_known",
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.ForeignKeyConstraint(["responsible_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("campaign_id", "region_code", name="campaign_village_key"),
    )
    op.create_index("campaign_village_region_idx", "campaign_village", ["region_code", "id"], unique=False)
    op.create_index("campaign_village_township_idx", "campaign_village", ["campaign_id", "township"], unique=False)
    op.create_table(
        "campaign_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        _json("totals"),
        _json("townships"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("campaign_id", name="campaign_report_key"),
    )
    op.create_index("campaign_report_region_idx", "campaign_report", ["region_code", "id"], unique=False)
    for table, seen in SEEN.items():
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO shouwang_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        rule = f"CASE WHEN {seen} THEN true ELSE false END"
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING ({rule}) WITH CHECK ({rule})")
    op.execute("REVOKE UPDATE ON campaign_report FROM shouwang_app")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in reversed(SEEN):
        op.drop_table(table)

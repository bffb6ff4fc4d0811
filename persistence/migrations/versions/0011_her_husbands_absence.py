"""her husband's absence: what a woman says of it, kept on her own profile

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("woman_profile", sa.Column("husband_away", sa.Boolean(), nullable=True))
    op.add_column("woman_profile", sa.Column("husband_away_since", sa.Date(), nullable=True))
    op.add_column("woman_profile", sa.Column("husband_away_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("woman_profile", "husband_away_reason")
    op.drop_column("woman_profile", "husband_away_since")
    op.drop_column("woman_profile", "husband_away")

"""the queue: tables of the job process

Revision ID: 0004
Revises: 0003
"""

from alembic import op

from persistence.jobs.schema import install_sql, uninstall_sql
from persistence.migrate import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(install_sql())


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(uninstall_sql())

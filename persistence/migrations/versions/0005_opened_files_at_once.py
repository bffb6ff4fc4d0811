"""opened files at once: who sees the whole country needs no look-up of a file's region

Revision ID: 0005
Revises: 0004

An import opens a file to each of its guardians, some three for a row. Asking ``region_of_person``
for each of them costs as much as the insert itself; the guardianships, written just before, have
stood before the same wall, so the import inserts under the scope that sees everybody.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
GRANTEE = "(SELECT nullif(current_setting('shouwang.grantee', true), '')::uuid)"
SCOPED = f"grantee_id = {GRANTEE} OR region_of_person(person_id) <@ {RANGES}"
EVERYWHERE = f"{RANGES} @> '[0,1000000000000)'::int8range"


def upgrade() -> None:
    _see(f"{EVERYWHERE} OR {SCOPED}")


def downgrade() -> None:
    _see(SCOPED)


def _see(rows: str) -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    seen = f"CASE WHEN {rows} THEN true ELSE false END"
    op.execute(f"ALTER POLICY person_access_scope ON person_access USING ({seen}) WITH CHECK ({seen})")

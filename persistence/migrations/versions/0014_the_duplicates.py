"""the duplicates: questions whether two files are one person's, merges, and the file a merged one leads to

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from persistence.migrate import run_script

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
REMIT = "(SELECT nullif(current_setting('shouwang.remit', true), '')::int)"
ANYONE = 128  # domain.people.model.Remit.ANYONE, frozen here as of this revision
# A row of a person's file is visible when the person is; all of a region's at once for full remits.
SEEN = (
    f"CASE WHEN (region_code <@ {RANGES} AND {REMIT} & {ANYONE} <> 0) "
    "OR EXISTS (SELECT 1 FROM person p WHERE p.id = person_id) THEN true ELSE false END"
)
TABLES = ("duplicate_candidate", "person_merge")

# The rules of detection, for entry, import and the nightly job alike. It sees everybody: whether two
# files are one person's does not depend on who asks. Two identity numbers are two people.
DETECTION = """
CREATE FUNCTION duplicates_of(people uuid[]) RETURNS TABLE (person_id uuid, other_id uuid, region_code bigint, reasons text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET "shouwang.ranges" = '{[0,1000000000000)}' SET "shouwang.remit" = '128' SET "shouwang.grantee" = ''
AS $$
  WITH found AS (
    SELECT me.id AS me, p.id AS other, 'name_birth_village' AS reason
    FROM person me JOIN person p ON p.county = me.county AND p.birth_date = me.birth_date
    WHERE me.id = ANY (people) AND p.region_code = me.region_code AND p.name = me.name
    UNION ALL
    SELECT me.id, p.id, 'pinyin_birth_kin'
    FROM person me JOIN person p ON p.household_id = me.household_id
    WHERE me.id = ANY (people) AND p.birth_date = me.birth_date AND p.name_pinyin = me.name_pinyin
    UNION ALL
    SELECT me.id, p.id, 'pinyin_birth_kin'
    FROM person me
    CROSS JOIN LATERAL (
      SELECT k.relative_id AS kin FROM kinship k WHERE k.person_id = me.id
      UNION SELECT k.person_id FROM kinship k WHERE k.relative_id = me.id
    ) mine
    CROSS JOIN LATERAL (
      SELECT k.relative_id AS id FROM kinship k WHERE k.person_id = mine.kin
      UNION SELECT k.person_id FROM kinship k WHERE k.relative_id = mine.kin
    ) theirs
    JOIN person p ON p.id = theirs.id
    WHERE me.id = ANY (people) AND p.birth_date = me.birth_date AND p.name_pinyin = me.name_pinyin
  )
  SELECT one.id, two.id, one.region_code, array_agg(DISTINCT found.reason ORDER BY found.reason)
  FROM found
  JOIN person one ON one.id = least(found.me, found.other)
  JOIN person two ON two.id = greatest(found.me, found.other)
  WHERE found.me <> found.other
    AND one.merged_into IS NULL AND two.merged_into IS NULL
    AND one.deregistered_on IS NULL AND two.deregistered_on IS NULL
    AND (one.identity_number_blind IS NULL OR two.identity_number_blind IS NULL)
  GROUP BY one.id, two.id, one.region_code
$$;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE person ADD COLUMN merged_into uuid")
    run_script(
        "-- squawk-ignore-file require-concurrent-index-creation, adding-foreign-key-constraint, "
        "constraint-missing-not-valid, adding-not-nullable-field\n"
        "ALTER TABLE person ADD CONSTRAINT person_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES person (id);\n"
        "ALTER TABLE person ADD CONSTRAINT person_merged_closed "
        "CHECK (merged_into IS NULL OR deregistered_on IS NOT NULL);\n"
        "CREATE INDEX person_merged_idx ON person (merged_into) WHERE merged_into IS NOT NULL;\n"
    )
    op.create_table(
        "duplicate_candidate",
        *_bound(),
        sa.Column("person_id", sa.UUID(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("other_id", sa.UUID(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("requested_by_agency_id", sa.UUID(), sa.ForeignKey("agency.id"), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'under_review', 'merged', 'distinct', 'superseded')",
            name="duplicate_candidate_state_known",
        ),
        sa.CheckConstraint(
            "raised_by IN ('entry', 'check', 'import', 'job', 'person')", name="duplicate_candidate_raised_by_known"
        ),
        sa.CheckConstraint("person_id < other_id", name="duplicate_candidate_ordered"),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="duplicate_candidate_score_known"),
        sa.CheckConstraint(
            "other_id IS NOT NULL OR requested_by_agency_id IS NOT NULL", name="duplicate_candidate_asked"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("duplicate_candidate_pair_key", "duplicate_candidate", ["person_id", "other_id"], unique=True)
    op.create_index(
        "duplicate_candidate_asked_key", "duplicate_candidate", ["person_id", "requested_by_agency_id"], unique=True,
        postgresql_where="other_id IS NULL AND state IN ('open', 'under_review')",
    )  # fmt: skip
    op.create_index("duplicate_candidate_other_idx", "duplicate_candidate", ["other_id"])
    op.create_index("duplicate_candidate_score_idx", "duplicate_candidate", ["county", "score", "id"])
    op.create_table(
        "person_merge",
        *_bound(),
        sa.Column("person_id", sa.UUID(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("merged_id", sa.UUID(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("duplicate_id", sa.UUID(), sa.ForeignKey("duplicate_candidate.id"), nullable=False),
        sa.Column("taken", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("journal_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("undone_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("person_merge_person_idx", "person_merge", ["person_id", "id"])
    op.create_index("person_merge_merged_idx", "person_merge", ["merged_id"])
    for table in TABLES:
        op.create_index(f"{table}_county_idx", table, ["county", "id"])
        op.create_index(f"{table}_township_idx", table, ["township", "id"])
        op.create_index(f"{table}_region_idx", table, ["region_code", "id"])
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO shouwang_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING ({SEEN}) WITH CHECK ({SEEN})")
    run_script(DETECTION)


def _bound() -> list[sa.Column[object]]:
    """The columns of every row of a person's file."""
    return [
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("region_code", sa.BigInteger(), nullable=False),
        sa.Column("county", sa.BigInteger(), sa.Computed("region_code / 1000000", persisted=True), nullable=False),
        sa.Column("township", sa.BigInteger(), sa.Computed("region_code / 1000", persisted=True), nullable=False),
    ]


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION duplicates_of(uuid[])")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("ALTER TABLE person DROP COLUMN merged_into")  # its constraint and index go with it

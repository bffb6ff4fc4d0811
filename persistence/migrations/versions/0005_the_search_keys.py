"""the search keys: parts of names, the last four digits of a phone, and the indexes a search walks

Revision ID: 0005
Revises: 0004

A search is ordered by what it was found by, and bounded: each way of finding (a name's beginning,
its pinyin, its initials, a part of the given name, a birth date) has a key that is stored and an
index that gives the rows of a county in that key's order. The given name is cut off by the
database itself, so that whatever writes a name (a clerk, a roster by COPY, the demo) need not know.
"""

from alembic import op

from persistence.migrate import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# 复姓: surnames of two characters (百家姓; those borne today).
# The stored keys rewrite the table, so it is locked while its indexes are built, too: one window, no half-made index.
SURNAME = """
-- squawk-ignore-file require-concurrent-index-creation, changing-column-type, adding-field-with-default
CREATE FUNCTION surname_length(name text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN length(name) > 2 AND left(name, 2) IN (
  '欧阳', '上官', '司马', '司徒', '司空', '诸葛', '皇甫', '尉迟', '公孙', '慕容', '长孙', '宇文', '夏侯', '东方',
  '端木', '独孤', '南宫', '令狐', '澹台', '淳于', '单于', '万俟', '闻人', '赫连', '申屠', '太史', '公羊', '公冶',
  '钟离', '鲜于', '呼延', '东郭', '西门', '百里', '轩辕', '拓跋', '完颜', '第五', '欧侯', '濮阳') THEN 2 ELSE 1 END;
"""
COLUMNS = """
ALTER TABLE person
  ALTER COLUMN name TYPE text COLLATE "C",
  ADD COLUMN name_given text COLLATE "C" GENERATED ALWAYS AS (substr(name, surname_length(name) + 1)) STORED NOT NULL,
  ADD COLUMN name_rest text COLLATE "C" GENERATED ALWAYS AS (substr(name, surname_length(name) + 2)) STORED NOT NULL,
  ADD COLUMN phone_tail_blind bytea;
"""
INDEXES = {
    "person_pinyin_idx": "(county, name_pinyin, id)",
    "person_initials_idx": "(county, name_initials, id)",
    "person_given_idx": "(county, name_given, id)",
    "person_rest_idx": "(county, name_rest, id)",
    "person_birth_idx": "(county, birth_date, id)",
    "person_phone_tail_idx": "(phone_tail_blind, county) WHERE phone_tail_blind IS NOT NULL",
    # What was entered before there was such a key, until the job has made it.
    "person_phone_tail_due_idx": "(id) WHERE phone_cipher IS NOT NULL AND phone_tail_blind IS NULL",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(SURNAME)
    run_script(COLUMNS)
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON person {columns}")
    op.execute("CREATE INDEX region_county_idx ON region (lo) WHERE level = 3")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in (*INDEXES, "region_county_idx"):
        op.execute(f"DROP INDEX {name}")
    op.execute(
        "ALTER TABLE person DROP COLUMN name_given, DROP COLUMN name_rest, DROP COLUMN phone_tail_blind, "
        'ALTER COLUMN name TYPE text COLLATE "default"'
    )
    op.execute("DROP FUNCTION surname_length(text)")

"""the work lists: row-level security of cases that asks for one row at a time, and indexes in the order of work

Revision ID: 0027
Revises: 0026

``EXISTS`` may be answered by a hash of everything an agency takes part in, made when the first row comes that
needs it: 200 ms of a page of 20. A value is looked up for each such row.
"""

from importlib import import_module

from alembic import op

from persistence.migrate import run_script

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
REMIT = "(SELECT nullif(current_setting('shouwang.remit', true), '')::int)"
GRANTEE = "(SELECT nullif(current_setting('shouwang.grantee', true), '')::uuid)"
AGENCY = "(SELECT nullif(current_setting('shouwang.agency', true), '')::uuid)"
A_JOB = f"({AGENCY} IS NULL AND {GRANTEE} IS NULL)"

PARTY = "FROM case_party y WHERE y.case_id = {case} AND y.ended_at IS NULL AND y.agency_id = " + AGENCY
WARDS = (
    f"SELECT a.person_id FROM person_access a WHERE a.grantee_id = {GRANTEE} AND a.ended_at IS NULL "
    "AND a.via = 'guardianship'"
)
CASE = (
    f"(region_code <@ {RANGES} AND remit & {REMIT} <> 0 AND (NOT restricted OR {A_JOB})) "
    f"OR coalesce((SELECT true {PARTY.format(case='care_case.id')}), false) "
    f"OR (NOT barred @> ARRAY[{GRANTEE}] AND (reporter_id = {GRANTEE} "
    f"OR (NOT restricted AND (person_id = {GRANTEE} OR person_id IN ({WARDS})))))"
)
BESIDE = {  # table: the column whose agency is an NGO's own row, and those that name the two sides
    "case_person": ("",),
    "case_entry": ("agency_id",),
    "case_referral": ("to_agency_id", "from_agency_id", "to_agency_id"),
    "case_assignment": ("agency_id",),
    "case_note": ("agency_id",),
    "case_step": ("agency_id",),
    "case_attachment": ("agency_id",),
}
WORKING = "y.role IN ('lead', 'co', 'overseer')"


def beside(table: str, roles: str, *sides: str) -> str:
    """A row beside a case: of an open case here, of who takes part in a role, of those it names."""
    here = (
        f"coalesce((SELECT c.region_code <@ {RANGES} AND c.remit & {REMIT} <> 0 AND (NOT c.restricted OR {A_JOB}) "
        f"FROM care_case c WHERE c.id = {table}.case_id), false)"
    )
    works = f"coalesce((SELECT {roles} {PARTY.format(case=f'{table}.case_id')}), false)"
    return " OR ".join([here, works, *(f"{table}.{side} = {AGENCY}" for side in sides)])


INDEXES = """
-- squawk-ignore-file require-concurrent-index-creation
CREATE INDEX care_case_agency_open_idx ON care_case (agency_id, work_order, id) WHERE due_at IS NOT NULL;
CREATE INDEX care_case_handler_open_idx ON care_case (handler_id, work_order, id) WHERE due_at IS NOT NULL;
CREATE INDEX care_case_township_work_idx ON care_case (township, work_order, id);
CREATE INDEX care_case_work_idx ON care_case (work_order, id);
CREATE INDEX case_referral_waiting_idx ON case_referral (to_agency_id) WHERE state = 'sent';
CREATE INDEX case_party_ngo_idx ON case_party (agency_id, case_id) WHERE ended_at IS NULL AND role = 'ngo';
"""


def see(table: str, seen: str) -> None:
    """Let a table's one policy say something else."""
    rule = f"CASE WHEN {seen} THEN true ELSE false END"
    op.execute(f"ALTER POLICY {table}_scope ON {table} USING ({rule}) WITH CHECK ({rule})")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    see("care_case", CASE)
    for table, (own, *sides) in BESIDE.items():
        mine = f" AND {table}.{own} = {AGENCY}" if own else ""
        see(table, beside(table, f"{WORKING} OR (y.role = 'ngo'{mine})", *sides))
    see("case_link", beside("case_link", WORKING))
    run_script(INDEXES)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for index in (
        "case_party_ngo_idx", "case_referral_waiting_idx", "care_case_work_idx", "care_case_township_work_idx",
        "care_case_handler_open_idx", "care_case_agency_open_idx",
    ):  # fmt: skip
        op.execute(f"DROP INDEX {index}")
    see("care_case", import_module("persistence.migrations.versions.0022_the_cases").CASE)
    former = import_module("persistence.migrations.versions.0026_the_ngo_desk")
    for table, (own, *sides) in BESIDE.items():
        mine = f" AND {table}.{own} = {AGENCY}" if own else ""
        former.seen_by(table, f"{WORKING} OR (y.role = 'ngo'{mine})", *sides)
    former.seen_by("case_link", WORKING)

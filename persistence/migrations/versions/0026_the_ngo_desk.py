"""the NGO's desk: what stands beside a case is of that case, and no link leads from it to another

Revision ID: 0026
Revises: 0025

The policies of 0022 named the outer row's columns bare inside a subquery, where they were the subquery's own: whoever
worked one case had what stands beside all of them (the compiled predicate did not). Here they are named in full.
That a case is linked to another one says that there is another one: of that an NGO is told nothing.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
REMIT = "(SELECT nullif(current_setting('shouwang.remit', true), '')::int)"
GRANTEE = "(SELECT nullif(current_setting('shouwang.grantee', true), '')::uuid)"
AGENCY = "(SELECT nullif(current_setting('shouwang.agency', true), '')::uuid)"
WORKING = "y.role IN ('lead', 'co', 'overseer')"
# Table → the column of the agency whose rows alone an NGO sees (none: all), and the agencies that see it in any case.
OF_CASE = {
    "case_person": ("", ()),
    "case_entry": ("agency_id", ()),
    "case_referral": ("to_agency_id", ("from_agency_id", "to_agency_id")),
    "case_assignment": ("agency_id", ()),
    "case_note": ("agency_id", ()),
    "case_step": ("agency_id", ()),
    "case_attachment": ("agency_id", ()),
}
KINDS = (
    "'case_assigned', 'case_received', 'case_referred', 'case_due_soon', 'case_overdue', 'case_escalated', "
    "'case_replied', 'case_reopened', 'case_handed_back', {new}'mandatory_report', 'referral_due', "
    "'referral_accepted', 'referral_rejected', 'referral_withdrawn', 'referral_expired', 'referral_ended', "
    "'contract_ending', 'contract_ended', 'break_glass_opened'"
)


def seen_by(table: str, roles: str, *parties: str) -> None:
    """Let a row be seen where its case is open to all, by who takes part in a role, and by agencies it names."""
    here = (
        f"EXISTS (SELECT 1 FROM care_case c WHERE c.id = {table}.case_id AND c.region_code <@ {RANGES} "
        f"AND c.remit & {REMIT} <> 0 AND (NOT c.restricted OR ({AGENCY} IS NULL AND {GRANTEE} IS NULL)))"
    )
    part = (
        f"EXISTS (SELECT 1 FROM case_party y WHERE y.case_id = {table}.case_id AND y.ended_at IS NULL "
        f"AND y.agency_id = {AGENCY} AND ({roles}))"
    )
    seen = " OR ".join([here, part, *(f"{table}.{party} = {AGENCY}" for party in parties)])
    rule = f"CASE WHEN {seen} THEN true ELSE false END"
    op.execute(f"ALTER POLICY {table}_scope ON {table} USING ({rule}) WITH CHECK ({rule})")


def notice_kinds(new: str) -> None:
    op.execute("ALTER TABLE notification DROP CONSTRAINT notification_kind_known")
    op.execute(
        "ALTER TABLE notification ADD CONSTRAINT notification_kind_known "
        f"CHECK (kind IN ({KINDS.format(new=new)})) NOT VALID"
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, (own, parties) in OF_CASE.items():
        mine = f" AND {table}.{own} = {AGENCY}" if own else ""
        seen_by(table, f"{WORKING} OR (y.role = 'ngo'{mine})", *parties)
    seen_by("case_link", WORKING)
    notice_kinds("'case_unsatisfied', 'assignment_ended', ")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DELETE FROM notification WHERE kind IN ('case_unsatisfied', 'assignment_ended')")
    notice_kinds("")
    seen_by("case_link", f"{WORKING} OR y.role = 'ngo'")  # the others stay right

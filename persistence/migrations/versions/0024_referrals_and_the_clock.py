"""referrals between departments have an end, and deadlines a clock

A co-operation may end; both sides are told of whatever becomes of a referral; a case waits for one new lead
at a time. ``look_at`` says when the clock next has something to do, so that nothing is looked through for it.

Revision ID: 0024
Revises: 0023
"""

from alembic import op

from persistence.migrate import run_script

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROLES = "'lead', 'co', 'overseer', 'asked', 'informed', 'reporter', 'ngo'"
STATES = "'sent', 'accepted', 'rejected', 'withdrawn', 'expired'"
ACTS = (
    "'register', 'accept', 'redirect', 'refuse', 'start', 'resolve', 'resume', 'reply', 'close', 'reopen', 'merge', "
    "'extend', 'hand_to', 'link', 'involve', 'refer', 'accept_referral', 'reject_referral', 'withdraw_referral', "
    "'expire_referral', {more}'assign', 'hand_back', 'withdraw_assignment', 'expire_assignment', 'note', 'step', "
    "'attach', 'warn', 'escalate'"
)
KINDS = (
    "'case_assigned', 'case_received', 'case_referred', 'case_due_soon', 'case_overdue', 'case_escalated', "
    "'case_replied', 'case_reopened', 'case_handed_back', 'mandatory_report', 'referral_due', {more}'contract_ending', "
    "'contract_ended', 'break_glass_opened'"
)
NEW_ACT = "'end_referral', "
NEW_KINDS = "'referral_accepted', 'referral_rejected', 'referral_withdrawn', 'referral_expired', 'referral_ended', "

# Few rows yet: what is indexed here is younger than the last revision.
COLUMNS = """
-- squawk-ignore-file require-concurrent-index-creation
ALTER TABLE care_case ADD COLUMN look_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE case_referral ADD COLUMN look_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE case_referral ADD COLUMN former_role text;
UPDATE care_case SET look_at = due_at - interval '3 days' WHERE due_at IS NOT NULL;
UPDATE case_referral SET look_at = respond_by WHERE state = 'sent';
CREATE INDEX care_case_look_idx ON care_case (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX case_referral_look_idx ON case_referral (look_at) WHERE state = 'sent';
CREATE UNIQUE INDEX case_referral_transfer_key ON case_referral (case_id) WHERE state = 'sent' AND kind = 'transfer';
"""


def _check(table: str, name: str, check: str) -> None:
    """Put a wider CHECK in the place of a narrower one; no row can be against it."""
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check}) NOT VALID")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(COLUMNS)
    _check("case_referral", "case_referral_former_known", f"former_role IN ({ROLES})")
    _check("case_referral", "case_referral_state_known", f"state IN ({STATES}, 'ended')")
    _check("case_entry", "case_entry_act_known", f"act IN ({ACTS.format(more=NEW_ACT)})")
    _check("notification", "notification_kind_known", f"kind IN ({KINDS.format(more=NEW_KINDS)})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _check("notification", "notification_kind_known", f"kind IN ({KINDS.format(more='')})")
    _check("case_entry", "case_entry_act_known", f"act IN ({ACTS.format(more='')})")
    _check("case_referral", "case_referral_state_known", f"state IN ({STATES})")
    for index in ("care_case_look_idx", "case_referral_look_idx", "case_referral_transfer_key"):
        op.drop_index(index)
    op.drop_column("case_referral", "former_role")
    op.drop_column("case_referral", "look_at")
    op.drop_column("care_case", "look_at")

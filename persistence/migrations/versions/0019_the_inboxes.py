"""the inboxes: notices to agencies and their staff

Revision ID: 0019
Revises: 0018

A notice is its addressee's alone: her agency's desk, or herself. Two more settings say who is asking
(``persistence.engine.ScopeSettings``). The service itself, which tells other agencies, is known by what no
caller has: every region and the platform's own, with a full remit.
"""

from alembic import op

from persistence.migrate import run_script

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
REMIT = "(SELECT nullif(current_setting('shouwang.remit', true), '')::int)"
AGENCY = "(SELECT nullif(current_setting('shouwang.agency', true), '')::uuid)"
STAFF = "(SELECT nullif(current_setting('shouwang.staff', true), '')::uuid)"
SYSTEM = f"({RANGES} @> int8range(-1, 1000000000000) AND {REMIT} & 128 <> 0)"
SEEN = f"(agency_id = {AGENCY} AND (staff_id IS NULL OR staff_id = {STAFF})) OR {SYSTEM}"

TABLE = """
CREATE TABLE notification (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  agency_id UUID NOT NULL,
  staff_id UUID,
  kind text NOT NULL,
  urgent BOOLEAN NOT NULL,
  record text NOT NULL,
  record_id UUID NOT NULL,
  region_code BIGINT NOT NULL,
  due_at TIMESTAMP WITH TIME ZONE,
  slot text NOT NULL,
  read_at TIMESTAMP WITH TIME ZONE,
  read_by text,
  acknowledged_at TIMESTAMP WITH TIME ZONE,
  acknowledged_by text,
  PRIMARY KEY (id),
  CONSTRAINT notification_kind_known CHECK (kind IN ('case_assigned', 'case_received', 'case_referred',
    'case_due_soon', 'case_overdue', 'case_escalated', 'case_replied', 'case_reopened', 'case_handed_back',
    'mandatory_report', 'referral_due', 'contract_ending', 'contract_ended', 'break_glass_opened')),
  CONSTRAINT notification_once_key UNIQUE NULLS NOT DISTINCT (agency_id, staff_id, kind, record_id, slot),
  FOREIGN KEY(agency_id) REFERENCES agency (id),
  FOREIGN KEY(staff_id) REFERENCES staff (id)
);
CREATE INDEX notification_agency_idx ON notification (agency_id, id);
CREATE INDEX notification_record_idx ON notification (record_id);
CREATE INDEX notification_unread_idx ON notification (agency_id, id) WHERE read_at IS NULL;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(TABLE)
    op.execute("GRANT SELECT, INSERT, UPDATE ON notification TO shouwang_app")
    op.execute("ALTER TABLE notification ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE notification FORCE ROW LEVEL SECURITY")
    rule = f"CASE WHEN {SEEN} THEN true ELSE false END"
    op.execute(f"CREATE POLICY notification_scope ON notification USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("notification")

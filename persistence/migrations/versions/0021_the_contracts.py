"""the contracts: services that agencies buy of social organisations

Revision ID: 0021
Revises: 0020

A contract is seen in its buyer's region, and by the organisation it is with once it is in effect: no other
organisation sees it.
"""

from alembic import op

from persistence.migrate import run_script

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
AGENCY = "(SELECT nullif(current_setting('shouwang.agency', true), '')::uuid)"
SEEN = f"region_code <@ {RANGES} OR (ngo_agency_id = {AGENCY} AND activated_on IS NOT NULL)"

TABLE = """
CREATE TABLE service_contract (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  region_code BIGINT NOT NULL,
  buyer_agency_id UUID NOT NULL,
  ngo_agency_id UUID NOT NULL,
  title text NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  categories TEXT[] DEFAULT '{}' NOT NULL,
  regions TEXT[] DEFAULT '{}' NOT NULL,
  quota INTEGER NOT NULL,
  assigned INTEGER DEFAULT 0 NOT NULL,
  amount_fen BIGINT,
  state text NOT NULL,
  activated_on DATE,
  ended_on DATE,
  end_reason text,
  PRIMARY KEY (id),
  CONSTRAINT service_contract_state_known CHECK (state IN ('draft', 'active', 'ended')),
  CONSTRAINT service_contract_dated CHECK (ends_on >= starts_on),
  CONSTRAINT service_contract_quota CHECK (assigned >= 0 AND assigned <= quota),
  CONSTRAINT service_contract_amount CHECK (amount_fen >= 0),
  CONSTRAINT service_contract_activated CHECK (state <> 'active' OR activated_on IS NOT NULL),
  FOREIGN KEY(buyer_agency_id) REFERENCES agency (id),
  FOREIGN KEY(ngo_agency_id) REFERENCES agency (id)
);
CREATE INDEX service_contract_ngo_idx ON service_contract (ngo_agency_id, id);
CREATE INDEX service_contract_region_idx ON service_contract (region_code, id);
CREATE INDEX service_contract_running_idx ON service_contract (ends_on) WHERE state = 'active';
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(TABLE)
    op.execute("GRANT SELECT, INSERT, UPDATE ON service_contract TO shouwang_app")
    op.execute("ALTER TABLE service_contract ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE service_contract FORCE ROW LEVEL SECURITY")
    rule = f"CASE WHEN {SEEN} THEN true ELSE false END"
    op.execute(f"CREATE POLICY service_contract_scope ON service_contract USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("service_contract")

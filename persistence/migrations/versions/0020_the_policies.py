"""the policies: documents, measures, who is responsible, the national default table

Revision ID: 0020
Revises: 0019
"""

from alembic import op

from persistence.migrate import run_script

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Published documents: about no person, for everybody. Only the owner, who loads them, writes them.
TABLES = ("policy_document", "policy_measure", "policy_responsibility", "default_route")

CREATED = """
CREATE TABLE policy_document (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  code text NOT NULL,
  title text NOT NULL,
  number text,
  status text NOT NULL,
  region_code BIGINT NOT NULL,
  level SMALLINT NOT NULL,
  issuers JSONB DEFAULT '{}' NOT NULL,
  issued_on DATE,
  valid_from DATE,
  valid_to DATE,
  audiences TEXT[] DEFAULT '{}' NOT NULL,
  summary text NOT NULL,
  figures JSONB DEFAULT '{}' NOT NULL,
  obligations JSONB DEFAULT '{}' NOT NULL,
  consultation JSONB,
  digest text NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT policy_document_status_known CHECK (status IN ('in_force', 'draft', 'ended')),
  CONSTRAINT policy_document_dated CHECK (valid_to > valid_from),
  CONSTRAINT policy_document_code_key UNIQUE (code)
);
CREATE INDEX policy_document_region_idx ON policy_document (region_code, id);

CREATE TABLE policy_measure (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  document_id UUID NOT NULL,
  code text NOT NULL,
  position SMALLINT NOT NULL,
  section text NOT NULL,
  title text NOT NULL,
  summary text NOT NULL,
  kind text NOT NULL,
  mode text NOT NULL,
  everybody BOOLEAN NOT NULL,
  audiences TEXT[] DEFAULT '{}' NOT NULL,
  themes TEXT[] DEFAULT '{}' NOT NULL,
  categories TEXT[] DEFAULT '{}' NOT NULL,
  unit_types TEXT[] DEFAULT '{}' NOT NULL,
  figures JSONB DEFAULT '{}' NOT NULL,
  region_code BIGINT NOT NULL,
  level SMALLINT NOT NULL,
  status text NOT NULL,
  valid_from DATE,
  valid_to DATE,
  dropped BOOLEAN NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT policy_measure_kind_known CHECK (kind IN ('measure', 'duty')),
  CONSTRAINT policy_measure_mode_known CHECK (mode IN ('sole', 'lead', 'shared', 'unnamed')),
  CONSTRAINT policy_measure_status_known CHECK (status IN ('in_force', 'draft', 'ended')),
  CONSTRAINT policy_measure_code_key UNIQUE (document_id, code),
  FOREIGN KEY(document_id) REFERENCES policy_document (id)
);
CREATE INDEX policy_measure_region_idx ON policy_measure (region_code, id);

CREATE TABLE policy_responsibility (
  id UUID NOT NULL,
  measure_id UUID NOT NULL,
  position SMALLINT NOT NULL,
  name text NOT NULL,
  unit_type text NOT NULL,
  department_kind text,
  role text NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT policy_responsibility_type_known CHECK (unit_type IN ('womens_federation', 'civil_affairs',
    'public_security', 'justice', 'finance', 'human_resources', 'agriculture', 'culture_tourism', 'health', 'sports',
    'rural_revitalisation', 'women_children_committee', 'disabled_federation', 'education', 'township_government',
    'village_committee', 'school', 'ngo', 'womens_association', 'statistics', 'audit', 'platform_operator')),
  CONSTRAINT policy_responsibility_department_known CHECK (department_kind IN ('development', 'publicity', 'rights',
    'children_family', 'organisation', 'child_welfare', 'elder_care', 'social_assistance', 'office', 'other')),
  CONSTRAINT policy_responsibility_role_known CHECK (role IN ('lead', 'co', 'shared', 'sole')),
  CONSTRAINT policy_responsibility_position_key UNIQUE (measure_id, position),
  FOREIGN KEY(measure_id) REFERENCES policy_measure (id)
);

CREATE TABLE default_route (
  id UUID NOT NULL,
  category text NOT NULL,
  audience text NOT NULL,
  unit_types TEXT[] DEFAULT '{}' NOT NULL,
  laws TEXT[] DEFAULT '{}' NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT default_route_category_known CHECK (category IN ('relief', 'illness', 'disability', 'mental_health',
    'guardianship', 'education', 'violence', 'land_rights', 'marriage_family', 'neighbour_dispute',
    'fraud_theft_trafficking', 'employment_training', 'loan', 'legal_aid', 'other')),
  CONSTRAINT default_route_audience_known CHECK (audience IN ('woman', 'child', 'elder', 'household')),
  CONSTRAINT default_route_key UNIQUE (category, audience)
);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(CREATED)
    for table in TABLES:
        op.execute(f"GRANT SELECT ON {table} TO shouwang_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in reversed(TABLES):
        op.drop_table(table)

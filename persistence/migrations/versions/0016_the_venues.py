"""the venues: venues, activities, sign-ups

Revision ID: 0016
Revises: 0015

A venue or an activity is announced to a region: whoever lives, works or has a seat somewhere in it sees
it once it has opened. A sign-up belongs to a person's file.
"""

from alembic import op

from persistence.migrate import run_script

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
REMIT = "(SELECT nullif(current_setting('shouwang.remit', true), '')::int)"
GRANTEE = "(SELECT nullif(current_setting('shouwang.grantee', true), '')::uuid)"
ANYONE = 128  # domain.people.model.Remit.ANYONE, frozen here as of this revision
HOME = (
    f"(SELECT int8multirange(int8range(p.region_code, region_end(p.region_code))) FROM person p WHERE p.id = {GRANTEE} "
    "UNION ALL SELECT int8multirange(int8range(a.region_code, region_end(a.region_code))) "
    f"FROM agency a WHERE a.id = {GRANTEE} LIMIT 1)"
)
SPAN = "int8multirange(int8range(region_code, region_end(region_code)))"
ANNOUNCED = f"region_code <@ {RANGES} OR (opened_on IS NOT NULL AND ({SPAN} && {RANGES} OR {SPAN} && {HOME}))"
SEEN = {
    "venue": ANNOUNCED,
    "activity": ANNOUNCED,
    "sign_up": f"(region_code <@ {RANGES} AND {REMIT} & {ANYONE} <> 0) "
    "OR EXISTS (SELECT 1 FROM person p WHERE p.id = person_id)",
}

LOOK_UPS = """
-- The first code after a division's last: its width follows from the zeros that pad it.
CREATE FUNCTION region_end(code bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN code + CASE WHEN code % 1000 <> 0 THEN 1
                   WHEN code % 1000000 <> 0 THEN 1000
                   WHEN code % 100000000 <> 0 THEN 1000000
                   WHEN code % 10000000000 <> 0 THEN 100000000
                   ELSE 10000000000 END;

-- A division and all above it.
CREATE FUNCTION region_above(code bigint) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[code, code / 1000 * 1000, code / 1000000 * 1000000, code / 100000000 * 100000000,
             code / 10000000000 * 10000000000];
"""

TABLES = """
CREATE TABLE venue (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  region_code BIGINT NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  place text,
  agency_id UUID NOT NULL,
  responsible_id UUID,
  rooms TEXT[] DEFAULT '{}' NOT NULL,
  services TEXT[] DEFAULT '{}' NOT NULL,
  capacity INTEGER,
  hours_note text,
  hours JSONB DEFAULT '{}' NOT NULL,
  state text NOT NULL,
  opened_on DATE,
  suspended_on DATE,
  closed_on DATE,
  reason text,
  PRIMARY KEY (id),
  CONSTRAINT venue_kind_known CHECK (kind IN ('womens_home', 'childrens_home',
    'left_behind_children_station', 'rights_station', 'parent_school', 'training_base', 'handicraft_studio')),
  CONSTRAINT venue_state_known CHECK (state IN ('planned', 'open', 'suspended', 'closed')),
  CONSTRAINT venue_name_key UNIQUE (region_code, name),
  FOREIGN KEY(agency_id) REFERENCES agency (id),
  FOREIGN KEY(responsible_id) REFERENCES staff (id)
);
CREATE INDEX venue_region_idx ON venue (region_code, id);

CREATE TABLE activity (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  region_code BIGINT NOT NULL,
  venue_id UUID,
  place text,
  kind text NOT NULL,
  title text NOT NULL,
  description text,
  agency_id UUID NOT NULL,
  responsible_id UUID,
  starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  sign_up_until TIMESTAMP WITH TIME ZONE NOT NULL,
  capacity INTEGER,
  audience TEXT[] DEFAULT '{}' NOT NULL,
  state text NOT NULL,
  opened_on DATE,
  reason text,
  summary text,
  arrivals INTEGER NOT NULL,
  taken INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  attended INTEGER NOT NULL,
  others_attended INTEGER NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT activity_kind_known CHECK (kind IN ('lecture', 'girls_protection', 'parent_school',
    'culture_sport', 'delegates_day', 'skill_training', 'family_education', 'health', 'legal_education',
    'holiday_care', 'other')),
  CONSTRAINT activity_state_known CHECK (state IN ('planned', 'open', 'held', 'cancelled')),
  CONSTRAINT activity_dated CHECK (ends_at > starts_at),
  CONSTRAINT activity_not_overbooked CHECK (capacity IS NULL OR taken <= capacity),
  FOREIGN KEY(venue_id) REFERENCES venue (id),
  FOREIGN KEY(agency_id) REFERENCES agency (id),
  FOREIGN KEY(responsible_id) REFERENCES staff (id)
);
CREATE INDEX activity_region_idx ON activity (region_code, id);
CREATE INDEX activity_venue_idx ON activity (venue_id, id);

CREATE TABLE sign_up (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  region_code BIGINT NOT NULL,
  county BIGINT GENERATED ALWAYS AS (region_code / 1000000) STORED NOT NULL,
  township BIGINT GENERATED ALWAYS AS (region_code / 1000) STORED NOT NULL,
  activity_id UUID NOT NULL,
  person_id UUID NOT NULL,
  arrival INTEGER NOT NULL,
  state text NOT NULL,
  attendance text,
  minutes SMALLINT,
  PRIMARY KEY (id),
  CONSTRAINT sign_up_state_known CHECK (state IN ('registered', 'waiting', 'withdrawn')),
  CONSTRAINT sign_up_attendance_known CHECK (attendance IN ('present', 'absent')),
  CONSTRAINT sign_up_arrival_key UNIQUE (activity_id, arrival),
  FOREIGN KEY(activity_id) REFERENCES activity (id),
  FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE INDEX sign_up_county_idx ON sign_up (county, id);
CREATE UNIQUE INDEX sign_up_current_key ON sign_up (activity_id, person_id) WHERE state <> 'withdrawn';
CREATE INDEX sign_up_person_idx ON sign_up (person_id, id);
CREATE INDEX sign_up_region_idx ON sign_up (region_code, id);
CREATE INDEX sign_up_township_idx ON sign_up (township, id);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(LOOK_UPS)
    run_script(TABLES)
    for table, seen in SEEN.items():
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO shouwang_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        rule = f"CASE WHEN {seen} THEN true ELSE false END"
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in reversed(SEEN):
        op.drop_table(table)
    op.execute("DROP FUNCTION region_above(bigint), region_end(bigint)")

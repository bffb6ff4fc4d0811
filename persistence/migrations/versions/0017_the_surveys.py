"""the surveys: questionnaires, rounds, answers, tallies, research reports

Revision ID: 0017
Revises: 0016
"""

from alembic import op

from persistence.migrate import run_script

revision = "0017"
down_revision = "0016"
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


def announced(since: str) -> str:
    """What is of a region is seen there, and from a day on by whoever is somewhere in it."""
    return f"region_code <@ {RANGES} OR ({since} IS NOT NULL AND ({SPAN} && {RANGES} OR {SPAN} && {HOME}))"


SUBJECT = (
    f"(region_code <@ {RANGES} AND {REMIT} & {ANYONE} <> 0) OR EXISTS (SELECT 1 FROM person p WHERE p.id = person_id)"
)
SEEN = {
    "questionnaire": announced("published_on"),
    "survey": announced("opened_on"),
    "survey_answer": SUBJECT,
    "survey_reply": SUBJECT,
    "survey_tally": f"region_code <@ {RANGES}",
    "research_report": announced("published_on"),
    "research_finding": announced("published_on"),
}

TABLES = """
CREATE TABLE questionnaire (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  series_id UUID NOT NULL,
  edition SMALLINT NOT NULL,
  region_code BIGINT NOT NULL,
  agency_id UUID NOT NULL,
  title text NOT NULL,
  questions JSONB DEFAULT '{}' NOT NULL,
  state text NOT NULL,
  published_on DATE,
  retired_on DATE,
  PRIMARY KEY (id),
  CONSTRAINT questionnaire_state_known CHECK (state IN ('draft', 'published', 'retired')),
  CONSTRAINT questionnaire_edition_key UNIQUE (series_id, edition),
  FOREIGN KEY(agency_id) REFERENCES agency (id)
);
CREATE INDEX questionnaire_region_idx ON questionnaire (region_code, id);

CREATE TABLE survey (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  questionnaire_id UUID NOT NULL,
  region_code BIGINT NOT NULL,
  agency_id UUID NOT NULL,
  title text NOT NULL,
  opens_on DATE NOT NULL,
  closes_on DATE NOT NULL,
  audience TEXT[] DEFAULT '{}' NOT NULL,
  anonymous BOOLEAN NOT NULL,
  state text NOT NULL,
  opened_on DATE,
  closed_on DATE,
  PRIMARY KEY (id),
  CONSTRAINT survey_state_known CHECK (state IN ('planned', 'open', 'closed')),
  CONSTRAINT survey_dated CHECK (closes_on >= opens_on),
  FOREIGN KEY(questionnaire_id) REFERENCES questionnaire (id),
  FOREIGN KEY(agency_id) REFERENCES agency (id)
);
CREATE INDEX survey_questionnaire_idx ON survey (questionnaire_id, id);
CREATE INDEX survey_region_idx ON survey (region_code, id);

CREATE TABLE survey_answer (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  region_code BIGINT NOT NULL,
  county BIGINT GENERATED ALWAYS AS (region_code / 1000000) STORED NOT NULL,
  township BIGINT GENERATED ALWAYS AS (region_code / 1000) STORED NOT NULL,
  survey_id UUID NOT NULL,
  person_id UUID NOT NULL,
  answered_on DATE NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT survey_answer_key UNIQUE (survey_id, person_id),
  FOREIGN KEY(survey_id) REFERENCES survey (id),
  FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE INDEX survey_answer_county_idx ON survey_answer (county, id);
CREATE INDEX survey_answer_person_idx ON survey_answer (person_id, id);
CREATE INDEX survey_answer_region_idx ON survey_answer (region_code, id);
CREATE INDEX survey_answer_township_idx ON survey_answer (township, id);

CREATE TABLE survey_reply (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  region_code BIGINT NOT NULL,
  county BIGINT GENERATED ALWAYS AS (region_code / 1000000) STORED NOT NULL,
  township BIGINT GENERATED ALWAYS AS (region_code / 1000) STORED NOT NULL,
  survey_id UUID NOT NULL,
  answer_id UUID NOT NULL,
  person_id UUID NOT NULL,
  question text NOT NULL,
  field_class text NOT NULL,
  as_open TEXT[] DEFAULT '{}' NOT NULL,
  as_personal TEXT[] DEFAULT '{}' NOT NULL,
  as_health TEXT[] DEFAULT '{}' NOT NULL,
  as_hardship TEXT[] DEFAULT '{}' NOT NULL,
  as_confidential TEXT[] DEFAULT '{}' NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT survey_reply_class_known CHECK (field_class IN ('open', 'personal', 'health', 'hardship',
    'confidential')),
  CONSTRAINT survey_reply_key UNIQUE (answer_id, question),
  FOREIGN KEY(survey_id) REFERENCES survey (id),
  FOREIGN KEY(answer_id) REFERENCES survey_answer (id),
  FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE INDEX survey_reply_person_idx ON survey_reply (person_id, id);

CREATE TABLE survey_tally (
  id UUID NOT NULL,
  survey_id UUID NOT NULL,
  level SMALLINT NOT NULL,
  region_code BIGINT NOT NULL,
  question text NOT NULL,
  choice text NOT NULL,
  people INTEGER NOT NULL,
  people_safe INTEGER,
  PRIMARY KEY (id),
  CONSTRAINT survey_tally_key UNIQUE (survey_id, level, region_code, question, choice),
  FOREIGN KEY(survey_id) REFERENCES survey (id)
);
CREATE INDEX survey_tally_region_idx ON survey_tally (region_code, id);

CREATE TABLE research_report (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  region_code BIGINT NOT NULL,
  agency_id UUID NOT NULL,
  survey_id UUID,
  title text NOT NULL,
  summary text NOT NULL,
  state text NOT NULL,
  published_on DATE,
  PRIMARY KEY (id),
  CONSTRAINT research_report_state_known CHECK (state IN ('draft', 'published')),
  FOREIGN KEY(agency_id) REFERENCES agency (id),
  FOREIGN KEY(survey_id) REFERENCES survey (id)
);
CREATE INDEX research_report_region_idx ON research_report (region_code, id);

CREATE TABLE research_finding (
  id UUID NOT NULL,
  version INTEGER DEFAULT 1 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  report_id UUID NOT NULL,
  region_code BIGINT NOT NULL,
  finding text NOT NULL,
  action text NOT NULL,
  agency_id UUID NOT NULL,
  due_on DATE,
  done_on DATE,
  outcome text,
  published_on DATE,
  PRIMARY KEY (id),
  CONSTRAINT research_finding_concluded CHECK ((done_on IS NULL) = (outcome IS NULL)),
  FOREIGN KEY(report_id) REFERENCES research_report (id),
  FOREIGN KEY(agency_id) REFERENCES agency (id)
);
CREATE INDEX research_finding_region_idx ON research_finding (region_code, id);
CREATE INDEX research_finding_report_idx ON research_finding (report_id, id);
"""

STAYS = """
CREATE FUNCTION questionnaire_stays() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'a published questionnaire never changes' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER questionnaire_stays BEFORE UPDATE OF questions, title, series_id, edition ON questionnaire
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION questionnaire_stays();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(TABLES)
    run_script(STAYS)
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
    op.execute("DROP FUNCTION questionnaire_stays()")

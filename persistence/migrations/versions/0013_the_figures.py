"""the figures: what the ledger counts, kept in the transaction of each change

Revision ID: 0013
Revises: 0012

Statement triggers note whose file a statement touched; at the commit one set-based statement
computes those people anew and appends the difference to ``figure_change``, a heap of +n and -n that
no two writers share a row of. A job folds it into ``figure``. So every way of writing counts, also
those that are yet to be written, and none has to think of it (docs/decisions).
"""

from alembic import op

from persistence.migrate import run_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

RANGES = "(SELECT nullif(current_setting('shouwang.ranges', true), '')::int8multirange)"
REMIT = "(SELECT nullif(current_setting('shouwang.remit', true), '')::int)"
ANYONE = 128  # domain.people.model.Remit.ANYONE, frozen here as of this revision
POPULATIONS = 7  # its bits for the three populations, which are the lowest of a cell, too
EVERYTHING = (
    "SET search_path = public, pg_temp SET \"shouwang.ranges\" = '{[0,1000000000000)}' "
    "SET \"shouwang.remit\" = '128' SET \"shouwang.grantee\" = ''"
)

TABLES = """
CREATE TABLE person_figure (
  person_id uuid PRIMARY KEY,
  region_code bigint NOT NULL,
  cell bigint,
  next_band_on date
);
CREATE INDEX person_figure_next_band_idx ON person_figure (next_band_on) WHERE next_band_on IS NOT NULL;
CREATE INDEX person_figure_region_idx ON person_figure (region_code);

CREATE TABLE figure (
  lo bigint NOT NULL, hi bigint NOT NULL, cell bigint NOT NULL, n bigint NOT NULL, PRIMARY KEY (lo, hi, cell)
);
CREATE INDEX figure_empty_idx ON figure (lo) WHERE n = 0;

CREATE TABLE figure_month (
  lo bigint NOT NULL, hi bigint NOT NULL, month date NOT NULL, cell bigint NOT NULL, n bigint NOT NULL,
  PRIMARY KEY (lo, hi, month, cell)
);
CREATE INDEX figure_month_empty_idx ON figure_month (lo) WHERE n = 0;

CREATE TABLE figure_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  region_code bigint NOT NULL, month date NOT NULL, cell bigint NOT NULL, n bigint NOT NULL
);
CREATE INDEX figure_change_region_idx ON figure_change (region_code);

-- Rows of a transaction that has not ended; nobody else ever sees them, a crash takes them rightly.
CREATE UNLOGGED TABLE figure_touch (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
  people uuid[] NOT NULL
);
CREATE INDEX figure_touch_xact_idx ON figure_touch (xact);

CREATE TABLE figure_state (
  one boolean PRIMARY KEY DEFAULT true,
  as_of date NOT NULL,
  published_for date,
  recounted_at timestamptz,
  differences bigint NOT NULL DEFAULT 0,
  CONSTRAINT figure_state_one CHECK (one)
);
INSERT INTO figure_state (as_of) VALUES ((now() AT TIME ZONE 'Asia/Shanghai')::date);

CREATE TABLE published_figure (
  population text NOT NULL, breakdown text NOT NULL, lo bigint NOT NULL, hi bigint NOT NULL, category text NOT NULL,
  month date NOT NULL, n bigint,
  PRIMARY KEY (population, breakdown, lo, hi, category)
);
CREATE INDEX published_figure_level_idx ON published_figure (population, breakdown, lo);
"""

# One row a person: what she counts as on a day, packed into a bigint as domain.statistics.dimensions
# says. NULL: not counted (dead, deregistered, gone). Bits of ``remit`` spare look-ups where there is
# nothing to find; a current row must still be there.
FIGURE_OF = """
CREATE FUNCTION figure_of(ids uuid[], day date)
RETURNS TABLE (person_id uuid, region_code bigint, cell bigint, next_band_on date)
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
SELECT t.id, coalesce(p.region_code, 0),
  CASE WHEN p.situation <> 'dead' AND p.deregistered_on IS NULL THEN
    own.populations::bigint | (s.bits << 3)
    | (CASE p.sex WHEN '1' THEN 1 WHEN '2' THEN 2 WHEN '9' THEN 3 ELSE 0 END::bigint << 6)
    | (age.band::bigint << 8)
    | (coalesce(nullif(left(p.education, 1), '')::int, 0)::bigint << 12)
    | (coalesce(array_position(ARRAY['not_yet', 'kindergarten', 'primary', 'junior', 'senior', 'vocational',
        'dropped_out', 'not_in_school'], c.schooling), 0)::bigint << 16)
    | (s.away::bigint << 20)
    | (CASE WHEN NOT own.populations & 2 <> 0 THEN 0 ELSE coalesce(g.carer,
        CASE c.care_class WHEN 'nobody' THEN 5 WHEN 'incapable_parent' THEN 4 ELSE 0 END) END::bigint << 22)
    | (CASE WHEN c.care_class IN ('nobody', 'incapable_parent', 'entrusted_poor') THEN 3
        ELSE coalesce(array_position(ARRAY['good', 'average', 'poor'], coalesce(c.care_class, g.capability)), 0)
      END::bigint << 25)
    | (coalesce(array_position(ARRAY['healthy', 'disabled', 'chronic', 'serious_illness'], p.health), 0)::bigint << 27)
    | (least(p.priority, 3)::bigint << 30)
    | ((('subsistence_allowance' = ANY (p.hardship))::int | ('destitute' = ANY (p.hardship))::int * 2
       | ('low_income' = ANY (p.hardship))::int * 4 | ('poverty_file' = ANY (p.hardship))::int * 8)::bigint << 32)
    | (coalesce((c.relief && ARRAY['subsistence_allowance', '低保'])::int
       | (c.relief && ARRAY['temporary', '临时救助'])::int * 2
       | (c.relief && ARRAY['medical', '医疗救助'])::int * 4
       | (c.relief && ARRAY['housing', '住房救助'])::int * 8
       | (NOT c.relief <@ ARRAY['subsistence_allowance', '低保', 'temporary', '临时救助', 'medical', '医疗救助',
            'housing', '住房救助'])::int * 16, 0)::bigint << 36)
    | (coalesce(array_position(ARRAY['alone', 'couple_only', 'with_grandchildren', 'with_family'],
        e.living_arrangement), 0)::bigint << 41)
    | (coalesce(array_position(ARRAY['able', 'partly', 'unable'], e.self_care), 0)::bigint << 44)
    | (coalesce(array_position(ARRAY['living', 'missing', 'imprisoned'], p.situation), 0)::bigint << 46)
  END,
  -- adding years to 29 February gives the 28th in a common year, as domain.people.days.birthday does
  CASE WHEN p.situation <> 'dead' AND p.deregistered_on IS NULL
    THEN (p.birth_date + make_interval(years => age.next_at))::date END
FROM unnest(ids) AS t(id)
LEFT JOIN person p ON p.id = t.id
LEFT JOIN LATERAL (
  SELECT 1 AS held FROM woman_profile w WHERE p.remit & 1 <> 0 AND w.person_id = p.id AND w.valid_to IS NULL) w ON true
LEFT JOIN LATERAL (
  SELECT 2 AS held, x.schooling, x.care_class, x.relief FROM child_profile x
  WHERE p.remit & 2 <> 0 AND x.person_id = p.id AND x.valid_to IS NULL) c ON true
LEFT JOIN LATERAL (
  SELECT 4 AS held, x.living_arrangement, x.self_care FROM elder_profile x
  WHERE p.remit & 4 <> 0 AND x.person_id = p.id AND x.valid_to IS NULL) e ON true
CROSS JOIN LATERAL (SELECT coalesce(w.held, 0) | coalesce(c.held, 0) | coalesce(e.held, 0) AS populations) own
CROSS JOIN LATERAL (
  SELECT coalesce(bit_or(CASE l.population WHEN 'woman' THEN 1 WHEN 'child' THEN 2 ELSE 4 END) & own.populations, 0)
           ::bigint AS bits,
    coalesce(max(CASE WHEN l.population <> 'child' OR own.populations & 2 = 0 THEN 0
      WHEN l.reasons && ARRAY['father_away', 'father_away_by_form']
       AND l.reasons && ARRAY['mother_away', 'mother_away_by_form'] THEN 1 ELSE 2 END), 0) AS away
  FROM left_behind_status l
  WHERE own.populations <> 0 AND l.person_id = p.id AND l.valid_to IS NULL AND l.status = 'left_behind') s
LEFT JOIN LATERAL (
  SELECT CASE WHEN x.kind = 'parent' THEN 4
      WHEN x.relation LIKE '6_' THEN 1
      WHEN x.relation IN ('80', '99') THEN 3
      WHEN x.relation IS NULL THEN NULL ELSE 2 END AS carer, x.capability
  FROM guardianship x
  WHERE own.populations & 2 <> 0 AND x.ward_id = p.id AND x.valid_to IS NULL
  ORDER BY x.kind = 'parent', x.relation IS NULL, x.valid_from DESC, x.id LIMIT 1) g ON true
CROSS JOIN LATERAL (
  SELECT since.years - (p.birth_date + make_interval(years => since.years) > day)::int AS years
  FROM (SELECT extract(year FROM day)::int - extract(year FROM p.birth_date)::int AS years) since) birthday
CROSS JOIN LATERAL (
  SELECT CASE WHEN birthday.years IS NULL THEN 0
      ELSE width_bucket(birthday.years, ARRAY[6, 14, 16, 20, 30, 40, 50, 60, 70, 80]) + 1 END AS band,
    CASE WHEN birthday.years < 80
      THEN (ARRAY[6, 14, 16, 20, 30, 40, 50, 60, 70, 80])[
        width_bucket(birthday.years, ARRAY[6, 14, 16, 20, 30, 40, 50, 60, 70, 80]) + 1] END AS next_at) age
$$;

-- The day of business: that of the transaction, else the clock's in Shanghai.
CREATE FUNCTION figure_day() RETURNS date LANGUAGE sql STABLE
RETURN coalesce(nullif(current_setting('shouwang.today', true), '')::date, (now() AT TIME ZONE 'Asia/Shanghai')::date);
"""

# Writers lock the figures of whom they touched at the very end, in key order, and wait for nobody
# afterwards: they cannot deadlock. The second statement sees what was committed while the first waited.
REFRESH = f"""
CREATE FUNCTION figure_refresh(ids uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER {EVERYTHING}
AS $$
DECLARE day date := figure_day(); changed bigint;
BEGIN
  PERFORM 1 FROM person_figure WHERE person_id = ANY (ids) ORDER BY person_id FOR UPDATE;
  WITH fresh AS MATERIALIZED (SELECT * FROM figure_of(ids, day)),
  former AS MATERIALIZED (SELECT f.person_id, f.region_code, f.cell FROM person_figure f WHERE f.person_id = ANY (ids)),
  kept AS (
    INSERT INTO person_figure AS f (person_id, region_code, cell, next_band_on) SELECT * FROM fresh
    ON CONFLICT (person_id) DO UPDATE
    SET region_code = EXCLUDED.region_code, cell = EXCLUDED.cell, next_band_on = EXCLUDED.next_band_on
    WHERE (f.region_code, f.cell, f.next_band_on)
      IS DISTINCT FROM (EXCLUDED.region_code, EXCLUDED.cell, EXCLUDED.next_band_on))
  INSERT INTO figure_change (region_code, month, cell, n)
  SELECT region_code, date_trunc('month', day)::date, cell, sum(n) FROM (
    SELECT region_code, cell, -1 AS n FROM former UNION ALL SELECT region_code, cell, 1 FROM fresh) each
  WHERE cell IS NOT NULL GROUP BY region_code, cell HAVING sum(n) <> 0;
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN changed;
END $$;

CREATE FUNCTION figure_at_commit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {EVERYTHING}
AS $$
DECLARE touched uuid[];
BEGIN
  WITH mine AS (DELETE FROM figure_touch WHERE xact = pg_current_xact_id() RETURNING people)
  SELECT array_agg(DISTINCT id ORDER BY id) INTO touched FROM mine, unnest(people) AS id;
  IF touched IS NOT NULL THEN PERFORM figure_refresh(touched); END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER figure_touch_at_commit AFTER INSERT ON figure_touch
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION figure_at_commit();

-- Moves on those whose birthday brought them into another band; returns how many figures changed.
CREATE FUNCTION figure_move_bands() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER {EVERYTHING}
AS $$
DECLARE due uuid[]; changed bigint := 0;
BEGIN
  SELECT array_agg(person_id) INTO due FROM (
    SELECT person_id FROM person_figure WHERE next_band_on <= figure_day() ORDER BY person_id LIMIT 5000) each;
  IF due IS NOT NULL THEN PERFORM figure_refresh(due); changed := cardinality(due); END IF;
  RETURN changed;
END $$;
"""

# Table → the column that says whose file a row is of.
FILE = {
    "person": "id",
    "woman_profile": "person_id",
    "child_profile": "person_id",
    "elder_profile": "person_id",
    "guardianship": "ward_id",
    "left_behind_status": "person_id",
}


def note(column: str) -> str:
    """Notes whose files a statement touched; from another owner's former hands, too."""
    return f"""
CREATE FUNCTION figure_note_{column}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {EVERYTHING}
AS $$ BEGIN
  INSERT INTO figure_touch (people) SELECT array_agg(DISTINCT {column}) FROM changed HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE FUNCTION figure_note_former_{column}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {EVERYTHING}
AS $$ BEGIN
  INSERT INTO figure_touch (people) VALUES (ARRAY[OLD.{column}]);
  RETURN NULL;
END $$;
"""


def triggers(table: str, column: str) -> str:
    """Whatever inserts, changes, deletes or hands over rows of a table is noted."""
    made = f"""
CREATE TRIGGER {table}_figure_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION figure_note_{column}();
CREATE TRIGGER {table}_figure_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION figure_note_{column}();
CREATE TRIGGER {table}_figure_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION figure_note_{column}();
"""
    if column == "id":
        return made
    return (
        made
        + f"""
CREATE TRIGGER {table}_figure_former AFTER UPDATE OF {column} ON {table} FOR EACH ROW
WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION figure_note_former_{column}();
"""
    )


# A figure is seen where its whole region is: a county's by nobody who sees two of its townships.
SEEN = (
    f"CASE WHEN int8range(lo, hi) <@ {RANGES} AND ({REMIT} & {ANYONE} <> 0 "
    f"OR cell & {REMIT} & {POPULATIONS} <> 0) THEN true ELSE false END"
)
SEEN_CHANGE = SEEN.replace("int8range(lo, hi)", "region_code")
POLICIES = {
    "person_figure": f"CASE WHEN region_code <@ {RANGES} AND {REMIT} & {ANYONE} <> 0 THEN true ELSE false END",
    "figure": SEEN,
    "figure_month": SEEN,
    "figure_change": SEEN_CHANGE,
    "figure_touch": "true",
    "figure_state": "true",
    "published_figure": "true",  # made for everybody's eyes
}
COUNT_EVERYBODY = """
SELECT set_config('shouwang.ranges', '{[0,1000000000000)}', true), set_config('shouwang.remit', '128', true);
SELECT figure_refresh(people) FROM (SELECT array_agg(id) AS people FROM person GROUP BY region_code) each;
SELECT set_config('shouwang.ranges', '', true), set_config('shouwang.remit', '', true);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    run_script(TABLES)
    for table, seen in POLICIES.items():
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO shouwang_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_scope ON {table} USING ({seen}) WITH CHECK ({seen})")
    run_script(FIGURE_OF)
    run_script(REFRESH)
    for column in sorted(set(FILE.values())):
        run_script(note(column))
    for table, column in FILE.items():
        run_script(triggers(table, column))
    run_script(COUNT_EVERYBODY)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, column in FILE.items():
        for act in ("insert", "update", "delete", *(() if column == "id" else ("former",))):
            op.execute(f"DROP TRIGGER {table}_figure_{act} ON {table}")
    for column in sorted(set(FILE.values())):
        op.execute(f"DROP FUNCTION figure_note_{column}(), figure_note_former_{column}()")
    for table in POLICIES:
        op.drop_table(table)
    op.execute("DROP FUNCTION figure_move_bands(), figure_at_commit(), figure_refresh(uuid[]), figure_day()")
    op.execute("DROP FUNCTION figure_of(uuid[], date)")

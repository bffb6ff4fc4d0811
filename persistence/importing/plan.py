"""What is to be done with the records of people the ledger knows: insert, update, replace or nothing.

Nothing is written here but the staging tables, so that ``validate`` and ``apply`` count alike.
A blank cell never erases; an older survey only fills what is blank; a record that stays as it is
gets ``none``. New people are ``insert`` from the start and pass through untouched.
"""

from datetime import date
from typing import Final

import asyncpg

from domain.imports.faults import sentence
from persistence.importing.resolve import same_relation
from persistence.importing.staging import PERSON_FACTS, PROFILES

# In these columns a value stands for "not known".
_BLANK: Final = {
    "sex": "nullif(p.sex, '0')",
    "hardship": "nullif(p.hardship, '{}')",
    "situation": "nullif(p.situation, 'living')",
}
_DERIVED: Final = frozenset({"name_pinyin", "name_initials", "died_on"})  # change along with name and situation


def _held(column: str, kind: str) -> str:
    return _BLANK.get(column) or (f"nullif(p.{column}, '{{}}')" if kind == "text[]" else f"p.{column}")


def merged(column: str, kind: str) -> str:
    """Return the value a column gets: the staged one where it may speak, else what is held."""
    held = _held(column, kind)
    if column == "died_on":  # a death is on file with its day, a roster only says that somebody is dead
        return f"coalesce(p.{column}, s.{column})"
    return f"CASE WHEN s.newer THEN coalesce(s.{column}, {held}) ELSE coalesce({held}, s.{column}) END"


def _differs(column: str, kind: str) -> str:
    return f"CASE WHEN {merged(column, kind)} IS DISTINCT FROM {_held(column, kind)} THEN '{column}' END"


def _changed(columns: tuple[tuple[str, str], ...]) -> str:
    return f"array_remove(ARRAY[{', '.join(_differs(name, kind) for name, kind in columns)}]::text[], NULL)"


def _of_known(column: str) -> str:
    """Return the condition that a staged record is of somebody known: of the others there is none to look for."""
    return f"s.{column} IN (SELECT k.id FROM stage_person k WHERE k.known)"


_FACTS: Final = tuple(one for one in PERSON_FACTS if one[0] not in _DERIVED)

# Sealed fields are compared by blind index: what is held, or may not be overwritten, falls away.
SEALED: Final = (
    """
    UPDATE stage_person s SET identity_number_cipher = NULL, identity_number_blind = NULL, identity_number_masked = NULL
    FROM person p WHERE s.known AND p.id = s.id AND s.identity_number_blind IS NOT NULL
      AND p.identity_number_blind IS NOT NULL
    """,
    """
    UPDATE stage_person s SET phone_cipher = NULL, phone_blind = NULL, phone_masked = NULL, phone_tail_blind = NULL
    FROM person p WHERE s.known AND p.id = s.id AND s.phone_blind IS NOT NULL
      AND (p.phone_blind = s.phone_blind OR (p.phone_blind IS NOT NULL AND NOT s.newer))
    """,
    """
    UPDATE stage_person s SET address_cipher = NULL, address_masked = NULL
    FROM person p WHERE s.known AND p.id = s.id AND s.address_cipher IS NOT NULL
      AND p.address_cipher IS NOT NULL AND NOT s.newer
    """,
    """
    UPDATE stage_household s SET address_cipher = NULL, address_masked = NULL
    FROM household h WHERE s.act = 'update' AND h.id = s.id AND h.address_cipher IS NOT NULL
    """,
)
# Ages of the survey against the person's last one, for all that hangs on her.
NEWER: Final = tuple(
    f"UPDATE stage_{table} s SET newer = p.newer FROM stage_person p WHERE p.known AND p.id = s.{column}"
    for table, column in (
        ("guardianship", "ward_id"),
        ("absence", "person_id"),
        ("status", "person_id"),
        *((f"{form}_profile", "person_id") for form in PROFILES),
    )
)
PEOPLE: Final = f"""
UPDATE stage_person s SET changed = {_changed(_FACTS)}
  || CASE WHEN p.household_id IS NULL AND s.household_id IS NOT NULL THEN ARRAY['household_id'] ELSE '{{}}' END
  || CASE WHEN s.identity_number_blind IS NOT NULL THEN ARRAY['identity_number'] ELSE '{{}}' END
  || CASE WHEN s.phone_blind IS NOT NULL THEN ARRAY['phone'] ELSE '{{}}' END
  || CASE WHEN s.address_cipher IS NOT NULL THEN ARRAY['address'] ELSE '{{}}' END
FROM person p WHERE s.act = 'update' AND p.id = s.id
"""
KINSHIPS: Final = (
    f"""
    UPDATE stage_kinship s SET act = 'none' FROM kinship k
    WHERE {_of_known("person_id")} AND k.person_id = s.person_id AND k.relative_id = s.relative_id
      AND {same_relation("k.relation", "s.relation")}
    """,
    # Two names of a row may turn out to be one person of the ledger.
    """
    UPDATE stage_kinship s SET act = 'none' FROM (
      SELECT target, row_number() OVER (PARTITION BY person_id, relative_id, relation ORDER BY target) AS copy
      FROM stage_kinship) k
    WHERE k.target = s.target AND k.copy > 1
    """,
)
GUARDIANSHIPS: Final = (
    # A parent guards by being named as one: who is on file as a parent does so already, or does so no more.
    f"""
    UPDATE stage_guardianship s SET act = 'none' FROM stage_kinship k
    WHERE {_of_known("ward_id")} AND s.kind = 'parent' AND k.person_id = s.ward_id AND k.relative_id = s.guardian_id
      AND k.act = 'none'
    """,
    f"""
    UPDATE stage_guardianship s SET act = 'update', target = p.id,
      changed = {_changed((("relation", "text"), ("capability", "text")))}
    FROM guardianship p
    WHERE {_of_known("ward_id")} AND p.ward_id = s.ward_id AND p.guardian_id = s.guardian_id AND p.kind = s.kind
      AND p.valid_to IS NULL
    """,
)
_AWAY: Final = (
    ("since", "date"),
    ("reason", "text"),
    ("destination", "text"),
    ("destination_code", "bigint"),
    ("contact_frequency", "text"),
)
ABSENCES: Final = (
    # Whoever is hidden is left alone; what an earlier row stated of a known person stands.
    """
    DELETE FROM stage_absence s USING stage_person p
    WHERE p.id = s.person_id AND p.known AND (p.act = 'none' OR s.stated)
    """,
    # A spell that is on record and over stays over; an older survey adds none.
    """
    UPDATE stage_absence s SET act = 'none' FROM stage_person k
    WHERE k.known AND k.id = s.person_id AND EXISTS (
      SELECT FROM absence a WHERE a.person_id = s.person_id AND (NOT s.newer OR a.since = s.since))
    """,
    # The same words are the same place, however closely it was known when they were written down.
    f"""
    UPDATE stage_absence s SET destination_code = NULL FROM absence p
    WHERE {_of_known("person_id")} AND p.person_id = s.person_id AND p.returned_on IS NULL
      AND p.destination = s.destination AND p.destination_code IS NOT NULL
    """,
    f"""
    UPDATE stage_absence s SET act = 'update', target = p.id, changed = {_changed(_AWAY)}
    FROM absence p WHERE {_of_known("person_id")} AND p.person_id = s.person_id AND p.returned_on IS NULL
    """,
)
# One column of a form speaks of two records. What is on file in the one is no news for the other.
TOLD_TWICE: Final = {
    # "Parent unable to act" is the child's column, and makes the parent incapable.
    "child": """
    UPDATE stage_person s SET capable = NULL FROM stage_kinship k, child_profile c
    WHERE s.known AND s.capable IS FALSE AND k.relative_id = s.id AND c.person_id = k.person_id AND c.valid_to IS NULL
      AND c.incapable_parent IN ('both', CASE k.relation WHEN '51' THEN 'father' WHEN '52' THEN 'mother' END)
    """,
    # The husband's absence is his, and told as the woman's where his file may be another county's.
    "woman": f"""
    UPDATE stage_woman_profile s SET husband_away = NULL, husband_away_since = NULL, husband_away_reason = NULL
    FROM stage_kinship k, stage_absence a, woman_profile p
    WHERE {_of_known("person_id")} AND k.person_id = s.person_id AND k.relation = '11' AND a.person_id = k.relative_id
      AND (a.act = 'none' OR (a.act = 'update' AND a.changed = '{{}}'))
      AND p.person_id = s.person_id AND p.valid_to IS NULL
    """,
}
# A region other than the ledger's is a move, and a move is not for a roster to decide.
ELSEWHERE: Final = """
UPDATE stage_row r SET faults = r.faults || jsonb_build_array(jsonb_build_object('cell', '', 'column', '',
  'severity', 'warning', 'code', 'region.differs', 'message', $1::text))
FROM stage_person s JOIN person p ON p.id = s.id
WHERE s.known AND s.subject AND r.person_id = s.id AND r.outcome IS NULL AND p.region_code <> s.region_code
"""
# The row goes by the number. Two people with one number are a matter for whoever knows them.
RENAMED: Final = """
UPDATE stage_row r SET faults = r.faults || jsonb_build_array(jsonb_build_object('cell', '', 'column', '',
  'severity', 'warning', 'code', 'name.differs', 'message', $1::text))
WHERE r.outcome IS NULL AND r.row_number IN (
  SELECT s.row_number FROM stage_person s JOIN person p ON p.id = s.id WHERE s.act = 'update' AND p.name <> s.name)
"""
OLDER: Final = """
UPDATE stage_row r SET faults = r.faults || jsonb_build_array(jsonb_build_object('cell', '', 'column', '',
  'severity', 'warning', 'code', 'row.older', 'message', $1::text))
FROM stage_person s WHERE s.known AND s.subject AND NOT s.newer AND r.person_id = s.id AND r.outcome IS NULL
"""
# All of a known person's records are kept under the region of her file.
REGIONS: Final = tuple(
    f"UPDATE stage_{table} s SET region_code = p.region_code FROM person p "
    f"WHERE {_of_known(column)} AND p.id = s.{column} AND p.region_code <> s.region_code"
    for table, column in (
        ("kinship", "person_id"),
        ("guardianship", "ward_id"),
        ("absence", "person_id"),
        ("status", "person_id"),
        *((f"{form}_profile", "person_id") for form in PROFILES),
        ("person", "id"),
    )
)
STATUSES: Final = f"""
UPDATE stage_status s SET before = p.status, before_id = p.id,
  act = CASE WHEN (p.status, p.flags) IS DISTINCT FROM (s.status, s.flags) THEN 'replace' ELSE 'update' END,
  changed = array_remove(ARRAY[
    CASE WHEN p.reasons IS DISTINCT FROM s.reasons THEN 'reasons' END,
    CASE WHEN p.next_review_on IS DISTINCT FROM s.next_review_on THEN 'next_review_on' END,
    CASE WHEN p.rule_set_id IS DISTINCT FROM s.rule_set_id THEN 'rule_set_id' END], NULL)
FROM left_behind_status p
WHERE {_of_known("person_id")} AND p.person_id = s.person_id AND p.population = s.population AND p.valid_to IS NULL
"""
STATUSES_OLDER: Final = """
UPDATE stage_status s SET act = 'none' FROM left_behind_status p
WHERE p.id = s.before_id AND p.evaluated_on > $1::date
"""
_TABLES_WITH_CHANGES: Final = ("person", "guardianship", "absence", "status")
_ACTING: Final = ("person", "kinship", "guardianship", "absence", "status")


def profile(form: str) -> str:
    """Return the statement that compares staged profiles with those in force."""
    columns = tuple(one for one in PROFILES[form] if not one[0].startswith("emergency_contact"))
    sealed = (
        " || CASE WHEN s.emergency_contact_cipher IS NOT NULL THEN ARRAY['emergency_contact'] ELSE '{}' END"
        if form == "elder"
        else ""
    )
    return f"""
    UPDATE stage_{form}_profile s SET act = 'update', id = p.id, changed = {_changed(columns)}{sealed}
    FROM {form}_profile p WHERE {_of_known("person_id")} AND p.person_id = s.person_id AND p.valid_to IS NULL
    """


def settle(form: str) -> list[str]:
    """Return the statements that turn updates without a change into nothing."""
    return [
        f"UPDATE stage_{table} SET act = 'none' WHERE act = 'update' AND changed = '{{}}'"
        for table in (*_TABLES_WITH_CHANGES, f"{form}_profile")
    ]


def outcomes(form: str) -> str:
    """Return the statement that says how the rows of known subjects ended."""
    acting = " UNION ALL ".join(
        f"SELECT row_number FROM stage_{table} WHERE act <> 'none'" for table in (*_ACTING, f"{form}_profile")
    )
    return f"""
    UPDATE stage_row r SET outcome = CASE
      WHEN r.here THEN 'created'
      WHEN r.row_number IN ({acting}) THEN 'updated' ELSE 'unchanged' END
    WHERE r.known AND r.outcome IS NULL
    """


async def run(connection: asyncpg.Connection, *statements: str) -> None:
    """Run statements without parameters, in order."""
    for statement in statements:
        await connection.execute(statement)


async def plan_sealed(connection: asyncpg.Connection) -> None:
    """Drop the sealed fields that are held already; the rest must be sealed for the rows they go to."""
    await run(connection, *SEALED)


async def plan(connection: asyncpg.Connection, form: str, as_of: date) -> None:
    """Work out every ``act``. The statuses of known people must have been determined anew before."""
    told_twice = [TOLD_TWICE[form]] if form in TOLD_TWICE else []
    await run(connection, *NEWER, *ABSENCES, *told_twice, PEOPLE, *KINSHIPS, *GUARDIANSHIPS, profile(form), STATUSES)
    await connection.execute(STATUSES_OLDER, as_of)
    for statement, code in ((ELSEWHERE, "region.differs"), (RENAMED, "name.differs"), (OLDER, "row.older")):
        await connection.execute(statement, sentence(code))
    await run(connection, *REGIONS, *settle(form), outcomes(form))


__all__ = ["merged", "plan", "plan_sealed", "run"]

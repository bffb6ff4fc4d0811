"""Writing a planned chunk: one INSERT or UPDATE per table, in the order their keys ask for."""

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from domain.imports.determination import POPULATION
from domain.imports.model import RosterForm
from domain.people.model import Remit
from domain.people.remits import HOUSEHOLD, OWN
from persistence.importing.plan import merged
from persistence.importing.staging import PERSON_FACTS, PROFILES, SEALED

_FACT_NAMES: Final = [name for name, _ in PERSON_FACTS]
_SEALED_NAMES: Final = [name for name, _ in SEALED]
_NOT_NULL: Final = {
    "sex": "coalesce(sex, '0')",
    "hardship": "coalesce(hardship, '{}')",
    "situation": "coalesce(situation, 'living')",
    "name_pinyin": "coalesce(name_pinyin, '')",
    "name_initials": "coalesce(name_initials, '')",
}
_HOME: Final = {"sex": "'0'", "hardship": "'{}'", "situation": "'living'"}

HOUSEHOLDS: Final = """
INSERT INTO household (id, region_code, remit, head_id, address_cipher, address_masked)
SELECT id, region_code, $1::smallint, head_id, address_cipher, address_masked
FROM stage_household WHERE act = 'insert'
"""
PEOPLE: Final = f"""
INSERT INTO person (id, region_code, household_id, remit, priority,
  {", ".join(_FACT_NAMES + _SEALED_NAMES)}, surveyed_on)
SELECT id, region_code, household_id, remit, priority,
  {", ".join(_NOT_NULL.get(name, name) for name in _FACT_NAMES)}, {", ".join(_SEALED_NAMES)}, $1::date
FROM stage_person WHERE act = 'insert'
"""
KINSHIPS: Final = """
INSERT INTO kinship (id, person_id, relative_id, relation, region_code)
SELECT target, person_id, relative_id, relation, region_code FROM stage_kinship WHERE act = 'insert'
"""
GUARDIANSHIPS: Final = """
INSERT INTO guardianship (id, ward_id, guardian_id, kind, relation, capability, valid_from, region_code)
SELECT target, ward_id, guardian_id, kind, relation, capability, $1::date, region_code
FROM stage_guardianship WHERE act = 'insert'
"""
OPENED: Final = """
INSERT INTO person_access (id, grantee_id, person_id, via, via_id)
SELECT uuidv7(), guardian_id, ward_id, 'guardianship', target FROM stage_guardianship WHERE act = 'insert'
"""
ABSENCES: Final = """
INSERT INTO absence (id, person_id, since, reason, destination, destination_code, contact_frequency, region_code)
SELECT target, person_id, since, coalesce(reason, 'work'), destination, destination_code, contact_frequency, region_code
FROM stage_absence WHERE act = 'insert'
"""
STATUS_ENDED: Final = """
UPDATE left_behind_status p SET version = p.version + 1, updated_at = now(), next_review_on = NULL,
  valid_to = greatest(coalesce(s.since, $1::date), p.valid_from)
FROM stage_status s WHERE s.act = 'replace' AND p.id = s.before_id
"""
STATUSES: Final = """
INSERT INTO left_behind_status (id, person_id, population, status, flags, reasons, rule_set_id, valid_from,
  evaluated_on, next_review_on, cause, cause_event_id, region_code)
SELECT s.target, s.person_id, s.population, s.status, s.flags, s.reasons, s.rule_set_id,
  greatest(coalesce(s.since, $1::date), p.valid_from), $1::date, s.next_review_on, $2::text, $3::uuid, s.region_code
FROM stage_status s LEFT JOIN left_behind_status p ON p.id = s.before_id
WHERE s.act IN ('insert', 'replace')
"""


def _profile(form: str) -> str:
    names = ", ".join(name for name, _ in PROFILES[form])
    values = ", ".join(f"coalesce({name}, '{{}}')" if kind == "text[]" else name for name, kind in PROFILES[form])
    return f"""
    INSERT INTO {form}_profile (id, person_id, region_code, valid_from, {names})
    SELECT id, person_id, region_code, $1::date, {values} FROM stage_{form}_profile WHERE act = 'insert'
    """


async def open_files(connection: asyncpg.Connection) -> None:
    """Open each ward's file to her guardians, under the scope that sees everybody."""
    await connection.execute(OPENED)


async def insert_all(
    connection: asyncpg.Connection, form: RosterForm, as_of: date, cause: str, cause_event: UUID
) -> None:
    """Insert what is new, all but who may see it."""
    own = int(OWN[POPULATION[form]] | Remit.ANYONE)
    await connection.execute(HOUSEHOLDS, own)
    await connection.execute(PEOPLE, as_of)
    await connection.execute(_profile(form), as_of)
    await connection.execute(KINSHIPS)
    await connection.execute(GUARDIANSHIPS, as_of)
    await connection.execute(ABSENCES)
    await connection.execute(STATUS_ENDED, as_of)
    await connection.execute(STATUSES, as_of, cause, cause_event)


def _set(columns: tuple[tuple[str, str], ...]) -> str:
    given = (
        (name, f"coalesce({merged(name, kind)}, '{{}}')" if kind == "text[]" else merged(name, kind))
        for name, kind in columns
    )
    return ", ".join(
        f"{name} = " + (f"coalesce({value}, {_HOME[name]})" if name in _HOME else value) for name, value in given
    )


_VERSION: Final = "version = p.version + 1, updated_at = now()"
UPDATE_PEOPLE: Final = f"""
UPDATE person p SET {_VERSION}, {_set(PERSON_FACTS)}, household_id = coalesce(p.household_id, s.household_id),
  {", ".join(f"{name} = coalesce(s.{name}, p.{name})" for name in _SEALED_NAMES)}
FROM stage_person s WHERE s.act = 'update' AND p.id = s.id
"""
# Surveyed is surveyed, also where nothing had changed; nobody's version moves for it.
SURVEYED: Final = """
UPDATE person p SET surveyed_on = $1::date
FROM stage_person s WHERE s.known AND p.id = s.id AND (p.surveyed_on IS NULL OR p.surveyed_on < $1::date)
"""
# Nobody signs in for the dead: see ``domain.people.use_cases.consequences``.
END_CLIENTS: Final = """
UPDATE client c SET active = false, secret_hashes = '{}', version = c.version + 1, updated_at = now()
FROM stage_person s JOIN person p ON p.id = s.id
WHERE s.act = 'update' AND p.situation = 'dead' AND c.person_id = p.id AND c.active
RETURNING c.id, c.version, p.region_code
"""
UPDATE_HOUSEHOLDS: Final = f"""
UPDATE household p SET {_VERSION}, address_cipher = s.address_cipher, address_masked = s.address_masked
FROM stage_household s WHERE s.act = 'update' AND p.id = s.id AND s.address_cipher IS NOT NULL
"""
UPDATE_GUARDIANSHIPS: Final = f"""
UPDATE guardianship p SET {_VERSION}, {_set((("relation", "text"), ("capability", "text")))}
FROM stage_guardianship s WHERE s.act = 'update' AND p.id = s.target
"""
_AWAY: Final = (
    ("since", "date"),
    ("reason", "text"),
    ("destination", "text"),
    ("destination_code", "bigint"),
    ("contact_frequency", "text"),
)
UPDATE_ABSENCES: Final = f"""
UPDATE absence p SET {_VERSION}, {_set(_AWAY)} FROM stage_absence s WHERE s.act = 'update' AND p.id = s.target
"""
UPDATE_STATUSES: Final = f"""
UPDATE left_behind_status p SET {_VERSION}, reasons = s.reasons, next_review_on = s.next_review_on,
  rule_set_id = s.rule_set_id, evaluated_on = $1::date
FROM stage_status s WHERE s.act = 'update' AND p.id = s.before_id
"""
# A household that gains a woman, a child or an elder is seen by more departments, with all its members.
_REMITS: Final = (
    (
        "UPDATE household h SET remit = h.remit | $1::smallint FROM stage_household s "
        "WHERE s.act = 'update' AND h.id = s.id AND h.remit & $1::smallint <> $1::smallint"
    ),
    (
        "UPDATE person p SET remit = p.remit | $1::smallint FROM stage_household s "
        "WHERE s.act = 'update' AND p.household_id = s.id AND p.remit & $1::smallint <> $1::smallint"
    ),
    (
        "UPDATE person p SET remit = p.remit | $1::smallint FROM stage_person s "
        "WHERE s.known AND s.subject AND p.id = s.id AND p.remit & $1::smallint <> $1::smallint"
    ),
)


async def update_all(connection: asyncpg.Connection, form: RosterForm, as_of: date) -> None:
    """Update what is known and has changed."""
    population = POPULATION[form]
    own, around = int(OWN[population]), int(HOUSEHOLD[population])
    await connection.execute(UPDATE_PEOPLE)
    await connection.execute(SURVEYED, as_of)
    await connection.execute(UPDATE_HOUSEHOLDS)
    await connection.execute(
        f"UPDATE {form}_profile p SET {_VERSION}, {_profile_set(form)} "
        f"FROM stage_{form}_profile s WHERE s.act = 'update' AND p.id = s.id"
    )
    await connection.execute(UPDATE_GUARDIANSHIPS)
    await connection.execute(UPDATE_ABSENCES)
    await connection.execute(UPDATE_STATUSES, as_of)
    for statement, bits in zip(_REMITS, (own | Remit.ANYONE, around, own | around), strict=True):
        await connection.execute(statement, int(bits))


async def end_clients(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    """Switch off the clients of people whose death the chunk has recorded; returns them, with the person's region."""
    ended: list[asyncpg.Record] = await connection.fetch(END_CLIENTS)
    return ended


def _profile_set(form: str) -> str:
    plain = tuple(one for one in PROFILES[form] if not one[0].startswith("emergency_contact"))
    sealed = (
        f", {name} = coalesce(s.{name}, p.{name})" for name, _ in PROFILES[form] if name.startswith("emergency_contact")
    )
    return _set(plain) + "".join(sealed)


__all__ = ["end_clients", "insert_all", "open_files", "update_all"]

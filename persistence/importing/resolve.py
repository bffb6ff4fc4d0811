"""Who of a chunk the ledger knows already: staged ids become the ledger's, what is hidden stays so.

All set-based, over the staging tables of ``persistence.importing.staging``. A chunk of people
nobody knows costs one look-up.
"""

from datetime import date
from typing import Final

import asyncpg

from domain.imports.faults import sentence
from persistence.importing.people_lines import STATED
from persistence.importing.staging import PERSON_FACTS, PROFILES

# By identity number, anywhere: a SECURITY DEFINER function of the migrations tells who holds it.
BY_NUMBER: Final = """
INSERT INTO stage_known (provisional, id)
SELECT s.id, f.id
FROM person_by_identity((SELECT array_agg(identity_number_blind) FROM stage_person
                         WHERE identity_number_blind IS NOT NULL)) f
JOIN stage_person s ON s.identity_number_blind = f.blind
"""
# A file that was merged leads to the one that survived.
OF_SURVIVORS: Final = """
UPDATE stage_known k SET id = p.merged_into FROM person p WHERE p.id = k.id AND p.merged_into IS NOT NULL
"""
# Without a number but named in an earlier chunk of this very file: by the id given then.
BY_EARLIER_CHUNK: Final = """
INSERT INTO stage_known (provisional, id)
SELECT s.id, p.id FROM stage_person s JOIN person p ON p.id = s.id WHERE s.again AND s.identity_number_blind IS NULL
"""
HOMES_OF_EARLIER_CHUNKS: Final = """
UPDATE stage_household s SET act = 'update', provisional = s.id FROM household h WHERE h.id = s.id
"""
# A subject where one of the two has no number: same name, birth date and village. ``+ 0`` keeps
# the planner off the region's index: a village has hundreds of people, a name and birth date one.
BY_NAME: Final = """
INSERT INTO stage_known (provisional, id, several)
SELECT s.id, min(p.id::text)::uuid, count(*) > 1
FROM stage_person s
JOIN person p ON p.county = s.county AND p.name = s.name AND p.birth_date = s.birth_date
  AND p.region_code + 0 = s.region_code AND p.deregistered_on IS NULL
WHERE s.subject AND (p.identity_number_blind IS NULL OR s.identity_number_blind IS NULL)
  AND NOT EXISTS (SELECT FROM stage_known k WHERE k.provisional = s.id)
GROUP BY s.id
"""


def same_relation(one: str, other: str) -> str:
    """Return the condition that two GB/T 4761 codes may mean the same kin: 60 is any of the grandparents 61–64."""
    return f"({one} = {other} OR ({one} LIKE '6_' AND {other} LIKE '6_' AND '60' IN ({one}, {other})))"


# A relative of a known subject where one of the two has no number: same relation, same name.
BY_KIN: Final = f"""
INSERT INTO stage_known (provisional, id)
SELECT DISTINCT ON (s.id) s.id, held.id
FROM stage_kinship l
JOIN stage_known subject ON subject.provisional = l.person_id
JOIN stage_person s ON s.id = l.relative_id
CROSS JOIN LATERAL (
  SELECT p.id FROM kinship k JOIN person p ON p.id = k.relative_id
  WHERE k.person_id = subject.id AND {same_relation("k.relation", "l.relation")} AND p.name = s.name
    AND (p.identity_number_blind IS NULL OR s.identity_number_blind IS NULL)
  ORDER BY p.id LIMIT 1
) held
WHERE NOT EXISTS (SELECT FROM stage_known known WHERE known.provisional = s.id)
ORDER BY s.id, held.id
"""
HIDDEN: Final = """
UPDATE stage_known k SET hidden = NOT EXISTS (SELECT FROM person p WHERE p.id = k.id)
"""
REJECT: Final = """
UPDATE stage_row r SET outcome = 'rejected', person_id = NULL, left_behind = NULL,
  faults = r.faults || jsonb_build_array(jsonb_build_object('cell', '', 'column', '', 'severity', 'error',
    'code', CASE WHEN k.hidden THEN 'person.under_review' ELSE 'person.ambiguous' END,
    'message', CASE WHEN k.hidden THEN $1::text ELSE $2::text END))
FROM stage_known k
WHERE k.provisional = r.person_id AND r.outcome IS NULL AND (k.hidden OR k.several)
"""
# What only rejected rows speak of is not written.
WITHDRAW: Final = (
    *(
        f"DELETE FROM stage_{table} s USING stage_row r WHERE r.row_number = s.row_number AND r.outcome = 'rejected'"
        for table in ("kinship", "guardianship", "status", *(f"{form}_profile" for form in PROFILES))
    ),
    (
        "DELETE FROM stage_person s WHERE NOT EXISTS (SELECT FROM stage_row r WHERE r.person_id = s.id) "
        "AND NOT EXISTS (SELECT FROM stage_kinship k WHERE k.relative_id = s.id)"
    ),
    "DELETE FROM stage_absence s WHERE NOT EXISTS (SELECT FROM stage_person p WHERE p.id = s.person_id)",
    "DELETE FROM stage_household h WHERE NOT EXISTS (SELECT FROM stage_person p WHERE p.household_id = h.id)",
)
# From here on every id is the ledger's own.
SUBSTITUTE: Final = (
    """
    UPDATE stage_person s SET provisional = s.id, id = k.id, known = true,
      act = CASE WHEN k.hidden THEN 'none' ELSE 'update' END,
      newer = coalesce((SELECT p.surveyed_on <= $1::date FROM person p WHERE p.id = k.id), true)
    FROM stage_known k WHERE k.provisional = s.id
    """,
    # Whoever this operation itself entered, in an earlier chunk, was not known before it.
    """
    UPDATE stage_row r SET person_id = k.id, known = true, here = k.id = k.provisional
    FROM stage_known k WHERE k.provisional = r.person_id AND r.outcome IS NULL
    """,
    *(
        f"UPDATE stage_{table} s SET {column} = k.id FROM stage_known k WHERE k.provisional = s.{column}"
        for table, column in (
            ("kinship", "person_id"),
            ("kinship", "relative_id"),
            ("guardianship", "ward_id"),
            ("guardianship", "guardian_id"),
            ("absence", "person_id"),
            ("status", "person_id"),
            ("household", "head_id"),
            *((f"{form}_profile", "person_id") for form in PROFILES),
        )
    ),
)
# Known people bring their household along; the subject's before a parent's or spouse's.
HOUSEHOLDS: Final = (
    """
    UPDATE stage_household h SET act = 'update', provisional = h.id, id = known.id FROM (
      SELECT DISTINCT ON (s.household_id) s.household_id AS provisional, p.household_id AS id
      FROM stage_person s JOIN person p ON p.id = s.id
      WHERE s.known AND s.ties AND p.household_id IS NOT NULL
      ORDER BY s.household_id, s.subject DESC, s.row_number, p.id
    ) known WHERE known.provisional = h.id
    """,
    "UPDATE stage_person s SET household_id = h.id FROM stage_household h WHERE h.provisional = s.household_id",
)
_FACT_OF: Final = {"name_pinyin": "name", "name_initials": "name"}
# What an earlier row of the file stated of a known person stands.
FORGET_REPEATED: Final = (
    "UPDATE stage_person SET "
    + ", ".join(
        f"{name} = CASE WHEN stated & {1 << STATED.index(fact)} <> 0 THEN NULL ELSE {name} END"
        for name, fact in (
            *((name, _FACT_OF.get(name, name)) for name, _ in PERSON_FACTS),
            *((f"phone_{part}", "phone") for part in ("cipher", "blind", "masked", "tail_blind")),
            *((f"address_{part}", "address") for part in ("cipher", "masked")),
        )
    )
    + " WHERE known AND stated <> 0"
)


async def resolve(connection: asyncpg.Connection, as_of: date, *, later_chunk: bool) -> int:
    """Put the ledger's ids into the staging tables; returns how many people were known."""
    await connection.execute(BY_NUMBER)
    await connection.execute(OF_SURVIVORS)
    if later_chunk:
        await connection.execute(BY_EARLIER_CHUNK)
        await connection.execute(HOMES_OF_EARLIER_CHUNKS)
    await connection.execute(BY_NAME)
    if await connection.fetchval("SELECT EXISTS (SELECT FROM stage_known)"):
        await connection.execute(BY_KIN)
    known: int = await connection.fetchval("SELECT count(*) FROM stage_known")
    if known:
        await connection.execute(HIDDEN)
        rejected = await connection.execute(REJECT, sentence("person.under_review"), sentence("person.ambiguous"))
        if rejected != "UPDATE 0":
            for statement in WITHDRAW:
                await connection.execute(statement)
        first, *rest = SUBSTITUTE
        await connection.execute(first, as_of)
        for statement in (*rest, *HOUSEHOLDS, FORGET_REPEATED):
            await connection.execute(statement)
    return known


__all__ = ["resolve"]

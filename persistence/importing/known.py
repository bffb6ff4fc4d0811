"""What the database alone cannot do for people it knows: seal fields for their rows, determine them anew."""

from dataclasses import fields, replace
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from domain.imports.determination import POPULATION
from domain.imports.model import RosterForm
from domain.people.determination import ChildClaims, ElderClaims, Facts, Individual, WomanClaims, determine
from domain.people.model import LeftBehind, Situation
from domain.people.priority import priority_of
from persistence.crypto import FieldCipher, Unreadable
from persistence.data.forms import vocabulary
from persistence.engine import SYSTEM_SCOPE, ScopeSettings, set_scope
from persistence.writing.facts import load_facts, load_rules

Claims = TypeVar("Claims", ChildClaims, ElderClaims, WomanClaims)
_FACTS: Final = TypeAdapter(Facts)
# Sealed fields that go to a row other than the one they were sealed for.
_PERSON: Final = """
SELECT s.provisional, s.id, s.identity_number_cipher, s.phone_cipher, s.address_cipher, p.address_cipher AS held
FROM stage_person s JOIN person p ON p.id = s.id
WHERE s.act = 'update' AND (s.identity_number_cipher IS NOT NULL OR s.phone_cipher IS NOT NULL
  OR s.address_cipher IS NOT NULL)
"""
_HOUSEHOLD: Final = """
SELECT provisional, id, address_cipher FROM stage_household WHERE act = 'update' AND address_cipher IS NOT NULL
"""
_CONTACT: Final = """
SELECT s.id AS provisional, p.id, s.emergency_contact_cipher, p.emergency_contact_cipher AS held, s.newer
FROM stage_elder_profile s JOIN elder_profile p ON p.person_id = s.person_id AND p.valid_to IS NULL
WHERE s.emergency_contact_cipher IS NOT NULL
"""
# Columns that hold codes where a roster filled them in, words where a caller wrote them.
_WORDED: Final = {RosterForm.CHILD: ("income_sources", "relief"), RosterForm.WOMAN: ("income_sources",)}
_SUBJECTS: Final = """
SELECT r.row_number, r.person_id, r.told, p.region_code
FROM stage_row r JOIN person p ON p.id = r.person_id WHERE r.known AND r.outcome IS NULL AND r.told IS NOT NULL
"""
_SET_STATUS: Final = """
UPDATE stage_status s SET status = n.status, flags = n.flags::text[], reasons = n.reasons::text[], since = n.since,
  next_review_on = n.next_review_on, rule_set_id = n.rule_set_id
FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[], $7::uuid[])
  AS n (row_number, status, flags, reasons, since, next_review_on, rule_set_id)
WHERE s.row_number = n.row_number
"""
_SET_LEFT_BEHIND: Final = """
UPDATE stage_row r SET left_behind = n.left_behind
FROM unnest($1::int[], $2::boolean[]) AS n (row_number, left_behind) WHERE r.row_number = n.row_number
"""
_CHANGED_PRIORITY: Final = """
SELECT p.id, p.hardship, p.disability_category, p.disability_grade, p.health, p.illness, p.priority
FROM stage_person s JOIN person p ON p.id = s.id
WHERE s.act = 'update' AND s.changed && '{hardship,disability_category,disability_grade,health,illness}'
"""


async def reseal(connection: asyncpg.Connection, cipher: FieldCipher, form: RosterForm) -> None:
    """Seal staged fields for the rows they go to; an address that is held already falls away."""
    for row in await connection.fetch(_PERSON):
        for column in ("identity_number_cipher", "phone_cipher", "address_cipher"):
            if row[column] is not None:
                held = row["held"] if column == "address_cipher" else None
                await _move(connection, cipher, ("person", column, "person"), row, held)
    for row in await connection.fetch(_HOUSEHOLD):
        await _move(connection, cipher, ("household", "address_cipher", "household"), row, None)
    if form is RosterForm.ELDER:
        for row in await connection.fetch(_CONTACT):
            kept = row["held"] is not None and not row["newer"]
            await _move(
                connection,
                cipher,
                ("elder_profile", "emergency_contact_cipher", "elder_profile"),
                row,
                row["held"],
                kept=kept,
            )


async def _move(
    connection: asyncpg.Connection,
    cipher: FieldCipher,
    where: tuple[str, str, str],
    row: Any,
    held: bytes | None,
    *,
    kept: bool = False,
) -> None:
    """Put one field's cipher text for its own row into the staging table, or null where nothing changes."""
    table, column, stage = where
    text = cipher.open(table, column, row["provisional"] or row["id"], row[column])
    same = kept or (held is not None and _opened(cipher, table, column, row["id"], held) == text)
    sealed = None if same else cipher.seal(table, column, row["id"], text)
    key = row["provisional"] if stage == "elder_profile" else row["id"]
    await connection.execute(f"UPDATE stage_{stage} SET {column} = $2 WHERE id = $1", key, sealed)


def _opened(cipher: FieldCipher, table: str, column: str, row_id: UUID, held: bytes) -> str | None:
    try:
        return cipher.open(table, column, row_id, held)
    except Unreadable:
        return None


async def same_words(connection: asyncpg.Connection, form: RosterForm) -> None:
    """Drop staged codes of what is held in words that read the same: 打工收入 is no news where it is ``wages``."""
    stage, profile = f"stage_{form}_profile", f"{form}_profile"
    for column in _WORDED.get(form, ()):
        differing = await connection.fetch(
            f"SELECT s.id, s.{column} AS told, p.{column} AS held FROM {stage} s "
            f"JOIN {profile} p ON p.person_id = s.person_id AND p.valid_to IS NULL "
            f"WHERE s.{column} <> p.{column} AND p.{column} <> '{{}}'"
        )
        labels = vocabulary().labels[column]
        same = [one["id"] for one in differing if one["told"] == [labels.get(word, word) for word in one["held"]]]
        await connection.execute(f"UPDATE {stage} SET {column} = NULL WHERE id = ANY ($1::uuid[])", same)


async def determine_anew(connection: asyncpg.Connection, form: RosterForm, as_of: date, scope: ScopeSettings) -> None:
    """Determine known subjects by what the ledger holds and the row adds: a blank cell never erases."""
    subjects = await connection.fetch(_SUBJECTS)
    if not subjects:
        return
    await set_scope(connection, SYSTEM_SCOPE)  # kin count wherever they live
    ledger = await load_facts(connection, {row["person_id"] for row in subjects}, as_of)
    rules = {region: await load_rules(connection, region, as_of) for region in {row["region_code"] for row in subjects}}
    await set_scope(connection, scope)
    found, ended = [], []
    for row in subjects:
        told = _FACTS.validate_json(row["told"])
        held = ledger.get(row["person_id"])
        facts = told if held is None else together(told, held[1], form)
        in_force = rules[row["region_code"]]
        for one in determine(facts, as_of, in_force.parameters):
            found.append((row["row_number"], one, in_force.id))
            ended.append((row["row_number"], one.status is LeftBehind.LEFT_BEHIND))
    await connection.execute(
        _SET_STATUS,
        [number for number, _, _ in found],
        [one.status for _, one, _ in found],
        ["{" + ",".join(one.flags) + "}" for _, one, _ in found],
        ["{" + ",".join(reason.code for reason in one.reasons) + "}" for _, one, _ in found],
        [one.since for _, one, _ in found],
        [one.next_review_on for _, one, _ in found],
        [rule for _, _, rule in found],
    )
    await connection.execute(_SET_LEFT_BEHIND, [number for number, _ in ended], [left for _, left in ended])


def together(told: Facts, held: Facts, form: RosterForm) -> Facts:
    """Return the ledger's facts with what a row says on top."""
    born = {one.birth_date for one in told.children}
    return Facts(
        person=_one(told.person, held.person),
        populations=frozenset({POPULATION[form]}),
        spouse=_both(told.spouse, held.spouse),
        father=_both(told.father, held.father),
        mother=_both(told.mother, held.mother),
        children=(*told.children, *(one for one in held.children if one.birth_date not in born)),
        child_claims=_stated(told.child_claims, held.child_claims),
        elder_claims=_stated(told.elder_claims, held.elder_claims),
        woman_claims=_stated(told.woman_claims, held.woman_claims),
    )


def _both(told: Individual | None, held: Individual | None) -> Individual | None:
    return _one(told, held) if told is not None and held is not None else told or held


def _one(told: Individual, held: Individual) -> Individual:
    """Return a person as the ledger has her, overlaid; her earlier absences stay for continuity."""
    earlier = tuple(one for one in held.spells if one.returned_on is not None)
    over = {one.since for one in earlier}
    spells = (*earlier, *(one for one in told.spells if one.since not in over)) if told.spells else held.spells
    return replace(
        held,
        birth_date=told.birth_date or held.birth_date,
        situation=held.situation if told.situation is Situation.LIVING else told.situation,
        died_on=told.died_on or held.died_on,
        capable=held.capable if told.capable is None else told.capable,
        marital_status=told.marital_status or held.marital_status,
        spells=spells,
    )


def _stated(told: Claims, held: Claims) -> Claims:
    """Return the form's claims; what it leaves blank stays as it was claimed before."""
    return replace(told, **{name: value for name, value in _given(held).items() if _given(told)[name] is None})


def _given(claims: ChildClaims | ElderClaims | WomanClaims) -> dict[str, Any]:
    return {one.name: getattr(claims, one.name) for one in fields(claims)}


async def priorities(connection: asyncpg.Connection) -> None:
    """Work out the priority of people whose hardship, disability or illness changed."""
    for row in await connection.fetch(_CHANGED_PRIORITY):
        priority = priority_of(
            row["hardship"], row["disability_category"] or row["disability_grade"], row["health"], row["illness"]
        )
        if priority != row["priority"]:
            await connection.execute("UPDATE person SET priority = $2 WHERE id = $1", row["id"], priority)


__all__ = ["determine_anew", "priorities", "reseal", "same_words", "together"]

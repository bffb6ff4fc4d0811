"""What the determination rests on, read for many people at once: kin, situations, absences, profiles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from domain.people.facts import (
    ChildClaims,
    ElderClaims,
    Facts,
    Individual,
    RuleParameters,
    Spell,
    WomanClaims,
    alive,
)
from domain.people.kin import CHILD, FATHER, FEMALE, MALE, MOTHER, PARENT, SPOUSE
from domain.people.model import AbsenceReason, IncapableParent, Population, Situation
from domain.regions.codes import LEVELS, published, range_of
from domain.unit_of_work import RulesInForce

FAMILY_CODES = sorted(SPOUSE | PARENT | CHILD)

_IN_FORCE = "person_id = ANY ($1::uuid[]) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)"
_PROFILES = f"""
SELECT person_id, 'woman' AS population, valid_from, jsonb_build_object('husband_away', husband_away,
  'husband_away_since', husband_away_since, 'husband_away_reason', husband_away_reason) AS claims
FROM woman_profile WHERE {_IN_FORCE}
UNION ALL
SELECT person_id, 'child', valid_from, jsonb_build_object('both_parents_away', both_parents_away,
  'one_away_other_incapable', one_away_other_incapable, 'incapable_parent', incapable_parent)
FROM child_profile WHERE {_IN_FORCE}
UNION ALL
SELECT person_id, 'elder', valid_from,
  jsonb_build_object('living_children', living_children, 'children_away', children_away)
FROM elder_profile WHERE {_IN_FORCE}
"""
# One round trip. Who was struck off the ledger (moved away for good, entered by mistake) is no fact about
# anybody else. The arrays keep the planner on the keys, however many people are asked for.
_FACTS = f"""
WITH kin AS MATERIALIZED (
  SELECT id, person_id, relative_id, relation FROM kinship
  WHERE (person_id = ANY ($1::uuid[]) OR relative_id = ANY ($1::uuid[])) AND relation = ANY ($3::text[])
), everybody AS MATERIALIZED (
  SELECT ARRAY(SELECT unnest($1::uuid[]) UNION SELECT person_id FROM kin UNION SELECT relative_id FROM kin) AS ids
)
SELECT
  ARRAY(SELECT ROW(person_id, relative_id, relation) FROM kin ORDER BY id) AS kin,
  ARRAY(SELECT ROW(id, region_code, sex, birth_date, situation, died_on, capable, marital_status)
        FROM person WHERE id = ANY ((SELECT ids FROM everybody)::uuid[]) AND deregistered_on IS NULL
        ORDER BY id) AS people,
  ARRAY(SELECT ROW(person_id, region_code, since, returned_on, reason, destination_code)
        FROM absence WHERE person_id = ANY ((SELECT ids FROM everybody)::uuid[]) ORDER BY since, id) AS spells,
  ARRAY(SELECT ROW(person_id, population, valid_from, claims::text) FROM ({_PROFILES}) profiles) AS profiles
"""
# Codes of ancestors are smaller than those below them: the largest that matches is the nearest.
_RULES = """
SELECT id, source, parameters FROM rule_set
WHERE region_code = ANY ($1::bigint[]) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
ORDER BY region_code DESC, valid_from DESC LIMIT 1
"""


class _Person(NamedTuple):
    id: UUID
    region_code: int
    sex: str
    birth_date: date | None
    situation: str
    died_on: date | None
    capable: bool | None
    marital_status: str | None


@dataclass(slots=True)
class _Kin:
    spouses: set[UUID] = field(default_factory=set)
    parents: dict[UUID, str] = field(default_factory=dict)  # id → relation, "" when told by the parent
    children: set[UUID] = field(default_factory=set)


async def load_facts(connection: asyncpg.Connection, ids: Iterable[UUID], as_of: date) -> dict[UUID, tuple[int, Facts]]:
    """Return each person's 12-digit region code and the facts of her determination on a day.

    Kin count wherever they live, so run it under a scope that sees everybody. People struck off
    the ledger are left out.
    """
    wanted = set(ids)
    found = await connection.fetchrow(_FACTS, list(wanted), as_of, FAMILY_CODES)
    kin = _kin(wanted, found["kin"])
    people = {one[0]: _Person(*one) for one in found["people"]}
    spells: defaultdict[UUID, list[Spell]] = defaultdict(list)
    for person, *spell in found["spells"]:
        spells[person].append(_spell(*spell))
    individuals = {key: _individual(one, spells[key]) for key, one in people.items()}
    profiles: defaultdict[UUID, dict[Population, tuple[date, Mapping[str, Any]]]] = defaultdict(dict)
    for person, population, valid_from, claims in found["profiles"]:
        profiles[person][Population(population)] = (valid_from, orjson.loads(claims or "{}"))
    return {
        person: (
            people[person].region_code,
            _facts(person, kin[person], people, individuals, profiles[person], as_of),
        )
        for person in wanted & people.keys()
    }


async def load_rules(connection: asyncpg.Connection, region_code: int, as_of: date) -> RulesInForce:
    """Return the rule set in force for a region on a day: the nearest region wins, 0 is everywhere."""
    text = str(region_code)
    candidates = [0, *(int(text[:digits].ljust(12, "0")) for digits in LEVELS)]
    row = await connection.fetchrow(_RULES, candidates, as_of)
    if row is None:
        message = "no rule set in force: the national one is missing"
        raise LookupError(message)
    return RulesInForce(row["id"], row["source"], RuleParameters.model_validate(row["parameters"]))


def _kin(wanted: set[UUID], told: Iterable[tuple[UUID, UUID, str]]) -> dict[UUID, _Kin]:
    kin: dict[UUID, _Kin] = {person: _Kin() for person in wanted}
    for person, relative, relation in told:
        if relation in SPOUSE:
            for one, other in ((person, relative), (relative, person)):
                if one in kin:
                    kin[one].spouses.add(other)
        parent, child = (relative, person) if relation in PARENT else (person, relative)
        if relation not in SPOUSE:
            if child in kin:
                kin[child].parents[parent] = relation if relation in PARENT else kin[child].parents.get(parent, "")
            if parent in kin:
                kin[parent].children.add(child)
    return kin


def _facts(
    person: UUID,
    kin: _Kin,
    people: Mapping[UUID, _Person],
    individuals: Mapping[UUID, Individual],
    profiles: Mapping[Population, tuple[date, Mapping[str, Any]]],
    as_of: date,
) -> Facts:
    child_from, child = profiles.get(Population.CHILD, (None, {}))
    elder_from, elder = profiles.get(Population.ELDER, (None, {}))
    _, woman = profiles.get(Population.WOMAN, (None, {}))
    incapable = child.get("incapable_parent")
    since, reason = woman.get("husband_away_since"), woman.get("husband_away_reason")
    father, mother = _parents(kin, people, individuals, as_of)
    return Facts(
        person=individuals[person],
        populations=frozenset(profiles),
        spouse=_best([individuals[one] for one in sorted(kin.spouses) if one in individuals], as_of),
        father=father,
        mother=mother,
        children=tuple(individuals[one] for one in sorted(kin.children) if one in individuals),
        child_claims=ChildClaims(
            both_parents_away=child.get("both_parents_away"),
            one_away_other_incapable=child.get("one_away_other_incapable"),
            incapable_parent=IncapableParent(incapable) if incapable else None,
            claimed_on=child_from,
        ),
        elder_claims=ElderClaims(elder.get("living_children"), elder.get("children_away"), elder_from),
        woman_claims=WomanClaims(
            woman.get("husband_away"),
            date.fromisoformat(since) if since else None,
            AbsenceReason(reason) if reason else None,
        ),
    )


def _parents(
    kin: _Kin, people: Mapping[UUID, _Person], individuals: Mapping[UUID, Individual], as_of: date
) -> tuple[Individual | None, Individual | None]:
    """Return father and mother: the living before the dead, those by birth before step-parents."""
    fathers: list[tuple[bool, Individual]] = []
    mothers: list[tuple[bool, Individual]] = []
    unsaid: list[Individual] = []
    for parent, relation in sorted(kin.parents.items()):
        if parent not in individuals:
            continue
        sex, one = people[parent].sex, individuals[parent]
        if relation in FATHER or (relation not in MOTHER and sex == MALE):
            fathers.append((relation == "57", one))
        elif relation in MOTHER or sex == FEMALE:
            mothers.append((relation == "58", one))
        else:
            unsaid.append(one)
    for one in unsaid:  # neither code nor sex says which: take the place that is free
        (mothers if fathers else fathers).append((True, one))
    by_birth_first = ([one for _, one in sorted(each, key=lambda pair: pair[0])] for each in (fathers, mothers))
    father, mother = (_best(each, as_of) for each in by_birth_first)
    return father, mother


def _best(candidates: list[Individual], as_of: date) -> Individual | None:
    """Return the first who lives, else the first."""
    return next((one for one in candidates if alive(one, as_of)), candidates[0] if candidates else None)


def _individual(one: _Person, spells: list[Spell]) -> Individual:
    return Individual(
        id=one.id,
        birth_date=one.birth_date,
        situation=Situation(one.situation),
        died_on=one.died_on,
        capable=one.capable,
        marital_status=one.marital_status,
        spells=tuple(spells),
    )


def _spell(home: int, since: date, returned_on: date | None, reason: str, destination: int | None) -> Spell:
    return Spell(since, returned_on, AbsenceReason(reason), _crosses(home, destination))


def _crosses(home: int, destination: int | None) -> bool | None:
    """Tell whether a destination lies in another county; None when it is not said precisely enough."""
    if destination is None:
        return None
    if destination // 1_000_000 == home // 1_000_000:
        return False
    return None if home in range_of(published(destination)) else True


__all__ = ["FAMILY_CODES", "load_facts", "load_rules"]

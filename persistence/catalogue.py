"""What the responsibility matrix decides on: the measures, default rows and agencies around a place."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from domain.agencies.model import AgencyType, DepartmentKind
from domain.policy.matrix import Candidate, Named, Office, Question
from domain.policy.model import Audience, PolicyStatus, ResponsibilityMode, ResponsibilityRole
from domain.policy.work import Around
from domain.regions.codes import LEVELS, width_of

_ABOVE = "JOIN unnest($1::bigint[], $2::smallint[]) AS above (region_code, level) USING (region_code, level)"
_MEASURES: Final = f"""
SELECT m.*, d.code AS document_code, d.title AS document_title, d.number AS document_number, d.issued_on
FROM policy_measure m {_ABOVE} JOIN policy_document d ON d.id = m.document_id
WHERE $3 = ANY (m.categories) AND NOT m.dropped
"""
_NAMED: Final = """
SELECT measure_id, unit_type, role, department_kind FROM policy_responsibility
WHERE measure_id = ANY ($1::uuid[]) ORDER BY measure_id, position
"""
_OFFICES: Final = f"SELECT a.id, a.name, a.type, level, a.valid_from, a.valid_to FROM agency a {_ABOVE}"
_DEPARTMENTS: Final = """
SELECT agency_id, kind, id, name FROM department WHERE agency_id = ANY ($1::uuid[]) ORDER BY id
"""
_DEFAULT: Final = "SELECT unit_types, laws FROM default_route WHERE category = $1 AND audience = $2"


async def around(conn: asyncpg.Connection, question: Question) -> Around:
    """Return what the matrix decides a question on, under whatever scope: nothing of it is about a person."""
    above = _above(question.region_code)
    default = await conn.fetchrow(_DEFAULT, question.category, question.audience)
    return Around(
        candidates=await _candidates(conn, above, question),
        default=tuple(AgencyType(one) for one in default["unit_types"]) if default else (),
        laws=tuple(default["laws"]) if default else (),
        offices=await _offices(conn, above),
    )


def _above(region_code: int) -> tuple[list[int], list[int]]:
    """Return the place and all above it: padded codes and their levels."""
    codes = [region_code - region_code % width_of(digits) for digits in LEVELS]
    return codes, [*LEVELS.values()]


async def _candidates(
    conn: asyncpg.Connection, above: tuple[list[int], list[int]], question: Question
) -> tuple[Candidate, ...]:
    rows = await conn.fetch(_MEASURES, *above, question.category)
    named: defaultdict[UUID, list[Named]] = defaultdict(list)
    for row in await conn.fetch(_NAMED, [row["id"] for row in rows]) if rows else ():
        department = row["department_kind"] and DepartmentKind(row["department_kind"])
        unit = Named(AgencyType(row["unit_type"]), ResponsibilityRole(row["role"]), department)
        named[row["measure_id"]].append(unit)
    return tuple(
        Candidate(
            document_id=row["document_id"], document_code=row["document_code"], document_title=row["document_title"],
            document_number=row["document_number"], measure_id=row["id"], measure_code=row["code"],
            measure_title=row["title"], level=row["level"], status=PolicyStatus(row["status"]),
            mode=ResponsibilityMode(row["mode"]), audiences=frozenset(Audience(one) for one in row["audiences"]),
            position=row["position"], issued_on=row["issued_on"], valid_from=row["valid_from"],
            valid_to=row["valid_to"], named=tuple(named[row["id"]]),
        )
        for row in rows
    )  # fmt: skip


async def _offices(conn: asyncpg.Connection, above: tuple[list[int], list[int]]) -> Sequence[Office]:
    rows = await conn.fetch(_OFFICES, *above)
    inside: defaultdict[UUID, list[tuple[DepartmentKind, UUID, str]]] = defaultdict(list)
    for row in await conn.fetch(_DEPARTMENTS, [row["id"] for row in rows]) if rows else ():
        inside[row["agency_id"]].append((DepartmentKind(row["kind"]), row["id"], row["name"]))
    return tuple(
        Office(
            row["id"], row["name"], AgencyType(row["type"]), row["level"], row["valid_from"], row["valid_to"],
            tuple(inside[row["id"]]),
        )
        for row in rows
    )  # fmt: skip


__all__ = ["around"]

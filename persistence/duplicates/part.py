"""The part of an open transaction that is about duplicates: see ``domain.duplicates.work``."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.duplicates.model import DuplicateReason, DuplicateState, RaisedBy, score_of
from domain.duplicates.work import Former, Match, Pair
from domain.ids import new_id
from persistence.crypto import FieldCipher
from persistence.duplicates import journal
from persistence.engine import SYSTEM_SCOPE, ScopeSettings, set_scope

_ADD: Final = """
INSERT INTO duplicate_candidate
  (id, person_id, other_id, region_code, reasons, score, state, raised_by, requested_by_agency_id)
VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8) ON CONFLICT DO NOTHING RETURNING *
"""
_MATCHES: Final = """
SELECT coalesce(held.merged_into, held.id) AS id, TRUE AS by_number FROM person held
WHERE held.identity_number_blind = ANY ($1::bytea[])
UNION ALL
SELECT id, FALSE FROM person
WHERE county = $2::bigint / 1000000 AND name = $3 AND birth_date = $4 AND region_code = $2
  AND merged_into IS NULL AND deregistered_on IS NULL
  AND (identity_number_blind IS NULL OR $1::bytea[] IS NULL OR identity_number_blind = ANY ($1::bytea[]))
"""
_SUPERSEDE: Final = """
UPDATE duplicate_candidate SET state = $3, version = version + 1, updated_at = clock_timestamp()
WHERE (person_id = $1 OR other_id = $1) AND id <> $2 AND state IN ('open', 'under_review')
"""
_TOUCH: Final = "version = x.version + 1, updated_at = clock_timestamp()"


def _profile(population: str) -> str:
    table = f"{population}_profile"
    return f"""
    UPDATE {table} x SET person_id = $2, region_code = s.region_code, {_TOUCH} FROM person s
    WHERE s.id = $2 AND x.person_id = $1 AND (x.valid_to IS NOT NULL OR NOT EXISTS (
      SELECT FROM {table} o WHERE o.person_id = $2 AND o.valid_to IS NULL))
    """


# $1: the file that is merged, $2: the survivor. What the survivor has already stays behind.
_HAND_OVER: Final = {
    "woman_profile": (_profile("woman"),),
    "child_profile": (_profile("child"),),
    "elder_profile": (_profile("elder"),),
    "kinship": (
        f"""
        UPDATE kinship x SET person_id = $2, region_code = s.region_code, {_TOUCH} FROM person s
        WHERE s.id = $2 AND x.person_id = $1 AND x.relative_id <> $2 AND NOT EXISTS (
          SELECT FROM kinship o WHERE o.person_id = $2 AND o.relative_id = x.relative_id AND o.relation = x.relation)
        """,
        f"""
        UPDATE kinship x SET relative_id = $2, {_TOUCH}
        WHERE x.relative_id = $1 AND x.person_id <> $2 AND NOT EXISTS (
          SELECT FROM kinship o WHERE o.relative_id = $2 AND o.person_id = x.person_id AND o.relation = x.relation)
        """,
    ),
    "guardianship": (
        f"""
        UPDATE guardianship x SET ward_id = $2, region_code = s.region_code, {_TOUCH} FROM person s
        WHERE s.id = $2 AND x.ward_id = $1 AND x.guardian_id <> $2 AND (x.valid_to IS NOT NULL OR NOT EXISTS (
          SELECT FROM guardianship o WHERE o.ward_id = $2 AND o.guardian_id = x.guardian_id AND o.kind = x.kind
            AND o.valid_to IS NULL))
        """,
        f"""
        UPDATE guardianship x SET guardian_id = $2, {_TOUCH}
        WHERE x.guardian_id = $1 AND x.ward_id <> $2 AND (x.valid_to IS NOT NULL OR NOT EXISTS (
          SELECT FROM guardianship o WHERE o.guardian_id = $2 AND o.ward_id = x.ward_id AND o.kind = x.kind
            AND o.valid_to IS NULL))
        """,
    ),
    "absence": (
        f"""
        UPDATE absence x SET person_id = $2, region_code = s.region_code, {_TOUCH} FROM person s
        WHERE s.id = $2 AND x.person_id = $1 AND (x.returned_on IS NOT NULL OR NOT EXISTS (
          SELECT FROM absence o WHERE o.person_id = $2 AND o.returned_on IS NULL))
        """,
    ),
    "sign_up": (
        f"""
        UPDATE sign_up x SET person_id = $2, region_code = s.region_code, {_TOUCH} FROM person s
        WHERE s.id = $2 AND x.person_id = $1 AND (x.state = 'withdrawn' OR NOT EXISTS (
          SELECT FROM sign_up o WHERE o.person_id = $2 AND o.activity_id = x.activity_id AND o.state <> 'withdrawn'))
        """,
    ),
    "survey_answer": (
        f"""
        UPDATE survey_answer x SET person_id = $2, region_code = s.region_code, {_TOUCH} FROM person s
        WHERE s.id = $2 AND x.person_id = $1 AND NOT EXISTS (
          SELECT FROM survey_answer o WHERE o.person_id = $2 AND o.survey_id = x.survey_id)
        """,
    ),
    "survey_reply": (
        f"""
        UPDATE survey_reply x SET person_id = $2, region_code = a.region_code, {_TOUCH} FROM survey_answer a
        WHERE a.id = x.answer_id AND a.person_id = $2 AND x.person_id = $1
        """,
    ),
    # Whoever is accused sees nothing of it under either file.
    "care_case": (
        f"UPDATE care_case x SET person_id = $2, {_TOUCH} WHERE x.person_id = $1",
        f"UPDATE care_case x SET reporter_id = $2, {_TOUCH} WHERE x.reporter_id = $1",
        f"UPDATE care_case x SET barred = x.barred || $2::uuid, {_TOUCH} WHERE x.barred @> ARRAY[$1::uuid]",
    ),
    "case_person": (
        f"""
        UPDATE case_person x SET person_id = $2, {_TOUCH} WHERE x.person_id = $1 AND NOT EXISTS (
          SELECT FROM case_person o WHERE o.person_id = $2 AND o.case_id = x.case_id)
        """,
    ),
    # Those whose guardianship stays behind end with it.
    "person_access": (
        """
        UPDATE person_access x SET person_id = $2 WHERE x.person_id = $1 AND x.grantee_id <> $2 AND x.ended_at IS NULL
          AND NOT EXISTS (SELECT FROM guardianship g WHERE g.id = x.via_id AND g.ward_id = $1)
        """,
        """
        UPDATE person_access x SET grantee_id = $2 WHERE x.grantee_id = $1 AND x.person_id <> $2 AND x.ended_at IS NULL
          AND NOT EXISTS (SELECT FROM guardianship g WHERE g.id = x.via_id AND g.guardian_id = $1)
        """,
    ),
    "household": (
        f"""
        UPDATE household x SET head_id = CASE WHEN s.household_id = x.id THEN s.id END, {_TOUCH} FROM person s
        WHERE s.id = $2 AND x.head_id = $1
        """,
    ),
    "client": (f"UPDATE client x SET person_id = $2, {_TOUCH} WHERE x.person_id = $1",),  # a resident's own sign-in
}


class PostgresDuplicates:
    """See ``domain.duplicates.work.DuplicateWork``."""

    def __init__(self, connection: asyncpg.Connection, cipher: FieldCipher, scope: ScopeSettings) -> None:
        """Take the transaction's connection and the scope that holds in it."""
        self._connection, self._cipher, self._scope = connection, cipher, scope

    async def pairs_of(self, people: Iterable[UUID]) -> list[Pair]:
        """Return whom people may be the same as."""
        rows = await self._connection.fetch("SELECT * FROM duplicates_of($1::uuid[])", list(people))
        return [pair_of(row) for row in rows]

    async def add(self, pair: Pair, raised_by: RaisedBy) -> dict[str, Any] | None:
        """Enter a question, unless it was raised before."""
        return await self._add(pair.person_id, pair.other_id, pair.region_code, pair.reasons, raised_by, None)

    async def ask(self, match: Match, agency_id: UUID | None) -> dict[str, Any] | None:
        """Enter an agency's question, unless it has asked already."""
        reasons = match.reasons
        return await self._add(match.person_id, None, match.region_code, reasons, RaisedBy.CHECK, agency_id)

    async def _add(
        self,
        person_id: UUID,
        other_id: UUID | None,
        region_code: int,
        reasons: tuple[DuplicateReason, ...],
        raised_by: RaisedBy,
        agency_id: UUID | None,
    ) -> dict[str, Any] | None:
        row = await self._connection.fetchrow(
            _ADD, new_id(), person_id, other_id, region_code, list(reasons), score_of(reasons), raised_by, agency_id
        )
        return dict(row) if row else None

    async def matches(self, name: str, birth_date: date | None, number: str | None, region_code: int) -> list[Match]:
        """Return who may be the person described, wherever she is, and whether the caller sees her."""
        blinds = self._cipher.blinds("identity_number", number) if number else None
        await set_scope(self._connection, SYSTEM_SCOPE)
        reasons: dict[UUID, set[DuplicateReason]] = {}
        for row in await self._connection.fetch(_MATCHES, blinds, region_code, name, birth_date):
            by = DuplicateReason.IDENTITY_NUMBER if row["by_number"] else DuplicateReason.NAME_BIRTH_VILLAGE
            reasons.setdefault(row["id"], set()).add(by)
        people = await self._connection.fetch(
            "SELECT id, name, region_code, birth_date FROM person WHERE id = ANY ($1::uuid[])", list(reasons)
        )
        await set_scope(self._connection, self._scope)
        seen = {
            row["id"]
            for row in await self._connection.fetch("SELECT id FROM person WHERE id = ANY ($1::uuid[])", list(reasons))
        }
        return [
            Match(
                row["id"], row["name"], row["region_code"], row["birth_date"], tuple(sorted(reasons[row["id"]])),
                row["id"] in seen,
            )
            for row in people
        ]  # fmt: skip

    async def hand_over(self, merged: UUID, survivor: UUID) -> dict[str, int]:
        """Bring the rows of one file to another; returns how many, by table."""
        moved: dict[str, int] = {}
        for table, statements in _HAND_OVER.items():
            for statement in statements:
                status: str = await self._connection.execute(statement, merged, survivor)
                moved[table] = moved.get(table, 0) + int(status.rpartition(" ")[2])
        return {table: count for table, count in moved.items() if count}

    async def supersede(self, person_id: UUID, besides: UUID) -> None:
        """Set the open questions about a person aside."""
        await self._connection.execute(_SUPERSEDE, person_id, besides, DuplicateState.SUPERSEDED)

    async def remember(self, people: Iterable[UUID], merged: UUID) -> Former:
        """Note what a merge may change, as it is now."""
        found: Former = await self._as_system(journal.snapshot(self._connection, list(people), merged))
        return found

    async def keep(self, merge_id: UUID, former: Former) -> None:
        """Store what has changed since, sealed."""
        await self._as_system(journal.keep(self._connection, self._cipher, merge_id, former))

    async def restore(self, merge_id: UUID) -> datetime:
        """Put back what a merge changed."""
        await self._as_system(journal.restore(self._connection, self._cipher, merge_id))
        moment: datetime = await self._connection.fetchval("SELECT clock_timestamp()")
        return moment

    async def _as_system(self, work: Any) -> Any:
        await set_scope(self._connection, SYSTEM_SCOPE)
        found = await work
        await set_scope(self._connection, self._scope)
        return found


def pair_of(row: Any) -> Pair:
    """Return a row of ``duplicates_of`` as a pair."""
    reasons = tuple(DuplicateReason(one) for one in row["reasons"])
    return Pair(row["person_id"], row["other_id"], row["region_code"], reasons)


__all__ = ["PostgresDuplicates", "pair_of"]

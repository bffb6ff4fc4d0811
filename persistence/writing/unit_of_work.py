"""The unit of work over PostgreSQL: one transaction, runtime role, the caller's scope.

READ COMMITTED with row locks: a decision locks what it read (``load``, ``find``, ``lock_circle``)
before it decides, so that two of them about the same people run one after the other.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.access import Access
from domain.accounts.secrets import Secrets
from domain.clients.documents import Documents
from domain.errors import Conflict, Forbidden, NotFound, Stale
from domain.events import Event, Origin
from domain.ids import new_id
from domain.people.days import today as business_date
from domain.people.facts import Facts
from domain.people.model import Population
from domain.unit_of_work import Result, Row, RulesInForce, Work
from persistence.crypto import FieldCipher
from persistence.duplicates.part import PostgresDuplicates
from persistence.engine import SYSTEM_SCOPE, ScopeSettings, begin, scope_settings, set_scope, set_today
from persistence.importing import files
from persistence.writing import records, sign_ins
from persistence.writing.attachments import AttachmentSql
from persistence.writing.campaigns import CampaignSql
from persistence.writing.cases import CaseSql
from persistence.writing.events import append_events
from persistence.writing.exports import ExportQueue
from persistence.writing.facts import FAMILY_CODES, load_facts, load_rules
from persistence.writing.notifications import NotificationSql
from persistence.writing.policy import PolicySql
from persistence.writing.surveys import SurveySql
from persistence.writing.venues import VenueSql

OnBegin = Callable[[asyncpg.Connection], Awaitable[None]]
BeforeCommit = Callable[[asyncpg.Connection, Any], Awaitable[None]]

# Rows of a person's file, and the column that says whose they are.
FILE: Final = {
    "woman_profile": "person_id",
    "child_profile": "person_id",
    "elder_profile": "person_id",
    "kinship": "person_id",
    "guardianship": "ward_id",
    "absence": "person_id",
    "left_behind_status": "person_id",
    "duplicate_candidate": "person_id",
    "person_merge": "person_id",
    "sign_up": "person_id",
    "survey_answer": "person_id",
    "survey_reply": "person_id",
}
_OPEN_ACCESS = """
INSERT INTO person_access (id, grantee_id, person_id, via, via_id, expires_at) SELECT $1, $2, $3, $4, $5, $6
WHERE NOT EXISTS (
  SELECT 1 FROM person_access WHERE grantee_id = $2 AND person_id = $3 AND via_id = $5 AND ended_at IS NULL)
"""

_POPULATIONS = " UNION ALL ".join(
    f"SELECT person_id, '{one}' AS population FROM {one}_profile "
    "WHERE person_id = ANY ($1::uuid[]) AND valid_to IS NULL"
    for one in Population
)


class PostgresUnitOfWork:
    """Begins transactions for one request or job.

    ``on_begin(connection)`` runs first in each transaction (look an idempotency key up),
    ``before_commit(connection, result)`` last (read the answer, store it under the key), both in
    the transaction of the write and under the caller's scope.
    """

    def __init__(  # noqa: PLR0913 - what a unit may be given, by name
        self,
        pool: asyncpg.Pool,
        cipher: FieldCipher,
        origin: Origin | None = None,
        *,
        today: Callable[[], date] = business_date,
        now: Callable[[], datetime] | None = None,
        on_begin: OnBegin | None = None,
        before_commit: BeforeCommit | None = None,
        secrets: Secrets | None = None,
        documents: Documents | None = None,
    ) -> None:
        """Take what every transaction of this unit shares; the last two only where accounts and clients are kept.

        Without ``now`` the moment is the database's, which all processes share.
        """
        self._secrets, self._documents = secrets, documents
        self._pool = pool
        self._cipher = cipher
        self._origin = origin or Origin()
        self._today = today
        self._now = now
        self._on_begin = on_begin
        self._before_commit = before_commit

    @asynccontextmanager
    async def begin(self, access: Access, permission: str, *, aside: bool = False) -> AsyncIterator[Work]:
        """Open a transaction; whatever leaves the block without ``commit`` is rolled back.

        One ``aside`` has neither the idempotency key nor the answer of the write.
        """
        scope = scope_settings(access, permission)
        async with self._pool.acquire() as connection:
            work = PostgresWork(connection, self._cipher, access, self._origin, scope)
            work.today, work.clock = self._today(), self._now
            work.keeper, work.reader = self._secrets, self._documents
            work.finish = self._finish(connection, work, None if aside else self._before_commit)
            await begin(connection, scope)
            try:
                if self._today is not business_date:  # else the database asks its own clock
                    await set_today(connection, work.today)
                if self._on_begin and not aside:
                    await self._on_begin(connection)
                yield work
            finally:
                if not work.committed:
                    await connection.execute("ROLLBACK")

    @staticmethod
    def _finish(
        connection: asyncpg.Connection, work: "PostgresWork", before_commit: BeforeCommit | None
    ) -> Callable[[Any], Awaitable[None]]:
        async def finish(result: Any) -> None:
            await work.write_events()
            if before_commit:
                await before_commit(connection, result)
            with records.translated():
                ended = await connection.execute("COMMIT")
            if ended != "COMMIT":  # an error inside was caught by somebody: PostgreSQL has rolled back
                raise Conflict("state.conflict")
            work.committed = True

        return finish


class PostgresWork(
    AttachmentSql,
    CampaignSql,
    CaseSql,
    ExportQueue,
    NotificationSql,
    PolicySql,
    SurveySql,
    VenueSql,
):
    """An open transaction: see ``domain.unit_of_work.Work``."""

    today: date
    finish: Callable[[Any], Awaitable[None]]
    clock: Callable[[], datetime] | None = None
    keeper: Secrets | None = None
    reader: Documents | None = None

    def __init__(
        self,
        connection: asyncpg.Connection,
        cipher: FieldCipher,
        access: Access,
        origin: Origin,
        scope: ScopeSettings,
    ) -> None:
        """Take a connection with an open transaction; jobs may make one of these around their own."""
        self.connection = connection
        self.access = access
        self.committed = False
        self._cipher = cipher
        self._origin = origin
        self._scope = scope
        self._events: list[Event] = []
        self._rules: dict[tuple[int, date], RulesInForce] = {}

    @property
    def duplicates(self) -> PostgresDuplicates:
        """The part about files that may be one person's."""
        return PostgresDuplicates(self.connection, self._cipher, self._scope)

    async def load(self, record: str, row_id: UUID, *, version: int | None = None, lock: bool = True) -> Row:
        """Lock and return a row of the caller's scope, of the version she read if she names one."""
        found = await records.select(self.connection, record, {"id": row_id}, lock=lock)
        if not found:
            raise await self._why_not(record, row_id)
        if version is not None and found[0]["version"] != version:
            raise Stale
        return found[0]

    async def _why_not(self, record: str, row_id: UUID) -> NotFound | Forbidden:
        """Tell a row that is seen but not the caller's to change from one she does not see."""
        if self.access.may("people:read"):
            await set_scope(self.connection, scope_settings(self.access, "people:read"))
            seen = await records.select(self.connection, record, {"id": row_id}, lock=False)
            await set_scope(self.connection, self._scope)
            if seen:
                return Forbidden()
        return NotFound()

    async def find(
        self, record: str, *, where: Mapping[str, Any], open_until: str | None = None, lock: bool = True
    ) -> list[Row]:
        """Lock and return visible rows by equal columns, in key order."""
        return [*await records.select(self.connection, record, where, null=open_until, lock=lock)]

    async def insert(self, record: str, values: Mapping[str, Any]) -> Row:
        """Insert a row, its secrets sealed."""
        return await records.insert(self.connection, self._cipher, record, values)

    async def update(self, record: str, row: Row, changes: Mapping[str, Any]) -> Row:
        """Write changed columns of a row, its secrets sealed anew."""
        return await records.update(self.connection, self._cipher, record, row, changes)

    def differing(self, record: str, row: Row, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the changes that change something."""
        return records.differing(self._cipher, record, row, changes)

    async def delete(self, record: str, row: Row) -> None:
        """Delete a row that nobody has changed since."""
        await records.delete(self.connection, record, row)

    async def reveal(self, record: str, row: Row, fields: Collection[str]) -> dict[str, str | None]:
        """Open sealed fields of a row."""
        return records.opened(self._cipher, record, row, list(fields))

    async def append(self, *events: Event) -> None:
        """Append events to the log, as the caller's acts: with all others at the commit."""
        self._events += events

    async def write_events(self) -> None:
        """Write the events appended so far, at one moment."""
        events, self._events = self._events, []
        await append_events(self.connection, self.access, self._origin, events)

    async def now(self) -> datetime:
        """Return the moment by the database's clock, or by the one this unit was given."""
        if self.clock is not None:
            return self.clock()
        moment: datetime = await self.connection.fetchval("SELECT clock_timestamp()")
        return moment

    @property
    def secrets(self) -> Secrets:
        """Return the keeper of secrets that this unit was given."""
        assert self.keeper is not None, "a unit of work without secrets keeps no accounts"
        return self.keeper

    @property
    def documents(self) -> Documents:
        """Return the reader of GraphQL documents that this unit was given."""
        assert self.reader is not None, "a unit of work without a schema registers no documents"
        return self.reader

    async def end_sessions(self, column: str, value: object, why: str, *, but: UUID | None = None) -> list[Row]:
        """End open sign-ins; their access tokens are refused within a second."""
        return [*await sign_ins.end_sessions(self.connection, column, value, why, but=but)]

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo what happened inside the block if it raises, its events too; the transaction goes on."""
        before, scope = len(self._events), self._scope
        await self.connection.execute("SAVEPOINT here")
        try:
            yield
        except BaseException:
            del self._events[before:]
            self._scope = scope
            await self.connection.execute("ROLLBACK TO SAVEPOINT here")
            raise
        await self.connection.execute("RELEASE SAVEPOINT here")

    async def keep_file(self, operation_id: UUID, name: str, content: bytes) -> None:
        """Seal and store a file of an operation."""
        await files.keep(self.connection, self._cipher, operation_id, name, content)

    async def read_file(self, operation_id: UUID, name: str) -> bytes | None:
        """Return a stored file of an operation, None if there is none."""
        return await files.fetch(self.connection, self._cipher, operation_id, name)

    async def queue_import(self, operation_id: UUID) -> None:
        """Let the job process run it once this transaction has committed."""
        from persistence.jobs.queue import enqueue  # the queue's library is of no use to other requests

        await enqueue(self.connection, "import", str(operation_id).encode(), dedupe_key=f"import:{operation_id}")

    async def commit(self, result: Result) -> Result:
        """Commit, and only then hand the result on."""
        await self.finish(result)
        return result

    @asynccontextmanager
    async def as_system(self) -> AsyncIterator[None]:
        """See every row inside the block. After an error the transaction is rolled back anyway."""
        if self._scope == SYSTEM_SCOPE:
            yield
            return
        before, self._scope = self._scope, SYSTEM_SCOPE
        await set_scope(self.connection, self._scope)
        try:
            yield
        finally:
            self._scope = before
        await set_scope(self.connection, self._scope)

    async def lock_circle(self, *people: UUID) -> frozenset[UUID]:
        """Lock people with spouses, parents and children, in key order: nobody can deadlock with them."""
        with records.translated():
            circle = await self.connection.fetchval("SELECT lock_circle($1::uuid[], $2::text[])", people, FAMILY_CODES)
        return frozenset(circle)

    async def region(self, code: str, day: date) -> int | None:
        """Return the 12-digit number of a division in force on a day, else None."""
        found: int | None = await self.connection.fetchval(
            "SELECT lo FROM region WHERE code = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)",
            code,
            day,
        )
        return found

    async def holder_of(self, identity_number: str) -> tuple[UUID, bool] | None:
        """Return who holds an identity number, anywhere, and whether the caller sees her."""
        blinds = self._cipher.blinds("identity_number", identity_number)
        if len(blinds) > 1:
            # While field keys are changed two processes may index one number under two keys, and no unique
            # index would see it: they take turns.
            await self.connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", min(blinds).hex())
        holder = await self.connection.fetchval("SELECT id FROM person_by_identity($1::bytea[])", blinds)
        if holder is None:
            return None
        # A file that was merged leads to the one that survived.
        seen = await self.connection.fetchval("SELECT coalesce(merged_into, id) FROM person WHERE id = $1", holder)
        return seen or holder, seen is not None

    async def facts(self, ids: Iterable[UUID], as_of: date) -> dict[UUID, tuple[int, Facts]]:
        """Return each person's region code and the facts of her determination."""
        return await load_facts(self.connection, ids, as_of)

    async def rules(self, region_code: int, as_of: date) -> RulesInForce:
        """Return the rule set in force: the nearest region wins."""
        known = self._rules.get((region_code, as_of))
        if known is None:
            known = self._rules[region_code, as_of] = await load_rules(self.connection, region_code, as_of)
        return known

    async def populations(self, ids: Iterable[UUID]) -> dict[UUID, frozenset[Population]]:
        """Return the profiles in force of people."""
        found: dict[UUID, set[Population]] = {person: set() for person in ids}
        for row in await self.connection.fetch(_POPULATIONS, [*found]) if found else ():
            found[row["person_id"]].add(Population(row["population"]))
        return {person: frozenset(held) for person, held in found.items()}

    async def records_of(self, ids: Iterable[UUID]) -> dict[UUID, int]:
        """Return how many records people's files hold."""
        wanted = list(ids)
        of = " UNION ALL ".join(f"SELECT {column} AS id FROM {table}" for table, column in FILE.items())
        sql = f"SELECT id, count(*) AS rows FROM ({of}) file WHERE id = ANY ($1::uuid[]) GROUP BY id"
        counted = {row["id"]: row["rows"] for row in await self.connection.fetch(sql, wanted)}
        return {person: counted.get(person, 0) for person in wanted}

    async def set_remit(self, record: str, row_id: UUID, remit: int) -> None:
        """Write a derived remit; no version, for nobody edits it."""
        table = {"person": "person", "household": "household"}[record]
        await self.connection.execute(f"UPDATE {table} SET remit = $2 WHERE id = $1 AND remit <> $2", row_id, remit)

    async def open_access(
        self, grantee_id: UUID, person_id: UUID, via: str, via_id: UUID, *, until: datetime | None = None
    ) -> None:
        """Open a person's file to a grantee on a ground; once is enough."""
        await self.connection.execute(_OPEN_ACCESS, new_id(), grantee_id, person_id, via, via_id, until)

    async def end_access(self, via: str, via_id: UUID) -> None:
        """End what a ground opened."""
        await self.connection.execute(
            "UPDATE person_access SET ended_at = clock_timestamp() WHERE via = $1 AND via_id = $2 AND ended_at IS NULL",
            via,
            via_id,
        )

    async def close_access(self, person_id: UUID) -> None:
        """End what a person was opened to, and what was opened of her but for a case, which has its own end."""
        await self.connection.execute(
            "UPDATE person_access SET ended_at = clock_timestamp() "
            "WHERE ended_at IS NULL AND (grantee_id = $1 OR (person_id = $1 AND via <> 'case'))",
            person_id,
        )

    async def move_rows(self, people: Iterable[UUID], region_code: int) -> None:
        """Bring the copies of people's region on the rows of their files up to date."""
        moved = list(people)
        for table, column in FILE.items():
            sql = f"UPDATE {table} SET region_code = $2 WHERE {column} = ANY ($1::uuid[]) AND region_code <> $2"
            await self.connection.execute(sql, moved, region_code)


__all__ = ["PostgresUnitOfWork", "PostgresWork"]

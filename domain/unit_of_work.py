"""The unit of work: what a use case needs of the world, and nothing of how it is kept.

A use case is ``(access, uow, command) -> result``::

    async with uow.begin(access, "people:write") as work:
        person = await work.load("person", command.person_id, version=command.version)
        ...decide, purely...
        await work.update("person", person, changes)
        await work.append(event)
        return await work.commit(result)

It is one transaction under the caller's eyes. Leaving it in any other way than by ``commit``
rolls everything back.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from domain.access import Access
from domain.accounts.secrets import Secrets
from domain.campaigns.work import CampaignWork
from domain.cases.work import CaseWork
from domain.clients.documents import Documents
from domain.duplicates.work import DuplicateWork
from domain.events import Event
from domain.exports.work import ExportWork
from domain.notifications.work import NotificationWork
from domain.people.facts import Facts, RuleParameters
from domain.people.model import Population
from domain.policy.work import PolicyWork
from domain.surveys.work import SurveyWork
from domain.venues.work import VenueWork

Row = Mapping[str, Any]
"""A stored row by column name. Secrets are not in it: see ``Work.reveal``."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a write answers with: which record, and the version it has now."""

    record: str  # table name
    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rule set that holds for a region on a day."""

    id: UUID
    source: str
    parameters: RuleParameters


class Work(
    CampaignWork,
    CaseWork,
    ExportWork,
    NotificationWork,
    PolicyWork,
    SurveyWork,
    VenueWork,
    Protocol,
):
    """An open transaction. Records are tables by name; secrets are given and taken in plain text."""

    access: Access
    today: date  # the business date, Asia/Shanghai

    @property
    def duplicates(self) -> DuplicateWork:
        """The part about files that may be one person's."""

    async def load(self, record: str, row_id: UUID, *, version: int | None = None, lock: bool = True) -> Row:
        """Lock and return a row. Raises ``NotFound`` (unseen), ``Forbidden`` (seen only), ``Stale``."""

    async def find(
        self, record: str, *, where: Mapping[str, Any], open_until: str | None = None, lock: bool = True
    ) -> list[Row]:
        """Lock and return visible rows by equal columns; ``open_until`` names an end that must be null."""

    async def insert(self, record: str, values: Mapping[str, Any]) -> Row:
        """Insert a row; the key is made unless given. Raises ``Conflict`` where one exists already."""

    async def update(self, record: str, row: Row, changes: Mapping[str, Any]) -> Row:
        """Write changed columns and count the version up. Raises ``Stale``."""

    def differing(self, record: str, row: Row, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the changes that change something; sealed fields are compared in plain text."""

    async def delete(self, record: str, row: Row) -> None:
        """Delete a row of the few records that are not ended but taken back."""

    async def reveal(self, record: str, row: Row, fields: Collection[str]) -> dict[str, str | None]:
        """Open sealed fields of a row."""

    async def append(self, *events: Event) -> None:
        """Append events to the log."""

    async def now(self) -> datetime:
        """Return the moment by the database's clock, which all processes share."""

    async def commit(self, result: Result) -> Result:
        """Commit, and only then hand the result on."""

    # --- what the keeping of accounts asks beyond single rows

    @property
    def secrets(self) -> Secrets:
        """Makes, hashes and checks passwords and the like."""

    @property
    def documents(self) -> Documents:
        """Reads GraphQL documents that a client may be bound to."""

    async def end_sessions(self, column: str, value: object, why: str, *, but: UUID | None = None) -> list[Row]:
        """End the open sign-ins whose ``column`` (id, account_id, client_id) has a value; returns them, ended."""

    # --- what long work asks

    async def keep_file(self, operation_id: UUID, name: str, content: bytes) -> None:
        """Keep a file of a long operation, sealed."""

    async def read_file(self, operation_id: UUID, name: str) -> bytes | None:
        """Return a file kept for an operation, None if there is none."""

    async def queue_import(self, operation_id: UUID) -> None:
        """Hand an import to the job process; it is taken up after the commit, and never without it."""

    def as_system(self) -> AbstractAsyncContextManager[None]:
        """See every row inside this block: for consequences that reach beyond the caller's scope."""

    # --- what people's use cases ask beyond single rows

    async def lock_circle(self, *people: UUID) -> frozenset[UUID]:
        """Lock people with their spouses, parents and children, in key order; returns all their ids."""

    async def region(self, code: str, day: date) -> int | None:
        """Return the 12-digit number of a division in force on a day, else None."""

    async def holder_of(self, identity_number: str) -> tuple[UUID, bool] | None:
        """Return who holds an identity number, anywhere, and whether the caller sees her."""

    async def facts(self, ids: Iterable[UUID], as_of: date) -> dict[UUID, tuple[int, Facts]]:
        """Return each person's region code and the facts of her determination."""

    async def rules(self, region_code: int, as_of: date) -> RulesInForce:
        """Return the rule set in force: the nearest region wins. ``LookupError`` before the first one."""

    async def populations(self, ids: Iterable[UUID]) -> dict[UUID, frozenset[Population]]:
        """Return the profiles in force of people."""

    async def records_of(self, ids: Iterable[UUID]) -> dict[UUID, int]:
        """Return how many records people's files hold, besides the people themselves."""

    async def set_remit(self, record: str, row_id: UUID, remit: int) -> None:
        """Write a derived remit; no version, for nobody edits it."""

    async def open_access(
        self, grantee_id: UUID, person_id: UUID, via: str, via_id: UUID, *, until: datetime | None = None
    ) -> None:
        """Open a person's file to a grantee on a ground; once is enough."""

    async def end_access(self, via: str, via_id: UUID) -> None:
        """End what a ground opened."""

    async def close_access(self, person_id: UUID) -> None:
        """End what a person was opened to, and what was opened of her but for a case."""

    async def move_rows(self, people: Iterable[UUID], region_code: int) -> None:
        """Bring the copies of people's region on the rows of their files up to date."""


class UnitOfWork(Protocol):
    """Begins transactions."""

    def begin(self, access: Access, permission: str, *, aside: bool = False) -> AbstractAsyncContextManager[Work]:
        """Begin one under what ``permission`` lets the caller see. Raises ``Forbidden`` without it.

        ``aside``: one that is not the write's own, and stands though the write was refused.
        """


__all__ = ["Result", "Row", "RulesInForce", "Saved", "UnitOfWork", "Work"]

"""A county with two villages, its neighbour, and the callers who work there."""

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import pytest

from auth.policy import grants_of, remit_of
from domain.access import Access
from domain.events import Origin
from domain.people.commands import RegisterPerson
from domain.people.use_cases import register_person
from domain.regions.codes import LEVELS, range_of
from domain.unit_of_work import Saved
from persistence.crypto import FieldCipher
from persistence.writing.unit_of_work import PostgresUnitOfWork

VILLAGE, OTHER_VILLAGE, NEIGHBOUR = "421081100201", "421081100202", "421083100201"
TODAY = date(2026, 11, 1)


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(bytes(range(32)))


@pytest.fixture
async def regions(owner: asyncpg.Connection) -> None:
    codes = sorted({code[:digits] for code in (VILLAGE, OTHER_VILLAGE, NEIGHBOUR, "440305001001") for digits in LEVELS})
    for code in codes:
        span = range_of(code)
        await owner.execute(
            "INSERT INTO region (code, name, path, level, lo, hi, pinyin, initials, valid_from, source) "
            "VALUES ($1, $1, $1, $2, $3, $4, '', '', '2023-06-30', 'test')",
            code, LEVELS[len(code)], span.lo, span.hi,
        )  # fmt: skip


def access_of(role: str = "county_officer", agency_type: str = "civil_affairs", region: str = "421081") -> Access:
    return Access(
        sub="staff:1",
        client_id="console",
        roles=(role,),
        grants=grants_of([role], agency_type),
        regions=(range_of(region),),
        region=region,
        remit=int(remit_of(agency_type)),
        agency_id=UUID(int=7),
        agency_type=agency_type,
    )


@pytest.fixture
def caller() -> Callable[..., Access]:
    return access_of


@pytest.fixture
def officer() -> Access:
    return access_of()


@pytest.fixture
def neighbour() -> Access:
    return access_of(region="421083")


class UnitAt(Protocol):
    """Makes a unit of work whose clock stands on a day."""

    def __call__(self, today: date = TODAY) -> PostgresUnitOfWork:
        """Return one of that day."""


@pytest.fixture
def unit_at(pool: asyncpg.Pool, cipher: FieldCipher, regions: None) -> UnitAt:
    def make(today: date = TODAY) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(pool, cipher, Origin("rest", "req-1"), today=lambda: today)

    return make


@pytest.fixture
def uow(unit_at: UnitAt) -> PostgresUnitOfWork:
    return unit_at()


@pytest.fixture
def register(officer: Access, uow: PostgresUnitOfWork) -> Callable[..., Any]:
    async def do(name: str = "王小花", access: Access | None = None, **fields: Any) -> Saved:
        command = RegisterPerson.model_validate({"name": name, "region": VILLAGE} | fields)
        return await register_person(access or officer, uow, command)

    return do


class Ledger:
    """What stands in the tables, past all scopes."""

    def __init__(self, owner: asyncpg.Connection) -> None:
        self.owner = owner

    async def row(self, table: str, row_id: UUID) -> dict[str, Any]:
        """Return a row."""
        return dict(await self.owner.fetchrow(f"SELECT * FROM {table} WHERE id = $1", row_id))

    async def statuses(self, person_id: UUID) -> list[tuple[str, str, date, date | None]]:
        """Return (population, status, from, to) of a person, oldest first."""
        rows = await self.owner.fetch(
            "SELECT population, status, valid_from, valid_to FROM left_behind_status WHERE person_id = $1 ORDER BY id",
            person_id,
        )
        return [tuple(row) for row in rows]

    async def status(self, person_id: UUID) -> str:
        """Return the status in force."""
        found: str = await self.owner.fetchval(
            "SELECT status FROM left_behind_status WHERE person_id = $1 AND valid_to IS NULL", person_id
        )
        return found

    async def events(self) -> list[str]:
        """Return the types of all events, oldest first."""
        return [row["type"] for row in await self.owner.fetch("SELECT type FROM event ORDER BY id")]

    async def counts(self) -> list[int]:
        """Return how many rows stand in each table."""
        tables = (
            "person",
            "household",
            "absence",
            "guardianship",
            "kinship",
            "left_behind_status",
            "event",
            "person_access",
        )
        return [await self.owner.fetchval(f"SELECT count(*) FROM {table}") for table in tables]


@pytest.fixture
def ledger(owner: asyncpg.Connection) -> Ledger:
    return Ledger(owner)

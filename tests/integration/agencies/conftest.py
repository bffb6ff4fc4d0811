"""A directory to write in: the divisions of 荆州 and the administrator of Hubei's platform."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from auth.policy import grants_of
from domain.access import Access
from domain.regions.codes import range_of
from persistence.crypto import FieldCipher
from persistence.loading.regions import load_regions
from persistence.writing.unit_of_work import PostgresUnitOfWork

TODAY = date(2026, 11, 1)
CIPHER = FieldCipher(bytes(range(32)))


def access_of(role: str, region: str, agency_type: str) -> Access:
    return Access(
        sub=f"client:{role}",
        client_id=role,
        roles=(role,),
        grants=grants_of((role,), agency_type),
        regions=(range_of(region),),
        region=region,
        remit=128,
    )


@pytest.fixture
async def places(owner: asyncpg.Connection) -> None:
    await load_regions(owner, only=("421081", "421022"))


@pytest.fixture
def uow(pool: asyncpg.Pool, places: None) -> PostgresUnitOfWork:
    return PostgresUnitOfWork(pool, CIPHER, today=lambda: TODAY)


@pytest.fixture
def admin() -> Access:
    return access_of("platform_admin", "42", "platform_operator")


@pytest.fixture
def officer() -> Access:
    return access_of("county_officer", "421081", "civil_affairs")


@pytest.fixture
def events(owner: asyncpg.Connection) -> Callable[[UUID], object]:
    async def types(aggregate_id: UUID) -> Sequence[tuple[str, dict[str, object]]]:
        rows = await owner.fetch("SELECT type, data FROM event WHERE aggregate_id = $1 ORDER BY id", aggregate_id)
        return [(row["type"], row["data"]) for row in rows]

    return types

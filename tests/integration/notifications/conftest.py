"""Two agencies, one with two members of staff, one of whom has left."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from domain.access import Access
from tests.integration.people.conftest import access_of, caller, cipher, regions, unit_at, uow

HERE, THERE = UUID(int=71), UUID(int=72)
ANNA, BELLA, GONE = UUID(int=81), UUID(int=82), UUID(int=83)


@pytest.fixture
async def desks(owner: asyncpg.Connection, regions: None) -> None:
    for key, name in ((HERE, "甲县民政局"), (THERE, "乙县民政局")):
        await owner.execute(
            "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
            "VALUES ($1, 'civil_affairs', 3, $2, 421081000000, '2020-01-01')",
            key, name,
        )  # fmt: skip
    for key, until in ((ANNA, None), (BELLA, None), (GONE, date(2026, 1, 1))):
        await owner.execute(
            "INSERT INTO staff (id, agency_id, region_code, name, valid_from, valid_to) "
            "VALUES ($1, $2, 421081000000, '某人', '2020-01-01', $3)",
            key, HERE, until,
        )  # fmt: skip


@pytest.fixture
def anna() -> Access:
    return replace(access_of(), sub="staff:anna", agency_id=HERE, staff_id=ANNA)


@pytest.fixture
def bella() -> Access:
    return replace(access_of("agency_admin"), sub="staff:bella", agency_id=HERE, staff_id=BELLA)


@pytest.fixture
def stranger() -> Access:
    return replace(access_of(), sub="staff:stranger", agency_id=THERE, staff_id=None)


__all__ = ["caller", "cipher", "regions", "unit_at", "uow"]

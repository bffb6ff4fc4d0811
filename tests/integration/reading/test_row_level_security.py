"""The second wall alone: with nothing but the settings, every table shows what the oracle says."""

from typing import Any

import asyncpg
import pytest

from persistence.engine import ScopeSettings, scope_settings, set_scope
from tests.oracle.callers import CALLERS
from tests.oracle.fixtures import Service
from tests.oracle.spec import KINDS

OF_PLACES = (
    "people:read",
    "events:read",
    "transfers:read",
    "break_glass:read",
    "duplicates:read",
    "notifications:read",
    "contracts:read",
    "cases:read",
    "case_work:read",
)
GUARDED = [name for name, kind in KINDS.items() if kind.permission in OF_PLACES]
BOUND_TO_PEOPLE = [KINDS[name].table for name in GUARDED] + ["operation", "import_row", "person_access"]


async def keys(connection: asyncpg.Connection, scope: ScopeSettings, table: str, key: str = "id") -> set[Any]:
    """Return the keys of all rows that one scope lets through."""
    async with connection.transaction():
        await set_scope(connection, scope)
        return {row[0] for row in await connection.fetch(f"SELECT {key} FROM {table}")}


@pytest.mark.parametrize("caller", CALLERS)
async def test_policies_alone_show_what_the_oracle_says(service: Service, caller: str) -> None:
    access, eyes = CALLERS[caller], service.eyes(CALLERS[caller])
    async with service.pool.acquire() as connection:
        for name in GUARDED:
            kind = KINDS[name]
            if not eyes.may(kind):
                continue
            shown = await keys(connection, scope_settings(access, kind.permission), kind.table)
            seen = {row["id"] for row in eyes.whole(name)}
            # By who takes part the rows beside a case are decided: that row is seen in the case's whole region.
            assert shown == seen or (name == "CaseParty" and shown > seen), name


@pytest.mark.parametrize("caller", [name for name, access in CALLERS.items() if "imports:read" in access.grants])
async def test_policies_show_no_operation_of_another_region(service: Service, caller: str) -> None:
    access = CALLERS[caller]
    async with service.pool.acquire() as connection:
        shown = await keys(connection, scope_settings(access, "imports:read"), "operation")
    here = {
        row["id"]
        for row in service.data.tables["operation"]
        if row["region_code"] and access.covers(row["region_code"])
    }
    assert shown == here
    assert {row["id"] for row in service.eyes(access).visible("Operation")} <= shown


@pytest.mark.parametrize("scope", [ScopeSettings(), ScopeSettings("{}", "0"), ScopeSettings("{}", "255")])
async def test_without_a_scope_there_is_no_row(service: Service, scope: ScopeSettings) -> None:
    async with service.pool.acquire() as connection:
        for table in BOUND_TO_PEOPLE:
            assert await keys(connection, scope, table, "1") == set(), table


async def test_settings_never_set_show_no_row(service: Service) -> None:
    async with service.pool.acquire() as connection:
        for table in BOUND_TO_PEOPLE:
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table

"""Service contracts: drawn up by the buyer, seen by their partner alone, ended in time."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from auth.policy import grants_of
from domain.access import Access
from domain.contracts.commands import ActivateContract, CreateContract, EndContract, UpdateContract
from domain.contracts.use_cases import activate_contract, create_contract, end_contract, update_contract
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from domain.unit_of_work import Saved
from persistence.crypto import FieldCipher
from persistence.engine import scope_settings, set_scope
from persistence.jobs.contracts import watch
from persistence.writing.unit_of_work import PostgresUnitOfWork
from tests.integration.notifications.conftest import HERE, THERE

NGO, OTHER_NGO, CLOSED_NGO = UUID(int=91), UUID(int=92), UUID(int=93)
TERMS: dict[str, Any] = {
    "ngo_agency_id": str(NGO), "title": "留守儿童关爱", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
    "categories": ["education"], "regions": ["421081100"], "quota": 2, "amount_fen": 5_000_000,
}  # fmt: skip


@pytest.fixture(autouse=True)
async def partners(owner: asyncpg.Connection, desks: None) -> None:
    for key, name, until in ((NGO, "甲社", None), (OTHER_NGO, "乙社", None), (CLOSED_NGO, "丙社", date(2026, 1, 1))):
        await owner.execute(
            "INSERT INTO agency (id, type, level, name, region_code, valid_from, valid_to) "
            "VALUES ($1, 'ngo', 3, $2, 421081000000, '2020-01-01', $3)",
            key, name, until,
        )  # fmt: skip


def worker(agency: UUID) -> Access:
    return Access("staff:ngo", "console", ("ngo_worker",), grants_of(["ngo_worker"], "ngo"), agency_id=agency)


async def draft(uow: PostgresUnitOfWork, access: Access, **changed: Any) -> Saved:
    return await create_contract(access, uow, CreateContract(**TERMS | changed))


async def in_effect(uow: PostgresUnitOfWork, access: Access, **changed: Any) -> Saved:
    made = await draft(uow, access, **changed)
    return await activate_contract(access, uow, ActivateContract(contract_id=made.id, version=1))


async def seen(pool: asyncpg.Pool, access: Access) -> set[UUID]:
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, scope_settings(access, "contracts:read"))
        return {row["id"] for row in await connection.fetch("SELECT id FROM service_contract")}


async def counts(owner: asyncpg.Connection) -> tuple[int, int, int]:
    return tuple(
        await owner.fetchrow(
            "SELECT (SELECT count(*) FROM service_contract), (SELECT coalesce(sum(version), 0) FROM service_contract), "
            "(SELECT count(*) FROM event)"
        )
    )


async def test_a_partner_sees_its_own_once_it_is_in_effect(
    uow: PostgresUnitOfWork, anna: Access, pool: asyncpg.Pool
) -> None:
    mine = await draft(uow, anna)
    await in_effect(uow, anna, ngo_agency_id=str(OTHER_NGO))
    assert await seen(pool, worker(NGO)) == set()
    await activate_contract(anna, uow, ActivateContract(contract_id=mine.id, version=1))
    assert await seen(pool, worker(NGO)) == {mine.id}
    assert len(await seen(pool, worker(OTHER_NGO))) == 1
    assert await seen(pool, worker(THERE)) == set()
    assert len(await seen(pool, anna)) == 2


async def test_a_draft_dropped_stays_unknown_to_the_partner(
    uow: PostgresUnitOfWork, anna: Access, pool: asyncpg.Pool, owner: asyncpg.Connection
) -> None:
    made = await draft(uow, anna)
    await end_contract(anna, uow, EndContract(contract_id=made.id, version=1, reason="经费未批"))
    assert await seen(pool, worker(NGO)) == set()
    assert await owner.fetchval("SELECT count(*) FROM notification") == 0


async def test_only_the_buyers_own_agency_changes_it(
    uow: PostgresUnitOfWork, anna: Access, stranger: Access, owner: asyncpg.Connection
) -> None:
    made, before = await draft(uow, anna), await counts(owner)
    elsewhere = replace(stranger, regions=())
    for access, error in ((stranger, Forbidden), (elsewhere, NotFound)):
        with pytest.raises(error):
            await update_contract(access, uow, UpdateContract(contract_id=made.id, version=1, quota=9))
        with pytest.raises(error):
            await activate_contract(access, uow, ActivateContract(contract_id=made.id, version=1))
        with pytest.raises(error):
            await end_contract(access, uow, EndContract(contract_id=made.id, version=1, reason="不办了"))
    with pytest.raises(Forbidden):
        await draft(uow, elsewhere)
    with pytest.raises(Forbidden):
        await create_contract(worker(NGO), uow, CreateContract(**TERMS))
    assert await counts(owner) == before


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"ends_on": "2025-12-31"}, ("/ends_on", "contract.ends_before_start")),
        ({"ngo_agency_id": str(THERE)}, ("/ngo_agency_id", "contract.not_a_partner")),
        ({"ngo_agency_id": str(CLOSED_NGO)}, ("/ngo_agency_id", "agency.unknown")),
        ({"ngo_agency_id": str(UUID(int=5))}, ("/ngo_agency_id", "agency.unknown")),
        ({"regions": ["421081100", "421083"]}, ("/regions/1", "region.outside")),
        ({"regions": ["4210"]}, ("/regions/0", "region.outside")),
        ({"regions": ["421081999"]}, ("/regions/0", "region.unknown")),
    ],
)
async def test_terms_that_cannot_stand(
    uow: PostgresUnitOfWork, anna: Access, owner: asyncpg.Connection, changed: dict[str, Any], fault: tuple[str, str]
) -> None:
    made = await draft(uow, anna)
    before = await counts(owner)
    with pytest.raises(InvalidInput) as refused:
        await draft(uow, anna, **changed)
    assert [(one.pointer, one.code) for one in refused.value.faults] == [fault]
    with pytest.raises(InvalidInput) as refused:
        await update_contract(anna, uow, UpdateContract(contract_id=made.id, version=1, **changed))
    assert [(one.pointer, one.code) for one in refused.value.faults] == [fault]
    assert await counts(owner) == before


async def test_what_is_in_effect_is_not_changed(
    uow: PostgresUnitOfWork, anna: Access, owner: asyncpg.Connection
) -> None:
    made, before = await in_effect(uow, anna), await counts(owner)
    with pytest.raises(Conflict) as refused:
        await update_contract(anna, uow, UpdateContract(contract_id=made.id, version=2, quota=9))
    assert (refused.value.code, refused.value.parameters["allowed"]) == ("contract.not_allowed", ("end",))
    with pytest.raises(Stale):
        await end_contract(anna, uow, EndContract(contract_id=made.id, version=1, reason="不办了"))
    assert await counts(owner) == before


async def test_nothing_is_put_into_effect_after_its_period(
    uow: PostgresUnitOfWork, anna: Access, owner: asyncpg.Connection
) -> None:
    made = await draft(uow, anna, ends_on="2026-10-31")  # the day before today
    with pytest.raises(Conflict) as refused:
        await activate_contract(anna, uow, ActivateContract(contract_id=made.id, version=1))
    assert refused.value.code == "contract.period_over"
    assert await owner.fetchval("SELECT state FROM service_contract") == "draft"


async def test_the_database_lets_no_more_be_assigned_than_agreed(
    uow: PostgresUnitOfWork, anna: Access, owner: asyncpg.Connection
) -> None:
    await in_effect(uow, anna)
    await owner.execute("UPDATE service_contract SET assigned = 2")
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("UPDATE service_contract SET assigned = 3")


async def test_both_sides_are_reminded_once_and_the_period_ends_it(
    uow: PostgresUnitOfWork, anna: Access, pool: asyncpg.Pool, cipher: FieldCipher, owner: asyncpg.Connection
) -> None:
    made = await in_effect(uow, anna)
    await draft(uow, anna, ends_on="2026-12-01")  # a draft is nobody's duty yet
    assert await watch(pool, cipher, date(2026, 11, 30)) == (0, 0)
    assert await watch(pool, cipher, date(2026, 12, 1)) == (0, 2)
    assert await watch(pool, cipher, date(2026, 12, 2)) == (0, 0)
    assert await watch(pool, cipher, date(2026, 12, 24)) == (0, 2)
    assert await watch(pool, cipher, date(2026, 12, 31)) == (0, 0)  # its last day
    assert await watch(pool, cipher, date(2027, 1, 1)) == (1, 0)
    assert await watch(pool, cipher, date(2027, 1, 2)) == (0, 0)
    told = await owner.fetch("SELECT agency_id, kind, slot, record_id FROM notification ORDER BY id")
    assert [tuple(row)[:3] for row in told] == [
        (HERE, "contract_ending", "30"), (NGO, "contract_ending", "30"),
        (HERE, "contract_ending", "7"), (NGO, "contract_ending", "7"), (NGO, "contract_ended", ""),
    ]  # fmt: skip
    assert {row["record_id"] for row in told} == {made.id}
    row = await owner.fetchrow("SELECT state, ended_on, end_reason FROM service_contract WHERE id = $1", made.id)
    assert tuple(row) == ("ended", date(2027, 1, 1), None)
    ended = await owner.fetch("SELECT actor, channel FROM event WHERE type = 'service_contract.ended'")
    assert [tuple(one) for one in ended] == [("system:contracts", "job")]

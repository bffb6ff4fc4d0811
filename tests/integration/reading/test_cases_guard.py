"""Row-level security behind what stands beside a case: who works one case sees nothing of another."""

from uuid import UUID

import asyncpg

from domain.access import Access, Grant, RegionRange, RowScope
from persistence.engine import RUNTIME_ROLE, open_pool, scope_settings, set_scope

CASES = {name: UUID(int=at) for at, name in enumerate(("led", "assigned", "strange"), 1)}
OFFICE, NGO, OTHER = UUID(int=11), UUID(int=12), UUID(int=13)
COUNTY = 421081000000


async def _world(owner: asyncpg.Connection) -> None:
    await owner.execute("SET session_replication_role = replica")  # agencies and staff are of no matter here
    for name, key in CASES.items():
        await owner.execute(
            "INSERT INTO care_case (id, region_code, number, source, category, audience, state, urgent, restricted, "
            "priority_class, work_order, remit, title, description, agency_id, received_at, accept_by, finish_by, "
            "due_at, days_flagged, extensions, escalation_level, reopened) "
            "SELECT $1, $2, $3, 'report', 'relief', 'child', 'received', false, true, 'normal', 1, 128, '事', '事', "
            "$4, now(), now(), now(), now(), false, 0, 0, 0",
            key, COUNTY, name, OTHER,
        )  # fmt: skip
        for agency in (OFFICE, NGO, OTHER):
            await owner.execute(
                "INSERT INTO case_note (id, case_id, region_code, kind, agency_id, body) "
                "VALUES (gen_random_uuid(), $1, $2, 'normal', $3, '记')",
                key, COUNTY, agency,
            )  # fmt: skip
    for name, agency, role in (("led", OFFICE, "lead"), ("assigned", NGO, "ngo")):
        await owner.execute(
            "INSERT INTO case_party (id, case_id, region_code, agency_id, role) "
            "VALUES (gen_random_uuid(), $1, $2, $3, $4)",
            CASES[name], COUNTY, agency, role,
        )  # fmt: skip
    await owner.execute("SET session_replication_role = origin")


async def _seen(pool: asyncpg.Pool, agency: UUID, rows: RowScope) -> set[tuple[UUID, UUID]]:
    grants = {"case_work:read": Grant(rows, None)}  # type: ignore[arg-type]  # no clearance is asked here
    here = (RegionRange(COUNTY, COUNTY + 1_000_000),)
    access = Access("staff:1", "c", (), grants, here, remit=128, agency_id=agency)
    async with pool.acquire() as connection, connection.transaction():
        await set_scope(connection, scope_settings(access, "case_work:read"))
        return {(row["case_id"], row["agency_id"]) for row in await connection.fetch("SELECT * FROM case_note")}


async def test_who_works_one_case_sees_nothing_of_another(database: str, owner: asyncpg.Connection) -> None:
    await _world(owner)
    pool = await open_pool(database, role=RUNTIME_ROLE, size=1)
    try:
        led = {(CASES["led"], one) for one in (OFFICE, NGO, OTHER)}
        assert await _seen(pool, OFFICE, RowScope.REGION) == led
        assert await _seen(pool, OFFICE, RowScope.ASSIGNED) == led
        assert await _seen(pool, NGO, RowScope.ASSIGNED) == {(CASES["assigned"], NGO)}
        assert await _seen(pool, OTHER, RowScope.REGION) == set()
    finally:
        await pool.close()

"""Rosters over REST: asked for, made by the job process, handed out to whoever asked, each step in the log."""

import io
from typing import Any

import pytest
import python_calamine

from api.cli.admin import access_now
from api.cli.keyring import cipher_of
from persistence.engine import RUNTIME_ROLE, open_pool
from persistence.exporting import run_export
from tests.api.acts import VILLAGE
from tests.api.fixtures import County
from tests.api.running import Caller, Service, is_problem

ASKED = {"form": "woman", "region": VILLAGE, "purpose": "入户走访核对名册"}
OFFICE = "civil_affairs_county"


@pytest.fixture
async def worked(service: Service, county: County) -> Any:
    """Do the job process's part for an operation."""
    cipher = cipher_of(county.settings(service.dsn))
    pool = await open_pool(service.dsn, role=RUNTIME_ROLE, size=3)

    async def work(operation_id: str) -> None:
        async def now(standing: Any, asked_at: Any) -> Any:
            return await access_now(pool, cipher, standing, asked_at)

        await run_export(pool, cipher, operation_id, now)  # type: ignore[arg-type]

    yield work
    await pool.close()


async def asked(caller: Caller, **changed: Any) -> str:
    answer = await caller.post("/v1/exports", ASKED | changed)
    assert answer.status_code == 202, answer.text
    found: str = answer.json()["id"]
    assert answer.headers["operation-location"] == f"/v1/operations/{found}"
    return found


async def test_a_roster_is_handed_to_who_asked_for_it_and_every_time_logged(service: Service, worked: Any) -> None:
    office = await service.caller(OFFICE)
    key = await asked(office)
    path = f"/v1/operations/{key}/export.xlsx"
    is_problem(await office.get(path), 409, "export.not_finished")
    await worked(key)

    operation = (await office.get(f"/v1/operations/{key}")).json()
    women = await service.owner.fetchval(
        f"SELECT count(*) FROM person WHERE region_code = {VILLAGE} AND remit & 1 <> 0"
    )
    assert (operation["status"], operation["result"]["rows"], operation["progress"]["done"]) == (
        "succeeded", women, women,
    )  # fmt: skip
    assert (operation["kind"], operation["parameters"]["region"], operation["parameters"]["reveal"]) == (
        "export", VILLAGE, False,
    )  # fmt: skip
    answer = await office.get(path)
    assert answer.status_code == 200, answer.text
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert len([row for row in book.get_sheet_by_index(0).to_python()[3:] if isinstance(row[0], float)]) == women
    assert answer.headers["cache-control"] == "no-store"
    (event,) = await service.events_of(answer)
    assert (event["type"], str(event["aggregate_id"]), event["purpose"]) == (
        "export.downloaded", key, ASKED["purpose"],
    )  # fmt: skip

    before = await service.state()
    federation = await service.caller("womens_federation_county")
    is_problem(await federation.get(path), 404, "not_found")  # another agency's
    is_problem(await (await service.caller("neighbour_county")).get(path), 404, "not_found")
    is_problem(await (await service.caller("city_supervisor")).get(path), 403, "access.forbidden")
    is_problem(await office.get("/v1/operations/no-id/export.xlsx"), 404, "not_found")
    assert await service.state() == before


async def test_a_colleague_sees_that_it_was_made_and_gets_none(service: Service, worked: Any) -> None:
    office = await service.caller(OFFICE)
    key = await asked(office)
    await worked(key)
    await service.owner.execute("UPDATE operation SET actor = 'staff:somebody else' WHERE id = $1", key)
    before = await service.state()
    assert (await office.get(f"/v1/operations/{key}")).status_code == 200
    is_problem(await office.get(f"/v1/operations/{key}/export.xlsx"), 403, "export.not_yours")
    assert await service.state() == before


async def test_what_may_not_be_asked_changes_nothing(service: Service) -> None:
    before = await service.state()
    office, village = await service.caller(OFFICE), await service.caller("village_worker")
    federation = await service.caller("womens_federation_county")
    is_problem(await village.post("/v1/exports", ASKED | {"region": "421081"}), 403, "region.outside_scope")
    is_problem(await federation.post("/v1/exports", ASKED | {"form": "elder"}), 403, "export.outside_remit")
    is_problem(await office.post("/v1/exports", ASKED | {"region": "999999"}), 422, "input.invalid")
    is_problem(await office.post("/v1/exports", ASKED | {"fields": ["name", "rights_problems"]}), 422, "input.invalid")
    is_problem(await office.post("/v1/exports", {"form": "woman", "region": VILLAGE}), 422, "input.invalid")
    for name in ("city_supervisor", "welfare_system", "police_county", "province_statistician", "resident"):
        is_problem(await (await service.caller(name)).post("/v1/exports", ASKED), 403, "access.forbidden")
    assert await service.state() == before


CLERK = "demo-village-worker"
LOST = {
    "switched off": ("active", "false", "true"),
    "role taken": ("roles", "'{}'::text[]", "'{village_worker}'::text[]"),
    "moved": ("region_code", "'421081104201'", f"'{VILLAGE}'"),
}


@pytest.mark.parametrize("how", LOST)
async def test_whoever_loses_her_right_in_between_gets_nothing(service: Service, worked: Any, how: str) -> None:
    column, lost, held = LOST[how]
    clerk = await service.caller("village_worker")
    key = await asked(clerk)
    await service.owner.execute(f"UPDATE client SET {column} = {lost} WHERE client_id = $1", CLERK)
    await worked(key)
    await service.owner.execute(f"UPDATE client SET {column} = {held} WHERE client_id = $1", CLERK)
    row = await service.owner.fetchrow("SELECT status, problem FROM operation WHERE id = $1", key)
    assert (row["status"], "export.access_lost" in row["problem"]) == ("failed", True)
    assert await service.owner.fetchval("SELECT count(*) FROM operation_file WHERE operation_id = $1", key) == 0
    made = "SELECT count(*) FROM event WHERE aggregate_id = $1 AND type = 'export.made'"
    assert await service.owner.fetchval(made, key) == 0

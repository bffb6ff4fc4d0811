"""Two files made one, and two again: what moves, what stays, what is put back, who may."""

import asyncio
from typing import Any

import pytest

from tests.api.acts import LAST_YEAR, VILLAGE, YESTERDAY, identity_number
from tests.api.running import Caller, Service, is_problem

OFFICE = "civil_affairs_county"
Row = dict[str, Any]
# Rows of two people's files, by what they are of.
FILES = {
    "person": "id", "woman_profile": "person_id", "child_profile": "person_id", "elder_profile": "person_id",
    "kinship": "person_id relative_id", "guardianship": "ward_id guardian_id", "absence": "person_id",
    "left_behind_status": "person_id", "person_access": "person_id grantee_id", "household": "head_id",
    "client": "person_id",
}  # fmt: skip
PASSING = {"version", "updated_at", "evaluated_on", "next_review_on"}


@pytest.fixture
async def office(service: Service) -> Caller:
    """The county's civil affairs bureau."""
    return await service.caller(OFFICE)


async def register(office: Caller, name: str, **more: Any) -> Row:
    body = {"region": VILLAGE, "name": name, "sex": "2", "birth_date": "1980-05-05", **more}
    answer = await office.post("/v1/people", body)
    assert answer.status_code == 201, answer.text
    found: Row = answer.json()
    return found


async def create(office: Caller, path: str, body: Row) -> Row:
    answer = await office.post(path, body)
    assert answer.status_code == 201, answer.text
    found: Row = answer.json()
    return found


async def act(office: Caller, path: str, version: int, body: Row) -> Any:
    return await office.ask("POST", path, json=body, headers={"if-match": f'"{version}"'})


async def question(office: Caller, one: Row, other: Row) -> Row:
    """Return the question about a pair, raised by hand where nothing noticed it."""
    first, second = sorted((one["id"], other["id"]))
    page = (await office.get(f"/v1/duplicates?person_id={first}&other_id={second}")).json()["items"]
    if page:
        found: Row = page[0]
        return found
    return await create(office, "/v1/duplicates", {"person_id": first, "other_id": second, "reason": "村里说是同一人"})


async def merged(office: Caller, survivor: Row, other: Row, **more: Any) -> Row:
    asked = await question(office, survivor, other)
    answer = await act(
        office, f"/v1/duplicates/{asked['id']}:merge", asked["version"], {"survivor_id": survivor["id"], **more}
    )
    assert answer.status_code == 201, answer.text
    found: Row = answer.json()
    return found


async def files(service: Service, *people: Row) -> dict[str, dict[str, Row]]:
    """Return every row of some people's files, without what moves with every write."""
    ids = [one["id"] for one in people]
    found: dict[str, dict[str, Row]] = {}
    for table, columns in FILES.items():
        where = " OR ".join(f"{column} = ANY ($1::uuid[])" for column in columns.split())
        rows = await service.owner.fetch(f"SELECT * FROM {table} WHERE {where}", ids)
        found[table] = {str(row["id"]): {k: v for k, v in dict(row).items() if k not in PASSING} for row in rows}
    return found


async def rich(service: Service, office: Caller, sign: str) -> tuple[Row, Row, Row]:
    """Make a plain file, one of the same woman with all that a file can hold, and her child."""
    plain = await register(office, f"郑{sign}")
    full = await register(
        office, f"郑{sign}", identity_number=identity_number("19800505"), phone="19012340077", address="三组9号",
        ethnicity="01", hardship=["low_income"], woman={"children_in_care": 1}, new_household=True, since=LAST_YEAR,
    )  # fmt: skip
    child = await register(office, f"陶{sign}", birth_date="2018-05-05", household_id=full["household_id"], child={})
    husband = await register(office, f"陶国{sign}", sex="1", household_id=full["household_id"])
    for body in (
        {"person_id": child["id"], "relative_id": full["id"], "relation": "52"},
        {"person_id": full["id"], "relative_id": husband["id"], "relation": "11"},
        {"person_id": child["id"], "relative_id": plain["id"], "relation": "52"},
    ):
        await create(office, "/v1/kinships", body)
    guarding = {"ward_id": child["id"], "guardian_id": full["id"], "kind": "parent", "valid_from": LAST_YEAR}
    await create(office, "/v1/guardianships", guarding)
    await create(office, "/v1/absences", {"person_id": full["id"], "since": LAST_YEAR, "returned_on": YESTERDAY})
    await create(office, "/v1/absences", {"person_id": husband["id"], "since": LAST_YEAR, "reason": "work"})
    await service.owner.execute("UPDATE client SET person_id = $1 WHERE client_id = 'demo-guardian'", full["id"])
    return plain, full, child


async def test_the_survivor_takes_over_the_file_and_the_other_leads_to_her(service: Service, office: Caller) -> None:
    plain, full, child = await rich(service, office, "梅")
    before = await files(service, plain, full)
    made = await merged(office, plain, full)
    assert (made["person_id"], made["merged_id"]) == (plain["id"], full["id"])
    assert made["taken"] == ["address", "ethnicity", "hardship", "household", "identity_number", "phone"]

    kept = (await office.get(f"/v1/people/{plain['id']}")).json()
    for field in ("identity_number", "phone", "address", "ethnicity", "hardship", "household_id"):
        assert kept[field] == full[field], field
    assert (kept["priority"], kept["merged_into"], kept["deregistered_on"]) == (1, None, None)
    gone = (await office.get(f"/v1/people/{full['id']}")).json()
    assert (gone["merged_into"], gone["identity_number"], gone["household_id"]) == (plain["id"], None, None)
    assert gone["deregistered_on"] is not None

    after = await files(service, plain)
    (profile,) = after["woman_profile"].values()
    assert (str(profile["person_id"]), profile["valid_to"]) == (plain["id"], None)
    assert [str(one["guardian_id"]) for one in after["guardianship"].values()] == [plain["id"]]
    assert [str(one["grantee_id"]) for one in after["person_access"].values()] == [plain["id"]]
    assert [str(one["head_id"]) for one in after["household"].values()] == [plain["id"]]
    assert [one["client_id"] for one in after["client"].values()] == ["demo-guardian"]
    assert len(after["absence"]) == 1
    ties = {(str(one["person_id"]), str(one["relative_id"])) for one in after["kinship"].values()}
    assert {one for one in ties if full["id"] in one} == set()
    assert (child["id"], plain["id"]) in ties  # her own; the same one of the other file stays there
    assert len(ties) == 2
    (status,) = [one for one in after["left_behind_status"].values() if one["valid_to"] is None]
    assert (status["population"], status["status"]) == ("woman", "left_behind")
    left = await service.owner.fetch(
        "SELECT 1 FROM left_behind_status WHERE person_id = $1 AND valid_to IS NULL", full["id"]
    )
    assert left == []
    assert kept["version"] > 1
    assert before != after


async def test_undone_everything_is_what_it_was(service: Service, office: Caller) -> None:
    plain, full, child = await rich(service, office, "兰")
    before = await files(service, plain, full, child)
    made = await merged(office, plain, full, take=["name"])
    undone = await act(office, f"/v1/merges/{made['id']}:undo", made["version"], {"reason": "核实是两个人"})
    assert undone.status_code == 200, undone.text
    assert undone.json()["undone_at"] is not None
    after = await files(service, plain, full, child)
    for table, rows in before.items():
        kept = {key: row for key, row in after[table].items() if key in rows}
        assert kept == rows, table
    # What was determined in between is history of the survivor; nothing else is more than before.
    more = {table: set(rows) - set(before[table]) for table, rows in after.items()}
    assert {table for table, keys in more.items() if keys} <= {"left_behind_status"}
    assert all(after["left_behind_status"][key]["valid_to"] for key in more["left_behind_status"])
    shown = (await office.get(f"/v1/people/{full['id']}")).json()
    assert (shown["merged_into"], shown["deregistered_on"]) == (None, None)
    purpose = {"purpose": "核对撤销合并", "fields": ["identity_number", "phone"]}
    revealed = (await office.post(f"/v1/people/{full['id']}:reveal", purpose)).json()
    assert revealed["phone"] == "19012340077"
    assert (await question(office, plain, full))["state"] == "open"
    again = await act(office, f"/v1/merges/{made['id']}:undo", made["version"] + 1, {"reason": "核实是两个人"})
    is_problem(again, 409, "merge.undone")


async def test_what_changed_since_is_not_overwritten(service: Service, office: Caller) -> None:
    one = await register(office, "郑菊")
    other = await register(office, "郑菊", phone="19012340078", ethnicity="01")
    made = await merged(office, one, other)
    kept = (await office.get(f"/v1/people/{one['id']}")).json()
    assert (await office.patch(f"/v1/people/{one['id']}", {"health": "chronic"}, kept["version"])).status_code == 200
    kept = (await office.get(f"/v1/people/{one['id']}")).json()
    changed = await office.patch(f"/v1/people/{one['id']}", {"phone": "19012340079"}, kept["version"])
    assert changed.status_code == 200
    before = await service.state()
    refused = await act(office, f"/v1/merges/{made['id']}:undo", 1, {"reason": "核实是两个人"})
    is_problem(refused, 409, "merge.changed_since")
    assert await service.state() == before
    kept = (await office.get(f"/v1/people/{one['id']}")).json()
    back = await office.patch(f"/v1/people/{one['id']}", {"phone": "19012340078"}, kept["version"])
    assert back.status_code == 200
    assert (await act(office, f"/v1/merges/{made['id']}:undo", 1, {"reason": "核实是两个人"})).status_code == 200
    kept = (await office.get(f"/v1/people/{one['id']}")).json()
    assert (kept["phone"], kept["ethnicity"], kept["health"]) == (None, None, "chronic")  # not the merge's: it stays


async def test_a_merged_file_is_closed_and_found_by_the_survivor(service: Service, office: Caller) -> None:
    one = await register(office, "郑竹", identity_number=identity_number("19800505"))
    number = identity_number("19800505")
    other = await register(office, "郑竹", identity_number=number, source_system="welfare", external_id="w-1")
    await merged(office, one, other)
    gone = (await office.get(f"/v1/people/{other['id']}")).json()
    refused = await office.patch(f"/v1/people/{other['id']}", {"health": "chronic"}, gone["version"])
    is_problem(refused, 409, "person.merged")
    # Its own number, which the survivor did not take, and its external id still lead to her.
    again = await office.post("/v1/people", {"region": VILLAGE, "name": "郑竹", "identity_number": number})
    is_problem(again, 409, "person.duplicate")
    by_id = (await office.get("/v1/people?external_id=w-1")).json()["items"]
    assert [(each["id"], each["merged_into"]) for each in by_id] == [(other["id"], one["id"])]
    found = (await office.get("/v1/people:search", params={"q": "郑竹"})).json()["items"]
    assert [each["id"] for each in found] == [one["id"]]
    # Both histories are read from the survivor.
    fields = "merged.id,merged.history.type,history.type"
    shown = (await office.get(f"/v1/people/{one['id']}?fields={fields}")).json()
    (file,) = shown["merged"]["items"]
    assert file["id"] == other["id"]
    assert {each["type"] for each in file["history"]["items"]} >= {"person.registered", "person.merged"}
    assert "person.absorbed" in {each["type"] for each in shown["history"]["items"]}


async def test_of_two_at_once_one_wins(service: Service, office: Caller) -> None:
    one, other = await register(office, "郑松"), await register(office, "郑松")
    asked = await question(office, one, other)
    path, version = f"/v1/duplicates/{asked['id']}", asked["version"]
    answers = await asyncio.gather(
        act(office, f"{path}:merge", version, {"survivor_id": one["id"]}),
        act(office, f"{path}:merge", version, {"survivor_id": other["id"]}),
        act(office, f"{path}:mark_distinct", version, {"reason": "同名不同人"}),
    )
    assert sorted(answer.status_code for answer in answers)[1:] == [412, 412]
    rows = await service.owner.fetch(
        "SELECT merged_into FROM person WHERE id = ANY ($1::uuid[])", [one["id"], other["id"]]
    )
    assert sum(row["merged_into"] is not None for row in rows) <= 1
    late = await act(office, f"{path}:merge", version + 1, {"survivor_id": one["id"]})
    is_problem(late, 409, "duplicate.decided")


async def test_a_chain_is_undone_from_its_end(service: Service, office: Caller) -> None:
    first, second, third = [await register(office, "郑柏") for _ in range(3)]
    inner = await merged(office, second, third)
    outer = await merged(office, first, second)
    before = await service.state()
    refused = await act(office, f"/v1/merges/{inner['id']}:undo", 1, {"reason": "核实是两个人"})
    is_problem(refused, 409, "merge.survivor_merged")
    assert await service.state() == before
    for made in (outer, inner):
        undone = await act(office, f"/v1/merges/{made['id']}:undo", 1, {"reason": "核实是两个人"})
        assert undone.status_code == 200, undone.text
    rows = await service.owner.fetch("SELECT merged_into, deregistered_on FROM person WHERE name = '郑柏'")
    assert [tuple(row) for row in rows] == [(None, None)] * 3


async def test_a_file_of_another_county_is_not_merged(service: Service, office: Caller) -> None:
    here = await register(office, "郑枫")
    neighbour = await service.caller("neighbour_county")
    there = await create(neighbour, "/v1/people", {"region": "421022", "name": "郑枫", "birth_date": "1980-05-05"})
    first, second = sorted((here["id"], there["id"]))
    holder, held = (office, here) if first == here["id"] else (neighbour, there)
    await service.owner.execute(
        "INSERT INTO duplicate_candidate (id, person_id, other_id, region_code, score, state, raised_by) "
        "SELECT '01890000-0000-7000-8000-0000000000dd', id, $2, region_code, 70, 'open', 'job' FROM person "
        "WHERE id = $1",
        first, second,
    )  # fmt: skip
    path = "/v1/duplicates/01890000-0000-7000-8000-0000000000dd"
    shown = (await holder.get(f"{path}?fields=person_id,other.name,state")).json()
    assert shown["other"] is None
    other = neighbour if holder is office else office
    is_problem(await other.get(path), 404, "not_found")
    before = await service.state()
    is_problem(await act(holder, f"{path}:merge", 1, {"survivor_id": held["id"]}), 409, "duplicate.elsewhere")
    is_problem(await act(other, f"{path}:merge", 1, {"survivor_id": held["id"]}), 404, "not_found")
    proposed = await holder.post("/v1/duplicates", {"person_id": first, "other_id": second, "reason": "同一人"})
    is_problem(proposed, 404, "not_found")
    assert await service.state() == before


async def test_wrong_questions(service: Service, office: Caller) -> None:
    one, other = await register(office, "郑桂"), await register(office, "郑桂")
    third, asked = await register(office, "钱桂"), await question(office, one, other)
    before = await service.state()
    path = f"/v1/duplicates/{asked['id']}:merge"
    stranger = await act(office, path, asked["version"], {"survivor_id": third["id"]})
    assert is_problem(stranger, 422, "input.invalid")["errors"][0]["code"] == "duplicate.survivor"
    same = await office.post("/v1/duplicates", {"person_id": one["id"], "other_id": one["id"], "reason": "同一人"})
    assert is_problem(same, 422, "input.invalid")["errors"][0]["code"] == "duplicate.same"
    twice = await office.post("/v1/duplicates", {"person_id": one["id"], "other_id": other["id"], "reason": "同一人"})
    is_problem(twice, 409, "duplicate.exists")
    supervisor = await service.caller("city_supervisor")
    is_problem(await act(supervisor, path, asked["version"], {"survivor_id": one["id"]}), 403, "access.forbidden")
    assert (await supervisor.get(f"/v1/duplicates/{asked['id']}")).json()["access"] == {"decide": False}
    assert await service.state() == before


async def test_nobody_is_merged_who_is_asked_for_elsewhere(service: Service, office: Caller) -> None:
    one, other = await register(office, "韩梅梅"), await register(office, "韩梅")
    asked = await question(office, one, other)
    offer = {"person_id": other["id"], "region": "421022100201", "reason": "随迁居住"}
    transfer = await create(office, "/v1/transfers", offer)
    before = await service.state()
    path, body = f"/v1/duplicates/{asked['id']}:merge", {"survivor_id": one["id"]}
    is_problem(await act(office, path, asked["version"], body), 409, "transfer.open")
    assert await service.state() == before
    assert (await office.post(f"/v1/transfers/{transfer['id']}:withdraw", {})).status_code == 200
    assert (await act(office, path, asked["version"], body)).status_code == 201


async def test_her_cases_follow_the_survivor_and_whoever_is_accused_stays_barred(
    service: Service, office: Caller
) -> None:
    her, other = await register(office, "何冬梅"), await register(office, "何冬枚")
    body = {"category": "relief", "title": "求助", "description": "家里断粮了", "region": VILLAGE}
    about = await create(office, "/v1/cases", {**body, "person_id": other["id"]})
    accused = {"people": [{"person_id": other["id"], "role": "alleged"}], "person_id": her["id"]}
    against = await create(office, "/v1/cases", body | accused)
    rows = "SELECT id, person_id, reporter_id, barred FROM care_case WHERE id = ANY ($1::uuid[]) ORDER BY id"
    keys = [about["id"], against["id"]]
    before = [dict(row) for row in await service.owner.fetch(rows, keys)]
    merge = await merged(office, her, other)
    now = {str(row["id"]): row for row in await service.owner.fetch(rows, keys)}
    assert str(now[about["id"]]["person_id"]) == her["id"]
    assert {str(one) for one in now[against["id"]]["barred"]} == {her["id"], other["id"]}
    people = (await office.get(f"/v1/case_people?case_id={about['id']}")).json()["items"]
    assert [(one["person_id"], one["role"]) for one in people] == [(her["id"], "subject")]
    undone = await act(office, f"/v1/merges/{merge['id']}:undo", merge["version"], {"reason": "是两个人"})
    assert undone.status_code == 200, undone.text
    assert [dict(row) for row in await service.owner.fetch(rows, keys)] == before

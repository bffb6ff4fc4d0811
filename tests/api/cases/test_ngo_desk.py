"""What an NGO's worker sees: the cases assigned to it, as far as they need it, and of any other not a trace."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest

from tests.api.acts import OFFICE, Stage, identity_number
from tests.api.case_acts import case
from tests.api.contract_acts import partner
from tests.api.desk_acts import NGO, OTHER_NAME, OTHER_NGO, assigned, sealed
from tests.api.fixtures import Start
from tests.api.running import Caller, Service, is_problem

LISTS = (
    "cases", "case_parties", "case_people", "case_entries", "case_referrals", "case_assignments", "case_notes",
    "case_steps", "case_attachments", "case_links", "people", "households", "guardianships", "kinships", "absences",
    "left_behind_statuses", "child_profiles", "woman_profiles", "elder_profiles", "notifications",
    "service_contracts",
)  # fmt: skip
NAME = "石首市春苗社会工作服务中心"
NOBODY = "01890000-0000-7000-8000-00000000dead"


@dataclass
class Desk:
    """A case in the hands of an NGO, and what stands around it."""

    case: dict[str, Any]
    assignment: dict[str, Any]
    child: dict[str, Any]
    brother: dict[str, Any]  # of her household, not of the case
    grandmother: dict[str, Any]  # her guardian, not of the case
    rows: dict[str, str]  # list → the key of a row of it


class Running(NamedTuple):
    """A service, a desk for each NGO, and the rows that the first one saw before."""

    service: Service
    mine: Desk
    theirs: Desk
    before: dict[str, set[str]]


async def desk(service: Service, sign: str, ngo: str, name: str) -> Desk:
    stage = Stage(service, sign)
    office = await service.caller(OFFICE)
    child = await stage.person(
        child={"schooling": "primary"}, birth_date="2016-05-05", new_household=True, phone="19012345678",
        identity_number=identity_number("20160505"), address="三组12号", health="disabled", hardship=["destitute"],
    )  # fmt: skip
    brother, grandmother = await stage.person(birth_date="2012-05-05"), await stage.person(birth_date="1955-05-05")
    home = await stage.one(f"/v1/households/{child['household_id']}")
    joined = await office.post(
        f"/v1/households/{home['id']}:add_member", {"person_id": brother["id"]},
        headers={"if-match": f'"{home["version"]}"'},
    )  # fmt: skip
    assert joined.status_code == 200, joined.text
    kin = await stage.create(
        OFFICE, "/v1/kinships", {"person_id": child["id"], "relative_id": grandmother["id"], "relation": "62"}
    )
    guarded = await stage.create(OFFICE, "/v1/guardianships", {
        "ward_id": child["id"], "guardian_id": grandmother["id"], "kind": "entrusted", "relation": "62",
        "capability": "poor", "valid_from": "2025-01-01",
    })  # fmt: skip
    made = await case(
        stage, "accept", "start", person_id=child["id"], audience="child", reporter_name="王某",
        reporter_phone="19012345678",
    )  # fmt: skip
    one = await assigned(stage, made, ngo_agency_id=await partner(stage, name))
    worker = await service.caller(ngo)
    note = await worker.post(f"/v1/cases/{made['id']}:add_note", {"body": f"{sign}：孩子怕生"})
    done = {"kind": "service", "done_on": made["received_at"][:10], "minutes": 60, "content": "入户陪伴"}
    walked = await worker.post(f"/v1/cases/{made['id']}:record_step", done)
    assert (note.status_code, walked.status_code) == (201, 201)
    rows = {
        "cases": made["id"], "case_assignments": one["id"], "case_notes": note.json()["id"],
        "case_steps": walked.json()["id"], "service_contracts": one["contract_id"], "people": child["id"],
        "households": child["household_id"], "kinships": kin["id"], "guardianships": guarded["id"],
    }  # fmt: skip
    for listed, path in (
        ("case_people", f"case_people?case_id={made['id']}"), ("case_parties", f"case_parties?case_id={made['id']}"),
        ("case_entries", f"case_entries?case_id={made['id']}"),
        ("notifications", f"notifications?record_id={made['id']}"),
        ("child_profiles", f"child_profiles?person_id={child['id']}"),
        ("left_behind_statuses", f"left_behind_statuses?person_id={child['id']}"),
    ):  # fmt: skip
        rows[listed] = (await worker.get(f"/v1/{path}")).json()["items"][0]["id"]
    return Desk(made, one, child, brother, grandmother, rows)


@pytest.fixture(scope="module")
async def running(start: Start) -> Running:
    """A service with a new case for each of two NGOs, beside what the demo gave them."""
    service = await start()
    worker = await service.caller(NGO)
    before = {listed: await keys(worker, listed) for listed in LISTS}
    mine = await desk(service, "梅", NGO, NAME)
    return Running(service, mine, await desk(service, "兰", OTHER_NGO, OTHER_NAME), before)


def blank(answer: httpx.Response) -> tuple[int, bytes]:
    """Return an answer but for its request's own number."""
    return answer.status_code, re.sub(rb'"request_id":"[^"]*"', b"", answer.content)


async def keys(worker: Caller, listed: str) -> set[str]:
    return {one["id"] for one in await worker.everything(f"/v1/{listed}")}


async def test_a_list_is_of_its_own_cases_and_counts_no_other(running: Running) -> None:
    service, mine, theirs, before = running
    one, other = await service.caller(NGO), await service.caller(OTHER_NGO)
    new: dict[str, set[str]] = {}
    for listed in LISTS:
        hers, his = await keys(one, listed), await keys(other, listed)
        assert not hers & his, listed
        counted = (await one.get(f"/v1/{listed}?count=true&page_size=1")).json()["total"]
        assert counted == len(hers), listed
        new[listed] = hers - before[listed]
        if listed in mine.rows:
            assert (mine.rows[listed] in new[listed], theirs.rows[listed] in his) == (True, True), listed
    # One row of each, and of what it did itself a line each.
    assert {listed: len(rows) for listed, rows in new.items()} == dict.fromkeys(LISTS, 0) | dict.fromkeys(
        mine.rows, 1
    ) | {"case_entries": 2}
    entries = (await one.get(f"/v1/case_entries?case_id={mine.case['id']}&order_by=id")).json()["items"]
    assert [entry["act"] for entry in entries] == ["note", "step"]


async def test_by_id_anothers_row_is_as_absent_as_none(running: Running) -> None:
    service, mine, theirs, _ = running
    one = await service.caller(NGO)
    for listed, key in theirs.rows.items():
        assert (await one.get(f"/v1/{listed}/{mine.rows[listed]}")).status_code == 200, listed
        assert blank(await one.get(f"/v1/{listed}/{key}")) == blank(await one.get(f"/v1/{listed}/{NOBODY}")), listed
        node = await one.graphql("query($id: ID!) { node(id: $id) { id } }", {"id": key})
        assert node.json() == {"data": {"node": None}}


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("cases", "number={number}"), ("cases", "person_id={person}"), ("cases", "agency_id={agency}"),
        ("cases", "household_id={household}"), ("case_parties", "case_id={case}"), ("case_people", "case_id={case}"),
        ("case_people", "person_id={person}"), ("case_entries", "case_id={case}"), ("case_notes", "case_id={case}"),
        ("case_steps", "case_id={case}"), ("case_assignments", "contract_id={contract}"),
        ("case_assignments", "case_id={case}"), ("case_assignments", "agency_id={ngo}"),
        ("notifications", "record_id={case}"), ("service_contracts", "ngo_agency_id={ngo}"),
        ("people", "household_id={household}"), ("guardianships", "ward_id={person}"),
        ("kinships", "person_id={person}"),
    ],
)  # fmt: skip
async def test_asking_with_anothers_keys_finds_nothing(running: Running, listed: str, asked: str) -> None:
    service, mine, theirs, _ = running
    one = await service.caller(NGO)

    def query(of: Desk, agency: str) -> str:
        return asked.format(
            number=of.case["number"], person=of.child["id"], agency=agency, household=of.child["household_id"],
            case=of.case["id"], contract=of.assignment["contract_id"], ngo=of.assignment["agency_id"],
        )  # fmt: skip

    found = (await one.get(f"/v1/{listed}?{query(mine, mine.case['agency_id'])}&count=true")).json()
    assert found["total"] >= 1
    hidden = await one.get(f"/v1/{listed}?{query(theirs, NOBODY)}&count=true")
    assert hidden.json()["items"] == []
    assert hidden.json()["total"] == 0
    assert found["total"] == len(found["items"])


async def test_anothers_cursor_is_refused_as_a_forged_one(running: Running) -> None:
    service, _, theirs, _ = running
    one, other = await service.caller(NGO), await service.caller(OTHER_NGO)
    await assigned(Stage(service, "竹"), ngo_agency_id=theirs.assignment["agency_id"])
    for listed in ("cases", "case_assignments", "notifications"):
        token = (await other.get(f"/v1/{listed}?page_size=1")).json()["next_page_token"]
        assert token is not None
        refused = await one.get(f"/v1/{listed}?page_token={token}")
        is_problem(refused, 400, "page_token.invalid")
        assert blank(refused) == blank(await one.get(f"/v1/{listed}?page_token={uuid4()}.AAAA"))


async def test_no_write_of_anothers_case_is_told_from_one_of_none(running: Running) -> None:
    service, _, theirs, _ = running
    one, before = await service.caller(NGO), await service.state()
    note = {"body": "打听一下"}
    done = {"kind": "service", "done_on": theirs.case["received_at"][:10], "minutes": 5, "content": "打听一下"}
    ending = {"reason": "打听", "note": "打听一下"}
    match = {"if-match": '"1"'}
    for path, key, body in (
        ("cases/{}:add_note", theirs.case["id"], note), ("cases/{}:record_step", theirs.case["id"], done),
        ("case_notes/{}:read", theirs.rows["case_notes"], {"purpose": "打听一下"}),
        ("cases/{}:reveal_reporter", theirs.case["id"], {"purpose": "打听一下"}),
        ("case_assignments/{}:hand_back", theirs.assignment["id"], ending),
        ("notifications/{}:read", theirs.rows["notifications"], {}),
    ):  # fmt: skip
        headers = match if "hand_back" in path else {}
        asked = await one.post(f"/v1/{path.format(key)}", body, headers=headers)
        none = await one.post(f"/v1/{path.format(NOBODY)}", body, headers=headers)
        assert blank(asked) == blank(none)
        assert asked.status_code == 404
    assert await service.state() == before


async def test_links_and_merged_cases_lead_nowhere(running: Running) -> None:
    service, mine, theirs, _ = running
    stage, one = Stage(service, "菊"), await service.caller(NGO)
    office = await service.caller(OFFICE)
    linked = {"other_id": theirs.case["id"], "reason": "两家是亲戚"}
    assert (await office.post(f"/v1/cases/{mine.case['id']}:link", linked)).status_code == 200
    other = await case(stage, "accept")
    now = await stage.one(f"/v1/cases/{mine.case['id']}")
    merging = {"into_id": now["id"], "reason": "同一件事"}
    merged = await office.post(f"/v1/cases/{other['id']}:merge", merging, headers={"if-match": f'"{other["version"]}"'})
    assert merged.status_code == 200
    document = """query($id: ID!) { case(id: $id) {
      links { totalCount nodes { id other { id } } } merged { totalCount nodes { id } } mergedInto { id }
      parties { totalCount } referrals { totalCount } notes { totalCount } } caseLinks { totalCount } }"""
    asked = {"id": mine.case["id"]}
    seen = (await one.graphql(document, asked)).json()["data"]
    assert seen["caseLinks"] == {"totalCount": 0}
    assert seen["case"] == {
        "links": {"totalCount": 0, "nodes": []}, "merged": {"totalCount": 0, "nodes": []}, "mergedInto": None,
        "parties": {"totalCount": 1}, "referrals": {"totalCount": 0}, "notes": {"totalCount": 1},
    }  # fmt: skip
    hers = (await office.graphql(document, asked)).json()["data"]["case"]
    assert (hers["links"]["totalCount"], hers["merged"]["totalCount"]) == (1, 1)


async def test_the_people_of_a_case_are_shown_as_far_as_it_needs_them(running: Running) -> None:
    service, mine, _, _ = running
    one = await service.caller(NGO)
    (row,) = (await one.get(f"/v1/case_people?case_id={mine.case['id']}")).json()["items"]
    assert (row["person_id"], row["role"]) == (mine.child["id"], "subject")
    child = (await one.get(f"/v1/people/{mine.child['id']}")).json()
    assert child["name"] == "陈梅"
    assert re.fullmatch(r"4210\*+[0-9X]{4}", child["identity_number"])
    assert (child["phone"], child["address"][-3:]) == ("190****5678", "***")
    assert {"health", "hardship", "priority"} <= {*child["withheld"]}
    assert (child["health"], child["hardship"]) == (None, None)
    assert child["access"] == {"update": False, "reveal": False, "history": False}
    is_problem(await one.post(f"/v1/people/{mine.child['id']}:reveal", {"purpose": "上门"}), 403, "access.forbidden")
    shown = (await one.get(f"/v1/cases/{mine.case['id']}")).json()
    assert (shown["reporter_phone"], shown["access"]["resolve"]) == ("190****5678", False)
    refused = await one.post(f"/v1/cases/{mine.case['id']}:reveal_reporter", {"purpose": "上门核实"})
    is_problem(refused, 403, "case.no_part")


async def test_whoever_is_not_of_the_case_stays_hidden(running: Running) -> None:
    service, mine, _, _ = running
    one = await service.caller(NGO)
    document = """query($id: ID!) { person(id: $id) {
      household { head { id } members { totalCount nodes { id } } }
      guardianships { nodes { capability guardian { id name } } } wards { totalCount }
      kin { nodes { relative { id name } } } history { totalCount } withheld } }"""
    seen = (await one.graphql(document, {"id": mine.child["id"]})).json()["data"]["person"]
    assert seen == {
        "household": {
            "head": {"id": mine.child["id"]}, "members": {"totalCount": 1, "nodes": [{"id": mine.child["id"]}]},
        },
        "guardianships": {"nodes": [{"capability": None, "guardian": None}]}, "wards": {"totalCount": 0},
        "kin": {"nodes": [{"relative": None}]}, "history": None, "withheld": ["history"],
    }  # fmt: skip
    below = (await one.get(f"/v1/people?household_id={mine.child['household_id']}&count=true")).json()
    assert ([member["id"] for member in below["items"]], below["total"]) == ([mine.child["id"]], 1)
    for hidden in (mine.brother, mine.grandmother):
        assert blank(await one.get(f"/v1/people/{hidden['id']}")) == blank(await one.get(f"/v1/people/{NOBODY}"))
    found = await one.post("/v1/people:search", {"q": "陈梅"})
    names = {item["id"] for item in found.json().get("items", [])}
    assert not names & {mine.brother["id"], mine.grandmother["id"]}


async def test_what_the_offices_write_is_theirs_and_the_log_is_closed(running: Running) -> None:
    service, mine, _, _ = running
    stage, one = Stage(service, "松"), await service.caller(NGO)
    hidden = await sealed(stage, OFFICE, mine.case)
    plain = await stage.create(OFFICE, f"/v1/cases/{mine.case['id']}:add_note", {"body": "内部研判"})
    for note in (hidden, plain):
        assert blank(await one.get(f"/v1/case_notes/{note['id']}")) == blank(await one.get(f"/v1/case_notes/{NOBODY}"))
        read = await one.post(f"/v1/case_notes/{note['id']}:read", {"purpose": "了解情况"})
        is_problem(read, 404, "not_found")
    is_problem(await one.get(f"/v1/events?aggregate_id={mine.case['id']}"), 403, "access.forbidden")
    is_problem(await one.get(f"/v1/people/{mine.child['id']}/history"), 403, "access.forbidden")
    own = await one.post(f"/v1/cases/{mine.case['id']}:add_note", {"kind": "confidential", "body": "孩子说起夜里的事"})
    assert own.json()["body"] is None
    read = await one.post(f"/v1/case_notes/{own.json()['id']}:read", {"purpose": "督导讨论"})
    assert read.json()["body"] == "孩子说起夜里的事"

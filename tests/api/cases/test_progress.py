"""The way of a case: what each state allows, what stands at the end of it, and two who act at once."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.api.acts import OFFICE, Stage
from tests.api.case_acts import BODIES, case
from tests.api.fixtures import Start
from tests.api.running import Service, graphql_problem, is_problem

CLOSED = "state = 'closed', closed_at = now(), due_at = NULL"
FEDERATION, POLICE = "womens_federation_county", "police_county"
ALLOWED = {
    (): ["accept", "redirect", "refuse", "merge", "refer"],
    ("accept",): ["start", "extend", "assign", "merge", "refer"],
    ("accept", "start"): ["resolve", "extend", "assign", "merge", "refer"],
    ("accept", "start", "resolve"): ["reply", "resume"],
    ("accept", "start", "resolve", "reply"): ["close", "reopen"],
    ("accept", "start", "resolve", "reply", "close"): ["reopen"],
    ("refuse",): ["reply", "reopen"],
}


async def do(service: Service, by: str, made: dict[str, Any], act: str, body: dict[str, Any] | None = None) -> Any:
    caller = await service.caller(by)
    headers = {"if-match": f'"{made["version"]}"'}
    return await caller.post(f"/v1/cases/{made['id']}:{act}", BODIES[act] if body is None else body, headers=headers)


@pytest.mark.parametrize("way", ALLOWED, ids="→".join)
async def test_what_a_state_does_not_allow_is_a_conflict_that_names_what_it_does(
    service: Service, way: tuple[str, ...]
) -> None:
    made = await case(Stage(service, "梅"), *way)
    access = (await (await service.caller(OFFICE)).get(f"/v1/cases/{made['id']}")).json()["access"]
    assert {act for act, is_open in access.items() if is_open} - {"hand_to"} == {*ALLOWED[way]}
    before = await service.state()
    for act in BODIES.keys() - {*ALLOWED[way]}:
        refused = is_problem(await do(service, OFFICE, made, act), 409, "case.not_allowed")
        assert (refused["state"], refused["allowed"]) == (made["state"], ALLOWED[way]), act
    assert await service.state() == before


async def test_the_whole_way_leaves_its_timeline_and_its_deadlines(service: Service) -> None:
    made = await case(
        Stage(service, "兰"), "accept", "start", "extend", "resolve", "resume", "resolve", "reply", "close"
    )
    assert (made["state"], made["outcome"], made["reply_channel"], made["due_at"]) == (
        "closed",
        "solved",
        "phone",
        None,
    )
    assert made["closed_at"] >= made["replied_at"] >= made["resolved_at"]
    office = await service.caller(OFFICE)
    rows = (await office.get(f"/v1/case_entries?case_id={made['id']}&order_by=id&page_size=50")).json()["items"]
    assert [(one["act"], one["state"]) for one in rows] == [
        ("register", "received"), ("accept", "accepted"), ("start", "in_progress"), ("extend", "in_progress"),
        ("resolve", "resolved"), ("resume", "in_progress"), ("resolve", "resolved"), ("reply", "replied"),
        ("close", "closed"),
    ]  # fmt: skip
    told = (await (await service.caller("village_worker")).get(f"/v1/notifications?record_id={made['id']}")).json()
    assert [one["kind"] for one in told["items"]] == ["case_replied"]

    again = (await do(service, "village_worker", made, "reopen")).json()  # whoever raised it is not content
    assert (again["state"], again["outcome"], again["reply"], again["reopened"]) == ("in_progress", None, None, 1)
    assert again["finish_by"] >= made["finish_by"]
    assert again["due_at"] == again["finish_by"]


async def test_there_is_one_extension(service: Service) -> None:
    made = await case(Stage(service, "竹"), "accept")
    longer = (await do(service, OFFICE, made, "extend")).json()
    assert (longer["extensions"], longer["finish_by"] > made["finish_by"]) == (1, True)
    before = await service.state()
    is_problem(await do(service, OFFICE, longer, "extend"), 409, "case.extended")
    assert await service.state() == before


async def test_a_refusal_is_an_outcome_and_still_needs_its_reply(service: Service) -> None:
    made = await case(Stage(service, "菊"), "refuse")
    assert (made["state"], made["outcome"], made["outcome_note"]) == ("refused", "refused", BODIES["refuse"]["reason"])
    assert made["due_at"] == made["finish_by"]
    replied = (await do(service, OFFICE, made, "reply")).json()
    assert (await do(service, OFFICE, replied, "close")).json()["state"] == "closed"


async def test_an_outcome_is_chosen_and_a_reply_is_in_words(service: Service) -> None:
    made = await case(Stage(service, "松"), "accept", "start")
    before = await service.state()
    for body, pointer, code in (
        ({"outcome": "refused", "outcome_note": "不行"}, "/outcome", "case.outcome_refused"),
        ({"outcome": "solved"}, "/outcome_note", "field.required"),
        ({"outcome": "solved", "outcome_note": "。"}, "/outcome_note", "text.blank"),
        ({"outcome": "well", "outcome_note": "好"}, "/outcome", "field.choice"),
    ):
        refused = is_problem(await do(service, OFFICE, made, "resolve", body), 422, "input.invalid")
        assert [(one["pointer"], one["code"]) for one in refused["errors"]] == [(pointer, code)]
    assert await service.state() == before


@pytest.mark.parametrize("by", ["village_worker", "township_worker", FEDERATION, "city_supervisor"])
async def test_only_the_agency_that_leads_goes_on(service: Service, by: str) -> None:
    made = await case(Stage(service, "柏"), audience="woman")
    before = await service.state()
    is_problem(await do(service, by, made, "accept"), 403, "case.not_yours")
    assert await service.state() == before


@pytest.mark.parametrize("by", [POLICE, "neighbour_county"])
async def test_to_others_it_is_not_there(service: Service, by: str) -> None:
    made = await case(Stage(service, "桂"))
    before = await service.state()
    is_problem(await do(service, by, made, "accept"), 404, "not_found")
    text = "mutation($i: AcceptCaseInput!) { acceptCase(input: $i) { case { id } } }"
    given = {"i": {"caseId": made["id"], "expectedVersion": 1}}
    graphql_problem(await (await service.caller(by)).graphql(text, given), 404, "not_found")
    assert await service.state() == before


async def test_versions_are_asked_for_and_compared(service: Service) -> None:
    made = await case(Stage(service, "枫"), "accept")
    office, before = await service.caller(OFFICE), await service.state()
    path = f"/v1/cases/{made['id']}:start"
    is_problem(await office.post(path, {}), 428, "version.required")
    is_problem(await office.post(path, {}, headers={"if-match": '"1"'}), 412, "version.stale")
    assert await service.state() == before


async def test_of_two_who_decide_at_once_one_wins(service: Service) -> None:
    made = await case(Stage(service, "桃"))
    answers = await asyncio.gather(do(service, OFFICE, made, "accept"), do(service, OFFICE, made, "refuse"))
    assert sorted(one.status_code for one in answers) == [200, 412]
    now = (await (await service.caller(OFFICE)).get(f"/v1/cases/{made['id']}")).json()
    assert (now["state"], now["version"]) in {("accepted", 2), ("refused", 2)}


async def test_a_redirected_case_is_led_by_the_other_and_leaves_a_trace(service: Service) -> None:
    made = await case(Stage(service, "杏"), audience="woman")
    office = await service.caller(OFFICE)
    found = (await office.get("/v1/agencies?type=womens_federation&region=421081&page_size=100")).json()["items"]
    federation = next(one["id"] for one in found if one["region"] == "421081")
    body = {"agency_id": federation, "reason": "属妇联职责"}
    passed = (await do(service, OFFICE, made, "redirect", body)).json()
    assert (passed["state"], passed["agency_id"], passed["handler_id"]) == ("redirected", federation, None)
    is_problem(await do(service, OFFICE, passed, "accept"), 403, "case.not_yours")
    accepted = (await do(service, FEDERATION, passed, "accept")).json()
    assert (accepted["state"], accepted["finish_by"]) == ("accepted", made["finish_by"])
    rows = (await office.get(f"/v1/case_parties?case_id={made['id']}&page_size=50")).json()["items"]
    roles = {one["agency_id"]: one["role"] for one in rows}
    assert (roles[federation], roles[made["agency_id"]]) == ("lead", "informed")
    same = {"agency_id": federation, "reason": "再转"}
    fresh = await case(Stage(service, "梨"))
    refused = is_problem(
        await do(service, OFFICE, fresh, "redirect", {**same, "agency_id": fresh["agency_id"]}), 422, "input.invalid"
    )
    assert [(one["pointer"], one["code"]) for one in refused["errors"]] == [("/agency_id", "case.same_agency")]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        (CLOSED, "care_case_has_outcome"),
        (f"{CLOSED}, outcome = 'solved', outcome_note = 'x', resolved_at = now()", "care_case_has_reply"),
        ("state = 'replied', due_at = NULL, reply = 'x', reply_channel = 'phone', replied_at = now()",
         "care_case_has_outcome"),
        ("state = 'resolved'", "care_case_has_outcome"),
        ("due_at = NULL", "care_case_due_while_open"),
        ("extensions = 2", "care_case_extended_once"),
        ("state = 'merged', due_at = NULL", "care_case_merged"),
    ],
)  # fmt: skip
async def test_the_table_itself_lets_no_case_end_without_outcome_and_reply(
    start: Start, change: str, constraint: str
) -> None:
    service = await start()
    made = await case(Stage(service, "榆"), "accept")
    owner = await asyncpg.connect(service.dsn)
    try:
        await owner.execute("SELECT set_config('shouwang.ranges', '{[0,1000000000000)}', false)")
        await owner.execute("SELECT set_config('shouwang.remit', '128', false)")
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await owner.execute(f"UPDATE care_case SET {change} WHERE id = $1", made["id"])
        assert refused.value.constraint_name == constraint
    finally:
        await owner.close()

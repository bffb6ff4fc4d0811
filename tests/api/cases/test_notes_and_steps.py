"""Notes and steps: who writes them, who opens a confidential one, and what each kind of step needs."""

from typing import Any

import httpx
import pytest

from tests.api.acts import OFFICE, Stage
from tests.api.case_acts import BODIES, case, matter
from tests.api.desk_acts import NGO, WHY, assigned, sealed
from tests.api.running import Service, graphql_problem, is_problem
from tests.api.venue_acts import step

FEDERATION, POLICE, CITY, VILLAGE_WORKER = (
    "womens_federation_county", "police_county", "city_supervisor", "village_worker",
)  # fmt: skip
SECRET = "某不敢回家"


async def post(service: Service, by: str, path: str, body: dict[str, Any]) -> httpx.Response:
    return await (await service.caller(by)).post(path, body)


async def take_part(service: Service, made: dict[str, Any], caller: str, role: str | None) -> None:
    """Give a caller's agency a part in a case, or take it away."""
    agency = (await (await service.caller(caller)).get("/v1/me")).json()["agency"]["id"]
    await service.owner.execute(
        "UPDATE case_party SET ended_at = now() WHERE case_id = $1 AND agency_id = $2 AND ended_at IS NULL",
        made["id"], agency,
    )  # fmt: skip
    if role:
        await service.owner.execute(
            "INSERT INTO case_party (id, case_id, region_code, agency_id, role) "
            "SELECT gen_random_uuid(), id, region_code, $2, $3 FROM care_case WHERE id = $1",
            made["id"], agency, role,
        )  # fmt: skip


async def test_a_confidential_note_leaves_one_by_one_and_on_record(service: Service) -> None:
    stage = Stage(service, "梅")
    made = await case(stage, "accept", "start")
    note = await sealed(stage, OFFICE, made)
    assert (note["kind"], note["body"]) == ("confidential", None)
    stored = await service.owner.fetchrow("SELECT * FROM case_note WHERE id = $1", note["id"])
    assert (stored["body"], stored["secret_note_masked"]) == (None, "")
    assert SECRET.encode() not in stored["secret_note_cipher"]
    listed = await (await service.caller(OFFICE)).get(f"/v1/case_notes?case_id={made['id']}")
    assert SECRET not in listed.text
    key = {"idempotency-key": "once-and-again"}
    office = await service.caller(OFFICE)
    for _ in range(2):  # each reading is one of its own: nothing is replayed
        read = await office.post(f"/v1/case_notes/{note['id']}:read", {"purpose": WHY}, headers=key)
        assert read.json() == {"id": note["id"], "case_id": made["id"], "body": SECRET}
        assert "idempotency-replayed" not in read.headers
        assert read.headers["cache-control"] == "no-store"
        (event,) = await service.events_of(read)
        assert (event["type"], event["purpose"], str(event["aggregate_id"])) == ("case.note_read", WHY, made["id"])
        assert note["id"] in event["data"]
        assert SECRET not in event["data"]
    assert SECRET not in str(await service.owner.fetch("SELECT * FROM case_entry WHERE case_id = $1", made["id"]))
    plain = await stage.create(OFFICE, f"/v1/cases/{made['id']}:add_note", {"body": "约好周五再谈"})
    assert plain["body"] == "约好周五再谈"
    is_problem(
        await post(service, OFFICE, f"/v1/case_notes/{plain['id']}:read", {"purpose": WHY}), 409, "case_note.not_sealed"
    )
    words = await post(service, OFFICE, f"/v1/case_notes/{note['id']}:read", {})
    assert [one["pointer"] for one in is_problem(words, 422, "input.invalid")["errors"]] == ["/purpose"]


@pytest.mark.parametrize(
    ("caller", "role", "opens"),
    [
        (FEDERATION, "co", True),
        (FEDERATION, "overseer", False),  # of another kind than the lead
        (CITY, "overseer", True),  # civil affairs over civil affairs
        (CITY, None, False),  # looks at her region, and takes no part
        (FEDERATION, "informed", False),
        (VILLAGE_WORKER, "reporter", False),
        ("township_worker", None, False),
        (POLICE, "co", True),
    ],
)
async def test_who_opens_a_confidential_note(service: Service, caller: str, role: str | None, opens: bool) -> None:
    stage = Stage(service, "兰")
    made = await case(stage, "accept", audience="woman")
    note = await sealed(stage, OFFICE, made)
    await take_part(service, made, caller, role)
    before = await service.state()
    read = await post(service, caller, f"/v1/case_notes/{note['id']}:read", {"purpose": WHY})
    if opens:
        assert read.json()["body"] == SECRET
        return
    is_problem(read, 403, "case_note.sealed")
    assert SECRET not in read.text
    document = "mutation($i: ReadNoteInput!) { readNote(input: $i) { openedNote { body } } }"
    by_graphql = await (await service.caller(caller)).graphql(document, {"i": {"noteId": note["id"], "purpose": WHY}})
    graphql_problem(by_graphql, 403, "case_note.sealed")
    assert await service.state() == before


async def test_who_does_not_see_the_case_is_told_of_no_note(service: Service) -> None:
    stage = Stage(service, "竹")
    made = await stage.create("township_worker", "/v1/cases", matter(stage, category="violence", audience="woman"))
    lead = OFFICE if made["agency_id"] == (await stage.one("/v1/me"))["agency"]["id"] else FEDERATION
    note = await sealed(stage, lead, made)
    for name in (VILLAGE_WORKER, "township_worker", CITY, NGO, "neighbour_county"):
        absent = await post(service, name, f"/v1/case_notes/{note['id']}:read", {"purpose": WHY})
        is_problem(absent, 404, "not_found")


@pytest.mark.parametrize(
    ("by", "status", "code"),
    [
        (OFFICE, 201, ""), (NGO, 201, ""), (FEDERATION, 403, "case.no_part"),
        (VILLAGE_WORKER, 403, "case.no_part"), (CITY, 403, "access.forbidden"),
        ("neighbour_county", 404, "not_found"),
        ("ngo_partner_2", 404, "not_found"), ("resident", 403, "access.forbidden"),
    ],
)  # fmt: skip
async def test_who_writes_about_a_case(service: Service, by: str, status: int, code: str) -> None:
    stage = Stage(service, "菊")
    made = await case(stage, "accept", "start", audience="woman")
    await assigned(stage, made)
    await take_part(service, made, FEDERATION, "informed")
    done = {"kind": "service", "done_on": made["received_at"][:10], "minutes": 40, "content": "入户"}
    for path, body in (("add_note", {"kind": "confidential", "body": "话"}), ("record_step", done)):
        before = await service.state()
        answer = await post(service, by, f"/v1/cases/{made['id']}:{path}", body)
        if status == 201:
            assert answer.status_code == 201, answer.text
            continue
        is_problem(answer, status, code)
        assert await service.state() == before


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"kind": "service"}, [("/minutes", "field.required")]),
        ({"kind": "service", "minutes": 0}, [("/minutes", "field.too_small")]),
        (
            {"kind": "service", "minutes": 30, "satisfaction": "satisfied"},
            [("/satisfaction", "case_step.only_call_back")],
        ),
        ({"kind": "mediation"}, [("/with_whom", "field.required"), ("/result", "field.required")]),
        ({"kind": "petition_proxy"}, [("/with_whom", "field.required")]),
        ({"kind": "legal_aid"}, [("/with_whom", "field.required")]),
        ({"kind": "call_back"}, [("/satisfaction", "field.required")]),
        ({"kind": "dance"}, [("/kind", "field.choice")]),
        ({"kind": "service", "minutes": 30, "done_on": "2020-01-01"}, [("/done_on", "case_step.too_early")]),
        ({"kind": "service", "minutes": 30, "done_on": "2099-01-01"}, [("/done_on", "date.future")]),
    ],
)
async def test_each_kind_of_step_needs_its_own(
    service: Service, body: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    made = await case(Stage(service, "松"), "accept", "start")
    before = await service.state()
    given = {"content": "做了什么", "done_on": made["received_at"][:10]} | body
    refused = is_problem(
        await post(service, OFFICE, f"/v1/cases/{made['id']}:record_step", given), 422, "input.invalid"
    )
    assert [(one["pointer"], one["code"]) for one in refused["errors"]] == faults
    assert await service.state() == before


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "service", "minutes": 90, "place": "村委会"},
        {"kind": "mediation", "with_whom": "邻居何某", "result": "双方签了协议", "place": "村调解室"},
        {"kind": "petition_proxy", "with_whom": "市信访局", "result": "已转办"},
        {"kind": "legal_aid", "with_whom": "市法律援助中心"},
    ],
)
async def test_a_step_is_kept_as_it_was_done(service: Service, more: dict[str, Any]) -> None:
    stage = Stage(service, "柏")
    made = await case(stage, "accept", "start")
    body = {"content": "早介入早调解", "done_on": made["received_at"][:10]} | more
    done = await stage.create(OFFICE, f"/v1/cases/{made['id']}:record_step", body)
    assert {name: done[name] for name in body} == body
    assert (done["case_id"], done["satisfaction"], done["may_reopen"]) == (made["id"], None, False)
    assert (await stage.one(f"/v1/case_entries?case_id={made['id']}"))["items"][0]["act"] == "step"


async def test_who_is_not_satisfied_may_have_it_reopened(service: Service) -> None:
    stage = Stage(service, "桂")
    made = await case(stage, "accept", "start", "resolve")
    me = await stage.one("/v1/me")
    path = f"/v1/cases/{made['id']}:record_step"
    call = {"kind": "call_back", "content": "电话回访", "done_on": made["received_at"][:10]}
    before = await service.state()
    early = await post(service, OFFICE, path, call | {"satisfaction": "satisfied"})
    is_problem(early, 409, "case_step.not_replied")
    assert await service.state() == before
    handed = {"handler_id": me["staff_id"]}
    made = await step(stage, OFFICE, f"/v1/cases/{made['id']}:hand_to", made, handed)
    made = await step(stage, OFFICE, f"/v1/cases/{made['id']}:reply", made, BODIES["reply"])
    content = await stage.create(OFFICE, path, call | {"satisfaction": "very_satisfied"})
    assert (content["satisfaction"], content["may_reopen"]) == ("very_satisfied", False)
    made = await step(stage, OFFICE, f"/v1/cases/{made['id']}:close", made, BODIES["close"])
    answer = await stage.create(OFFICE, path, call | {"satisfaction": "unsatisfied", "result": "锅又坏了"})
    assert answer["may_reopen"] is True
    told = (await stage.one(f"/v1/notifications?record_id={made['id']}"))["items"][0]
    assert (told["kind"], told["staff_id"]) == ("case_unsatisfied", me["staff_id"])
    over = await post(service, OFFICE, f"/v1/cases/{made['id']}:add_note", {"body": "补记"})
    is_problem(over, 409, "case.over")
    await step(stage, OFFICE, f"/v1/cases/{made['id']}:reopen", made, BODIES["reopen"])
    assert (await stage.one(f"/v1/case_steps/{answer['id']}"))["may_reopen"] is False
    is_problem(await post(service, OFFICE, path, call | {"satisfaction": "satisfied"}), 409, "case_step.not_replied")


async def test_an_ngo_asks_nobody_how_it_did(service: Service) -> None:
    stage = Stage(service, "枫")
    one = await assigned(stage)
    made = await stage.one(f"/v1/cases/{one['case_id']}")
    for verb in ("resolve", "reply"):
        made = await step(stage, OFFICE, f"/v1/cases/{made['id']}:{verb}", made, BODIES[verb])
    call = {"kind": "call_back", "content": "回访", "done_on": made["replied_at"][:10], "satisfaction": "satisfied"}
    refused = await post(service, NGO, f"/v1/cases/{made['id']}:record_step", call)
    is_problem(refused, 403, "case.no_part")


async def test_whoever_raised_it_is_reached_by_those_who_work_it(service: Service) -> None:
    stage = Stage(service, "榆")
    made = await case(stage, "accept", reporter_name="王榆", reporter_phone="19012345678", audience="woman")
    assert made["reporter_phone"] == "190****5678"
    path = f"/v1/cases/{made['id']}:reveal_reporter"
    told = await post(service, OFFICE, path, {"purpose": "电话核实"})
    assert told.json() == {"reporter_name": "王榆", "reporter_phone": "19012345678"}
    (event,) = await service.events_of(told)
    assert (event["type"], event["purpose"]) == ("case.reporter_revealed", "电话核实")
    assert "190" not in event["data"]
    before = await service.state()
    await take_part(service, made, FEDERATION, None)
    for name, status, code in (
        (FEDERATION, 403, "case.no_part"), (VILLAGE_WORKER, 403, "case.no_part"),
        (CITY, 403, "case.no_part"), (NGO, 404, "not_found"), ("neighbour_county", 404, "not_found"),
        ("auditor", 403, "access.forbidden"),
    ):  # fmt: skip
        is_problem(await post(service, name, path, {"purpose": "电话核实"}), status, code)
    assert (await service.state())["event"] == before["event"]


async def test_a_resident_who_raised_it_is_reached_by_her_own_number(service: Service) -> None:
    stage = Stage(service, "杉")
    resident, office = await service.caller("resident"), await service.caller(OFFICE)
    me = (await resident.get("/v1/me")).json()["person_id"]
    now = await stage.one(f"/v1/people/{me}")
    await office.patch(f"/v1/people/{me}", {"phone": "19012340099"}, now["version"])
    made = await stage.create("resident", "/v1/cases", {"category": "relief", "title": "求助", "description": "断粮了"})
    told = (await post(service, OFFICE, f"/v1/cases/{made['id']}:reveal_reporter", {"purpose": "上门前联系"})).json()
    assert told == {"reporter_name": now["name"], "reporter_phone": "19012340099"}

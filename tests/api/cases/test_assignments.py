"""A case in the hands of an NGO: within its contract, until it ends, and not a request longer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.cli.keyring import cipher_of
from domain.notifications.model import NoticeKind
from domain.people.days import today
from persistence.engine import RUNTIME_ROLE, open_pool
from persistence.jobs.cases import watch
from tests.api.acts import OFFICE, Stage
from tests.api.case_acts import BODIES, case
from tests.api.contract_acts import contract, partner
from tests.api.desk_acts import NGO, OTHER_NAME, OTHER_NGO, TASK, assigned, covering
from tests.api.fixtures import County
from tests.api.running import Service, is_problem, serving
from tests.api.venue_acts import step

FEDERATION, VILLAGE_WORKER = "womens_federation_county", "village_worker"
DAY = timedelta(days=1)
ENDED = {"reason": "机构年检不合格"}


@pytest.fixture
async def twin(service: Service, county: County) -> AsyncIterator[Service]:
    """Another process over the same database."""
    settings = county.settings(service.dsn)
    async with serving(settings, service.dsn, county.tokens, county.secrets) as other:
        yield other


async def assign(service: Service, made: dict[str, Any], by: str = OFFICE, **body: Any) -> httpx.Response:
    caller = await service.caller(by)
    match = {"if-match": f'"{made["version"]}"'}
    return await caller.post(f"/v1/cases/{made['id']}:assign", {"task": TASK} | body, headers=match)


async def end(service: Service, by: str, verb: str, one: dict[str, Any], **body: Any) -> httpx.Response:
    match = {"if-match": f'"{one["version"]}"'}
    caller = await service.caller(by)
    return await caller.post(f"/v1/case_assignments/{one['id']}:{verb}", {"reason": "到此为止"} | body, headers=match)


async def inbox(service: Service, by: str, key: str) -> list[str]:
    page = await (await service.caller(by)).get(f"/v1/notifications?record_id={key}")
    return [one["kind"] for one in page.json()["items"]]


async def timeline(service: Service, key: str, by: str = OFFICE) -> list[str]:
    page = await (await service.caller(by)).get(f"/v1/case_entries?case_id={key}&order_by=id")
    return [one["act"] for one in page.json()["items"]]


async def state_of(service: Service, key: str, by: str = OFFICE) -> str:
    found: str = (await (await service.caller(by)).get(f"/v1/case_assignments/{key}")).json()["state"]
    return found


async def sees(service: Service, key: str, by: str = NGO) -> bool:
    answer = await (await service.caller(by)).get(f"/v1/cases/{key}")
    if answer.status_code != 200:
        is_problem(answer, 404, "not_found")
    return answer.status_code == 200


async def test_an_ended_contract_gives_its_cases_back_at_once(service: Service) -> None:
    one = await assigned(Stage(service, "檀"))
    assert await sees(service, one["case_id"])
    office = await service.caller(OFFICE)
    bought = (await office.get(f"/v1/service_contracts/{one['contract_id']}")).json()
    await step(Stage(service, "檀"), OFFICE, f"/v1/service_contracts/{bought['id']}:end", bought, ENDED)
    assert not await sees(service, one["case_id"])
    assert await state_of(service, one["id"]) == "expired"


async def test_an_assignment_opens_the_case_and_counts_towards_the_contract(service: Service) -> None:
    stage = Stage(service, "梅")
    made, under = await case(stage, "accept", "start"), await covering(stage, quota=2)
    assert made["access"]["assign"] is True
    assert not await sees(service, made["id"])
    answer = await assign(service, made, contract_id=under["id"], until=str(today() + 30 * DAY))
    assert answer.status_code == 201, answer.text
    one = answer.json()
    assert (one["case_id"], one["contract_id"], one["state"], one["task"]) == (made["id"], under["id"], "open", TASK)
    assert one["until"] == f"{today() + 31 * DAY}T00:00:00+08:00"  # the day named is the last one
    assert (await stage.one(f"/v1/service_contracts/{under['id']}"))["assigned"] == 1
    assert await sees(service, made["id"])
    assert await inbox(service, NGO, made["id"]) == ["case_assigned"]
    assert (await timeline(service, made["id"]))[-1] == "assign"
    assert await timeline(service, made["id"], NGO) == []  # what the offices did is theirs
    hers = await (await service.caller(NGO)).graphql(
        "query($id: ID!) { case(id: $id) { access { assign resolve } assignments { nodes { contract { quota } } } } }",
        {"id": made["id"]},
    )
    assert hers.json()["data"]["case"] == {
        "access": {"assign": False, "resolve": False},
        "assignments": {"nodes": [{"contract": {"quota": 2}}]},
    }
    assert (await stage.one(f"/v1/cases/{made['id']}"))["version"] == made["version"] + 1


@pytest.mark.parametrize(
    ("terms", "body", "faults"),
    [
        ({"categories": ["loan"]}, {}, [("/contract_id", "contract.category_not_covered")]),
        ({"regions": ["421081100"]}, {}, [("/contract_id", "contract.region_not_covered")]),
        ({"starts_on": "2098-01-01"}, {}, [("/contract_id", "contract.outside_period")]),
        (
            {"categories": ["loan"], "regions": ["421081100"], "starts_on": "2098-01-01"},
            {},
            [
                ("/contract_id", "contract.outside_period"),
                ("/contract_id", "contract.category_not_covered"),
                ("/contract_id", "contract.region_not_covered"),
            ],
        ),
        ({}, {"until": "2026-01-01"}, [("/until", "case_assignment.until_past")]),
        ({}, {"until": "2100-01-01"}, [("/until", "case_assignment.until_after_contract")]),
        ({}, {"until": "soon"}, [("/until", "date.format")]),
        ({}, {"task": "…"}, [("/task", "text.blank")]),
        ({}, {"agency_id": "01890000-0000-7000-8000-00000000dead"}, [("/agency_id", "field.unknown")]),
    ],
)
async def test_outside_the_contract_each_reason_is_told_and_nothing_is_written(
    service: Service, terms: dict[str, Any], body: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    stage = Stage(service, "兰")
    made, under = await case(stage, "accept"), await covering(stage, **terms)
    before = await service.state()
    refused = is_problem(await assign(service, made, contract_id=under["id"], **body), 422, "input.invalid")
    assert [(one["pointer"], one["code"]) for one in refused["errors"]] == faults
    assert await service.state() == before


async def test_a_contract_must_be_the_agencys_own_and_in_effect(service: Service) -> None:
    stage = Stage(service, "竹")
    made, draft = await case(stage, "accept"), await contract(stage, categories=["relief"])
    federation = await service.caller(FEDERATION)
    body = {
        "ngo_agency_id": await partner(stage), "title": "妇联的合同", "starts_on": "2026-01-01",
        "ends_on": "2099-12-31", "categories": ["relief"], "regions": ["421081"], "quota": 4,
    }  # fmt: skip
    theirs = (await federation.post("/v1/service_contracts", body)).json()
    await federation.post(f"/v1/service_contracts/{theirs['id']}:activate", {}, headers={"if-match": '"1"'})
    before = await service.state()
    for key, code in (
        (draft["id"], "contract.not_active"),
        (theirs["id"], "contract.unknown"),
        ("01890000-0000-7000-8000-00000000dead", "contract.unknown"),
    ):
        refused = is_problem(await assign(service, made, contract_id=key), 422, "input.invalid")
        assert [one["code"] for one in refused["errors"]] == [code]
    assert await service.state() == before


async def test_only_the_lead_assigns_and_only_a_case_it_has_taken_on(service: Service) -> None:
    stage = Stage(service, "菊")
    under = await covering(stage)
    waiting, resolved = await case(stage), await case(stage, "accept", "start", "resolve")
    taken = await case(stage, "accept")
    before = await service.state()
    refused = is_problem(await assign(service, waiting, contract_id=under["id"]), 409, "case.not_allowed")
    assert refused["allowed"] == ["accept", "redirect", "refuse", "merge", "refer"]
    is_problem(await assign(service, resolved, contract_id=under["id"]), 409, "case.not_allowed")
    is_problem(await assign(service, taken, VILLAGE_WORKER, contract_id=under["id"]), 403, "case.not_yours")
    is_problem(await assign(service, taken, NGO, contract_id=under["id"]), 403, "access.forbidden")
    is_problem(await assign(service, taken, "neighbour_county", contract_id=under["id"]), 404, "not_found")
    is_problem(await assign(service, taken | {"version": 1}, contract_id=under["id"]), 412, "version.stale")
    assert await service.state() == before
    assert (resolved["access"]["assign"], taken["access"]["assign"]) == (False, True)


async def test_one_organisation_at_a_time_and_never_one_with_another_part_in_it(service: Service) -> None:
    stage = Stage(service, "松")
    made, under = await case(stage, "accept"), await covering(stage)
    await assigned(stage, made)
    made = await stage.one(f"/v1/cases/{made['id']}")
    other = await covering(stage, ngo_agency_id=await partner(stage, OTHER_NAME))
    own = await case(stage, "accept")
    await service.owner.execute(
        "INSERT INTO case_party (id, case_id, region_code, agency_id, role) "
        "SELECT gen_random_uuid(), id, region_code, $2, 'reporter' FROM care_case WHERE id = $1",
        own["id"], await partner(stage),
    )  # fmt: skip
    before = await service.state()
    for one in (under, other):
        is_problem(await assign(service, made, contract_id=one["id"]), 409, "case.assigned")
    refused = is_problem(await assign(service, own, contract_id=under["id"]), 422, "input.invalid")
    assert [one["code"] for one in refused["errors"]] == ["case_assignment.own_matter"]
    assert await service.state() == before


async def test_who_has_it_by_assignment_is_not_asked_to_cooperate_as_well(service: Service) -> None:
    """It would keep as a partner what the end of the assignment takes from it."""
    stage = Stage(service, "桃")
    association = await partner(stage, "石首市巾帼家政服务协会")
    one = await assigned(stage, ngo_agency_id=association)
    asking = {"agency_id": association, "kind": "cooperation", "reason": "请一并协办"}
    made, office = await stage.one(f"/v1/cases/{one['case_id']}"), await service.caller(OFFICE)
    match = {"if-match": f'"{made["version"]}"'}
    before = await service.state()
    refused = await office.post(f"/v1/cases/{made['id']}:refer", asking, headers=match)
    assert [fault["code"] for fault in is_problem(refused, 422, "input.invalid")["errors"]] == ["case.assign_instead"]
    assert await service.state() == before


async def test_the_last_place_of_a_quota_is_given_once(service: Service) -> None:
    stage = Stage(service, "柏")
    under = await covering(stage, quota=1)
    two = [await case(stage, "accept"), await case(stage, "accept")]
    answers = await asyncio.gather(*(assign(service, one, contract_id=under["id"]) for one in two))
    assert sorted(one.status_code for one in answers) == [201, 422]
    (lost,) = (one for one in answers if one.status_code == 422)
    assert [one["code"] for one in lost.json()["errors"]] == ["contract.quota_used"]
    assert (await stage.one(f"/v1/service_contracts/{under['id']}"))["assigned"] == 1


async def test_handed_back_it_is_closed_to_the_ngo_at_once_on_every_process(service: Service, twin: Service) -> None:
    stage = Stage(service, "桂")
    child = await stage.person(child={"schooling": "primary"}, birth_date="2016-05-05", new_household=True)
    made = await case(stage, "accept", "start", person_id=child["id"], audience="child")
    one = await assigned(stage, made)
    here, there = await service.caller(NGO), await twin.caller(NGO)
    note = await here.post(f"/v1/cases/{made['id']}:add_note", {"body": "孩子愿意说话了"})
    paths = [
        f"/v1/cases/{made['id']}", f"/v1/people/{child['id']}", f"/v1/households/{child['household_id']}",
        f"/v1/case_notes/{note.json()['id']}", f"/v1/case_assignments/{one['id']}",
    ]  # fmt: skip
    lists = ("/v1/cases", "/v1/people", "/v1/case_assignments", "/v1/case_notes", "/v1/case_people", "/v1/case_parties")

    async def total(path: str) -> int:
        counted: int = (await there.get(f"{path}?count=true")).json()["total"]
        return counted

    before = [await total(path) for path in lists]
    for path in paths:
        assert [(await caller.get(path)).status_code for caller in (here, there)] == [200, 200]
    handed = await end(service, NGO, "hand_back", one, note="已入户三次，转由学校跟进")
    assert (handed.status_code, handed.json()) == (200, {"id": one["id"]})
    for path in paths:
        for caller in (there, here):
            is_problem(await caller.get(path), 404, "not_found")
    assert [was - await total(path) for path, was in zip(lists, before, strict=True)] == [1] * len(lists)
    for late in (
        await there.post(f"/v1/cases/{made['id']}:add_note", {"body": "补记"}),
        await end(twin, NGO, "hand_back", one | {"version": 2}, note="再交一次"),
    ):
        is_problem(late, 404, "not_found")

    # What it wrote stays with those who work the case, and they know why it went.
    notes = (await stage.one(f"/v1/case_notes?case_id={made['id']}&order_by=id"))["items"]
    assert [one["body"] for one in notes] == ["孩子愿意说话了", "已入户三次，转由学校跟进"]
    ended = await stage.one(f"/v1/case_assignments/{one['id']}")
    assert (ended["state"], ended["end_reason"]) == ("handed_back", "到此为止")
    assert (await timeline(service, made["id"]))[-2:] == ["note", "hand_back"]
    assert "case_handed_back" in await inbox(service, OFFICE, made["id"])
    again = await assigned(stage, await stage.one(f"/v1/cases/{made['id']}"))  # it may be given once more
    assert await sees(service, made["id"])
    assert again["id"] != one["id"]


async def test_each_side_ends_it_in_its_own_way_and_once(service: Service) -> None:
    stage = Stage(service, "枫")
    one = await assigned(stage)
    before = await service.state()
    is_problem(await end(service, OFFICE, "hand_back", one, note="代交"), 403, "case_assignment.not_yours")
    is_problem(await end(service, NGO, "withdraw", one), 403, "access.forbidden")
    is_problem(await end(service, VILLAGE_WORKER, "withdraw", one), 403, "case.not_yours")
    is_problem(await end(service, OTHER_NGO, "hand_back", one, note="代交"), 404, "not_found")
    is_problem(await end(service, OFFICE, "withdraw", one | {"version": 7}), 412, "version.stale")
    assert await service.state() == before
    withdrawn = await end(service, OFFICE, "withdraw", one)
    assert (withdrawn.json()["state"], withdrawn.json()["end_reason"]) == ("withdrawn", "到此为止")
    assert not await sees(service, one["case_id"])
    assert (await inbox(service, NGO, one["case_id"]))[0] == "assignment_ended"
    refused = is_problem(
        await end(service, OFFICE, "withdraw", one | {"version": 2}), 409, "case_assignment.not_allowed"
    )
    assert refused["state"] == "withdrawn"


async def test_two_ends_at_once_are_one(service: Service) -> None:
    stage = Stage(service, "榆")
    one = await assigned(stage)
    answers = await asyncio.gather(
        end(service, OFFICE, "withdraw", one), end(service, NGO, "hand_back", one, note="完")
    )
    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert {answer.status_code for answer in answers} <= {200, 404, 409, 412}
    acts = [act for act in await timeline(service, one["case_id"]) if act in {"hand_back", "withdraw_assignment"}]
    assert len(acts) == 1
    assert not await sees(service, one["case_id"])


async def test_a_closed_case_completes_it_and_a_reopened_one_is_not_the_ngos(service: Service) -> None:
    stage = Stage(service, "杉")
    one = await assigned(stage)
    made = await stage.one(f"/v1/cases/{one['case_id']}")
    for verb in ("resolve", "reply"):
        made = await step(stage, OFFICE, f"/v1/cases/{made['id']}:{verb}", made, BODIES[verb])
        assert await sees(service, made["id"])
    made = await step(stage, OFFICE, f"/v1/cases/{made['id']}:close", made, BODIES["close"])
    assert await state_of(service, one["id"]) == "completed"
    assert not await sees(service, made["id"])
    assert (await inbox(service, NGO, made["id"]))[0] == "assignment_ended"
    await step(stage, OFFICE, f"/v1/cases/{made['id']}:reopen", made, BODIES["reopen"])
    assert not await sees(service, made["id"])


async def test_a_merged_case_is_taken_back(service: Service) -> None:
    stage = Stage(service, "樟")
    one, main = await assigned(stage), await case(stage, "accept")
    made = await stage.one(f"/v1/cases/{one['case_id']}")
    await step(stage, OFFICE, f"/v1/cases/{made['id']}:merge", made, {"into_id": main["id"], "reason": "同一件事"})
    assert await state_of(service, one["id"]) == "withdrawn"
    assert (await sees(service, made["id"]), await sees(service, main["id"])) == (False, False)


async def test_its_time_or_its_contract_runs_out(service: Service, county: County) -> None:
    stage, until = Stage(service, "楠"), datetime(2026, 3, 2, tzinfo=UTC)
    late, cut, still = await assigned(stage), await assigned(stage), await assigned(stage)
    await service.owner.execute("UPDATE case_assignment SET until = $2 WHERE id = $1", late["id"], until)
    settings = county.settings(service.dsn)
    pool = await open_pool(settings.pooled_url, role=RUNTIME_ROLE, size=1)

    async def ended(at: datetime) -> int:
        return (await watch(pool, cipher_of(settings), at))[NoticeKind.ASSIGNMENT_ENDED]

    async def states() -> list[str]:
        return [await state_of(service, one["id"]) for one in (late, cut, still)]

    try:
        assert await ended(until - timedelta(seconds=1)) == 0
        assert await states() == ["open", "open", "open"]
        under = await stage.one(f"/v1/service_contracts/{cut['contract_id']}")
        await step(stage, OFFICE, f"/v1/service_contracts/{under['id']}:end", under, {"reason": "双方协商终止"})
        assert await states() == ["open", "expired", "open"]  # the contract took its cases along
        assert (await ended(until), await ended(until)) == (1, 0)
    finally:
        await pool.close()
    assert await states() == ["expired", "expired", "open"]
    assert [await sees(service, one["case_id"]) for one in (late, cut, still)] == [False, False, True]
    assert "case_handed_back" in await inbox(service, OFFICE, late["case_id"])
    assert "assignment_ended" in await inbox(service, NGO, late["case_id"])
    assert (await timeline(service, late["case_id"]))[-1] == "expire_assignment"

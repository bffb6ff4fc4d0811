"""What the ledger does not take: days before a birth, names that are none, profiles that are none of hers."""

from typing import Any

import pytest

from tests.api.acts import ACTS, OFFICE, OTHER_VILLAGE, VILLAGE, Stage
from tests.api.fixtures import Start
from tests.api.running import Caller, Service, graphql_problem, is_problem

BORN, BEFORE = "1980-05-05", "1980-05-04"


@pytest.fixture
async def office(service: Service) -> Caller:
    return await service.caller(OFFICE)


def faults(problem: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in problem["errors"]]


async def test_nobody_goes_anywhere_before_she_is_born(service: Service, office: Caller) -> None:
    person = await Stage(service, "梅").person(birth_date=BORN, new_household=True)
    away = await office.post("/v1/absences", {"person_id": person["id"], "since": BORN, "returned_on": "1980-06-01"})
    assert away.status_code == 201, away.text
    before = await service.state()
    move = {"region": OTHER_VILLAGE, "moved_on": BEFORE, "reason": "迁居"}
    headers = {"if-match": '"1"'}
    for path, body, pointer in (
        (f"/v1/people/{person['id']}:move", move, "/moved_on"),
        (f"/v1/people/{person['id']}:move", {**move, "household": "take"}, "/moved_on"),
        (f"/v1/households/{person['household_id']}:move", move, "/moved_on"),
        ("/v1/absences", {"person_id": person["id"], "since": BEFORE, "returned_on": BEFORE}, "/since"),
        (f"/v1/absences/{away.json()['id']}:update", {"since": BEFORE}, "/since"),
    ):
        refused = is_problem(await office.post(path, body, headers=headers), 422, "input.invalid")
        assert faults(refused) == [(pointer, "date.before_birth")], path
    assert await service.state() == before


async def test_a_file_is_not_handed_over_before_its_birth(service: Service) -> None:
    act = ACTS["accept_transfer"]
    prepared = await act.make(Stage(service, "竹"))
    caller, before = await service.caller(act.by), await service.state()
    body = {**prepared.body, "moved_on": "1900-01-01"}
    headers = {"if-match": f'"{prepared.version}"'} if prepared.version else {}
    refused = is_problem(
        await caller.post(f"/v1/transfers/{prepared.key}:accept", body, headers=headers), 422, "input.invalid"
    )
    assert faults(refused) == [("/moved_on", "date.before_birth")]
    assert await service.state() == before


@pytest.mark.parametrize("name", ["=1+1", "＝1+1", "@SUM(A1)", "何梅2", "<b>何梅</b>", "何" * 51])
async def test_a_name_is_a_name_as_in_a_roster(service: Service, office: Caller, name: str) -> None:
    person = await Stage(service, "兰").person()
    before = await service.state()
    for answer in (
        await office.post("/v1/people", {"region": VILLAGE, "name": name}),
        await office.patch(f"/v1/people/{person['id']}", {"name": name}, 1),
    ):
        assert faults(is_problem(answer, 422, "input.invalid")) == [("/name", "name.unreadable")]
    assert await service.state() == before


@pytest.mark.parametrize(
    ("fields", "population", "code"),
    [
        ({"sex": "1", "birth_date": BORN}, "woman", "profile.not_a_woman"),
        ({"birth_date": BORN}, "child", "profile.not_a_child"),
        ({"birth_date": BORN}, "elder", "profile.not_an_elder"),
    ],
)
async def test_a_profile_fits_the_person(
    service: Service, office: Caller, fields: dict[str, str], population: str, code: str
) -> None:
    person = await Stage(service, "菊").person(**fields)
    before = await service.state()
    body = {"region": VILLAGE, "name": "何菊", **fields, population: {}}
    for answer in (
        await office.post("/v1/people", body),
        await office.post(f"/v1/people/{person['id']}:open_profile", {population: {}}),
    ):
        assert faults(is_problem(answer, 422, "input.invalid")) == [(f"/{population}", code)]
    assert await service.state() == before


async def test_a_woman_of_the_ledger_is_not_made_a_man(service: Service, office: Caller) -> None:
    person = await Stage(service, "桃").person(woman={})
    before = await service.state()
    refused = is_problem(await office.patch(f"/v1/people/{person['id']}", {"sex": "1"}, 1), 422, "input.invalid")
    assert faults(refused) == [("/sex", "profile.not_a_woman")]
    assert await service.state() == before


async def test_a_state_is_told_in_words_and_kept_as_codes(service: Service) -> None:
    made = await ACTS["open_activity"].make(Stage(service, "杏"))
    worker, path = await service.caller("village_worker"), f"/v1/activities/{made.key}"
    before = await service.state()
    headers = {"if-match": '"1"'}
    refused = is_problem(
        await worker.post(f"{path}:hold", {"summary": "讲课"}, headers=headers), 409, "activity.not_allowed"
    )
    assert refused["detail"] == "活动现为“计划”状态，只能进行：修改、发布、取消。"
    assert (refused["state"], refused["allowed"]) == ("planned", ["update", "open", "cancel"])
    english = await worker.post(f"{path}:hold", {"summary": "讲课"}, headers={**headers, "accept-language": "en"})
    assert english.json()["detail"] == "The activity is planned; allowed now: update, open, cancel."
    given = f'activityId: "{made.key}", expectedVersion: 1, summary: "讲课"'
    document = f"mutation {{ holdActivity(input: {{{given}}}) {{ activity {{ id }} }} }}"
    problem = graphql_problem(await worker.graphql(document), 409, "activity.not_allowed")
    assert (problem["state"], problem["allowed"]) == ("planned", ["update", "open", "cancel"])
    assert await service.state() == before


async def test_nobody_signs_up_for_a_venue_that_was_given_up(service: Service) -> None:
    prepared = await ACTS["join_activity"].make(Stage(service, "桂"))
    await service.owner.execute(
        "UPDATE venue SET state = 'closed', closed_on = opened_on, reason = '搬迁' "
        "WHERE id = (SELECT venue_id FROM activity WHERE id = $1)",
        prepared.key,
    )
    worker, before = await service.caller("village_worker"), await service.state()
    answer = await worker.post(f"/v1/activities/{prepared.key}:join", prepared.body)
    is_problem(answer, 409, "activity.venue_closed")
    assert await service.state() == before


async def test_readiness_takes_no_parameters(start: Start, service: Service) -> None:
    del start
    assert (await service.http.get("/readyz")).status_code in {200, 503}
    refused = is_problem(await service.http.get("/readyz?verbose=1"), 400, "parameter.unknown")
    assert faults(refused) == [("/verbose", "parameter.unknown")]

"""Who notices that two files may be one person's, what is said of it, and to whom."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest

from api.cli.keyring import cipher_of
from domain.naming import camel
from domain.people.days import today
from persistence.crypto import FieldCipher
from persistence.duplicates.jobs import look_through
from persistence.engine import RUNTIME_ROLE, open_pool
from tests.api.acts import OTHER_VILLAGE, VILLAGE, identity_number
from tests.api.duplicates.test_merging import OFFICE, Row, act, create, question, register
from tests.api.fixtures import County
from tests.api.running import Caller, Service, is_problem


@pytest.fixture
async def office(service: Service) -> Caller:
    """The county's civil affairs bureau."""
    return await service.caller(OFFICE)


@pytest.fixture
async def pool(service: Service) -> AsyncIterator[asyncpg.Pool]:
    """A pool as the job process has it."""
    opened = await open_pool(service.dsn, role=RUNTIME_ROLE, size=1)
    yield opened
    await opened.close()


@pytest.fixture
def cipher(service: Service, county: County) -> FieldCipher:
    """The service's own cipher."""
    return cipher_of(county.settings(service.dsn))


async def raised(service: Service, *people: Row) -> list[tuple[list[str], int, str, str]]:
    rows = await service.owner.fetch(
        "SELECT reasons, score, state, raised_by FROM duplicate_candidate WHERE person_id = ANY ($1::uuid[]) "
        "AND other_id = ANY ($1::uuid[]) ORDER BY id",
        [one["id"] for one in people],
    )
    return [(row["reasons"], row["score"], row["state"], row["raised_by"]) for row in rows]


async def test_entry_notices_the_same_name_birth_and_village(service: Service, office: Caller) -> None:
    one = await register(office, "冯一")
    answer = await office.post("/v1/people", {"region": VILLAGE, "name": "冯一", "birth_date": "1980-05-05"})
    other = answer.json()
    assert await raised(service, one, other) == [(["name_birth_village"], 80, "open", "entry")]
    events = [event["type"] for event in await service.events_of(answer)]
    assert events == ["person.registered", "duplicate.raised"]
    apart = [
        await register(office, "冯一", birth_date="1980-05-06"),
        await register(office, "冯一", region=OTHER_VILLAGE),
        await register(office, "冯二"),
    ]
    for each in apart:
        assert await raised(service, one, each) == []


async def test_a_correction_notices_too_and_two_numbers_are_two_people(service: Service, office: Caller) -> None:
    one = await register(office, "冯三", identity_number=identity_number("19800505"))
    other = await register(office, "冯四")
    assert (await office.patch(f"/v1/people/{other['id']}", {"name": "冯三"}, 1)).status_code == 200
    assert await raised(service, one, other) == [(["name_birth_village"], 80, "open", "entry")]
    third = await register(office, "冯三", identity_number=identity_number("19800505"))
    assert await raised(service, one, third) == []


async def test_what_was_held_distinct_stays_so_until_somebody_asks_again(
    service: Service, office: Caller, pool: asyncpg.Pool, cipher: FieldCipher
) -> None:
    one, other = await register(office, "冯五"), await register(office, "冯五")
    asked = await question(office, one, other)
    held = await act(office, f"/v1/duplicates/{asked['id']}:mark_distinct", 1, {"reason": "同名同日，已核实"})
    assert (held.status_code, held.json()["state"], held.json()["decision"]) == (200, "distinct", "同名同日，已核实")
    await look_through(pool, cipher, today())
    assert [one[2] for one in await raised(service, one, other)] == ["distinct"]
    body = {"person_id": one["id"], "other_id": other["id"], "reason": "又有人反映"}
    again = await create(office, "/v1/duplicates", body)
    assert (again["id"], again["state"], again["decision"]) == (asked["id"], "open", None)


async def test_the_night_notices_who_sounds_alike_and_shares_kin(
    service: Service, office: Caller, pool: asyncpg.Pool, cipher: FieldCipher
) -> None:
    one = await register(office, "冯晓红", birth_date="1979-05-05")
    other = await register(office, "冯小红", birth_date="1979-05-05", region=OTHER_VILLAGE)
    alike = await register(office, "冯小虹", birth_date="1979-05-05", region=OTHER_VILLAGE)
    mother = await register(office, "郭秀", birth_date="1955-05-05")
    await create(office, "/v1/kinships", {"person_id": one["id"], "relative_id": mother["id"], "relation": "52"})
    await create(office, "/v1/kinships", {"person_id": mother["id"], "relative_id": other["id"], "relation": "30"})
    assert await raised(service, one, other) == []
    assert await look_through(pool, cipher, today()) >= 1
    assert await raised(service, one, other) == [(["pinyin_birth_kin"], 70, "open", "job")]
    assert await raised(service, one, alike) == []
    assert await look_through(pool, cipher, today()) == 0


async def test_a_check_before_registering_shows_little(service: Service, office: Caller) -> None:
    number = identity_number("19800505")
    held = await register(office, "冯六七", identity_number=number, phone="19012340088")
    body = {"region": VILLAGE, "name": "冯六七", "birth_date": "1980-05-05", "identity_number": number}
    answer = await office.post("/v1/people:check", body)
    assert answer.status_code == 200, answer.text
    (match,) = answer.json()["matches"]
    assert match == {
        "person_id": held["id"], "name": "冯**", "region": VILLAGE, "birth_year": 1980,
        "reasons": ["identity_number", "name_birth_village"], "score": 100, "withheld": [],
    }  # fmt: skip
    assert answer.json()["under_review"] is False
    assert number not in answer.text
    (event,) = await service.events_of(answer)
    assert (event["type"], orjson.loads(event["data"])) == (
        "check.made",
        {"by": ["birth_date", "identity_number", "name"]},
    )
    nobody = await office.post("/v1/people:check", {"region": VILLAGE, "name": "冯无人", "birth_date": "1980-05-05"})
    assert nobody.json() == {"under_review": False, "matches": []}


async def test_beyond_sight_a_check_says_under_review_and_asks_the_holder_s_agency(
    service: Service, office: Caller
) -> None:
    number = identity_number("19800505")
    held = await register(office, "冯八", identity_number=number)
    neighbour = await service.caller("neighbour_county")
    body = {"region": "421022", "name": "冯八", "identity_number": number}
    answers = [await neighbour.post("/v1/people:check", body) for _ in range(2)]
    for answer in answers:
        assert answer.json() == {"under_review": True, "matches": []}
        assert held["id"] not in answer.text
    queue = [one for one in await office.everything("/v1/duplicates") if one["person_id"] == held["id"]]
    agency = (await neighbour.get("/v1/me")).json()["agency"]["id"]
    (asked,) = queue
    assert (asked["other_id"], asked["requested_by_agency_id"], asked["reasons"]) == (None, agency, ["identity_number"])
    assert [one["type"] for one in await service.events_of(answers[0])] == ["duplicate.asked", "check.made"]
    assert [one["type"] for one in await service.events_of(answers[1])] == ["check.made"]
    assert [one for one in await neighbour.everything("/v1/duplicates") if one["person_id"] == held["id"]] == []
    alone = await act(office, f"/v1/duplicates/{asked['id']}:merge", 1, {"survivor_id": held["id"]})
    is_problem(alone, 409, "duplicate.one_file")
    told = await act(office, f"/v1/duplicates/{asked['id']}:mark_distinct", 1, {"reason": "号码由对方误填"})
    assert told.json()["state"] == "distinct"
    assert (await neighbour.post("/v1/people:check", body)).json()["under_review"] is True  # may be asked again
    states = await service.owner.fetch(
        "SELECT state FROM duplicate_candidate WHERE person_id = $1 ORDER BY id", held["id"]
    )
    assert [row["state"] for row in states] == ["distinct", "open"]


@pytest.mark.parametrize("transport", ["rest", "graphql"])
async def test_a_registration_that_meets_a_number_beyond_sight_asks_the_holder_s_agency(
    service: Service, office: Caller, transport: str
) -> None:
    """The refusal takes back all but the question, which stands once however often it is asked."""
    number = identity_number("19800505")
    held = await register(office, "冯十", identity_number=number)
    neighbour = await service.caller("neighbour_county")
    body = {"region": "421022", "name": "冯十", "identity_number": number}
    there = await create(neighbour, "/v1/people", {"region": "421022", "name": "冯十一"})
    people = await service.owner.fetch("SELECT id, version FROM person ORDER BY id")

    async def refused(act: str, given: Row) -> Any:
        if transport == "rest" and act == "register":
            answer = await neighbour.post("/v1/people", given, headers={"idempotency-key": "asked-again"})
        elif transport == "rest":
            answer = await neighbour.patch(f"/v1/people/{there['id']}", given, there["version"])
        else:
            kind = {"register": "RegisterPerson", "update": "UpdatePerson"}[act]
            more = {} if act == "register" else {"personId": there["id"], "expectedVersion": there["version"]}
            written = {camel(name): value for name, value in given.items()} | more
            document = f"mutation M($input: {kind}Input!) {{ {act}Person(input: $input) {{ person {{ id }} }} }}"
            answer = await neighbour.graphql(document, {"input": written})
            (error,) = answer.json()["errors"]
            assert (error["extensions"]["code"], error["extensions"]["status"]) == ("person.under_review", 409)
        if transport == "rest":
            is_problem(answer, 409, "person.under_review")
        assert held["id"] not in answer.text
        return answer

    answers = [await refused("register", body), await refused("register", body)]
    answers.append(await refused("update", {"identity_number": number}))
    assert await service.owner.fetch("SELECT id, version FROM person ORDER BY id") == people
    told = [[one["type"] for one in await service.events_of(answer)] for answer in answers]
    assert told == [["duplicate.asked"], [], []]
    agency = (await neighbour.get("/v1/me")).json()["agency"]["id"]
    (asked,) = [one for one in await office.everything("/v1/duplicates") if one["person_id"] == held["id"]]
    told = [asked[name] for name in ("other_id", "requested_by_agency_id", "reasons", "state", "raised_by")]
    assert told == [None, agency, ["identity_number"], "open", "check"]
    assert [one for one in await neighbour.everything("/v1/duplicates") if one["person_id"] == held["id"]] == []


async def test_a_registration_that_meets_a_number_in_sight_asks_nobody(service: Service, office: Caller) -> None:
    number = identity_number("19800505")
    await register(office, "冯十二", identity_number=number)
    before = await service.state()
    answer = await office.post("/v1/people", {"region": VILLAGE, "name": "冯十二", "identity_number": number})
    is_problem(answer, 409, "person.duplicate")
    assert await service.state() == before


async def test_the_queue_is_of_one_s_own_region_surest_first(service: Service, office: Caller) -> None:
    scores = [one["score"] for one in (await office.get("/v1/duplicates?page_size=200&state=open")).json()["items"]]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1
    worker = await service.caller("village_worker")
    for one in await worker.everything("/v1/duplicates"):
        assert one["region"] == VILLAGE
    for name in ("ngo_partner", "police_county", "resident", "volunteer", "auditor", "platform_admin"):
        is_problem(await (await service.caller(name)).get("/v1/duplicates"), 403, "access.forbidden")


async def test_taking_a_question_up(office: Caller) -> None:
    one, other = await register(office, "冯九"), await register(office, "冯九")
    asked = await question(office, one, other)
    taken: Any = await act(office, f"/v1/duplicates/{asked['id']}:review", 1, {})
    assert (taken.status_code, taken.json()["state"]) == (200, "under_review")
    is_problem(await act(office, f"/v1/duplicates/{asked['id']}:review", 2, {}), 409, "duplicate.decided")
    merging = await act(office, f"/v1/duplicates/{asked['id']}:merge", 2, {"survivor_id": other["id"]})
    assert merging.status_code == 201

"""Search for people, on both transports, compared with a second reading of the rules over the table's rows."""

from datetime import date
from typing import Any

import orjson
import pytest

from domain.pinyin import name_keys
from persistence.demo.callers import VILLAGE
from tests.api.running import Service, graphql_problem, is_problem

OFFICE, CITY, WORKER = "civil_affairs_county", "city_supervisor", "village_worker"
REACH = {
    OFFICE: "county = 421081",
    CITY: "county / 100 = 4210",
    WORKER: f"region_code = {VILLAGE}",
    "womens_federation_county": "county = 421081 AND remit & 51 <> 0",
    "neighbour_county": "county = 421022",
    "resident": "id = (SELECT person_id FROM client WHERE client_id = 'demo-resident') OR id IN (SELECT ward_id FROM "
    "guardianship g JOIN client c ON c.person_id = g.guardian_id AND c.client_id = 'demo-resident')",
    "ngo_partner": "id IN (SELECT a.person_id FROM person_access a JOIN client c ON c.agency_id = a.grantee_id "
    "WHERE c.client_id = 'demo-ngo-partner' AND a.ended_at IS NULL)",
}
DOCUMENT = """
query($q: String, $born: Date, $region: String, $population: Population, $after: String, $first: Int = 20) {
  found: searchPeople(q: $q, birthDate: $born, region: $region, population: $population, first: $first, after: $after) {
    nodes { id name identityNumber withheld } totalCount pageInfo { hasNextPage endCursor }
  }
}"""
Row = dict[str, Any]


async def reach(service: Service, caller: str) -> list[Row]:
    """Return the rows a caller may see, as the tables have them."""
    return [dict(row) for row in await service.owner.fetch(f"SELECT * FROM person WHERE {REACH[caller]}")]


def given(name: str) -> str:
    """Return a name without its surname; the demo has one of two characters."""
    return name[2:] if name.startswith("欧阳") and len(name) > 2 else name[1:]


def by_name(word: str, row: Row) -> tuple[int, str] | None:
    """Return how well a Chinese word meets a name, and what the rows of that rank are ordered by."""
    name = row["name"]
    keys = [(name == word, name), (name.startswith(word), name), (given(name).startswith(word), given(name)),
            (given(name)[1:].startswith(word), given(name)[1:])]  # fmt: skip
    return next(((rank, key) for rank, (met, key) in enumerate(keys) if met), None)


def by_pinyin(word: str, row: Row, mixed: tuple[str, str] | None = None) -> tuple[int, str] | None:
    """Return the same of Latin letters."""
    pinyin, initials = name_keys(row["name"])
    head = mixed is not None and pinyin.startswith(mixed[0]) and initials.startswith(mixed[1])
    keys = [(pinyin == word, pinyin), (pinyin.startswith(word), pinyin), (initials == word, initials),
            (initials.startswith(word), initials), (head, pinyin)]  # fmt: skip
    return next(((rank, key) for rank, (met, key) in enumerate(keys) if met), None)


def ranked(rows: list[Row], rank: Any) -> list[str]:
    """Return the ids of the rows that are met, in the order of how well."""
    met = [(rank(row), row["id"]) for row in rows]
    return [str(key) for _, key in sorted((place, key) for place, key in met if place is not None)]


async def everything(service: Service, caller: str, q: str, size: int = 7, **more: str) -> list[str]:
    """Search by REST, page by page to the end; returns the ids."""
    asking, found, token = await service.caller(caller), list[str](), ""
    while True:
        asked = {"q": q, "page_size": str(size), "fields": "id", **more} | ({"page_token": token} if token else {})
        page = await asking.get("/v1/people:search", params=asked)
        assert page.status_code == 200, page.text
        body = page.json()
        found += [one["id"] for one in body["items"]]
        token = body["next_page_token"]
        if token is None:
            return found
        assert len(body["items"]) == size


@pytest.mark.parametrize("caller", REACH)
@pytest.mark.parametrize("word", ["张", "王", "红", "小红", "欧阳", "李小", "英"])
async def test_names_are_found_ranked_by_how_well_they_are_met(service: Service, caller: str, word: str) -> None:
    expected = ranked(await reach(service, caller), lambda row: by_name(word, row))
    assert await everything(service, caller, word) == expected
    assert expected or caller not in {OFFICE, CITY} or word == "李小"


@pytest.mark.parametrize("caller", [OFFICE, CITY, WORKER])
@pytest.mark.parametrize(
    ("typed", "word", "mixed"),
    [
        ("zhang", "zhang", None), ("z", "z", None), ("zw", "zw", None), ("Wang Xiu", "wangxiu", None),
        ("wangxy", "wangxy", ("wangx", "wxy")), ("ouyangx", "ouyangx", ("ouyangx", "oyx")), ("qqq", "qqq", None),
    ],
)  # fmt: skip
async def test_pinyin_and_initials(
    service: Service, caller: str, typed: str, word: str, mixed: tuple[str, str] | None
) -> None:
    expected = ranked(await reach(service, caller), lambda row: by_pinyin(word, row, mixed))
    assert await everything(service, caller, typed) == expected


async def test_a_whole_name_comes_first(service: Service) -> None:
    rows = await reach(service, OFFICE)
    short = min((row["name"] for row in rows if any(o["name"].startswith(row["name"]) and o["name"] != row["name"]
                 for o in rows)), default=rows[0]["name"])  # fmt: skip
    names = {str(row["id"]): row["name"] for row in rows}
    found = [names[one] for one in await everything(service, OFFICE, short)]
    whole = [name for name in found if name == short]
    assert whole
    assert found[: len(whole)] == whole


async def number_of(service: Service, person_id: str, field: str) -> str:
    """Return a secret of a person as the office may reveal it."""
    office = await service.caller(OFFICE)
    body = {"purpose": "核对查询结果", "fields": [field]}
    found: str = (await office.post(f"/v1/people/{person_id}:reveal", body)).json()[field]
    return found


async def test_numbers_find_their_bearer_by_body_alone(service: Service) -> None:
    rows = [row for row in await reach(service, OFFICE) if row["phone_cipher"] and row["identity_number_cipher"]]
    row, office, stranger = rows[5], await service.caller(OFFICE), await service.caller("neighbour_county")
    for field in ("identity_number", "phone"):
        number = await number_of(service, str(row["id"]), field)
        found = await office.post("/v1/people:search", {"q": number, "fields": "id"})
        assert str(row["id"]) in [one["id"] for one in found.json()["items"]]
        asked = await office.graphql(DOCUMENT, {"q": number})
        assert str(row["id"]) in [one["id"] for one in asked.json()["data"]["found"]["nodes"]]
        assert number not in found.text + asked.text
        both = await office.post("/v1/people:search", {"q": f"{row['name']} {number}", "fields": "id"})
        assert [one["id"] for one in both.json()["items"]] == [str(row["id"])]
        hidden = await stranger.post("/v1/people:search", {"q": number})
        nobody = await stranger.post("/v1/people:search", {"q": "19900001111"})
        assert hidden.json() == nobody.json() == {"items": [], "next_page_token": None}
        refused = await office.get("/v1/people:search", params={"q": number})
        assert [one["code"] for one in is_problem(refused, 400, "input.invalid")["errors"]] == [
            "search.number_in_address"
        ]
        assert number not in refused.text
        by_get = await office.get("/graphql", params={"query": f'{{ searchPeople(q: "{number}") {{ totalCount }} }}'})
        assert graphql_problem(by_get, 400, "input.invalid")["errors"][0]["code"] == "search.number_in_address"


@pytest.mark.parametrize("caller", [OFFICE, WORKER, CITY])
async def test_the_end_of_a_telephone_number(service: Service, caller: str) -> None:
    rows = [row for row in await reach(service, caller) if row["phone_masked"]]
    tail = rows[3]["phone_masked"][-4:]
    year = range(1900, date.today().year + 1)  # noqa: DTZ011 - a guard of the case, not a date under test
    expected = {
        str(row["id"])
        for row in await reach(service, caller)
        if (row["phone_masked"] or "").endswith(tail)
        or (int(tail) in year and row["birth_date"] and row["birth_date"].year == int(tail))
    }
    assert set(await everything(service, caller, tail)) == expected
    assert str(rows[3]["id"]) in expected


@pytest.mark.parametrize("caller", [OFFICE, WORKER, CITY])
async def test_births(service: Service, caller: str) -> None:
    rows = await reach(service, caller)
    born = rows[0]["birth_date"]
    for typed in (f"{born:%Y%m%d}", str(born), f"{born.year}年{born.month}月{born.day}日"):
        expected = {str(row["id"]) for row in rows if row["birth_date"] == born}
        assert set(await everything(service, caller, typed)) == expected
    assert set(await everything(service, caller, "", birth_date=str(born))) == expected
    month = [row for row in rows if row["birth_date"] and f"{row['birth_date']:%Y%m}" == f"{born:%Y%m}"]
    order = sorted((row["birth_date"], row["id"]) for row in month)
    by_day = [str(key) for _, key in order]
    found = await everything(service, caller, f"{born.year}年{born.month}月", size=1)
    assert (found if caller != WORKER else sorted(found)) == (by_day if caller != WORKER else sorted(by_day))


async def test_places_and_every_word_must_match(service: Service) -> None:
    village, name = await service.owner.fetchrow(f"SELECT lo, name FROM region WHERE lo = {VILLAGE} AND level = 5")
    township = await service.owner.fetchval(
        "SELECT name FROM region WHERE lo = $1 AND level = 4", village // 1000 * 1000
    )
    rows = await reach(service, OFFICE)
    here = {str(row["id"]) for row in rows if row["region_code"] == village}
    inside = {str(row["id"]) for row in rows if row["region_code"] // 1000 == village // 1000}
    assert set(await everything(service, OFFICE, name)) == here
    assert set(await everything(service, OFFICE, township)) == inside
    first = next(row for row in rows if str(row["id"]) in here)
    word, year = first["name"][0], first["birth_date"].year
    wanted = {
        str(row["id"]) for row in rows
        if str(row["id"]) in inside and by_name(word, row) is not None and row["birth_date"].year == year
    }  # fmt: skip
    found = set(await everything(service, OFFICE, f"{word} {township} {year}年"))
    assert found == wanted
    assert str(first["id"]) in found
    # Elsewhere it is no place, and the name of nobody.
    assert await everything(service, "neighbour_county", f"{word} {township}") == []
    assert set(await everything(service, CITY, f"{word} {name}")) == {
        str(row["id"]) for row in rows if str(row["id"]) in here and by_name(word, row) is not None
    }


async def test_filters_narrow_and_both_transports_answer_alike(service: Service) -> None:
    office = await service.caller(OFFICE)
    given = {"q": "王", "region": str(int(VILLAGE) // 1000), "population": "woman"}
    page = (await office.get("/v1/people:search", params={**given, "count": "true", "page_size": "3"})).json()
    rows = [row for row in await reach(service, OFFICE)
            if row["region_code"] // 1000 == int(VILLAGE) // 1000 and row["remit"] & 1]  # fmt: skip
    expected = ranked(rows, lambda row: by_name("王", row))
    assert [one["id"] for one in page["items"]] == expected[:3]
    assert page["total"] == len(expected)
    asked = await office.graphql(DOCUMENT, {**given, "first": 3})
    found = asked.json()["data"]["found"]
    assert [one["id"] for one in found["nodes"]] == expected[:3]
    assert (found["totalCount"], found["pageInfo"]["hasNextPage"]) == (len(expected), len(expected) > 3)
    following = await office.graphql(DOCUMENT, {**given, "first": 3, "after": found["pageInfo"]["endCursor"]})
    assert [one["id"] for one in following.json()["data"]["found"]["nodes"]] == expected[3:6]
    by_body = await office.post("/v1/people:search", {**given, "page_size": 3, "count": True})
    assert by_body.json() == page


async def test_what_is_found_is_shown_as_any_person(service: Service) -> None:
    office = await service.caller(OFFICE)
    (found, *_) = (await office.get("/v1/people:search", params={"q": "张"})).json()["items"]
    assert found == (await office.get(f"/v1/people/{found['id']}")).json()
    asked = {"q": "张", "fields": "name,household.id,woman.skills,withheld"}
    assert is_problem(await office.get("/v1/people:search", params=asked), 400, "input.invalid")
    nested = await office.get("/v1/people:search", params={**asked, "fields": "name,household.id", "page_size": "1"})
    assert set(nested.json()["items"][0]) == {"name", "household", "withheld"}


async def test_a_token_is_for_its_words_and_its_caller(service: Service) -> None:
    office, city = await service.caller(OFFICE), await service.caller(CITY)
    first = {"q": "王", "page_size": "2"}
    token = (await office.get("/v1/people:search", params=first)).json()["next_page_token"]
    for caller, asked in ((office, {"q": "李"}), (office, {"q": "王 1980"}), (city, {"q": "王"})):
        refused = await caller.get("/v1/people:search", params={**asked, "page_size": "2", "page_token": token})
        is_problem(refused, 400, "page_token.invalid")
    listed = (await office.get("/v1/people?page_size=2")).json()["next_page_token"]
    is_problem(await office.get("/v1/people:search", params={**first, "page_token": listed}), 400, "page_token.invalid")
    stale = await office.graphql(DOCUMENT, {"q": "李", "after": token})
    assert stale.json()["data"]["found"] is None
    graphql_problem(stale, 400, "page_token.invalid")


async def test_a_token_whose_row_has_gone_is_stale(service: Service) -> None:
    office = await service.caller(OFFICE)
    body = {"region": "421081104209", "name": "幺幺", "sex": "2", "birth_date": "1980-05-05"}
    made = [(await office.post("/v1/people", body)).json() for _ in range(3)]
    page = (await office.get("/v1/people:search", params={"q": "幺幺", "page_size": "1"})).json()
    assert page["items"][0]["id"] == made[0]["id"]
    renamed = await office.patch(f"/v1/people/{made[0]['id']}", {"name": "么么"}, 1)
    assert renamed.status_code == 200
    asked = {"q": "幺幺", "page_size": "1", "page_token": page["next_page_token"]}
    is_problem(await office.get("/v1/people:search", params=asked), 400, "page_token.stale")
    by_graphql = await office.graphql(DOCUMENT, {"q": "幺幺", "first": 1, "after": page["next_page_token"]})
    assert by_graphql.json()["data"] == {"found": None}
    graphql_problem(by_graphql, 400, "page_token.stale")


async def test_a_word_above_the_caller_s_clearance_is_refused(service: Service) -> None:
    volunteer = await service.caller("volunteer")
    before = await service.state()
    refused = await volunteer.post("/v1/people:search", {"q": "110101199003070070"})
    is_problem(refused, 403, "field.withheld")
    asked = await volunteer.graphql(DOCUMENT, {"q": "110101199003070070"})
    graphql_problem(asked, 403, "field.withheld")
    for name in ("auditor", "platform_admin", "province_statistician"):
        nobody = await service.caller(name)
        is_problem(await nobody.get("/v1/people:search?q=x"), 403, "access.forbidden")
        is_problem(await nobody.post("/v1/people:search", {"q": "张"}), 403, "access.forbidden")
        graphql_problem(await nobody.graphql(DOCUMENT, {"q": "张"}), 403, "access.forbidden")
    assert await service.state() == before


async def test_the_log_says_who_searched_by_what_kind_of_words_and_no_word(service: Service) -> None:
    office = await service.caller(OFFICE)
    answer = await office.post("/v1/people:search", {"q": "张 桃花山 2015 19012345678", "region": "421081"})
    assert answer.status_code == 200, answer.text
    (event,) = await service.events_of(answer)
    assert (event["type"], event["channel"], event["region_code"]) == ("search.made", "rest", 421081000000)
    assert event["actor"].startswith("staff:")
    assert orjson.loads(event["data"]) == {
        "by": ["birth_period", "name", "phone", "phone_tail", "place"], "next_page": False, "region": "421081",
    }  # fmt: skip
    by_graphql = await office.graphql(DOCUMENT, {"q": "zw"})
    (event,) = await service.events_of(by_graphql)
    assert (event["type"], event["channel"]) == ("search.made", "graphql")
    auditor = await service.caller("auditor")
    seen = await auditor.get(f"/v1/events/{event['id']}")
    assert seen.status_code == 200, seen.text
    assert seen.json()["type"] == "search.made"


@pytest.mark.parametrize(
    ("asked", "status", "pointer"),
    [
        ({}, 422, "/q"), ({"q": ""}, 422, "/q"), ({"q": 5}, 422, "/q"), ({"q": "张", "x": 1}, 422, "/x"),
        ({"q": "张", "page_size": 101}, 422, "/page_size"), ({"q": "张", "page_size": "5"}, 422, "/page_size"),
        ({"q": "张", "region": "4"}, 422, "/region"), ({"q": "张" * 65}, 422, "/q"),
        ({"q": "张\u0007"}, 422, "/q"), ({"q": "a b 1 2 3 4 5 6 7"}, 422, "/q"),
    ],
)  # fmt: skip
async def test_bad_questions(service: Service, asked: dict[str, object], status: int, pointer: str) -> None:
    office, before = await service.caller(OFFICE), await service.state()
    refused = is_problem(await office.post("/v1/people:search", asked), status, "input.invalid")
    assert [one["pointer"] for one in refused["errors"]] == [pointer]
    unknown = await office.get("/v1/people:search?q=x&name=y")
    is_problem(unknown, 400, "parameter.unknown")
    assert await service.state() == before

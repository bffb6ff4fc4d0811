"""One person's file, read by every demo caller on both transports: exactly the rows and fields that are hers to see.

Conventions, "Who sees what by default". What is expected is read from the tables, past all of the
service's own scope and masking.
"""

from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from domain.people.masks import mask_name
from persistence.demo.callers import CALLERS, VILLAGE
from tests.api.mutating import leaves, snaked
from tests.api.running import Service, graphql_problem, is_problem

OFFICES = (
    "civil_affairs_county", "civil_affairs_admin", "township_worker", "village_worker", "city_supervisor",
    "welfare_system",
)  # fmt: skip
EVERYBODY = [one.name for one in CALLERS]
WITHOUT_PEOPLE = ("province_statistician", "auditor", "platform_admin")  # no permission at all
HEALTH = ("health", "disability_category", "disability_grade", "illness", "capable")
HARDSHIP = ("hardship", "priority")
SECRETS = ("identity_number", "phone", "address")
# Who sees whom of the pilot village; the callers without permission are refused, all others see an absent row.
SEEN_BY: dict[str, frozenset[str]] = {
    # health: she asked for help with her screening, and the bureau works on it
    "woman": frozenset({*OFFICES, "womens_federation_county", "health_county", "resident"}),
    "husband": frozenset({*OFFICES, "womens_federation_county"}),  # of her household: not his own file
    "child": frozenset({*OFFICES, "womens_federation_county", "education_county", "guardian"}),
    "guardian": frozenset({*OFFICES, "womens_federation_county", "guardian"}),
    "elder": frozenset(OFFICES),  # no woman or child in the house: civil affairs, township, village
    "volunteer": frozenset({*OFFICES, "volunteer"}),
    "neighbour": frozenset({"neighbour_county", "city_supervisor"}),  # of the next county
    "other_village": frozenset(
        {*OFFICES, "womens_federation_county", "education_county"} - {"township_worker", "village_worker"}
    ),
}
OF_PERSON = ("woman_profiles", "child_profiles", "elder_profiles", "kinships", "absences", "left_behind_statuses")
FILE = dict.fromkeys(OF_PERSON, "person_id") | {"guardianships": "ward_id"}
TABLES = {"left_behind_statuses": "left_behind_status"}


NO_CASE = "NOT EXISTS (SELECT FROM person_access a WHERE a.person_id = person.id AND a.via = 'case')"


@dataclass(frozen=True)
class People:
    """Ids of the people under test, and their rows."""

    ids: dict[str, str]
    rows: dict[str, asyncpg.Record]


@pytest.fixture(scope="module")
async def people(service: Service) -> People:
    """Find the people of the pilot village whom the callers are bound to, and others around them."""
    sql = {
        "woman": "SELECT person_id FROM client WHERE client_id = 'demo-resident'",
        "guardian": "SELECT person_id FROM client WHERE client_id = 'demo-guardian'",
        "volunteer": "SELECT person_id FROM client WHERE client_id = 'demo-volunteer'",
        "child": "SELECT ward_id FROM guardianship g JOIN client c ON c.person_id = g.guardian_id "
        "WHERE c.client_id = 'demo-guardian' AND g.valid_to IS NULL ORDER BY ward_id LIMIT 1",
        "husband": "SELECT p.id FROM person p JOIN person w ON w.household_id = p.household_id "
        "JOIN client c ON c.person_id = w.id AND c.client_id = 'demo-resident' "
        "WHERE p.sex = '1' AND p.remit & 7 = 0 ORDER BY p.id LIMIT 1",
        "elder": f"SELECT id FROM person WHERE region_code = {VILLAGE} AND remit & (4 | 51) = 4 AND {NO_CASE} "
        "ORDER BY id",
        "neighbour": "SELECT id FROM person WHERE county = 421022 AND remit & 1 <> 0 ORDER BY id",
        "other_village": f"SELECT id FROM person WHERE county = 421081 AND region_code / 1000 <> {VILLAGE[:9]} "
        f"AND remit & 2 <> 0 AND {NO_CASE} ORDER BY id",
    }
    ids = {name: str(await service.owner.fetchval(one)) for name, one in sql.items()}
    rows = {name: await service.owner.fetchrow("SELECT * FROM person WHERE id = $1", one) for name, one in ids.items()}
    assert None not in rows.values()
    return People(ids, rows)


def expected(row: asyncpg.Record, caller: str) -> dict[str, Any]:
    """Return what a caller who sees a person sees of her, made from the table's row."""
    shown: dict[str, Any] = {
        "id": str(row["id"]), "version": row["version"], "region": str(row["region_code"]),
        "registered_region": str(row["registered_region_code"]), "household_id": str(row["household_id"]),
        "identity_number": row["identity_number_masked"],
        "phone": row["phone_masked"], "address": row["address_masked"],
        "birth_date": str(row["birth_date"]), "died_on": None, "deregistered_on": None, "merged_into": None,
        "surveyed_on": None if row["surveyed_on"] is None else str(row["surveyed_on"]),
    }  # fmt: skip
    for name in (
        "name", "sex", "ethnicity", "education", "marital_status", "situation", "source_system", "external_id",
        *HEALTH, *HARDSHIP,
    ):  # fmt: skip
        shown[name] = row[name]
    withheld = {"volunteer": ("identity_number", *HEALTH, *HARDSHIP)}.get(caller, ())
    return shown | dict.fromkeys(withheld) | {"withheld": sorted(withheld)}


def told(shown: dict[str, Any]) -> dict[str, Any]:
    """Return an answer in a form to be compared: without times, ``withheld`` in order."""
    left = {name: one for name, one in shown.items() if name not in {"created_at", "updated_at", "access"}}
    return left | {"withheld": sorted(left["withheld"])}


@pytest.mark.parametrize("caller", EVERYBODY)
@pytest.mark.parametrize("whom", SEEN_BY)
async def test_a_person_is_seen_by_whom_she_should_be(service: Service, people: People, caller: str, whom: str) -> None:
    asking, key = await service.caller(caller), people.ids[whom]
    by_rest = await asking.get(f"/v1/people/{key}")
    by_graphql = await asking.graphql(
        f"query($id: ID!) {{ done: person(id: $id) {{ {leaves('Person')} }} }}", {"id": key}
    )
    if caller in WITHOUT_PEOPLE:
        is_problem(by_rest, 403, "access.forbidden")
        graphql_problem(by_graphql, 403, "access.forbidden")
        return
    if caller not in SEEN_BY[whom]:
        absent = await asking.get("/v1/people/01890000-0000-7000-8000-00000000dead")
        assert unsigned(by_rest) == unsigned(absent)
        is_problem(by_rest, 404, "not_found")
        assert by_graphql.json() == {"data": {"done": None}}
        return
    assert told(by_rest.json()) == expected(people.rows[whom], caller)
    assert told(snaked(by_graphql.json()["data"]["done"])) == expected(people.rows[whom], caller)
    assert snaked(by_graphql.json()["data"]["done"])["access"] == by_rest.json()["access"]


def unsigned(answer: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """Return an answer without its request id and the state of the limits: the rest must be equal to the byte."""
    own = {"x-request-id", "ratelimit-remaining", "ratelimit-reset"}
    body = answer.text.replace(answer.headers["x-request-id"], "")
    return answer.status_code, body, [pair for pair in answer.headers.items() if pair[0] not in own]


@pytest.mark.parametrize("caller", EVERYBODY)
async def test_the_file_goes_with_the_person(service: Service, people: People, caller: str) -> None:
    asking = await service.caller(caller)
    for whom, key in people.ids.items():
        for plural, column in FILE.items():
            table = TABLES.get(plural, plural.removesuffix("s"))
            count = await service.owner.fetchval(f"SELECT count(*) FROM {table} WHERE {column} = $1", key)
            page = await asking.get(f"/v1/{plural}?{column}={key}&count=true&page_size=200")
            if caller in WITHOUT_PEOPLE:
                is_problem(page, 403, "access.forbidden")
                continue
            found = page.json()
            assert found["total"] == len(found["items"]) == (count if caller in SEEN_BY[whom] else 0), (whom, plural)
            for row in found["items"]:
                assert row[column] == key
                if plural == "woman_profiles":
                    assert (row["rights_problems"], row["counselling_wanted"]) == (None, None)
                    assert {"rights_problems", "counselling_wanted"} <= set(row["withheld"])


COUNTED = {
    "civil_affairs_county": "county = 421081",
    "welfare_system": "county = 421081",
    "civil_affairs_admin": "county = 421081",
    "womens_federation_county": "county = 421081 AND remit & 51 <> 0",
    "township_worker": f"region_code / 1000 = {VILLAGE[:9]}",
    "village_worker": f"region_code = {VILLAGE}",
    "neighbour_county": "county = 421022",
    "city_supervisor": "county / 100 = 4210",
    "education_county": "county = 421081 AND remit & 2 <> 0",
    "resident": "id = (SELECT person_id FROM client WHERE client_id = 'demo-resident') OR id IN (SELECT ward_id FROM "
    "guardianship g JOIN client c ON c.person_id = g.guardian_id AND c.client_id = 'demo-resident')",
    "guardian": "id = (SELECT person_id FROM client WHERE client_id = 'demo-guardian') OR id IN (SELECT ward_id FROM "
    "guardianship g JOIN client c ON c.person_id = g.guardian_id AND c.client_id = 'demo-guardian')",
    "volunteer": "id = (SELECT person_id FROM client WHERE client_id = 'demo-volunteer')",
}


# Who sees people by cases alone: those of the cases that her agency works.
BY_CASE = ("ngo_partner", "ngo_partner_2", "police_county", "justice_county", "health_county")
COUNTED |= {
    one: "id IN (SELECT a.person_id FROM person_access a JOIN client c ON c.agency_id = a.grantee_id "
    f"WHERE c.client_id = 'demo-{one.replace('_', '-')}' AND a.via = 'case' AND a.ended_at IS NULL)"
    for one in BY_CASE
}


def test_every_caller_is_counted() -> None:
    assert COUNTED.keys() | set(WITHOUT_PEOPLE) == set(EVERYBODY)


@pytest.mark.parametrize("caller", COUNTED)
async def test_nobody_counts_or_lists_beyond_her_reach(service: Service, caller: str) -> None:
    asking = await service.caller(caller)
    rows = await service.owner.fetch(f"SELECT id FROM person WHERE {COUNTED[caller]} ORDER BY id DESC")
    reach = [str(row["id"]) for row in rows]
    assert reach, "who sees nobody proves nothing"
    assert [one["id"] for one in await asking.everything("/v1/people", fields="id")] == reach
    counted = await asking.graphql("{ people(first: 1) { totalCount nodes { id } } }")
    assert counted.json()["data"]["people"]["totalCount"] == len(reach)


@pytest.mark.parametrize("caller", WITHOUT_PEOPLE)
async def test_no_field_of_a_person_is_anywhere(service: Service, people: People, caller: str) -> None:
    """Whoever sees no person sees her nowhere: not in a list, not behind a relation, not by a global id."""
    asking = await service.caller(caller)
    document = (await service.http.get("/openapi.json")).json()
    marks = {one for row in people.rows.values() for name in (*SECRETS,) if (one := row[f"{name}_masked"])}
    marks |= {row["name"] for row in people.rows.values()} | {mask_name(row["name"]) for row in people.rows.values()}
    staff = {row["name"] for row in await service.owner.fetch("SELECT name FROM staff")}  # some share a name
    marks -= staff | {mask_name(one) for one in staff}  # the history says who acted, masked
    for path, operations in document["paths"].items():
        if "get" in operations and path.startswith("/v1/") and "{id}" not in path:
            paged = any(one["name"] == "page_size" for one in operations["get"].get("parameters", ()))
            answer = await asking.get(path, params={"page_size": 200} if paged else {})
            assert answer.status_code in {200, 403, 422}, path  # 422: statistics must be asked for something
            assert not [one for one in marks if one in answer.text], path
            assert '"birth_date"' not in answer.text
    for key in people.ids.values():
        answer = await asking.graphql("query($id: ID!) { node(id: $id) { __typename id } }", {"id": key})
        assert answer.json()["data"] == {"node": None}
    for refused in (
        "people(first: 1) { totalCount }",
        "households(first: 1) { totalCount }",
        "kinships { totalCount }",
    ):
        graphql_problem(await asking.graphql(f"{{ {refused} }}"), 403, "access.forbidden")


async def test_a_relation_opens_nobody(service: Service, people: People) -> None:
    """The resident sees her household, and of its members only whom she may see at the root."""
    resident = await service.caller("resident")
    own = {one["id"] for one in await resident.everything("/v1/people", fields="id")}
    path = (
        f"/v1/people/{people.ids['woman']}?fields=household.id,household.head.id,household.members.id,kin.relative.id"
    )
    shown = (await resident.get(path)).json()
    assert {one["id"] for one in shown["household"]["members"]["items"]} <= own
    assert shown["household"]["members"]["total"] == len(shown["household"]["members"]["items"])
    head = await service.owner.fetchval("SELECT head_id FROM household WHERE id = $1", shown["household"]["id"])
    assert shown["household"]["head"] == ({"id": str(head), "withheld": []} if str(head) in own else None)
    relatives = [one["relative"] for one in shown["kin"]["items"]]
    assert all(one is None or one["id"] in own for one in relatives)
    asked = """query($id: ID!) { person(id: $id) { household { head { id } members { totalCount nodes { id } } } } }"""
    nested = (await resident.graphql(asked, {"id": people.ids["woman"]})).json()["data"]["person"]["household"]
    assert {one["id"] for one in nested["members"]["nodes"]} <= own
    assert nested["members"]["totalCount"] == len(nested["members"]["nodes"])


async def test_a_file_closes_with_the_guardianship(service: Service, people: People) -> None:
    """What a guardianship opens ends with it, at once and on both transports."""
    guardian, office = await service.caller("guardian"), await service.caller("civil_affairs_county")
    wards = [one for one in await guardian.everything("/v1/guardianships") if one["ward_id"] == people.ids["child"]]
    (held,) = [one for one in wards if one["guardian_id"] == people.ids["guardian"]]
    ended = await office.ask(
        "POST", f"/v1/guardianships/{held['id']}:end", json={}, headers={"if-match": f'"{held["version"]}"'}
    )
    assert ended.status_code == 200, ended.text
    is_problem(await guardian.get(f"/v1/people/{people.ids['child']}"), 404, "not_found")
    asked = await guardian.graphql("query($id: ID!) { person(id: $id) { id } }", {"id": people.ids["child"]})
    assert asked.json() == {"data": {"person": None}}
    is_problem(await guardian.get(f"/v1/guardianships/{held['id']}"), 404, "not_found")
    body = {
        "ward_id": people.ids["child"],
        "guardian_id": people.ids["guardian"],
        "kind": "entrusted",
        "relation": "62",
    }
    assert (await office.post("/v1/guardianships", body)).status_code == 201
    assert (await guardian.get(f"/v1/people/{people.ids['child']}")).status_code == 200

"""Corners the random documents found, or could not."""

import json

import pytest

from api.rest.reads import Read, read_list, read_one
from domain.errors import InvalidInput
from domain.views import views
from tests.oracle.callers import CALLERS
from tests.oracle.fixtures import Service, ordered
from tests.oracle.ids import AGENCIES, PEOPLE

CIVIL = CALLERS["civil_affairs"]
RESIDENT = str(PEOPLE["resident"])


async def test_names_of_the_statement_are_free_for_callers(service: Service) -> None:
    names = ["q", "a", "o", "r", "n", "v", "d", "doc", "set", "eyes", "c0", "row", *(f"t{at}" for at in range(1, 40))]
    aliases = " ".join(f"{one}: totalCount" for one in names)
    node = "t90: nodes { t2: id t3: access { a: update } }"
    data = await service.data_of(CIVIL, f"{{ t1: people(first: 1) {{ {aliases} {node} }} q: me {{ o: sub }} }}")
    total = len(service.eyes(CIVIL).visible("Person"))
    assert {name: data["t1"][name] for name in names} == dict.fromkeys(names, total)
    assert data["t1"]["t90"][0]["t3"] == {"a": True}
    assert data["q"] == {"o": "staff:civil"}


async def test_page_info_may_be_asked_under_many_names(service: Service) -> None:
    aliases = " ".join(f"a{at}: hasNextPage" for at in range(120))
    data = await service.data_of(CIVIL, f"{{ people(first: 1) {{ pageInfo {{ {aliases} }} }} }}")
    assert data["people"]["pageInfo"] == {f"a{at}": True for at in range(120)}


async def test_a_page_of_nothing_but_a_total_is_one_page(service: Service) -> None:
    text = '{ people { totalCount __typename } none: people(filter: {externalId: "nobody"}) { totalCount } }'
    assert await service.data_of(CIVIL, text) == {
        "people": {"totalCount": len(service.eyes(CIVIL).visible("Person")), "__typename": "PersonConnection"},
        "none": {"totalCount": 0},
    }


async def test_all_may_be_skipped(service: Service) -> None:
    text = f"""query ($no: Boolean = false) {{
      people(first: 2) {{ nodes @include(if: $no) {{ id }} }}
      me @skip(if: true) {{ sub }}
      person(id: "{RESIDENT}") {{ id @include(if: $no) }}
    }}"""
    assert await service.data_of(CIVIL, text) == {"people": {}, "person": {}}
    assert await service.data_of(CIVIL, "{ me @skip(if: true) { sub } }") == {}


async def test_the_longest_name_is_whole(service: Service) -> None:
    name = "n" * 63
    assert await service.data_of(CIVIL, f"{{ {name}: __typename }}") == {name: "Query"}


@pytest.mark.parametrize(
    "made",
    ["", "1", "nobody", RESIDENT[:-1], f"{{{RESIDENT}}}", RESIDENT.replace("-", ""), "urn:uuid:" + RESIDENT, "\0"],
)
async def test_what_is_no_id_is_an_absent_row(service: Service, made: str) -> None:
    ask = "query ($id: ID!) { person(id: $id) { id } node(id: $id) { id } }"
    assert await service.data_of(CIVIL, ask, {"id": made}) == {"person": None, "node": None}
    if "\0" not in made:
        ask = "query ($id: ID!) { people(filter: {householdId: $id}) { totalCount } }"
        assert await service.data_of(CIVIL, ask, {"id": made}) == {"people": {"totalCount": 0}}


async def test_every_kind_with_an_id_is_a_node(service: Service) -> None:
    seat = service.data.tables["leading_group_member"][0]["id"]
    for key, kind in ((seat, "LeadingGroupMember"), (AGENCIES["ngo"], "Agency"), (PEOPLE["resident"], "Person")):
        data = await service.data_of(CALLERS["country"], f'{{ node(id: "{key}") {{ __typename id }} }}')
        assert data == {"node": {"__typename": kind, "id": str(key)}}


@pytest.mark.parametrize("prefix", ["", "A", "a", "阿", "😀", "\ud7ff", "\U0010ffff", "%", "_", "张'三\"", "\\\\"])
async def test_a_prefix_is_a_prefix(service: Service, prefix: str) -> None:
    text = """query ($prefix: String) {
      agencies(first: 100, orderBy: "id", filter: {namePrefix: $prefix}) { nodes { name } }
    }"""
    data = await service.data_of(CIVIL, text, {"prefix": prefix})
    rows = sorted(service.data.tables["agency"], key=lambda row: row["id"])
    assert [one["name"] for one in data["agencies"]["nodes"]] == [
        r["name"] for r in rows if r["name"].startswith(prefix)
    ]


@pytest.mark.parametrize(
    ("moment", "share"),
    [("0001-01-01T00:00:00+14:00", 1), ("9999-12-31T23:59:59-14:00", 0), ("2999-01-01T00:00:00Z", 0)],
)
async def test_the_ends_of_time_are_times(service: Service, moment: str, share: int) -> None:
    total = len(service.eyes(CIVIL).visible("Person"))
    text = "query ($from: DateTime) { people(filter: {updatedAtFrom: $from}) { totalCount } }"
    assert await service.data_of(CIVIL, text, {"from": moment}) == {"people": {"totalCount": total * share}}
    query = f"count=true&fields=id&page_size=1&updated_at_from={moment.replace('+', '%2B')}".encode()
    found = await read_list(service.reader, CIVIL, Read("list", views()["Person"]), None, query)
    assert json.loads(found.body)["total"] == total * share


async def test_one_relation_alone_may_be_picked(service: Service) -> None:
    agency = AGENCIES["civil"]
    found = await read_one(service.reader, CIVIL, views()["Agency"], str(agency), b"fields=departments.name")
    names = [
        row["name"]
        for row in sorted(service.data.tables["department"], key=lambda row: row["id"])
        if row["agency_id"] == agency
    ]
    items = [("object", [("name", one)]) for one in names]
    assert ordered(found.body) == ("object", [("departments", ("object", [("items", items), ("total", len(names))]))])
    assert found.etag is not None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (b"nonsense=1", "parameter.unknown"),
        (b"page_size=0", "input.invalid"),
        (b"page_size=201", "input.invalid"),
        (b"page_size=1e2", "input.invalid"),
        ("page_size=٣".encode(), "input.invalid"),
        (b"order_by=phone", "input.invalid"),
        (b"count=1", "input.invalid"),
        (b"fields=nothing", "input.invalid"),
        (b"fields=name.first", "input.invalid"),
        (b"fields=household.head.household.head.id", "input.invalid"),
        (b"fields=" + b",".join([b"id"] * 101), "input.invalid"),
        (b"region=12345", "input.invalid"),
        (b"region=%00", "input.invalid"),
        (b"sex=1&sex=2", "input.invalid"),
        (b"birth_date_from=2020-02-30", "input.invalid"),
        (b"updated_at_from=2020-01-01T00:00:00", "input.invalid"),
        (b"situation=alive", "input.invalid"),
        (b"household_id=x", "input.invalid"),
        (b"name=%ff", "input.invalid"),
        (b"name=" + b"x" * 501, "input.invalid"),
    ],
)
async def test_a_query_string_is_taken_strictly(service: Service, query: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await read_list(service.reader, CIVIL, Read("list", views()["Person"]), None, query)
    assert (caught.value.code, caught.value.malformed) == (code, True)


async def test_documents_are_read_like_rows(service: Service) -> None:
    text = """query ($id: ID!) {
      determination(personId: $id) {
        ruleSet { source parameters { months } }
        results { population reasons { code } }
      }
    }"""
    assert await service.data_of(CIVIL, text, {"id": RESIDENT}) == {
        "determination": {
            "ruleSet": {"source": "民发〔2019〕86号", "parameters": None},
            "results": [
                {"population": "woman", "reasons": [{"code": "woman.husband_away"}, {"code": "x"}]},
                {"population": "elder", "reasons": []},
            ],
        }
    }
    assert await service.data_of(CIVIL, text, {"id": str(AGENCIES["ngo"])}) == {"determination": None}

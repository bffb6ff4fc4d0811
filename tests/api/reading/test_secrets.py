"""Nobody learns of a hidden row by cursor, count, order, filter or error, nor of a withheld field by asking with it."""

import json
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from api.rest.reads import Read, read_list
from domain.access import Access
from domain.errors import Forbidden, InvalidInput, ShouwangError
from domain.naming import camel
from domain.views import views
from tests.oracle.callers import CALLERS
from tests.oracle.fixtures import Service
from tests.oracle.spec import KINDS

CIVIL = CALLERS["civil_affairs"]
CURSORS = "query ($after: String) { people(first: 3, after: $after%s) { totalCount edges { cursor node { id } } } }"
ASK_BY_NAME = CURSORS % ', orderBy: "name"'


async def codes(
    service: Service, access: Access, text: str, variables: dict[str, object]
) -> list[tuple[str | None, str]]:
    """Return where and with which codes a document is refused; every refused root is null."""
    answer = await service.answer(access, text, variables)
    assert answer.data is not None
    data = json.loads(answer.data)
    found = []
    for path, error in answer.errors:
        assert isinstance(error, ShouwangError)
        assert data[path] is None
        found.append((path, error.code))
    return found


async def rest_code(service: Service, access: Access, plural: str, **parameters: object) -> str:
    """Return the code with which REST refuses a list, or ``ok``."""
    view = next(one for one in views().values() if one.plural == plural)
    try:
        await read_list(service.reader, access, Read("list", view), None, urlencode(parameters).encode())
    except ShouwangError as error:
        return error.code
    return "ok"


async def cursor(service: Service, access: Access, order: str = "") -> str:
    """Return the first cursor of a list of people."""
    data = await service.data_of(access, CURSORS % order)
    return str(data["people"]["edges"][0]["cursor"])


@pytest.mark.parametrize("made", ["", ".", "x", "AAAA.BBBB", "forged." + "A" * 16, "é.😀", "0198", "a" * 500])
async def test_a_forged_cursor_is_refused(service: Service, made: str) -> None:
    expected = [] if made == "" else [("people", "page_token.invalid")]
    assert await codes(service, CIVIL, ASK_BY_NAME, {"after": made or None}) == expected
    if made:
        assert await rest_code(service, CIVIL, "people", page_token=made) == "page_token.invalid"


async def test_a_cursor_with_one_letter_changed_is_refused(service: Service) -> None:
    genuine = await cursor(service, CIVIL)
    assert await rest_code(service, CIVIL, "people", page_token=genuine) == "ok"
    for at, letter in enumerate(genuine):
        changed = genuine[:at] + ("0" if letter != "0" else "1") + genuine[at + 1 :]
        assert await rest_code(service, CIVIL, "people", page_token=changed) == "page_token.invalid"


async def test_a_cursor_serves_its_own_caller_list_and_order(service: Service) -> None:
    by_id, by_name = await cursor(service, CIVIL), await cursor(service, CIVIL, ', orderBy: "name"')
    assert await codes(service, CIVIL, ASK_BY_NAME, {"after": by_name}) == []
    assert await codes(service, CIVIL, ASK_BY_NAME, {"after": by_id}) == [("people", "page_token.invalid")]
    for other in ("neighbour", "integration", "federation", "country"):  # the same rows, another caller
        assert await codes(service, CALLERS[other], CURSORS % "", {"after": by_id}) == [
            ("people", "page_token.invalid")
        ]
    for plural in ("households", "guardianships", "events"):
        assert await rest_code(service, CIVIL, plural, page_token=by_id) == "page_token.invalid"
    nested = "query ($after: String) { households(first: 1) { nodes { members(after: $after) { totalCount } } } }"
    assert await codes(service, CIVIL, nested, {"after": by_id}) == [("households", "page_token.invalid")]


async def test_one_bad_cursor_leaves_the_other_roots_alone(service: Service) -> None:
    text = """query ($after: String) {
      a: people(after: "x") { totalCount } b: people(after: $after) { totalCount } me { sub }
    }"""
    answer = await service.answer(CIVIL, text, {"after": "y"})
    assert answer.data is not None
    assert json.loads(answer.data) == {"a": None, "b": None, "me": {"sub": "staff:civil"}}
    assert sorted(str(path) for path, _ in answer.errors) == ["a", "b"]


async def test_a_cursor_whose_row_left_the_callers_sight_is_stale(service: Service) -> None:
    eyes = service.eyes(CIVIL)
    seen = {row["id"] for row in eyes.visible("Person")}
    left = next(row["id"] for row in service.data.tables["person"] if row["id"] not in seen)
    for order in ("name", "-name", "priority", "-priority"):
        token = eyes.token("Person", "", order, left)
        text = f'query ($after: String) {{ people(after: $after, orderBy: "{order}") {{ totalCount }} }}'
        assert await codes(service, CIVIL, text, {"after": token}) == [("people", "page_token.stale")]
        assert await rest_code(service, CIVIL, "people", page_token=token, order_by=order) == "page_token.stale"
        nobody = eyes.token("Person", "", order, uuid4())  # a row that is no more answers alike
        assert await rest_code(service, CIVIL, "people", page_token=nobody, order_by=order) == "page_token.stale"


@pytest.mark.parametrize(
    "caller", ["federation", "education", "police", "village", "ngo", "idle_ngo", "resident", "volunteer"]
)
async def test_a_hidden_person_is_as_absent_as_nobody(service: Service, caller: str) -> None:
    access = CALLERS[caller]
    seen = {row["id"] for row in service.eyes(access).whole("Person")}
    hidden = [row for row in service.data.tables["person"] if row["id"] not in seen and row["external_id"]][:12]
    assert len(hidden) == 12
    text = """query ($id: ID!, $externalId: String) {
      person(id: $id) { id } node(id: $id) { id }
      people(filter: {externalId: $externalId}) { totalCount nodes { id } }
      kinships(filter: {personId: $id}) { totalCount } guardianships(filter: {wardId: $id}) { totalCount }
      absences(filter: {personId: $id}) { totalCount } leftBehindStatuses(filter: {personId: $id}) { totalCount }
      womanProfiles(filter: {personId: $id}) { totalCount }
    }"""
    nobody = await service.answer(access, text, {"id": str(uuid4()), "externalId": "nobody"})
    for row in hidden:
        answer = await service.answer(access, text, {"id": str(row["id"]), "externalId": row["external_id"]})
        assert (answer.data, answer.errors) == (nobody.data, ())
    assert b'"totalCount":0' in (nobody.data or b"").replace(b" ", b"")


@pytest.mark.parametrize(
    ("caller", "asked"),
    [
        ("ngo", 'people(orderBy: "priority")'),
        ("ngo", 'people(orderBy: "-priority")'),
        ("ngo", "people(filter: {hardship: destitute})"),
        ("ngo", "people(filter: {health: chronic})"),
        ("ngo", "guardianships(filter: {capability: poor})"),
        ("ngo", "elderProfiles(filter: {selfCare: unable})"),
        ("volunteer", "people(filter: {health: healthy})"),
        ("masked", 'people(orderBy: "name")'),
        ("masked", 'people(filter: {name: "张三"})'),
        ("masked", 'people(filter: {birthDateFrom: "2000-01-01"})'),
        ("masked", "absences(filter: {current: true})"),
        ("masked", 'absences(orderBy: "-since")'),
        ("blind", "leftBehindStatuses(filter: {status: left_behind})"),
    ],
)
async def test_asking_with_a_withheld_field_is_refused(service: Service, caller: str, asked: str) -> None:
    root = asked.partition("(")[0]
    assert await codes(service, CALLERS[caller], f"{{ {asked} {{ totalCount }} }}", {}) == [(root, "field.withheld")]
    answer = await service.answer(CALLERS[caller], f"{{ {asked} {{ totalCount }} }}")
    ((_, error),) = answer.errors
    assert isinstance(error, Forbidden)
    assert [camel(str(one)) in asked for one in error.parameters.values()] == [True]  # the field's name, never a value


async def test_a_withheld_field_is_refused_below_a_row_too(service: Service) -> None:
    text = "{ people(first: 1) { nodes { guardianships(filter: {capability: poor}) { totalCount } } } me { sub } }"
    assert await codes(service, CALLERS["ngo"], text, {}) == [("people", "field.withheld")]


@pytest.mark.parametrize("caller", ["statistician", "auditor", "admin"])
async def test_who_may_see_no_person_is_told_so(service: Service, caller: str) -> None:
    roots = [kind.root for kind in KINDS.values() if kind.root and kind.permission == "people:read"]
    text = "{ " + " ".join(f"{root} {{ totalCount nodes {{ id }} }}" for root in roots) + " }"
    assert sorted(await codes(service, CALLERS[caller], text, {})) == sorted(
        (root, "access.forbidden") for root in roots
    )
    for root in ("people", "households", "guardianships"):
        assert await rest_code(service, CALLERS[caller], root) == "access.forbidden"


async def test_masks_and_withheld_fields_are_named(service: Service) -> None:
    fields = "name a: name identityNumber hardship priority health place { code } history { totalCount } withheld"
    text = f"{{ people(first: 100) {{ nodes {{ {fields} }} }} }}"
    data = await service.data_of(CALLERS["ngo"], text)
    for one in data["people"]["nodes"]:
        assert one["withheld"] == ["hardship", "priority", "health", "history"]
        assert (one["hardship"], one["priority"], one["health"], one["history"]) == (None, None, None, None)
    data = await service.data_of(CALLERS["masked"], text)
    names = {row["name"] for row in service.data.tables["person"]}
    for one in data["people"]["nodes"]:
        assert one["withheld"] == ["identityNumber", "hardship", "priority", "health"]
        assert one["name"] == one["a"]
        assert one["name"][1:] == "*" * max(len(one["name"]) - 1, 0)
        assert len(one["name"]) < 3 or one["name"] not in names


async def test_a_stale_cursor_below_a_row_is_said_aloud_in_rest(service: Service) -> None:
    eyes = service.eyes(CIVIL)
    seen = {row["id"] for row in eyes.visible("Person")}
    left = next(row["id"] for row in service.data.tables["person"] if row["id"] not in seen)
    home = eyes.visible("Household")[0]["id"]
    read = Read("below", views()["Household"], "members")
    query = urlencode({"order_by": "name", "page_token": eyes.token("Person", "members", "name", left)}).encode()
    with pytest.raises(InvalidInput) as caught:
        await read_list(service.reader, CIVIL, read, str(home), query)
    assert caught.value.code == "page_token.stale"


@pytest.mark.parametrize(
    ("caller", "shown", "withheld"),
    [
        ("civil_affairs", (5, 6, 7, 8, 9), []),
        ("federation", (5, 6, None, None, None), ["elders", "surveyed", "known"]),
        ("education", (None, 6, None, None, None), ["women", "elders", "surveyed", "known"]),
    ],
)
async def test_closing_figures_are_for_those_who_look_after_all_whom_they_count(
    service: Service, caller: str, shown: tuple[int | None, ...], withheld: list[str]
) -> None:
    """A sum over all three is withheld with the part of it that is not hers: the rest could be subtracted."""
    access, counts = CALLERS[caller], "women children elders surveyed known withheld"
    text = f"{{ campaignReports(first: 100) {{ nodes {{ totals {{ {counts} villages }} townships {{ "
    text += f"totals {{ {counts} }} villages {{ {counts} }} }} }} }} }}"
    reports = (await service.data_of(access, text))["campaignReports"]["nodes"]
    assert any(report["townships"] for report in reports)
    found = [report["totals"] for report in reports]
    assert all(one.pop("villages") is not None for one in found)
    parts = [part for report in reports for part in report["townships"]]
    found += [part["totals"] for part in parts] + [one for part in parts for one in part["villages"]]
    expected = dict(zip(counts.split(), (*shown, withheld), strict=True))
    assert all(one == expected for one in found), found
    view = views()["CampaignReport"]
    answer = await read_list(service.reader, access, Read("list", view), None, b"fields=totals.elders,totals.villages")
    for item in json.loads(answer.body)["items"]:
        hers = {"elders": 7, "withheld": []} if caller == "civil_affairs" else {"elders": None, "withheld": ["elders"]}
        assert item["totals"] | hers == item["totals"]

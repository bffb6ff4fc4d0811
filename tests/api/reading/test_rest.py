"""REST shows what the oracle shows, for every caller: lists, pages to their end, single rows, absent ones."""

import json
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rest.reads import Found, Read, read_list, read_one
from domain.access import Access
from domain.errors import Forbidden, InvalidInput, NotFound, ShouwangError
from domain.views import views
from tests.oracle.answer import related
from tests.oracle.callers import CALLERS
from tests.oracle.data import Row
from tests.oracle.directory import VILLAGES
from tests.oracle.examples import few, many
from tests.oracle.fixtures import Service, ordered
from tests.oracle.model import Eyes, Refused
from tests.oracle.rest import Asked, RestOracle, some_fields, some_filters
from tests.oracle.spec import KINDS
from tests.oracle.values import snake

LISTED = [name for name, kind in KINDS.items() if kind.root]


def expected_list(eyes: Eyes, name: str, rows: list[Row], asked: Asked, relation: str = "") -> object:
    """Return the oracle's list, or what it refuses with."""
    oracle = RestOracle(eyes)
    try:
        return ordered(json.dumps(oracle.listed(name, oracle.page(name, rows, asked, relation), asked)))
    except Refused as refusal:
        return str(refusal)


async def actual_list(service: Service, access: Access, read: Read, key: str | None, asked: Asked) -> object:
    """Return the service's list, or the code it refuses with."""
    try:
        found = await read_list(service.reader, access, read, key, asked.query)
    except (Forbidden, InvalidInput) as error:
        return error.code
    return ordered(found.body)


async def check_list(service: Service, caller: str, chance: Random) -> None:
    """Compare one random list, at the root or below a row."""
    access, eyes = CALLERS[caller], service.eyes(CALLERS[caller])
    name = chance.choice([one for one in LISTED if eyes.may(KINDS[one])])
    below = [(one, way) for one, way in KINDS[name].ways.items() if way.how == "many" and eyes.may(KINDS[way.kind])]
    visible = eyes.visible(name)
    if below and visible and chance.random() < 0.4:
        relation, way = chance.choice(below)
        row = chance.choice(visible)
        rows, kind, key = related(eyes, row, way), way.kind, str(row[KINDS[name].key])
        read = Read("below", views()[name], snake(relation))
    else:
        rows, kind, key, relation = visible, name, None, ""
        read = Read("list", views()[name])
    order = chance.choice(KINDS[kind].orders)
    token = None
    if rows and chance.random() < 0.3:
        token = eyes.token(kind, snake(relation), order, chance.choice(rows)[KINDS[kind].key])
    asked = Asked(
        order, size=chance.choice((1, 3, 20, 200)), fields=some_fields(chance, kind), count=chance.random() < 0.5,
        token=token, filters=some_filters(chance, eyes, kind),
    )  # fmt: skip
    shown = f"{caller} {read.view.name} {relation} {asked.query!r}"
    actual = await actual_list(service, access, read, key, asked)
    assert actual == expected_list(eyes, kind, rows, asked, snake(relation)), shown


@pytest.mark.parametrize("caller", CALLERS)
@few(6)
@given(chance=st.randoms(use_true_random=False))
async def test_random_lists_are_the_oracles(service: Service, caller: str, chance: Random) -> None:
    await check_list(service, caller, chance)


@pytest.mark.prove
@pytest.mark.parametrize("caller", CALLERS)
@many(40)
@given(chance=st.randoms(use_true_random=False))
async def test_many_random_lists_are_the_oracles(service: Service, caller: str, chance: Random) -> None:
    await check_list(service, caller, chance)


@pytest.mark.parametrize("caller", CALLERS)
async def test_pages_to_the_end_hold_every_row_once_in_order(service: Service, caller: str) -> None:
    access, eyes = CALLERS[caller], service.eyes(CALLERS[caller])
    for name in ("Person", "Guardianship", "Event", "Region"):
        kind = KINDS[name]
        for order in kind.orders:
            if not eyes.may(kind):
                with pytest.raises(Forbidden):
                    await read_list(service.reader, access, Read("list", views()[name]), None, b"")
                continue
            asked = Asked(order, size=23, fields=kind.key, count=True)
            try:
                whole = eyes.page(name, eyes.visible(name), order, 10_000).rows
            except Refused:
                with pytest.raises(Forbidden) as caught:
                    await read_list(service.reader, access, Read("list", views()[name]), None, asked.query)
                assert caught.value.code == "field.withheld"
                continue
            assert await all_pages(service, access, name, asked) == [str(row[kind.key]) for row in whole]


PLACES = ("42", "4200", "4210", "421081", "421083", "421081100", "421081101", "4419", "441900", "440305")


@pytest.mark.parametrize("caller", CALLERS)
async def test_a_filter_by_division_of_any_width_meets_a_scope_of_any_width(service: Service, caller: str) -> None:
    """Of two divisions only the narrower is asked of each row, and which one that is differs by caller."""
    access, eyes = CALLERS[caller], service.eyes(CALLERS[caller])
    for name in (one for one in LISTED if "region" in views()[one].filters and eyes.may(KINDS[one])):
        kind = KINDS[name]
        for place in (*PLACES, *(f"{village:012}" for village in VILLAGES[:3])):
            for order in kind.orders[:2]:
                asked = Asked(order, size=200, fields=kind.key, count=True, filters={"region": place})
                actual = await actual_list(service, access, Read("list", views()[name]), None, asked)
                assert actual == expected_list(eyes, name, eyes.visible(name), asked), f"{name} {place} {order}"


async def all_pages(service: Service, access: Access, name: str, asked: Asked) -> list[str]:
    """Follow the page tokens to the end; every page says the same total."""
    keys: list[str] = []
    totals = set()
    while True:
        found = await read_list(service.reader, access, Read("list", views()[name]), None, asked.query)
        page = json.loads(found.body)
        keys += [one[KINDS[name].key] for one in page["items"]]
        totals.add(page["total"])
        asked.token = page["next_page_token"]
        if asked.token is None:
            assert totals == {len(keys)}
            return keys
        assert len(page["items"]) == asked.size


async def one_of(service: Service, access: Access, name: str, key: object, fields: str = "") -> Found | ShouwangError:
    """Read one row, or return the error."""
    try:
        return await read_one(
            service.reader, access, views()[name], str(key), f"fields={fields}".encode() if fields else b""
        )
    except ShouwangError as error:
        return error


@pytest.mark.parametrize("caller", CALLERS)
async def test_single_rows_are_seen_or_absent(service: Service, caller: str) -> None:
    access, eyes, chance = CALLERS[caller], service.eyes(CALLERS[caller]), Random(caller)
    absent = await one_of(service, access, "Person", uuid4())
    for name in LISTED:
        kind = KINDS[name]
        rows = service.data.tables[kind.table]
        for row in chance.sample(rows, min(len(rows), 8)):
            fields = some_fields(chance, name)
            found = await one_of(service, access, name, row[kind.key], fields)
            if not eyes.may(kind):
                assert isinstance(found, Forbidden)
            elif eyes.sees(kind, row):
                assert isinstance(found, Found), (name, row[kind.key])
                paths = [path.split(".") for path in fields.split(",")] if fields else []
                assert ordered(found.body) == ordered(json.dumps(RestOracle(eyes).object(name, row, paths)))
                version = row["version"] if kind.versioned else 0
                assert found.etag is not None
                assert found.etag.startswith(f'"{version}-')
            else:
                assert isinstance(found, NotFound)
                if isinstance(absent, NotFound):
                    assert (found.code, found.parameters) == (absent.code, absent.parameters)

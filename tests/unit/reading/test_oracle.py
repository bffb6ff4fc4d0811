"""The oracle's own table is whole: a field added to the product is added there, by hand, or these fail."""

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from tests.oracle.answer import schema
from tests.oracle.callers import CALLERS
from tests.oracle.data import Data
from tests.oracle.model import Eyes
from tests.oracle.spec import KINDS
from tests.oracle.values import camel, snake
from tests.oracle.world import make

DATA = Data(make())


def fields(name: str) -> dict[str, bool]:
    """Return a type's fields, and whether each is a leaf."""
    made = schema().type_map[name]
    assert isinstance(made, GraphQLObjectType)
    return {one: is_leaf_type(get_named_type(field.type)) for one, field in made.fields.items()}


def test_every_list_of_the_schema_is_known() -> None:
    lists = {name for name, field in schema().query_type.fields.items() if "first" in field.args}  # type: ignore[union-attr]
    assert lists - {"searchPeople"} == {kind.root for kind in KINDS.values() if kind.root}


@pytest.mark.parametrize("name", KINDS)
def test_every_field_is_known(name: str) -> None:
    kind = KINDS[name]
    found = fields(name)
    assert {one for one, leaf in found.items() if not leaf} - {"access"} == set(kind.ways)
    leaves = {one for one, leaf in found.items() if leaf}
    assert set(kind.classes) <= leaves
    assert set(kind.masked) <= set(kind.classes)
    assert ("withheld" in leaves) is bool(kind.classes)
    assert ("access" in found) is bool(kind.actions)
    assert all(snake(camel(order.removeprefix("-"))) == order.removeprefix("-") for order in kind.orders)


@pytest.mark.parametrize("caller", CALLERS)
def test_every_caller_but_those_for_aggregates_sees_and_misses_some(caller: str) -> None:
    eyes = Eyes(DATA, CALLERS[caller])
    seen, total = len(eyes.visible("Person")), len(DATA.tables["person"])
    nobody = {"statistician", "auditor", "country_auditor", "admin", "nowhere", "idle_ngo", "operator"}
    everybody = {"country", "all_seeing"}
    assert (seen == 0) is (caller in nobody)
    assert (seen == total) is (caller in everybody)


def test_the_world_holds_what_is_worth_meeting() -> None:
    eyes = {name: Eyes(DATA, access) for name, access in CALLERS.items()}
    people = {name: {row["id"] for row in one.visible("Person")} for name, one in eyes.items()}
    assert people["federation"] < people["civil_affairs"]
    assert people["education"] < people["federation"]
    assert len(people["ngo"]) == 5
    assert len(people["guardian"]) == 2
    assert len(people["volunteer"]) == 3
    assert len(people["resident"]) == 1
    far = [
        row
        for row in eyes["civil_affairs"].visible("Guardianship")
        if row["guardian_id"] not in people["civil_affairs"]
    ]
    assert len(far) > 5
    assert {row["name"] for row in DATA.tables["person"]} >= {'O"Neil', "back\\slash", "😀花", "</script><b>", ""}
    for name in ("Account", "Client", "Session"):
        total = len(DATA.tables[KINDS[name].table])
        seen = {caller: len(eyes[caller].visible(name)) for caller in ("keeper", "ngo_keeper", "operator", "volunteer")}
        assert seen["volunteer"] == 0
        assert 0 < seen["keeper"] < total
    assert len(eyes["civil_affairs"].visible("Account")) == 1
    assert len(eyes["operator"].visible("Account")) > len(eyes["keeper"].visible("Account"))
    for name in ("Operation", "ImportRow", "Event", "StaffMember"):
        assert 0 < len(eyes["civil_affairs"].visible(name)) < len(DATA.tables[KINDS[name].table])

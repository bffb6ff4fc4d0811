from datetime import date
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.agencies import rules
from domain.agencies.commands import CreateAgency, CreateStaff
from domain.agencies.model import LeadingGroupRole
from domain.errors import Conflict, InvalidInput

ONE, TWO = UUID(int=1), UUID(int=2)
HEAD, MEMBER = LeadingGroupRole.HEAD, LeadingGroupRole.MEMBER


@pytest.mark.parametrize(
    ("code", "level"), [(42 * 10**10, 1), (4210 * 10**8, 2), (421081 * 10**6, 3), (421081104209, 5)]
)
def test_the_level_follows_from_the_region(code: int, level: int) -> None:
    assert rules.level(code) == level


@pytest.mark.parametrize(("child", "parent"), [(421081104209, 421081000000), (421081000000, 421081000000)])
def test_a_child_may_stand_beneath(child: int, parent: int) -> None:
    rules.beneath(child, parent)


@pytest.mark.parametrize(("child", "parent"), [(421081000000, 421081104000), (421022000000, 421081000000)])
def test_a_child_may_not_stand_elsewhere(child: int, parent: int) -> None:
    with pytest.raises(InvalidInput) as raised:
        rules.beneath(child, parent)
    assert [(one.pointer, one.code) for one in raised.value.faults] == [("/parent_id", "region.outside")]


def test_validity() -> None:
    rules.ends_after_start(date(2026, 1, 1), date(2026, 1, 1))
    with pytest.raises(InvalidInput):
        rules.ends_after_start(date(2026, 1, 2), date(2026, 1, 1))
    with pytest.raises(Conflict, match=r"staff\.ended"):
        rules.still_open(date(2026, 1, 1), Conflict("staff.ended"))


def test_a_leading_group_has_one_head() -> None:
    rules.one_head([(ONE, HEAD), (TWO, MEMBER)])
    for seats in ([(ONE, MEMBER)], [(ONE, HEAD), (TWO, HEAD)], [(ONE, HEAD), (ONE, MEMBER)]):
        with pytest.raises(InvalidInput):
            rules.one_head(seats)


@pytest.mark.parametrize(
    "fields",
    [
        {"region": "42108"},
        {"region": 421081},
        {"name": "  "},
        {"name": "石首\x00"},
        {"credit_code": "11421081MB0000010X"},
        {"type": "office"},
        {"version": 1},
        {"valid_from": "2026-02-30"},
    ],
)
def test_commands_are_strict(fields: dict[str, object]) -> None:
    good: dict[str, object] = {"type": "civil_affairs", "name": "石首市民政局", "region": "421081"}
    assert CreateAgency.model_validate(good).name == "石首市民政局"
    with pytest.raises(ValidationError) as raised:
        CreateAgency.model_validate(good | fields)
    assert [one["loc"] for one in raised.value.errors()] == [tuple(fields)]


def test_a_bad_credit_code_says_why() -> None:
    with pytest.raises(ValidationError) as raised:
        CreateAgency.model_validate(
            {"type": "ngo", "name": "春苗", "region": "421081", "credit_code": "11421081MB0000010X"}
        )
    assert [one["type"] for one in raised.value.errors()] == ["credit_code.checksum"]


def test_names_and_phones_take_their_one_form() -> None:
    staff = CreateStaff.model_validate({"agency_id": str(ONE), "name": "　陈　小满 ", "phone": "+86 199-0000-1234"})
    assert (staff.name, staff.phone) == ("陈 小满", "19900001234")

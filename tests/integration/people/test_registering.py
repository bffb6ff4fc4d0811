from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.access import Access
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from domain.people.commands import UpdatePerson
from domain.people.use_cases import update_person
from persistence.crypto import FieldCipher
from persistence.writing.unit_of_work import PostgresUnitOfWork

NUMBER = "421081198811250122"
VILLAGE, OTHER_VILLAGE, NEIGHBOUR = "421081100201", "421081100202", "421083100201"
Register = Callable[..., Any]


def number(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


WOMAN = number("42108119881125012")


def update(saved: Any, **fields: Any) -> UpdatePerson:
    return UpdatePerson.model_validate({"person_id": saved.id, "version": saved.version} | fields)


async def test_everything_of_a_registration(register: Register, ledger: Any, cipher: FieldCipher) -> None:
    saved = await register(
        "单小花",
        identity_number=WOMAN,
        phone="+86 138 1234 1234",
        address="二组15号",
        health="disabled",
        disability_grade=2,
        hardship=["subsistence_allowance"],
        new_household=True,
        woman={"children_in_care": 2, "income_sources": ["打工收入"]},
    )
    person = await ledger.row("person", saved.id)
    assert (saved.record, saved.version, person["version"]) == ("person", 1, 1)
    assert (person["region_code"], person["county"]) == (421081100201, 421081)
    assert (person["birth_date"], person["sex"]) == (date(1988, 11, 25), "2")
    assert (person["name_pinyin"], person["name_initials"]) == ("shanxiaohua", "sxh")
    assert (person["priority"], person["remit"]) == (2, 128 + 1 + 16)
    assert person["identity_number_masked"] == WOMAN[:4] + "*" * 10 + WOMAN[-4:]
    assert person["identity_number_blind"] == cipher.blind("identity_number", WOMAN)
    assert cipher.open("person", "identity_number_cipher", saved.id, person["identity_number_cipher"]) == WOMAN
    assert (person["phone_masked"], person["phone_blind"]) == ("138****1234", cipher.blind("phone", "13812341234"))
    household = await ledger.row("household", person["household_id"])
    assert (household["head_id"], household["remit"], household["address_masked"]) == (saved.id, 129, "***")
    assert await ledger.statuses(saved.id) == [("woman", "not_left_behind", date(2026, 11, 1), None)]
    assert await ledger.events() == [
        "household.created",
        "person.registered",
        "woman_profile.opened",
        "left_behind_status.changed",
    ]


async def test_events_name_fields_and_hold_no_value(register: Register, ledger: Any) -> None:
    saved = await register("王小花", identity_number=WOMAN, phone="13812341234")
    event = await ledger.owner.fetchrow("SELECT * FROM event WHERE type = 'person.registered'")
    assert event["data"] == {"changed": ["identity_number", "name", "phone", "region"]}
    assert (event["subject_id"], event["aggregate_version"], event["region_code"]) == (saved.id, 1, 421081100201)
    log = str([dict(row) for row in await ledger.owner.fetch("SELECT * FROM event")])
    assert not any(secret in log for secret in (WOMAN, "13812341234", "王小花"))


async def test_a_duplicate_inside_the_scope_is_named(register: Register, ledger: Any) -> None:
    saved = await register(identity_number=WOMAN)
    before = await ledger.counts()
    with pytest.raises(Conflict) as refused:
        await register("另一人", identity_number=WOMAN)
    assert (refused.value.code, refused.value.parameters) == ("person.duplicate", {"id": str(saved.id)})
    assert await ledger.counts() == before


async def test_a_duplicate_outside_the_scope_says_nothing(register: Register, neighbour: Access, ledger: Any) -> None:
    await register(identity_number=WOMAN)
    before = await ledger.counts()
    with pytest.raises(Conflict) as refused:
        await register(access=replace(neighbour, agency_id=None), region=NEIGHBOUR, identity_number=WOMAN)
    assert (refused.value.code, refused.value.parameters) == ("person.under_review", {})
    assert await ledger.counts() == before


@pytest.mark.parametrize(
    ("region", "error", "code"),
    [
        (NEIGHBOUR, Forbidden, "region.outside_scope"),
        ("421081999999", InvalidInput, "region.unknown"),
        ("4210", InvalidInput, "region.too_coarse"),
    ],
)
async def test_where_nobody_can_be_registered(
    register: Register, ledger: Any, region: str, error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as refused:
        await register(region=region)
    said = refused.value.faults[0].code if isinstance(refused.value, InvalidInput) else refused.value.code  # type: ignore[attr-defined]
    assert said == code
    assert await ledger.counts() == [0] * 8


async def test_number_and_birth_date_must_agree(register: Register, ledger: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        await register(identity_number=WOMAN, birth_date="1988-11-26")
    assert [(one.pointer, one.code) for one in refused.value.faults] == [
        ("/birth_date", "birth_date.identity_number_mismatch")
    ]
    assert await ledger.counts() == [0] * 8


async def test_a_federation_registers_women_and_not_men_alone(
    register: Register, caller: Callable[..., Access], ledger: Any
) -> None:
    federation = caller(agency_type="womens_federation")
    saved = await register(access=federation, woman={}, new_household=True)
    home = (await ledger.row("person", saved.id))["household_id"]
    husband = await register("李大山", access=federation, sex="1", household_id=str(home))
    assert (await ledger.row("person", husband.id))["remit"] == 128 + 16
    before = await ledger.counts()
    with pytest.raises(Forbidden) as refused:
        await register("过路人", access=federation, sex="1")
    assert refused.value.code == "person.outside_remit"
    assert await ledger.counts() == before


async def test_a_patch_keeps_what_is_absent_and_clears_null(
    register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    saved = await register(phone="13812341234", address="二组", hardship=["destitute"], illness="尿毒症")
    changed = await update_person(officer, uow, update(saved, phone=None, hardship=None, name="王大花"))
    person = await ledger.row("person", saved.id)
    assert (changed.version, person["version"]) == (2, 2)
    assert (person["phone_cipher"], person["phone_blind"], person["phone_masked"]) == (None, None, None)
    assert (person["address_masked"], person["hardship"], person["priority"]) == ("***", [], 1)
    assert (person["name"], person["name_pinyin"]) == ("王大花", "wangdahua")
    assert (await ledger.owner.fetchrow("SELECT data FROM event WHERE type = 'person.updated'"))["data"] == {
        "changed": ["hardship", "name", "phone"]
    }


async def test_who_may_not_update(
    register: Register,
    officer: Access,
    neighbour: Access,
    caller: Callable[..., Access],
    uow: PostgresUnitOfWork,
    ledger: Any,
) -> None:
    saved = await register()
    before = await ledger.row("person", saved.id), await ledger.counts()
    with pytest.raises(Stale):
        await update_person(officer, uow, UpdatePerson(person_id=saved.id, version=2, name="改名"))
    with pytest.raises(NotFound):
        await update_person(neighbour, uow, update(saved, name="改名"))
    with pytest.raises(NotFound):
        await update_person(officer, uow, UpdatePerson(person_id=UUID(int=1), version=1, name="改名"))
    for role in ("supervisor", "statistician", "auditor", "ngo_worker", "resident"):
        with pytest.raises(Forbidden):
            await update_person(caller(role), uow, update(saved, name="改名"))
    assert (await ledger.row("person", saved.id), await ledger.counts()) == before


async def test_an_update_that_changes_nothing_is_none(
    register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    """The row is answered as it is: no version counted up, no event, also where the value is sealed."""
    told: dict[str, Any] = {"phone": "19012345678", "address": "二组15号", "hardship": [], "sex": "2", "capable": None}
    saved = await register(phone="19012345678", address="二组15号", sex="2")
    before = await ledger.row("person", saved.id), await ledger.counts()
    for same in ({}, {"name": "王小花"}, told, {"hardship": None}):
        assert await update_person(officer, uow, update(saved, **same)) == saved
    assert (await ledger.row("person", saved.id), await ledger.counts()) == before
    changed = await update_person(officer, uow, update(saved, **told | {"phone": "19012345679"}))
    assert changed.version == 2
    data = await ledger.owner.fetchval("SELECT data FROM event WHERE type = 'person.updated'")
    assert data == {"changed": ["phone"]}


async def test_a_corrected_number_corrects_the_birth_date(
    register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    saved = await register(identity_number=WOMAN)
    with pytest.raises(InvalidInput):
        await update_person(officer, uow, update(saved, birth_date="1990-01-01"))
    await update_person(officer, uow, update(saved, identity_number=number("42108119900101012")))
    assert (await ledger.row("person", saved.id))["birth_date"] == date(1990, 1, 1)

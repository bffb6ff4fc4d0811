from collections.abc import Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from auth.policy import grants_of
from domain.access import Access
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from domain.people.commands import (
    AddMember,
    CreateHousehold,
    DeclareGuardianship,
    EndGuardianship,
    LeaveHousehold,
    RecordDeath,
    Reveal,
    UpdateGuardianship,
)
from domain.people.use_cases import (
    add_member,
    create_household,
    declare_guardianship,
    end_guardianship,
    leave_household,
    record_death,
    reveal,
    update_guardianship,
)
from persistence.writing.unit_of_work import PostgresUnitOfWork

Register = Callable[..., Any]
TODAY = date(2026, 11, 1)


async def opened(owner: asyncpg.Connection, grantee: Any) -> list[Any]:
    rows = await owner.fetch("SELECT person_id FROM person_access WHERE grantee_id = $1 AND ended_at IS NULL", grantee)
    return [row["person_id"] for row in rows]


async def test_a_guardian_sees_the_ward_while_she_guards(
    register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    ward, guardian = await register("李小山", child={}), await register("张秀英")
    declared = DeclareGuardianship.model_validate(
        {"ward_id": ward.id, "guardian_id": guardian.id, "kind": "entrusted", "relation": "62", "capability": "average"}
    )
    saved = await declare_guardianship(officer, uow, declared)
    assert await opened(ledger.owner, guardian.id) == [ward.id]
    with pytest.raises(Conflict) as refused:
        await declare_guardianship(officer, uow, declared)
    assert refused.value.code == "guardianship.exists"
    better = UpdateGuardianship.model_validate({"guardianship_id": saved.id, "version": 1, "capability": "good"})
    assert (await update_guardianship(officer, uow, better)).version == 2
    assert (await ledger.row("guardianship", saved.id))["relation"] == "62"
    await end_guardianship(officer, uow, EndGuardianship(guardianship_id=saved.id, version=2))
    row = await ledger.row("guardianship", saved.id)
    assert (row["capability"], row["valid_to"], row["end_reason"]) == ("good", TODAY, "agreement_ended")
    assert await opened(ledger.owner, guardian.id) == []


async def test_a_death_ends_guardianship_both_ways(
    register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    first, second, third = [await register(name) for name in ("甲", "乙", "丙")]
    for ward, guardian in ((first, second), (second, third)):
        await declare_guardianship(
            officer,
            uow,
            DeclareGuardianship.model_validate({"ward_id": ward.id, "guardian_id": guardian.id, "kind": "temporary"}),
        )
    await record_death(officer, uow, RecordDeath(person_id=second.id, version=1, died_on=TODAY))
    ends = await ledger.owner.fetch("SELECT valid_to, end_reason FROM guardianship")
    assert [tuple(row) for row in ends] == [(TODAY, "death"), (TODAY, "death")]
    assert await ledger.owner.fetchval("SELECT count(*) FROM person_access WHERE ended_at IS NULL") == 0


async def test_nobody_guards_herself_or_somebody_unseen(
    register: Register, officer: Access, neighbour: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    one = await register()
    other = await register("外县人", access=neighbour, region="421083100201")
    before = await ledger.counts()
    with pytest.raises(InvalidInput):
        await declare_guardianship(
            officer,
            uow,
            DeclareGuardianship.model_validate({"ward_id": one.id, "guardian_id": one.id, "kind": "parent"}),
        )
    with pytest.raises(NotFound):
        await declare_guardianship(
            officer,
            uow,
            DeclareGuardianship.model_validate({"ward_id": one.id, "guardian_id": other.id, "kind": "parent"}),
        )
    assert await ledger.counts() == before


async def test_households_and_the_remits_that_follow(
    register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    elder, child = await register("张秀英", elder={}), await register("李小山", child={})
    home = await create_household(
        officer, uow, CreateHousehold(region="421081100201", address="三组8号", head_id=elder.id)
    )
    grown = await add_member(officer, uow, AddMember(household_id=home.id, version=home.version, person_id=child.id))
    remits = [(await ledger.row("person", one.id))["remit"] for one in (elder, child)]
    assert remits == [128 + 4 + 64 + 32, 128 + 2 + 32 + 64]
    assert (await ledger.row("household", home.id))["remit"] == 128 + 4 + 2
    with pytest.raises(Conflict):
        await add_member(officer, uow, AddMember(household_id=home.id, version=grown.version, person_id=child.id))
    version = (await ledger.row("person", elder.id))["version"]
    await leave_household(officer, uow, LeaveHousehold(person_id=elder.id, version=version))
    assert [(await ledger.row("person", one.id))["remit"] for one in (elder, child)] == [128 + 4 + 64, 128 + 2 + 32]
    row = await ledger.row("household", home.id)
    assert (row["remit"], row["head_id"]) == (128 + 2, None)


async def test_a_reveal_is_logged_before_it_is_released(
    register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    saved = await register(phone="13812341234", address="二组15号")
    found = await reveal(officer, uow, Reveal(person_id=saved.id, purpose="联系家属"))
    assert found == {"identity_number": None, "phone": "13812341234", "address": "二组15号"}
    event = await ledger.owner.fetchrow("SELECT * FROM event WHERE type = 'person.revealed'")
    assert (event["purpose"], event["data"]) == ("联系家属", {"fields": ["identity_number", "phone", "address"]})
    assert event["subject_id"] == saved.id


async def test_what_is_not_cleared_is_not_revealed(
    register: Register,
    officer: Access,
    neighbour: Access,
    caller: Callable[..., Access],
    uow: PostgresUnitOfWork,
    ledger: Any,
) -> None:
    saved = await register(phone="13812341234")
    before = await ledger.counts()
    with pytest.raises(NotFound):
        await reveal(neighbour, uow, Reveal(person_id=saved.id, purpose="看看"))
    for role in ("supervisor", "ngo_worker", "volunteer", "auditor"):
        with pytest.raises(Forbidden):
            await reveal(caller(role), uow, Reveal(person_id=saved.id, purpose="看看"))
    assert await ledger.counts() == before


async def test_no_log_no_reveal(register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any) -> None:
    saved = await register(phone="13812341234")
    await ledger.owner.execute("REVOKE INSERT ON event FROM shouwang_app")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reveal(officer, uow, Reveal(person_id=saved.id, purpose="联系家属"))


async def test_a_resident_reveals_her_own_file_and_her_wards(
    register: Register, officer: Access, uow: PostgresUnitOfWork, ledger: Any
) -> None:
    ward, guardian = await register("李小山", phone="13812341234"), await register("张秀英", phone="13912341234")
    other = await register("旁人", phone="13712341234")
    resident = Access(
        sub=f"person:{guardian.id}",
        client_id="mini-program",
        roles=("resident",),
        grants=grants_of(["resident"], None),
        person_id=guardian.id,
    )
    declared = {"ward_id": ward.id, "guardian_id": guardian.id, "kind": "entrusted"}
    saved = await declare_guardianship(officer, uow, DeclareGuardianship.model_validate(declared))
    own = Reveal.model_validate({"person_id": guardian.id, "purpose": "核对", "fields": ["phone"]})
    hers = Reveal.model_validate({"person_id": ward.id, "purpose": "联系", "fields": ["phone"]})
    assert await reveal(resident, uow, own) == {"phone": "13912341234"}
    assert await reveal(resident, uow, hers) == {"phone": "13812341234"}
    with pytest.raises(NotFound):
        await reveal(resident, uow, Reveal(person_id=other.id, purpose="看看"))
    await end_guardianship(officer, uow, EndGuardianship(guardianship_id=saved.id, version=1))
    with pytest.raises(NotFound):
        await reveal(resident, uow, hers)
    revealed = await ledger.owner.fetch("SELECT actor FROM event WHERE type = 'person.revealed'")
    assert [row["actor"] for row in revealed] == [f"person:{guardian.id}"] * 2

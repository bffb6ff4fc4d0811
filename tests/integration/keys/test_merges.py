"""While field keys are changed, people are still found by number, and merges are still taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.access import Clearance, Grant, RowScope
from domain.duplicates.asking import check_person, propose_duplicate
from domain.duplicates.commands import CheckPerson, MergePeople, ProposeDuplicate, UndoMerge
from domain.duplicates.merging import merge_people, undo_merge
from domain.people.commands import RegisterPerson, UpdatePerson
from domain.people.use_cases import register_person, update_person
from persistence.crypto import FieldCipher, KeyRing
from persistence.duplicates.journal import COLUMN, TABLE
from persistence.keys.reseal import reseal, settled
from persistence.writing import records
from persistence.writing.unit_of_work import PostgresUnitOfWork
from tests.integration.keys.test_reseal import NEW, NUMBERS, OFFICE, REGION, ring

CLERK = replace(OFFICE, grants=dict.fromkeys(("people:write", "duplicates:write"), Grant(RowScope.REGION, Clearance())))
PHONE, ADDRESS = "19012340077", "三组9号"
Unit = Callable[[FieldCipher], PostgresUnitOfWork]


@pytest.fixture
async def unit(owner: asyncpg.Connection, pool: asyncpg.Pool) -> Unit:
    """A clerk's transactions under a cipher, in a county with one village."""
    await owner.execute(
        "INSERT INTO region (code, lo, hi, name, path, level, pinyin, initials, valid_from, source) VALUES "
        "('421081100201', 421081100201, 421081100202, '村', '村', 5, 'c', 'c', '2020-01-01', 'test')"
    )
    return lambda cipher: PostgresUnitOfWork(pool, cipher, today=lambda: date(2026, 3, 2))


async def register(uow: PostgresUnitOfWork, **more: Any) -> UUID:
    command = RegisterPerson.model_validate({"name": "何竹", "region": str(REGION), **more})
    return (await register_person(CLERK, uow, command)).id


async def merged(uow: PostgresUnitOfWork, survivor: UUID, other: UUID) -> UUID:
    asked = await propose_duplicate(
        CLERK, uow, ProposeDuplicate(person_id=survivor, other_id=other, reason="村里说是同一人")
    )
    command = MergePeople(duplicate_id=asked.id, version=asked.version, survivor_id=survivor)
    return (await merge_people(CLERK, uow, command)).id


async def secrets(owner: asyncpg.Connection, cipher: FieldCipher, person: UUID) -> list[str | None]:
    row = await owner.fetchrow("SELECT * FROM person WHERE id = $1", person)
    return [*records.opened(cipher, "person", row, ["identity_number", "phone", "address"]).values()]


@pytest.mark.parametrize(("merging", "undoing"), [(1, 2), (2, 2), (1, None), (2, None)])
async def test_a_merge_is_taken_back_when_its_key_is_gone(
    owner: asyncpg.Connection, pool: asyncpg.Pool, unit: Unit, merging: int, undoing: int | None
) -> None:
    """Merged before or during the change of keys, taken back during it or after the old key was retired."""
    survivor = await register(unit(ring(1)))
    other = await register(unit(ring(1)), identity_number=NUMBERS[0], phone=PHONE, address=ADDRESS)
    only = FieldCipher(KeyRing(2, {2: NEW}))
    merge = await merged(unit(ring(merging)), survivor, other)
    if undoing is None:
        await reseal(pool, ring(2))
        assert await settled(owner, ring(2))
        assert await secrets(owner, only, survivor) == [NUMBERS[0], PHONE, ADDRESS]
    taking_back = only if undoing is None else ring(undoing)
    await undo_merge(CLERK, unit(taking_back), UndoMerge(merge_id=merge, version=1, reason="核实是两个人"))
    if undoing is not None:
        await reseal(pool, ring(2))
    assert await secrets(owner, only, survivor) == [None, None, None]
    assert await secrets(owner, only, other) == [NUMBERS[0], PHONE, ADDRESS]
    row = await owner.fetchrow("SELECT * FROM person WHERE id = $1", other)
    assert row["identity_number_blind"] == only.blind("identity_number", NUMBERS[0])
    assert row["phone_blind"] == only.blind("phone", PHONE)
    assert row["phone_tail_blind"] == only.blind("phone_tail", PHONE[-4:])


async def test_what_changed_since_is_still_seen_under_another_key(
    owner: asyncpg.Connection, pool: asyncpg.Pool, unit: Unit
) -> None:
    """Sealed columns are compared by their texts: another address with the same masked form is another address."""
    survivor = await register(unit(ring(1)))
    other = await register(unit(ring(1)), phone=PHONE, address=ADDRESS)
    merge = await merged(unit(ring(1)), survivor, other)
    await reseal(pool, ring(2))
    version = await owner.fetchval("SELECT version FROM person WHERE id = $1", survivor)
    moved = UpdatePerson.model_validate({"person_id": survivor, "version": version, "address": "三组8号"})
    await update_person(CLERK, unit(ring(2)), moved)
    with pytest.raises(Exception, match=r"merge\.changed_since"):
        await undo_merge(CLERK, unit(ring(2)), UndoMerge(merge_id=merge, version=1, reason="核实是两个人"))
    assert await secrets(owner, ring(2), survivor) == [None, PHONE, "三组8号"]


async def test_a_journal_that_does_not_open_keeps_its_key_in_use(
    owner: asyncpg.Connection, pool: asyncpg.Pool, unit: Unit
) -> None:
    survivor = await register(unit(ring(1)))
    merge = await merged(unit(ring(1)), survivor, await register(unit(ring(1)), phone=PHONE))
    spoilt = ring(1).seal_bytes(
        TABLE, COLUMN, merge.bytes,
        b'[{"table":"person","id":"%s","before":{"phone_cipher":"\\\\x0101%s"},"after":{}}]'
        % (str(survivor).encode(), b"00" * 40),
    )  # fmt: skip
    await owner.execute("UPDATE person_merge SET journal_cipher = $1", spoilt)
    await reseal(pool, ring(2))
    assert await owner.fetchval("SELECT journal_cipher FROM person_merge") == spoilt


async def test_a_check_finds_a_number_under_every_key(
    owner: asyncpg.Connection, pool: asyncpg.Pool, unit: Unit
) -> None:
    asked = {"name": "别名", "region": str(REGION)}
    for at, (holding, asking) in enumerate(((1, 2), (2, 1))):
        held = await register(unit(ring(holding)), identity_number=NUMBERS[at])
        command = CheckPerson.model_validate({**asked, "identity_number": NUMBERS[at]})
        found: Any = await check_person(CLERK, unit(ring(asking)), command)
        assert [(one["person_id"], one["reasons"]) for one in found["matches"]] == [(str(held), ["identity_number"])]
        nobody = CheckPerson.model_validate({**asked, "identity_number": NUMBERS[at + 2]})
        assert (await check_person(CLERK, unit(ring(asking)), nobody)) == {"under_review": False, "matches": []}

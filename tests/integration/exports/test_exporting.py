"""What a roster holds, for whom, and who gets none."""

import re
from datetime import timedelta
from typing import Any

import pytest

from domain.access import Access
from domain.exports.operations import FILE
from domain.exports.roster import FIELDS
from domain.imports.model import RosterForm
from domain.people.model import Population, Remit
from persistence.data.forms import vocabulary
from persistence.importing import files
from persistence.jobs.upkeep import clear_expired
from persistence.sheets.templates import build_template
from persistence.sheets.writing import neutral
from tests.integration.exports.test_round_trip import Exports, officer, sheet, source
from tests.integration.imports.conftest import Imports
from tests.integration.imports.papers import CHILD, ELDER, OTHER_TOWNSHIP, VILLAGE_CODE, WOMAN, paper


@pytest.fixture
def exports(imports: Imports) -> Exports:
    return Exports(imports)


def people(content: bytes) -> list[dict[str, Any]]:
    """Return the people of a roster by heading."""
    rows = sheet(content)
    return [dict(zip(rows[2], row, strict=True)) for row in rows[3:] if isinstance(row[0], float)]


@pytest.mark.parametrize("form", [RosterForm.CHILD, RosterForm.WOMAN, RosterForm.ELDER])
def test_every_column_of_the_form_is_filled_in(form: RosterForm) -> None:
    columns = [one.field for one in vocabulary().forms[form].columns]
    assert sorted(FIELDS[Population(form)]) == sorted(columns)


@pytest.mark.parametrize("form", ["child", "woman", "elder"])
async def test_the_head_is_that_of_the_blank_form(imports: Imports, exports: Exports, form: str) -> None:
    await imports.run(source(form))
    exported, blank = sheet(await exports.roster(form)), sheet(build_template(RosterForm(form)))
    assert exported[:3] == blank[:3]
    assert [one for one in exported[-1] if one] == ["单位负责人(签名):", "复核人(签名):", "填表人(签名):"]


async def test_numbers_are_masked_unless_they_are_asked_for(imports: Imports, exports: Exports) -> None:
    await imports.run(paper([CHILD]))
    (masked,) = people(await exports.roster("child"))
    (full,) = people(await exports.roster("child", reveal=True))
    assert full["公民身份证号码"] == CHILD["公民身份证号码"]
    assert full["父亲联系电话"].endswith("13812341234")
    numbers = [name for name in full if "身份证" in name or "电话" in name]
    assert {name for name in numbers if full[name]} == {
        "公民身份证号码", "父亲公民身份证号码", "父亲联系电话", "母亲公民身份证号码", "受委托监护人公民身份证号码",
    }  # fmt: skip
    assert all("**" in masked[name] for name in numbers if full[name])
    assert {name: one for name, one in masked.items() if name not in numbers} == {
        name: one for name, one in full.items() if name not in numbers
    }


async def test_only_the_columns_and_people_asked_for(imports: Imports, exports: Exports) -> None:
    stays = {
        "姓名": "张小红",
        "性别": "女",
        "出生日期": "2016-01-02",
        "现居住地": CHILD["现居住地"],
        "父亲姓名": "张建军",
    }
    await imports.run(paper([CHILD, stays]))
    (one,) = people(await exports.roster("child", status="left_behind", fields=["name", "father.name"]))
    assert {name: value for name, value in one.items() if value} == {
        "序号": 1, "姓名": "张小明", "父亲姓名": "张建国",
    }  # fmt: skip
    assert {one["姓名"] for one in people(await exports.roster("child"))} == {"张小明", "张小红"}
    assert people(await exports.roster("child", region=str(VILLAGE_CODE - 1))) == []


async def test_a_department_exports_its_own_people_alone(imports: Imports, exports: Exports) -> None:
    elsewhere = WOMAN | {"姓名": "王大花", "公民身份证号码": "", "现居住地": OTHER_TOWNSHIP, "丈夫公民身份证号码": ""}
    await imports.run(paper([WOMAN, elsewhere]))
    await imports.run(paper([ELDER]))
    federation = officer(remit=Remit.WOMAN | Remit.CHILD | Remit.WOMAN_HOUSEHOLD | Remit.CHILD_HOUSEHOLD)
    assert len(people(await exports.roster("woman", federation))) == 2
    township = officer(str(VILLAGE_CODE)[:9])
    names = [one["姓名"] for one in people(await exports.roster("woman", township, region=str(VILLAGE_CODE)[:9]))]
    assert names == ["李秀英"]
    refused = await exports.queue("elder", federation)
    assert (await exports.run(refused, federation))["problem"]["code"] == "export.access_lost"


@pytest.mark.parametrize(
    "answers",
    [
        (None,),  # her client is switched off
        (officer(), None),  # while the roster was being made
        (officer("421083"),),  # she works elsewhere now
        (officer("421081106"),),  # in a part of it
        (officer(remit=Remit.WOMAN),),
    ],
)
async def test_whoever_lost_her_access_gets_nothing(
    imports: Imports, exports: Exports, answers: tuple[Access | None, ...]
) -> None:
    await imports.run(paper([CHILD]))
    operation_id = await exports.queue("child", officer())
    before = await imports.owner.fetchval("SELECT count(*) FROM event")
    ended = await exports.run(operation_id, *answers)
    assert (ended["status"], ended["problem"]["code"]) == ("failed", "export.access_lost")
    assert await exports.file(operation_id) is None
    assert await imports.owner.fetchval("SELECT count(*) FROM event") == before


async def test_it_is_logged_before_it_can_be_had(imports: Imports, exports: Exports) -> None:
    await imports.run(paper([CHILD]))
    operation_id = await exports.queue("child", officer(), reveal=True)
    await exports.run(operation_id, officer())
    event = await imports.owner.fetchrow("SELECT * FROM event WHERE type = 'export.made'")
    assert (event["aggregate_id"], event["actor"], event["purpose"]) == (operation_id, "staff:test", "入户核对")
    assert event["data"] == {
        "rows": 1, "form": "child", "region": "421081", "status": None, "fields": None, "reveal": True,
    }  # fmt: skip
    sealed = await imports.owner.fetchval("SELECT cipher FROM operation_file WHERE operation_id = $1", operation_id)
    assert not sealed.startswith(b"PK")


async def test_a_killed_run_is_done_again_and_a_cancelled_one_is_not(imports: Imports, exports: Exports) -> None:
    await imports.run(paper([CHILD]))
    operation_id = await exports.queue("child", officer())
    await imports.owner.execute("UPDATE operation SET status = 'running', attempts = 1 WHERE id = $1", operation_id)
    ended = await exports.run(operation_id, officer())
    assert (ended["status"], ended["done"], ended["result"]["rows"]) == ("succeeded", 1, 1)
    again = await exports.run(operation_id, officer())
    assert again == ended

    poisoned = await exports.queue("child", officer())
    await imports.owner.execute("UPDATE operation SET status = 'running', attempts = 3 WHERE id = $1", poisoned)
    assert (await exports.run(poisoned, officer()))["problem"]["code"] == "export.too_many_attempts"

    cancelled = await exports.queue("child", officer())
    await imports.owner.execute("UPDATE operation SET cancel_requested = true WHERE id = $1", cancelled)
    assert (await exports.run(cancelled, officer()))["status"] == "cancelled"
    assert await exports.file(cancelled) is None


async def test_rosters_are_kept_a_day(imports: Imports, exports: Exports) -> None:
    await imports.run(paper([CHILD]))
    kept, old = [await exports.queue("child", officer()) for _ in range(2)]
    for operation_id in (kept, old):
        await exports.run(operation_id, officer())
    await imports.owner.execute(
        "UPDATE operation SET finished_at = finished_at - $2::interval WHERE id = $1", old, timedelta(hours=25)
    )
    async with imports.pool.acquire() as connection:
        assert await clear_expired(connection) >= 1
    assert (await exports.file(kept) is None, await exports.file(old) is None) == (False, True)
    assert await files.fetch(imports.owner, imports.cipher, kept, FILE) is not None


async def test_no_text_of_the_ledger_becomes_a_formula(imports: Imports, exports: Exports) -> None:
    await imports.run(paper([ELDER]))
    nasty = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠x", "\t=1"]
    for text in nasty:
        await imports.owner.execute("UPDATE elder_profile SET key_holder = $1, pension = $1", text)
        (one,) = people(await exports.roster("elder"))
        assert one["持有钥匙的邻居"] == one["养老保障"] == neutral(text)
        assert re.match(r"'", neutral(text))

"""An import by somebody who does not see everybody: what she may bring in, and what she is told of the others."""

from typing import Any
from uuid import UUID

from domain.access import RegionRange
from domain.people.determination import determine
from domain.people.facts import RuleParameters
from domain.people.model import Remit
from persistence.writing.facts import load_facts
from tests.integration.imports.conftest import Imports
from tests.integration.imports.papers import CHILD, ELDER, OTHER_TOWNSHIP, WOMAN, day, number, paper

DONGSHENG = RegionRange(421081106000, 421081107000)
WOMEN_AND_CHILDREN = Remit.WOMAN | Remit.CHILD | Remit.WOMAN_HOUSEHOLD | Remit.CHILD_HOUSEHOLD


def counts(operation: Any) -> dict[str, int]:
    assert operation["status"] == "succeeded", operation["problem"]
    return {name: value for name, value in operation["result"].items() if isinstance(value, int) and value}


async def person(imports: Imports, name: str) -> Any:
    (found,) = await imports.owner.fetch("SELECT * FROM person WHERE name = $1", name)
    return found


async def test_a_row_outside_the_scope_is_rejected_and_writes_nothing(imports: Imports) -> None:
    outside = CHILD | {"现居住地": OTHER_TOWNSHIP}
    before = await imports.everything()

    operation = await imports.run(paper([outside]), ranges=(DONGSHENG,))

    assert counts(operation) == {"rows": 1, "rejected": 1}
    assert await codes(imports, operation) == ["region.out_of_scope"]
    assert await imports.everything() == before


async def codes(imports: Imports, operation: Any) -> list[str]:
    faults = await imports.owner.fetch(
        "SELECT faults FROM import_row WHERE operation_id = $1 ORDER BY row_number", operation["id"]
    )
    return [one["code"] for row in faults for one in row["faults"]]


async def test_somebody_held_elsewhere_is_under_review_and_no_more_is_said(imports: Imports) -> None:
    await imports.run(paper([CHILD | {"现居住地": OTHER_TOWNSHIP}]))
    before = await imports.everything()

    operation = await imports.run(paper([CHILD]), ranges=(DONGSHENG,))

    assert counts(operation) == {"rows": 1, "rejected": 1}
    assert await codes(imports, operation) == ["person.under_review"]
    row = await imports.owner.fetchrow("SELECT person_id FROM import_row WHERE operation_id = $1", operation["id"])
    assert row["person_id"] is None
    assert await imports.everything() == before


async def test_the_agency_of_somebody_held_elsewhere_is_asked(imports: Imports) -> None:
    await imports.run(paper([CHILD | {"现居住地": OTHER_TOWNSHIP}]))
    held, asking = await person(imports, CHILD["姓名"]), UUID(int=77)
    await imports.owner.execute(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
        "VALUES ($1, 'township_government', 4, '东升镇人民政府', $2, '2020-01-01')",
        asking,
        DONGSHENG.lo,
    )
    for _ in range(2):
        operation = await imports.run(paper([CHILD]), ranges=(DONGSHENG,), agency_id=asking)
        assert counts(operation) == {"rows": 1, "rejected": 1}
    (asked,) = await imports.owner.fetch("SELECT * FROM duplicate_candidate")
    assert (asked["person_id"], asked["other_id"], asked["requested_by_agency_id"]) == (held["id"], None, asking)
    assert (asked["reasons"], asked["state"], asked["region_code"]) == (
        ["identity_number"],
        "open",
        held["region_code"],
    )
    (event,) = await imports.owner.fetch("SELECT * FROM event WHERE type = 'duplicate.asked'")
    assert (event["subject_id"], event["actor"]) == (held["id"], "system:duplicates")


async def test_a_hidden_relative_is_linked_and_not_changed(imports: Imports) -> None:
    await imports.run(paper([CHILD | {"现居住地": OTHER_TOWNSHIP}]))
    father = await person(imports, "张建国")
    cousin = CHILD | {"姓名": "张小军", "公民身份证号码": number("2015-03-04", 17), "父亲联系电话": "13500000000"}

    operation = await imports.run(paper([cousin]), ranges=(DONGSHENG,))

    assert counts(operation) == {"rows": 1, "created": 1, "left_behind": 1}
    assert await person(imports, "张建国") == father
    linked = await imports.owner.fetchval(
        "SELECT count(*) FROM kinship k JOIN person p ON p.id = k.person_id WHERE k.relative_id = $1 AND p.name = $2",
        father["id"],
        "张小军",
    )
    assert linked == 1


async def test_the_womens_federation_enters_children_with_their_families_and_no_elders(imports: Imports) -> None:
    taken = await imports.run(paper([CHILD]), remit=WOMEN_AND_CHILDREN)
    assert counts(taken) == {"rows": 1, "created": 1, "left_behind": 1}
    before = await imports.everything()

    refused = await imports.run(paper([ELDER]), remit=WOMEN_AND_CHILDREN)

    assert (refused["status"], refused["problem"]["code"]) == ("failed", "file.form_out_of_remit")
    assert await imports.everything() == before


async def test_a_husband_on_file_elsewhere_is_linked_and_her_word_of_his_absence_kept(imports: Imports) -> None:
    await imports.owner.execute(
        "INSERT INTO region (code, name, path, level, lo, hi, pinyin, initials, valid_from, source) VALUES "
        "('421083', '洪湖市', '洪湖市', 3, 421083000000, 421084000000, '', '', '2023-06-30', 'test') "
        "ON CONFLICT DO NOTHING"
    )
    his = imports.cipher.blind("identity_number", WOMAN["丈夫公民身份证号码"])
    await imports.owner.execute(
        "INSERT INTO person (id, region_code, remit, name, name_pinyin, name_initials, sex, identity_number_blind, "
        "priority, situation, version) VALUES (uuidv7(), 421083100201, 128, '张建国', '', '', '1', $1, 0, 'living', 1)",
        his,
    )
    before = await person(imports, "张建国")

    operation = await imports.run(paper([WOMAN]))

    assert counts(operation) == {"rows": 1, "created": 1, "left_behind": 1}
    woman = await person(imports, "李秀英")
    assert await person(imports, "张建国") == before
    assert await imports.owner.fetchval("SELECT count(*) FROM absence") == 0
    profile = await imports.owner.fetchrow("SELECT * FROM woman_profile")
    claim = (profile["husband_away"], profile["husband_away_since"], profile["husband_away_reason"])
    assert claim == (True, day("2024-02-20"), "work")
    status = await imports.owner.fetchrow("SELECT * FROM left_behind_status WHERE person_id = $1", woman["id"])
    ledger = await load_facts(imports.owner, [woman["id"]], day("2026-11-01"))
    (found,) = determine(ledger[woman["id"]][1], day("2026-11-01"), RuleParameters())
    assert (found.status, found.since) == (status["status"], status["valid_from"]) == ("left_behind", day("2024-08-20"))
    assert [one.code for one in found.reasons] == ["husband_away_by_form_6_months"]

from typing import Any
from uuid import UUID

from domain.access import RegionRange
from domain.imports.model import ImportMode
from domain.people.model import Remit
from persistence.writing.events import digest_of
from tests.integration.imports.conftest import Imports
from tests.integration.imports.papers import CHILD, ELDER, VILLAGE_CODE, WOMAN, day, number, paper

DONGSHENG = RegionRange(421081106000, 421081107000)
WOMEN_AND_CHILDREN = Remit.WOMAN | Remit.CHILD | Remit.WOMAN_HOUSEHOLD | Remit.CHILD_HOUSEHOLD


def counts(operation: Any) -> dict[str, int]:
    assert operation["status"] == "succeeded", operation["problem"]
    return {name: value for name, value in operation["result"].items() if isinstance(value, int) and value}


async def person(imports: Imports, name: str) -> Any:
    (found,) = await imports.owner.fetch("SELECT * FROM person WHERE name = $1", name)
    return found


async def test_a_child_brings_parents_carer_household_absences_and_status(imports: Imports) -> None:
    operation = await imports.run(paper([CHILD]))

    assert counts(operation) == {"rows": 1, "created": 1, "left_behind": 1}
    child, father = await person(imports, "张小明"), await person(imports, "张建国")
    mother, carer = await person(imports, "李秀英"), await person(imports, "王桂香")
    assert len({one["household_id"] for one in (child, father, mother, carer)}) == 1
    assert (child["region_code"], child["remit"], father["remit"]) == (VILLAGE_CODE, 128 | 2 | 32, 128 | 32)
    assert (child["name_pinyin"], child["name_initials"], child["sex"]) == ("zhangxiaoming", "zxm", "1")
    assert child["surveyed_on"] == day("2026-11-01")
    assert father["phone_masked"] == "138****1234"
    assert child["identity_number_masked"] == "4210**********" + CHILD["公民身份证号码"][-4:]
    cipher = imports.cipher
    assert cipher.open("person", "phone_cipher", father["id"], father["phone_cipher"]) == "13812341234"
    assert father["phone_tail_blind"] == cipher.blind("phone_tail", "1234")
    assert (
        cipher.open("person", "identity_number_cipher", child["id"], child["identity_number_cipher"])
        == CHILD["公民身份证号码"]
    )
    kin = await imports.owner.fetch("SELECT relative_id, relation FROM kinship WHERE person_id = $1", child["id"])
    assert {tuple(row) for row in kin} == {(father["id"], "51"), (mother["id"], "52"), (carer["id"], "62")}
    guards = await imports.owner.fetch(
        "SELECT guardian_id, kind, capability FROM guardianship WHERE ward_id = $1", child["id"]
    )
    assert {tuple(row) for row in guards} == {
        (father["id"], "parent", None),
        (mother["id"], "parent", None),
        (carer["id"], "entrusted", "good"),
    }
    opened = await imports.owner.fetch("SELECT grantee_id FROM person_access WHERE person_id = $1", child["id"])
    assert {row[0] for row in opened} == {father["id"], mother["id"], carer["id"]}
    away = await imports.owner.fetch(
        "SELECT person_id, since, destination, destination_code FROM absence ORDER BY since"
    )
    assert [tuple(row) for row in away] == [
        (mother["id"], day("2023-09-01"), "浙江省宁波市", 330200000000),
        (father["id"], day("2024-02-20"), "广东省深圳市", 440300000000),
    ]
    status = await imports.owner.fetchrow("SELECT * FROM left_behind_status")
    assert (status["population"], status["status"], status["valid_from"]) == ("child", "left_behind", day("2024-02-20"))
    assert (status["reasons"], status["next_review_on"]) == (["father_away", "mother_away"], day("2031-03-04"))


async def test_every_event_bears_the_digest_of_what_it_says(imports: Imports) -> None:
    await imports.run(paper([CHILD]))
    await imports.run(paper([CHILD | {"父亲联系电话": "13899998888", "患病类型": "先天性心脏病"}]))

    events = await imports.owner.fetch("SELECT * FROM event ORDER BY id")

    assert [event["digest"] for event in events] == [digest_of(event) for event in events]
    types = sorted(event["type"] for event in events)
    assert types == [
        "household.created", "left_behind_status.changed", "operation.started", "operation.started",
        *["person.registered"] * 4, "person.updated", "person.updated",
    ]  # fmt: skip
    updated = [event["data"] for event in events if event["type"] == "person.updated"]
    assert sorted(updated, key=str) == [{"changed": ["illness"]}, {"changed": ["phone"]}]
    assert all(event["channel"] == "import" and event["actor"] == "staff:test" for event in events)


async def test_a_blank_cell_never_erases(imports: Imports) -> None:
    await imports.run(paper([CHILD]))
    before = await imports.everything()

    operation = await imports.run(
        paper([CHILD | {"父亲联系电话": "", "父亲外出时间": "", "父亲务工地点": "", "监护类型": ""}])
    )

    assert counts(operation) == {"rows": 1, "unchanged": 1, "left_behind": 1}
    assert await imports.everything() == before


async def test_an_older_survey_only_fills_gaps(imports: Imports) -> None:
    await imports.run(paper([CHILD | {"母亲联系电话": ""}]))
    older = CHILD | {
        "父亲联系电话": "13700000000",
        "母亲联系电话": "13600000000",
        "就学情况": "小学",
        "监护类型": "监护情况一般",
    }

    operation = await imports.run(paper([older]), as_of=day("2025-11-01"))

    assert counts(operation) == {"rows": 1, "updated": 1, "left_behind": 1}
    assert (await person(imports, "张建国"))["phone_masked"] == "138****1234"
    assert (await person(imports, "李秀英"))["phone_masked"] == "136****0000"
    profile = await imports.owner.fetchrow("SELECT schooling, care_class FROM child_profile")
    assert tuple(profile) == ("primary", "good")
    assert (await person(imports, "张小明"))["surveyed_on"] == day("2026-11-01")


async def test_a_newer_survey_corrects(imports: Imports) -> None:
    await imports.run(paper([CHILD]))
    newer = CHILD | {"父亲联系电话": "13700000000", "母亲外出时间": "2023-10-01", "监护类型": "监护情况一般"}

    operation = await imports.run(paper([newer]), as_of=day("2026-11-20"))

    assert counts(operation) == {"rows": 1, "updated": 1, "left_behind": 1}
    father = await person(imports, "张建国")
    assert (father["phone_masked"], father["version"]) == ("137****0000", 2)
    assert imports.cipher.open("person", "phone_cipher", father["id"], father["phone_cipher"]) == "13700000000"
    assert await imports.owner.fetchval("SELECT count(*) FROM absence WHERE since = '2023-10-01' AND version = 2") == 1
    assert await imports.owner.fetchval("SELECT capability FROM guardianship WHERE kind = 'entrusted'") == "average"


async def test_rows_that_share_a_parent_are_one_household(imports: Imports) -> None:
    sister = CHILD | {
        "姓名": "张小红",
        "性别": "女",
        "出生日期": "2018-01-01",
        "公民身份证号码": number("2018-01-01", 12),
    }
    half = sister | {
        "姓名": "刘小刚", "出生日期": "2020-01-01", "公民身份证号码": number("2020-01-01", 13), "性别": "男",
        "父亲姓名": "刘大伟", "父亲公民身份证号码": number("1985-01-01", 23),
    }  # fmt: skip
    other = CHILD | {
        "姓名": "陈平", "公民身份证号码": number("2015-03-04", 15), "父亲姓名": "陈军",
        "父亲公民身份证号码": number("1986-01-01", 25),
        "母亲姓名": "赵梅", "母亲公民身份证号码": number("1986-01-01", 26), "受委托监护人姓名": "",
        "受委托监护人公民身份证号码": "",
    }  # fmt: skip

    operation = await imports.run(paper([CHILD, sister, other, half]))

    assert counts(operation) == {"rows": 4, "created": 4, "left_behind": 4}
    homes = await imports.owner.fetch("SELECT name, household_id FROM person")
    by_name = {row["name"]: row["household_id"] for row in homes}
    assert len(homes) == 10
    assert len(set(by_name.values())) == 2
    assert len({by_name[name] for name in ("张小明", "张小红", "刘小刚", "李秀英", "刘大伟", "王桂香")}) == 1


async def test_a_wife_known_as_a_mother_gets_her_profile_and_stays_one_person(imports: Imports) -> None:
    await imports.run(paper([CHILD | {"母亲务工地点": "", "母亲外出时间": "", "父母双方同时外出": "否"}]))

    operation = await imports.run(paper([WOMAN]))

    assert counts(operation) == {"rows": 1, "updated": 1, "left_behind": 1}
    assert await imports.owner.fetchval("SELECT count(*) FROM person") == 4
    wife = await person(imports, "李秀英")
    assert wife["remit"] == 128 | 32 | 16 | 1
    assert (await person(imports, "张小明"))["remit"] == 128 | 2 | 32 | 16
    assert await imports.owner.fetchval("SELECT remit FROM household") == 128 | 2 | 1
    assert (await imports.run(paper([WOMAN])))["result"]["unchanged"] == 1


async def test_what_the_ledger_knows_of_an_absence_counts_where_the_form_is_silent(imports: Imports) -> None:
    await imports.run(paper([CHILD]))  # there the mother is away

    assert counts(await imports.run(paper([WOMAN]))) == {"rows": 1, "updated": 1, "not_left_behind": 1}
    status = await imports.owner.fetchrow("SELECT reasons FROM left_behind_status WHERE population = 'woman'")
    assert status["reasons"] == ["woman_away"]


async def test_an_elder_couple_in_two_rows_is_two_people_and_one_household(imports: Imports) -> None:
    husband = {"姓名": "张德福", "性别": "男", "出生日期": "1948-03-03", "公民身份证号码": number("1948-03-03", 41)}
    his = ELDER | husband | {"配偶姓名": "王桂香", "配偶公民身份证号码": ELDER["公民身份证号码"]}
    hers = ELDER | {"配偶姓名": "张德福", "配偶公民身份证号码": husband["公民身份证号码"]}

    operation = await imports.run(paper([his, hers]))

    assert counts(operation) == {"rows": 2, "created": 2, "left_behind": 2}
    assert await imports.owner.fetchval("SELECT count(*) FROM person") == 3
    assert await imports.owner.fetchval("SELECT count(*) FROM household") == 1
    elder = await imports.owner.fetchrow("SELECT * FROM elder_profile ORDER BY id DESC LIMIT 1")
    opened = imports.cipher.open(
        "elder_profile", "emergency_contact_cipher", elder["id"], elder["emergency_contact_cipher"]
    )
    assert opened == ELDER["紧急联系人及电话"]
    assert (await imports.run(paper([his, hers])))["result"]["unchanged"] == 2


async def test_a_child_without_a_number_is_found_again_by_name_birth_and_village(imports: Imports) -> None:
    without = CHILD | {"公民身份证号码": "", "母亲公民身份证号码": "", "受委托监护人公民身份证号码": ""}
    first = await imports.run(paper([without]))
    assert counts(first) == {"rows": 1, "created": 1, "left_behind": 1}

    assert counts(await imports.run(paper([without]))) == {"rows": 1, "unchanged": 1, "left_behind": 1}
    assert await imports.owner.fetchval("SELECT count(*) FROM person") == 4

    assert counts(await imports.run(paper([CHILD]))) == {"rows": 1, "updated": 1, "left_behind": 1}
    assert await imports.owner.fetchval("SELECT count(*) FROM person") == 4
    child = await person(imports, "张小明")
    sealed = imports.cipher.open("person", "identity_number_cipher", child["id"], child["identity_number_cipher"])
    assert sealed == CHILD["公民身份证号码"]


async def test_validating_a_changed_file_counts_as_applying_would(imports: Imports) -> None:
    await imports.run(paper([CHILD]))
    brother = CHILD | {"姓名": "张小强", "公民身份证号码": number("2016-03-04", 11), "出生日期": "2016-03-04"}
    changed = paper([CHILD | {"监护类型": "监护情况一般"}, brother, brother, CHILD | {"姓名": ""}])
    before = await imports.everything()

    validated = await imports.run(changed, mode=ImportMode.VALIDATE)

    assert await imports.everything() == before
    assert counts(validated) == {"rows": 4, "updated": 1, "created": 1, "duplicate": 1, "rejected": 1, "left_behind": 2}
    assert (await imports.run(changed))["result"] == validated["result"]


async def test_another_name_under_the_same_number_is_taken_with_a_warning(imports: Imports) -> None:
    await imports.run(paper([WOMAN]))
    operation = await imports.run(paper([WOMAN | {"姓名": "李秀兰", "丈夫姓名": "张建军"}]))

    assert counts(operation) == {"rows": 1, "updated": 1, "left_behind": 1}
    row = await imports.owner.fetchrow("SELECT * FROM import_row WHERE operation_id = $1", operation["id"])
    (fault,) = row["faults"]  # one sentence, though both have another name
    assert (fault["code"], fault["severity"]) == ("name.differs", "warning")
    assert fault["message"] == "台账中这个身份证号码登记的是另一个姓名，请核对本行人员的姓名和身份证号码"
    assert (await person(imports, "李秀兰"))["version"] == 2
    again = await imports.run(paper([WOMAN | {"姓名": "李秀兰", "丈夫姓名": "张建军"}]))
    assert counts(again) == {"rows": 1, "unchanged": 1, "left_behind": 1}
    assert await imports.owner.fetchval("SELECT faults FROM import_row WHERE operation_id = $1", again["id"]) == []


async def test_township_and_village_in_columns_of_their_own(imports: Imports) -> None:
    plain = {name: value for name, value in WOMAN.items() if name not in {"现居住地", "户籍所在地"}}
    placed = plain | {"乡(镇)": "东升镇", "村(社区)": "童子岗村", "家庭住址": "三组12号"}
    operation = await imports.run(paper([placed, plain | {"公民身份证号码": number("1985-01-01", 44),
        "出生日期": "1985-01-01", "乡(镇)": "东升镇", "村(社区)": "没有的村"}]))  # fmt: skip

    assert counts(operation) == {"rows": 2, "created": 1, "rejected": 1, "left_behind": 1}
    woman = await person(imports, "李秀英")
    assert woman["region_code"] == VILLAGE_CODE
    sealed = imports.cipher.open("person", "address_cipher", woman["id"], woman["address_cipher"])
    assert sealed == "东升镇童子岗村三组12号"
    faults = await imports.owner.fetchval("SELECT faults FROM import_row WHERE outcome = 'rejected'")
    columns = list(placed)
    assert [(one["cell"][0], one["column"], one["code"]) for one in faults] == [
        ("ABCDEFGHIJKLMNOPQ"[columns.index("村(社区)")], "村(社区)", "region.unknown")
    ]


async def test_a_death_in_a_roster_ends_the_sign_in_of_the_dead_alone(imports: Imports) -> None:
    """As a death recorded by hand does; a second roster, and one that is only looked at, end nothing."""
    await imports.run(paper([CHILD]))
    people = {name: (await person(imports, name))["id"] for name in ("张小明", "张建国", "李秀英")}
    for number_, key in enumerate(people.values(), start=1):
        await imports.owner.execute(
            "INSERT INTO client (id, client_id, name, kind, person_id, roles, scope, secret_hashes, active) "
            "VALUES ($1, $2, 'x', 'person', $3, '{resident}', '', '{hash}', true)",
            UUID(int=number_), f"c-{number_}", key,
        )  # fmt: skip
    late = CHILD | {"父亲务工地点": "死亡", "父亲外出时间": ""}
    assert (await imports.run(paper([late]), mode=ImportMode.VALIDATE))["status"] == "succeeded"
    assert await imports.owner.fetchval("SELECT count(*) FROM client WHERE active") == 3

    operation = await imports.run(paper([late]))

    assert (await person(imports, "张建国"))["situation"] == "dead"
    clients = await imports.owner.fetch(
        "SELECT person_id, active, secret_hashes, version FROM client ORDER BY client_id"
    )
    assert [tuple(row) for row in clients] == [
        (people["张小明"], True, ["hash"], 1),
        (people["张建国"], False, [], 2),
        (people["李秀英"], True, ["hash"], 1),
    ]
    (event,) = await imports.owner.fetch("SELECT * FROM event WHERE type = 'client.ended'")
    assert (event["aggregate_id"], event["aggregate_version"], event["region_code"], event["channel"]) == (
        UUID(int=2), 2, VILLAGE_CODE, "import",
    )  # fmt: skip
    cause = await imports.owner.fetchrow("SELECT aggregate_id, type FROM event WHERE id = $1", event["cause_id"])
    assert tuple(cause) == (operation["id"], "operation.started")
    assert event["digest"] == digest_of(event)
    await imports.run(paper([late]))
    assert await imports.owner.fetchval("SELECT count(*) FROM event WHERE type = 'client.ended'") == 1

"""An event told in words: exact sentences, in both languages, and never a value."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api.rest.reads import Read, read_list
from auth.policy import grants_of
from domain.access import EVERYWHERE, Access
from domain.history.sentences import AGGREGATES, SPECIAL, VERBS
from domain.ids import new_id
from domain.language import LANGUAGE
from domain.people.model import Remit
from domain.view import VIEWS
from persistence.loading.codes import load_codes
from persistence.reading.reader import Reader

REGION = 421081100201
AGENCY, STAFF = UUID("01890000-0000-7000-8000-00000000a001"), UUID("01890000-0000-7000-8000-00000000a002")
AT = datetime(2026, 3, 2, 6, 5, tzinfo=UTC)


def access(role: str, remit: Remit = Remit.ANYONE) -> Access:
    return Access(f"staff:{role}", role, (role,), grants_of([role], "civil_affairs"), (EVERYWHERE,), remit=int(remit))


OFFICE, AUDITOR = access("county_officer"), access("auditor", Remit(0))


@pytest.fixture
async def place(owner: asyncpg.Connection) -> None:
    await load_codes(owner)
    await owner.execute(
        "INSERT INTO agency (id, type, level, name, region_code, valid_from) "
        "VALUES ($1, 'civil_affairs', 3, '石首市民政局', 421081000000, '2020-01-01')", AGENCY,
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO staff (id, agency_id, region_code, name, valid_from) VALUES ($1, $2, 421081000000, '张三', "
        "'2020-01-01')", STAFF, AGENCY,
    )  # fmt: skip


async def log(owner: asyncpg.Connection, kind: str, data: dict[str, Any], **columns: Any) -> None:
    row = {
        "id": new_id(), "at": AT, "type": kind, "aggregate": kind.partition(".")[0], "aggregate_id": new_id(),
        "region_code": REGION,
        "county": REGION // 10**6, "actor": f"staff:{STAFF}", "actor_agency_id": AGENCY, "channel": "rest",
        "data": data,
        "digest": b"",
    } | columns  # fmt: skip
    slots = ", ".join(f"${at}" for at in range(1, len(row) + 1))
    await owner.execute(f"INSERT INTO event ({', '.join(row)}) VALUES ({slots})", *row.values())


async def told(pool: asyncpg.Pool, who: Access, query: str = "", language: str = "zh") -> list[dict[str, Any]]:
    LANGUAGE.set("en" if language == "en" else "zh")
    reader = Reader(pool, "secret")
    asked = f"order_by=id&fields=type,kind,sentence,changed,revealed{query}".encode()
    found = await read_list(reader, who, Read("list", VIEWS["Event"]), None, asked)
    items: list[dict[str, Any]] = json.loads(found.body)["items"]
    return items


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("kind", "data", "chinese", "english"),
    [
        (
            "absence.recorded", {"changed": ["since"], "reason": "work"},
            "登记了外出记录（原因：务工）", "recorded an absence (reason: Work)",
        ),
        (
            "person.updated", {"changed": ["name", "phone", "household_id"]},
            "更新了人员档案（更改：姓名或名称、联系电话）", "updated the person's file (changed: name, phone)",
        ),
        (
            "person.revealed", {"fields": ["identity_number", "phone"]},
            "查看了完整信息（查看：公民身份号码、联系电话）", "saw full details (seen: identity number, phone)",
        ),
        (
            "left_behind_status.changed", {"population": "child", "after": "left_behind"},
            "变更了留守认定（人群：儿童；结果：留守）",
            "changed the left-behind status (population: Child; outcome: Left behind)",
        ),
        ("guardianship.ended", {"reason": "13912345678"}, "终止了监护关系", "ended a guardianship"),
        ("agency.updated", {"fields": ["name"]}, "更新了机构（更改：姓名或名称）", "updated an agency (changed: name)"),
        ("thing.dreamt", {"changed": ["x"]}, "进行了一项操作", "did something"),
    ],
)  # fmt: skip
async def test_the_sentence(
    owner: asyncpg.Connection, pool: asyncpg.Pool, kind: str, data: dict[str, Any], chinese: str, english: str
) -> None:
    await log(owner, kind, data)
    assert (await told(pool, OFFICE))[0]["sentence"] == f"2026年3月2日 14:05 石首市民政局 张* {chinese}"
    assert (await told(pool, OFFICE, language="en"))[0]["sentence"] == f"2026-03-02 14:05 石首市民政局 张* {english}"


@pytest.mark.usefixtures("place")
async def test_an_auditor_reads_no_code_of_a_person(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    await log(owner, "absence.recorded", {"reason": "work"})
    assert (await told(pool, AUDITOR))[0]["sentence"] == "2026年3月2日 14:05 石首市民政局 张* 登记了外出记录"


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("actor", "agency", "who"),
    [
        ("system:determination", None, "系统"),
        ("person:01890000-0000-7000-8000-00000000a00f", None, "居民"),
        ("client:nobody", AGENCY, "石首市民政局 接入系统"),
        ("staff:nobody", AGENCY, "石首市民政局 工作人员"),
        ("staff:01890000-0000-7000-8000-0000000000ff", None, "工作人员"),
    ],
)
async def test_who_it_was(
    owner: asyncpg.Connection, pool: asyncpg.Pool, actor: str, agency: UUID | None, who: str
) -> None:
    await log(owner, "person.died", {}, actor=actor, actor_agency_id=agency)
    assert (await told(pool, OFFICE))[0]["sentence"] == f"2026年3月2日 14:05 {who} 登记了死亡"


@pytest.mark.usefixtures("place")
async def test_reads_and_changes_apart(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    await log(owner, "person.updated", {"changed": ["name"]})
    await log(owner, "person.revealed", {"fields": ["phone"]})
    await log(owner, "agency.updated", {"fields": ["name"]})
    shown = [(one["type"], one["kind"], one["changed"], one["revealed"]) for one in await told(pool, AUDITOR)]
    assert shown == [
        ("person.updated", "change", ["name"], []),
        ("person.revealed", "read", [], ["phone"]),
        ("agency.updated", "change", ["name"], []),
    ]
    assert [one["type"] for one in await told(pool, AUDITOR, "&kind=read")] == ["person.revealed"]
    changes = [one["type"] for one in await told(pool, AUDITOR, "&kind=change")]
    assert changes == ["person.updated", "agency.updated"]
    people = [one["type"] for one in await told(pool, AUDITOR, "&type_prefix=person.")]
    assert people == ["person.updated", "person.revealed"]
    assert await told(pool, AUDITOR, "&region=4404") == []
    assert len(await told(pool, AUDITOR, "&region=421081")) == 3


@pytest.mark.usefixtures("place")
async def test_the_platforms_own_events(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    await log(owner, "signing_key.rotated", {}, region_code=None, actor="system:keys", actor_agency_id=None)
    await log(owner, "person.died", {})
    admin = access("platform_admin", Remit(0))
    county = Access("staff:c", "c", ("auditor",), grants_of(["auditor"], "audit"), ())
    assert [one["type"] for one in await told(pool, AUDITOR)] == ["signing_key.rotated", "person.died"]
    assert [one["type"] for one in await told(pool, admin)] == ["signing_key.rotated"]
    assert [one["type"] for one in await told(pool, OFFICE)] == ["person.died"]
    assert await told(pool, county) == []


@pytest.mark.usefixtures("place")
async def test_every_type_there_can_be_makes_a_sentence(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    kinds = [*SPECIAL, *(f"{aggregate}.{verb}" for aggregate in AGGREGATES for verb in VERBS)]
    for kind in kinds[:60]:
        await log(owner, kind, {})
    for one in await told(pool, OFFICE, "&page_size=200"):
        assert one["sentence"].startswith("2026年3月2日 14:05 石首市民政局 张* "), one
        assert "{}" not in one["sentence"]

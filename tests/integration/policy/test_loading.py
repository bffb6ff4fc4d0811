"""Loading policy documents: once, again, replaced, refused whole with every fault in its line."""

from datetime import date
from pathlib import Path

import asyncpg
import pytest

from persistence.loading.policies import Done, load_file, load_policies, shipped
from persistence.loading.policy_files import Lines, MalformedPolicy, PolicyRefused
from persistence.loading.regions import load_regions

ROOT = Path(__file__).resolve().parents[3]
GUANGXI = ROOT / "persistence" / "data" / "policies" / "002-guangxi-2020.yaml"
TABLES = ("policy_document", "policy_measure", "policy_responsibility", "default_route")


async def rows(owner: asyncpg.Connection) -> dict[str, list[asyncpg.Record]]:
    return {table: await owner.fetch(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}


async def test_the_shipped_five_load_once(owner: asyncpg.Connection) -> None:
    first = await load_policies(owner)
    assert [(one.code, one.measures, one.done) for one in first] == [
        ("guangyuan-2012", 4, Done.INSERTED),
        ("harbin-2014", 17, Done.INSERTED),
        ("guangxi-2020", 10, Done.INSERTED),
        ("shishou", 6, Done.INSERTED),
        ("jilin-2020-draft", 24, Done.INSERTED),
    ]
    before = await rows(owner)
    assert {table: len(found) for table, found in before.items()} == {
        "policy_document": 5, "policy_measure": 61, "policy_responsibility": 134, "default_route": 60,
    }  # fmt: skip
    assert {one.done for one in await load_policies(owner)} == {Done.UNCHANGED}
    assert await rows(owner) == before


async def test_what_is_stored_is_what_the_document_says(owner: asyncpg.Connection) -> None:
    await load_policies(owner)
    roles = await owner.fetch(
        "SELECT r.name, r.unit_type, r.role FROM policy_responsibility r JOIN policy_measure m ON m.id = r.measure_id "
        "JOIN policy_document d ON d.id = m.document_id "
        "WHERE (d.code, m.code) = ('jilin-2020-draft', '2.9') ORDER BY r.position"
    )
    assert [tuple(row) for row in roles] == [
        ("省公安厅", "public_security", "lead"),
        ("省司法厅", "justice", "co"),
        ("省农业农村厅", "agriculture", "co"),
        ("省妇联", "womens_federation", "co"),
    ]
    rights = await owner.fetchrow(
        "SELECT m.mode, m.audiences, m.categories, m.unit_types, m.region_code, m.level, m.valid_from, "
        "r.department_kind FROM policy_measure m JOIN policy_responsibility r ON r.measure_id = m.id "
        "WHERE m.code = '2.3.1'"
    )
    assert tuple(rights) == (
        "sole", ["woman"], ["violence", "land_rights", "marriage_family"], ["womens_federation"], 230100000000, 2,
        date(2014, 7, 31), "rights",
    )  # fmt: skip


async def test_a_new_version_keeps_the_ids_and_marks_what_it_dropped(owner: asyncpg.Connection) -> None:
    await load_regions(owner, only=("4503",))
    await load_policies(owner)
    ids = dict(await owner.fetch("SELECT code, id FROM policy_measure WHERE region_code = 450000000000"))
    text = GUANGXI.read_text(encoding="utf-8")
    newer = text.replace("加强解困帮扶，", "切实加强解困帮扶，", 1).replace('code: "2.7"', 'code: "2.8"', 1)
    assert (await load_file(owner, newer.encode())).done is Done.REPLACED
    found = await owner.fetch(
        "SELECT code, id, version, dropped FROM policy_measure WHERE region_code = 450000000000 ORDER BY code"
    )
    assert {row["code"] for row in found if row["dropped"]} == {"2.7"}
    assert {row["code"]: row["id"] for row in found if row["code"] != "2.8"} == ids
    assert [row["version"] for row in found if row["code"] == "2.1"] == [2]
    assert await owner.fetchval("SELECT version FROM policy_document WHERE code = 'guangxi-2020'") == 2
    named = "SELECT count(*) FROM policy_responsibility WHERE measure_id = $1"
    assert await owner.fetchval(named, ids["2.1"]) == 5


async def test_all_faults_are_told_with_their_lines_and_nothing_is_loaded(owner: asyncpg.Connection) -> None:
    text = GUANGXI.read_text(encoding="utf-8")
    bad = text.replace("status: in_force", "status: valid", 1).replace("type: justice}", "type: court}", 1)
    bad = bad.replace('region: "45"', "region: 45", 1).replace("themes: [ledger]", "themes: []\n        colour: red", 1)
    with pytest.raises(MalformedPolicy) as raised:
        await load_file(owner, bad.encode())
    lines = Lines(bad.encode())
    listed = bad.splitlines()
    found = {
        one["type"]: listed[lines.of("".join(f"/{step}" for step in one["loc"])) - 1].strip()
        for one in raised.value.error.errors()
    }
    assert found["too_short"] == "themes: []"
    assert found["extra_forbidden"] == "colour: red"
    assert found["string_type"] == "region: 45"
    choices = [one["loc"] for one in raised.value.error.errors() if one["type"] == "field.choice"]
    assert choices == [("status",), ("issuers", 2, "type")]
    assert lines.of("/issuers/2/type") == listed.index("  - {name: 自治区司法厅, type: court}") + 1
    assert all(not found for found in (await rows(owner)).values())


SMALL = """code: small
title: 通知
status: {status}
region: "421081"
issuers: [{{name: 石首市妇联, type: womens_federation}}]
valid_from: {since}
valid_to: {until}
audiences: [woman]
summary: 概要
sections:
  - code: "1"
    title: 措施
    responsibility: {{mode: unnamed, units: []}}
    measures:
      - {{code: "1.1", title: 一, summary: 一, themes: [rights], categories: []}}
      - code: "{code}"
        title: 二
        summary: 二
        themes: [rights]
        categories: [violence]
        responsibility:
          mode: {mode}
          units: {units}
"""
GOOD = {"status": "in_force", "since": "2020-01-01", "until": "null", "code": "1.2", "mode": "unnamed", "units": "[]"}
POLICE = "{name: 公安局, type: public_security}"
LEADING = "{name: 公安局, type: public_security, role: lead}"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"until": "2019-01-01"}, [(7, "policy.ends_before_start")]),
        ({"status": "draft"}, [(6, "policy.draft_in_force")]),
        ({"code": "1.1"}, [(15, "policy.code_twice"), (16, "policy.code_twice")]),
        ({"mode": "sole"}, [(23, "policy.units_needed")]),
        ({"mode": "shared", "units": f"[{LEADING}]"}, [(23, "policy.role_without_lead")]),
        ({"mode": "lead", "units": f"[{POLICE}]"}, [(23, "policy.one_lead"), (23, "policy.role_needed")]),
        ({"mode": "lead", "units": f"[{LEADING}, {LEADING}]"}, [(23, "policy.one_lead")]),
        ({"units": f"[{POLICE}]"}, [(23, "policy.units_unnamed")]),
        ({"until": "2019-01-01", "mode": "sole"}, [(7, "policy.ends_before_start"), (23, "policy.units_needed")]),
    ],
)
async def test_what_parts_say_against_each_other(
    owner: asyncpg.Connection, changed: dict[str, str], expected: list[tuple[int, str]]
) -> None:
    with pytest.raises(PolicyRefused) as raised:
        await load_file(owner, SMALL.format(**GOOD | changed).encode())
    assert [(line, fault.code) for line, fault in raised.value.faults] == expected
    assert all(not found for found in (await rows(owner)).values())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"code: a\ntitle: [\n", (3, "policy.not_yaml")),
        ("code: a\ntitle: 石首".encode("gb18030"), (2, "policy.not_utf8")),
        (b"code: a\ncode: b\n", (1, "policy.key_twice")),
        (b"a: &x [1]\nb: *x\n", (2, "policy.alias")),
        (b"#" * 1_000_001, (1, "policy.too_large")),
    ],
)
async def test_what_cannot_be_read_at_all(owner: asyncpg.Connection, content: bytes, expected: tuple[int, str]) -> None:
    with pytest.raises(PolicyRefused) as raised:
        await load_file(owner, content)
    assert [(line, fault.code) for line, fault in raised.value.faults] == [expected]


async def test_a_division_that_is_none_is_refused_and_a_good_file_loads(owner: asyncpg.Connection) -> None:
    content = SMALL.format(**GOOD).encode()
    with pytest.raises(PolicyRefused) as raised:
        await load_file(owner, content)
    assert [(line, fault.code) for line, fault in raised.value.faults] == [(4, "region.unknown")]
    await load_regions(owner, only=("421081",))
    assert (await load_file(owner, content)).done is Done.INSERTED
    assert (await load_file(owner, content)).done is Done.UNCHANGED
    told = await owner.fetch(
        "SELECT type, actor, channel, aggregate_version FROM event WHERE aggregate = 'policy_document'"
    )
    assert [tuple(row) for row in told] == [("policy_document.loaded", "system:cli", "cli", 1)]
    assert len(shipped()) == 5

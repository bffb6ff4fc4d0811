"""The shipped divisions, and a newer list laid over them."""

import lzma
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from persistence.loading.regions import SHIPPED, Divisions, Loaded, lines, load_regions

JINGZHOU = ("4210",)


async def row(owner: asyncpg.Connection, code: str) -> dict[str, object]:
    return dict(await owner.fetchrow("SELECT * FROM region WHERE code = $1", code))


def newer(folder: Path, *changes: tuple[str, str]) -> Divisions:
    """Write a list of 荆州's divisions in which texts of the shipped one are replaced."""
    text = "\n".join("\t".join((*line.split("\t")[:2], "xin")) for line in lines(SHIPPED, JINGZHOU)) + "\n"
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "newer.tsv.xz"
    file.write_bytes(lzma.compress(text.encode()))
    return Divisions(file, date(2026, 1, 1), "NBS 2025")


async def test_all_divisions_are_loaded(owner: asyncpg.Connection) -> None:
    done = await load_regions(owner)
    assert done == Loaded(inserted=665_276)
    counts = await owner.fetch(
        "SELECT level, count(*) AS n FROM region WHERE valid_to IS NULL GROUP BY level ORDER BY level"
    )
    assert [(one["level"], one["n"]) for one in counts] == [(1, 31), (2, 342), (3, 2978), (4, 41352), (5, 620_573)]
    assert (
        await owner.fetchval(
            "SELECT count(*) FROM region r LEFT JOIN region p ON p.code = r.parent_code "
            "WHERE r.level > 1 AND (p.code IS NULL OR r.lo < p.lo OR r.hi > p.hi OR p.level <> r.level - 1)"
        )
        == 0
    )
    assert await owner.fetchval("SELECT count(*) FROM (SELECT lo FROM region GROUP BY lo HAVING count(*) > 1) x") == 4
    names = await owner.fetch("SELECT indexname FROM pg_indexes WHERE tablename = 'region'")
    assert {"region_lo_idx", "region_name_idx", "region_pinyin_idx", "region_initials_idx"} <= {n[0] for n in names}
    for column, low, high in (
        ("name", "李花山", "李花屲"),
        ("pinyin", "lihuashan", "lihuashao"),
        ("initials", "lhs", "lht"),
    ):
        plan = await owner.fetch(
            f"EXPLAIN SELECT code FROM region WHERE {column} >= '{low}' AND {column} < '{high}' "
            f"ORDER BY {column} LIMIT 20"
        )
        assert f"region_{column}_idx" in "".join(line[0] for line in plan)


async def test_paths_are_what_papers_write(owner: asyncpg.Connection) -> None:
    await load_regions(owner, only=("421081104", "110101001", "441900119", "350527", "429004"))
    paths = dict(await owner.fetch("SELECT code, path FROM region"))
    assert paths["421081104209"] == "湖北省荆州市石首市桃花山镇李花山村委会"
    assert paths["1101"] == "北京市市辖区"
    assert paths["110101001001"] == "北京市东城区东华门街道多福巷社区居委会"
    assert paths["441900"] == "广东省东莞市"
    assert paths["441900119"] == "广东省东莞市长安镇"
    assert paths["350527000000"] == "福建省泉州市金门县"
    assert paths["429004"] == "湖北省仙桃市"
    village = await row(owner, "421081104209")
    assert (village["pinyin"], village["initials"]) == ("lihuashancunweihui", "lhscwh")
    assert (village["lo"], village["hi"], village["level"]) == (421081104209, 421081104210, 5)
    assert (village["parent_code"], village["valid_from"], village["source"]) == (
        "421081104",
        date(2023, 6, 30),
        "NBS 2023-06-30",
    )
    assert "110101002" not in paths
    assert "6501" in paths


async def test_the_pilot_village_is_a_predecessor_found_by_every_name(owner: asyncpg.Connection) -> None:
    await load_regions(owner, only=JINGZHOU)
    pilot = await row(owner, "421081104299")
    assert pilot["name"] == "王李场村委会"
    assert pilot["path"] == "湖北省荆州市石首市桃花山镇王李场村委会"
    assert pilot["valid_to"] == date(2018, 6, 30)
    assert pilot["successor_code"] == "421081104209"
    for name in ("王李场村", "王李场"):
        assert await owner.fetchval("SELECT region_code FROM region_alias WHERE name = $1", name) == "421081104299"


async def test_loading_the_same_list_again_changes_nothing(owner: asyncpg.Connection) -> None:
    first = await load_regions(owner, only=JINGZHOU)
    before = await owner.fetch("SELECT * FROM region ORDER BY code")
    assert first.inserted == len(before) - 1  # the predecessor is not of the list
    assert await load_regions(owner, only=JINGZHOU) == Loaded()
    assert await owner.fetch("SELECT * FROM region ORDER BY code") == before


async def test_a_newer_list_inserts_renames_closes_and_keeps(owner: asyncpg.Connection, tmp_path: Path) -> None:
    await load_regions(owner, only=JINGZHOU)
    everything = await owner.fetchval("SELECT count(*) FROM region")
    divisions = newer(
        tmp_path,
        ("421081104\t桃花山镇\t", "421081104\t桃源镇\t"),
        ("421081104216\t白洋林村委会\txin\n", "421081104217\t白洋林新村委会\txin\n"),
    )
    done = await load_regions(owner, divisions, only=JINGZHOU, successors={"421081104216": "421081104217"})
    assert done == Loaded(inserted=1, renamed=1, closed=1)
    assert await owner.fetchval("SELECT count(*) FROM region") == everything + 1
    gone = await row(owner, "421081104216")
    assert (gone["name"], gone["valid_to"], gone["successor_code"]) == (
        "白洋林村委会",
        date(2026, 1, 1),
        "421081104217",
    )
    assert gone["path"] == "湖北省荆州市石首市桃花山镇白洋林村委会"
    came = await row(owner, "421081104217")
    assert (came["path"], came["valid_from"]) == ("湖北省荆州市石首市桃源镇白洋林新村委会", date(2026, 1, 1))
    assert (await row(owner, "421081104209"))["path"] == "湖北省荆州市石首市桃源镇李花山村委会"
    former = await owner.fetchrow("SELECT * FROM region_alias WHERE region_code = '421081104' AND name = '桃花山镇'")
    assert (former["valid_from"], former["valid_to"]) == (date(2023, 6, 30), date(2026, 1, 1))

    back = await load_regions(owner, only=JINGZHOU)
    assert (back.reopened, back.closed) == (1, 1)
    assert (await row(owner, "421081104216"))["valid_to"] is None


async def test_an_unknown_successor_leaves_everything_as_it_was(owner: asyncpg.Connection, tmp_path: Path) -> None:
    await load_regions(owner, only=JINGZHOU)
    before = await owner.fetch("SELECT * FROM region ORDER BY code")
    divisions = newer(tmp_path, ("421081104216\t白洋林村委会\txin\n", ""))
    with pytest.raises(ValueError, match="429999999999"):
        await load_regions(owner, divisions, only=JINGZHOU, successors={"421081104216": "429999999999"})
    assert await owner.fetch("SELECT * FROM region ORDER BY code") == before


async def test_an_owner_who_is_no_superuser_loads_too(owner: asyncpg.Connection) -> None:
    await owner.execute("CREATE ROLE region_keeper NOSUPERUSER NOBYPASSRLS")
    try:
        await owner.execute("GRANT USAGE, CREATE ON SCHEMA public TO region_keeper")
        await owner.execute(
            "ALTER TABLE region OWNER TO region_keeper; ALTER TABLE region_alias OWNER TO region_keeper"
        )
        await owner.execute("SET ROLE region_keeper")
        assert (await load_regions(owner, only=("421081",))).inserted > 300
        assert await load_regions(owner, only=("421081",)) == Loaded()
        await owner.execute("RESET ROLE")
        assert await owner.fetchval("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'region'") is True
    finally:
        await owner.execute("RESET ROLE; REASSIGN OWNED BY region_keeper TO CURRENT_USER")
        await owner.execute("DROP OWNED BY region_keeper; DROP ROLE region_keeper")

"""What an operator runs: ``policy load`` and ``policy list``."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from api.cli import app
from persistence.loading.policies import FOLDER
from persistence.loading.regions import load_regions

runner = CliRunner()
HARBIN = FOLDER / "001-harbin-2014.yaml"


@pytest.fixture(autouse=True)
def installation(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"MODE": "demo", "DATABASE_URL": database, "DATABASE_OWNER_URL": database, "DATA_DIR": str(tmp_path)}
    for name, value in given.items():
        monkeypatch.setenv(f"SHOUWANG_{name}", value)


async def run(*arguments: str) -> tuple[int, str, str]:
    result = await asyncio.to_thread(runner.invoke, app, ["policy", *arguments])
    return result.exit_code, result.stdout, result.stderr


async def test_a_document_is_loaded_once_and_listed(owner: asyncpg.Connection) -> None:
    await load_regions(owner, only=("2301",))
    code, _, said = await run("load", str(HARBIN))
    assert (code, said.strip()) == (0, "已载入 / loaded: harbin-2014, 17 项措施 / measures")
    code, _, said = await run("load", str(HARBIN))
    assert (code, said.strip()) == (0, "没有变化 / unchanged: harbin-2014, 17 项措施 / measures")
    code, out, _ = await run("list")
    assert (code, out.rstrip("\n").split("\t")) == (
        0,
        [
            "harbin-2014", "in_force", "2301", "2014-07-31 – …", "17",
            "哈尔滨市关于进一步健全完善农村留守妇女儿童关爱服务体系的实施方案",
        ],
    )  # fmt: skip


async def test_every_fault_has_its_line_and_nothing_is_loaded(owner: asyncpg.Connection, tmp_path: Path) -> None:
    text = HARBIN.read_text(encoding="utf-8")
    bad = text.replace("status: in_force", "status: valid", 1).replace("themes: [mutual_aid]", "themes: [x]", 1)
    bad = bad.replace("mode: sole", "mode: lead", 1)
    file = tmp_path / "bad.yaml"
    file.write_text(bad, encoding="utf-8")
    listed = bad.splitlines()
    at = f"bad.yaml:{next(number for number, line in enumerate(listed, 1) if 'mode: lead' in line)}"
    code, out, said = await run("load", str(file))
    assert (code, out) == (1, "")
    assert [line.split(": ")[0:2] for line in said.strip().splitlines()] == [
        [f"bad.yaml:{listed.index('status: valid') + 1}", "/status field.choice"],
        *([at, f"/sections/0/responsibility/units{what}"] for what in (" policy.one_lead", "/0 policy.role_needed")),
        [f"bad.yaml:{listed.index('        themes: [x]') + 1}", "/sections/0/measures/0/themes/0 field.choice"],
    ]
    assert await owner.fetchval("SELECT count(*) FROM policy_document") == 0
    file.write_text("title: [", encoding="utf-8")
    code, _, said = await run("load", str(file))
    assert (code, said.startswith("bad.yaml:1: / policy.not_yaml: ")) == (1, True)

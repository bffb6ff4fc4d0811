import asyncio
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from domain.imports.model import ImportMode
from domain.imports.operations import ImportResult
from persistence.engine import RUNTIME_ROLE, connect, open_pool
from persistence.importing import run_import
from tests.conftest import copied, dropped
from tests.integration.imports.conftest import Imports
from tests.integration.imports.papers import CHILD, VILLAGE, number, paper

ROOT = Path(__file__).resolve().parents[3]
ROWS = 6_000
# Runs one import until it is killed from outside.
RUN = """
import asyncio, sys
from uuid import UUID
from persistence.crypto import FieldCipher
from persistence.engine import RUNTIME_ROLE, open_pool
from persistence.importing import run_import

async def main():
    pool = await open_pool(sys.argv[1], role=RUNTIME_ROLE, size=2)
    await run_import(pool, FieldCipher(bytes(range(32))), UUID(sys.argv[2]))

asyncio.run(main())
"""
KEPT = (
    (
        "SELECT id, household_id, region_code, remit, name, sex, birth_date, identity_number_blind, phone_blind, "
        "version FROM person ORDER BY id"
    ),
    "SELECT id, region_code, remit, head_id FROM household ORDER BY id",
    "SELECT person_id, relative_id, relation FROM kinship ORDER BY 1, 2, 3",
    "SELECT ward_id, guardian_id, kind, capability FROM guardianship ORDER BY 1, 2, 3",
    "SELECT person_id, since, destination_code FROM absence ORDER BY 1",
    "SELECT person_id, status, valid_from, next_review_on FROM left_behind_status ORDER BY 1",
    "SELECT row_number, outcome, first_row, person_id, left_behind FROM import_row ORDER BY 1",
    "SELECT type, aggregate_id FROM event WHERE aggregate IN ('household', 'person') ORDER BY 1, 2",
)


def family(serial: int) -> dict[str, str]:
    """Return a child; every third has the parents of one 2,000 rows before, some are there twice."""
    if serial % 500 == 499:
        return family(serial - 499)
    parents = serial - 2_000 if serial % 3 == 0 and serial > 2_000 else serial
    day, sequence = f"{1 + serial % 28:02d}", serial // 28
    his, hers = f"19{80 + parents % 10}-01-{1 + parents // 10 % 28:02d}", parents // 280 * 2
    return {
        "姓名": "张小明", "性别": "男",
        "公民身份证号码": number(f"20{15 + sequence // 400}-03-{day}", sequence % 400 * 2 + 1),
        "现居住地": VILLAGE, "父亲姓名": "张建国", "父亲公民身份证号码": number(his, hers + 1),
        "父亲外出时间": "2024-02-20",
        "父亲联系电话": f"138{serial:08d}", "母亲姓名": "李秀英", "母亲公民身份证号码": number(his, hers + 2),
        "母亲外出时间": "2024-02-20", "受委托监护人姓名": "王桂香", "与被监护人关系": "祖父母",
        "监护类型": CHILD["监护类型"],
    }  # fmt: skip


async def test_killed_in_the_middle_it_finishes_with_the_same_result(
    imports: Imports, postgres: str, county_template: str, database: str
) -> None:
    content = paper([family(serial) for serial in range(1, ROWS + 1)])
    operation_id = await imports.queue(content)
    other = await copied(postgres, county_template)
    owner = await connect(other)
    try:
        await same_operation(imports.owner, owner, operation_id)
        await killed_after_the_first_chunk(imports.owner, database, operation_id)
        await run_import(imports.pool, imports.cipher, operation_id)
        pool = await open_pool(other, role=RUNTIME_ROLE, size=2)
        await run_import(pool, imports.cipher, operation_id)
        await asyncio.wait_for(pool.close(), 10)

        interrupted, smooth = await imports.operation(operation_id), await owner.fetchrow("SELECT * FROM operation")
        assert interrupted["status"] == smooth["status"] == "succeeded"
        assert interrupted["result"] == smooth["result"]
        result = ImportResult.model_validate(interrupted["result"])
        assert (result.rows, result.created, result.duplicate) == (ROWS, ROWS - 11, 11)
        for query in KEPT:
            assert await imports.owner.fetch(query) == await owner.fetch(query), query
        assert (await imports.run(content))["result"]["unchanged"] == ROWS - 11
    finally:
        await owner.close()
        await dropped(postgres, other)


async def same_operation(source: asyncpg.Connection, target: asyncpg.Connection, operation_id: UUID) -> None:
    for table, key in (("operation", "id"), ("operation_file", "operation_id")):
        for row in await source.fetch(f"SELECT * FROM {table} WHERE {key} = $1", operation_id):
            places = ", ".join(f"${one + 1}" for one in range(len(row)))
            await target.execute(f"INSERT INTO {table} ({', '.join(row.keys())}) VALUES ({places})", *row.values())


async def killed_after_the_first_chunk(owner: asyncpg.Connection, dsn: str, operation_id: UUID) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN, dsn, str(operation_id), cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}
    )
    while not await owner.fetchval("SELECT done > 0 FROM operation WHERE id = $1", operation_id):
        assert process.returncode is None
        await asyncio.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    done, status = await owner.fetchrow("SELECT done, status FROM operation WHERE id = $1", operation_id)
    assert (status, 0 < done < ROWS) == ("running", True)


async def test_cancelled_between_chunks_what_is_merged_stays_and_is_counted(imports: Imports) -> None:
    content = paper([family(serial) for serial in range(1, ROWS + 1)])
    operation_id = await imports.queue(content)
    running = asyncio.create_task(run_import(imports.pool, imports.cipher, operation_id))
    while not await imports.owner.fetchval("SELECT done > 0 FROM operation WHERE id = $1", operation_id):
        await asyncio.sleep(0.02)
    await imports.owner.execute("UPDATE operation SET cancel_requested = true WHERE id = $1", operation_id)
    await running

    operation: Any = await imports.operation(operation_id)
    assert operation["status"] == "cancelled"
    assert 0 < operation["done"] < ROWS
    result = ImportResult.model_validate(operation["result"])
    assert result.created + result.duplicate == operation["done"]
    assert await imports.owner.fetchval("SELECT count(*) FROM child_profile") == result.created


async def test_cancelled_before_it_begins_nothing_is_read(imports: Imports) -> None:
    operation_id = await imports.queue(paper([CHILD]))
    await imports.owner.execute("UPDATE operation SET cancel_requested = true WHERE id = $1", operation_id)

    await run_import(imports.pool, imports.cipher, operation_id)

    assert (await imports.operation(operation_id))["status"] == "cancelled"
    assert await imports.owner.fetchval("SELECT count(*) FROM person") == 0


async def test_what_has_ended_is_not_run_again(imports: Imports) -> None:
    operation = await imports.run(paper([CHILD]), mode=ImportMode.VALIDATE)

    await run_import(imports.pool, imports.cipher, operation["id"])

    assert await imports.operation(operation["id"]) == operation


async def test_an_operation_that_never_gets_on_is_given_up(imports: Imports) -> None:
    operation_id = await imports.queue(paper([CHILD]))
    await imports.owner.execute("UPDATE operation SET attempts = 3, status = 'running' WHERE id = $1", operation_id)

    await run_import(imports.pool, imports.cipher, operation_id)

    operation: Any = await imports.operation(operation_id)
    assert (operation["status"], operation["problem"]["code"]) == ("failed", "file.too_many_attempts")
    assert await imports.owner.fetchval("SELECT count(*) FROM person") == 0

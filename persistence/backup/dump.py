"""A consistent backup of a running installation, in a folder of its own.

``pg_dump`` (custom format, compressed) and the counts of the manifest read one exported snapshot, so
what is counted is what is dumped, whatever is written meanwhile. The roots kept outside the database go
with it, up to the last batch the snapshot holds. Master keys never do: ``keys export`` is for them, and a
backup without them is of no use to a thief.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from persistence.backup.manifest import DUMP, ROOTS, BackupError, Manifest, sum_of
from persistence.backup.programs import run
from persistence.sealing import roots as outside

NOT_KEPT: Final = ("rate_limit",)  # unlogged: a crash forgives it, a restore too
_TABLES: Final = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""


async def back_up(
    connection: asyncpg.Connection, dsn: str, pg_dump: Path, folder: Path, roots: Path, keys: Mapping[int, str]
) -> Manifest:
    """Write a backup into an empty or new folder (mode 0700). Raises ``BackupError``.

    ``connection`` and ``dsn`` are of a role that row-level security does not bind; any other would
    leave rows out, so it is refused.
    """
    await asyncio.to_thread(_prepared, folder)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute("SET LOCAL row_security = off")  # an error instead of missing rows
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        server = await connection.fetchval("SHOW server_version")
        tables = await counts(connection)
        batch = await connection.fetchval("SELECT coalesce(max(batch), 0) FROM event_seal")
        await run(
            pg_dump, dsn,
            ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={folder / DUMP}",
             *(f"--exclude-table-data={name}" for name in NOT_KEPT)],
        )  # fmt: skip
    files = [DUMP]
    if await asyncio.to_thread(_keep_roots, roots, folder / ROOTS, batch):
        files.append(ROOTS)
    manifest = Manifest(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        revision=revision,
        server=server,
        tables=tables,
        batch=batch,
        keys={str(key_id): fingerprint for key_id, fingerprint in keys.items()},
        files={name: await asyncio.to_thread(sum_of, folder / name) for name in files},
    )
    manifest.write(folder)
    return manifest


async def counts(connection: asyncpg.Connection) -> dict[str, int]:
    """Return how many rows each table holds, in the open transaction. Raises ``BackupError``."""
    found = {}
    for row in await connection.fetch(_TABLES):
        if row["relname"] not in NOT_KEPT:
            try:
                found[row["relname"]] = await connection.fetchval(f'SELECT count(*) FROM "{row["relname"]}"')
            except asyncpg.InsufficientPrivilegeError:
                raise BackupError(
                    "备份角色受行级安全限制，会漏行：用超级用户或有 BYPASSRLS 的角色"
                    "（SHOUWANG_DATABASE_BACKUP_URL） / the role is bound by row-level security and would"
                    " leave rows out: use a superuser or one with BYPASSRLS"
                ) from None
    return found


def _prepared(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BackupError("备份目录不是空的 / the folder is not empty")


def _keep_roots(source: Path, target: Path, batch: int) -> bool:
    """Copy the roots of batches that the snapshot holds; tells whether there is a file to copy."""
    if not source.exists():
        return False
    with target.open("wb") as file:
        for line in outside.lines(source):
            try:
                if outside.read(line).statement.batch <= batch:
                    file.write(line.rstrip(b"\n") + b"\n")
            except ValueError:
                continue  # half a line of a crash
    return True


__all__ = ["NOT_KEPT", "back_up", "counts"]

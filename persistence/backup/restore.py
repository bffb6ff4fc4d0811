"""Brings a backup back, into an empty database only, and says whether all of it is there."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from persistence.backup.dump import counts
from persistence.backup.manifest import DUMP, ROOTS, BackupError, Manifest, read
from persistence.backup.programs import run
from persistence.engine import RUNTIME_ROLE
from persistence.migrate import VERSIONS

_OCCUPIED: Final = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
  AND relkind IN ('r', 'p', 'v', 'S', 'm') LIMIT 1
"""
_ROLE: Final = f"CREATE ROLE {RUNTIME_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"


async def bring_back(
    connection: asyncpg.Connection, dsn: str, pg_restore: Path, folder: Path, keys: Mapping[int, str]
) -> Manifest:
    """Restore a backup in one transaction of its own and compare every table's count. Raises ``BackupError``.

    Refused are a damaged backup, a database that holds anything, a schema newer than this code, and an
    installation without the master keys that the backup's fields are sealed under.
    """
    manifest = read(folder)
    if not any(path.name.startswith(f"{manifest.revision}_") for path in VERSIONS.glob("*.py")):
        raise BackupError(f"备份来自更新的版本 / the backup is of a newer version: {manifest.revision}")
    missing = [one for one, fingerprint in manifest.keys.items() if keys.get(int(one)) != fingerprint]
    if missing:
        raise BackupError(
            f"缺少主密钥 {'、'.join(missing)}，先运行 keys import / "
            f"master keys {', '.join(missing)} are missing: keys import"
        )
    if await connection.fetchval(_OCCUPIED) is not None:
        raise BackupError("目标数据库不是空的 / the database is not empty")
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", RUNTIME_ROLE):
        await connection.execute(_ROLE)
    arguments = ["--no-owner", "--exit-on-error", "--single-transaction", str(folder / DUMP)]
    await run(pg_restore, dsn, arguments)
    async with _unforced(connection):
        found = await counts(connection)
    wrong = sorted(name for name in {*found, *manifest.tables} if found.get(name) != manifest.tables.get(name))
    if wrong:
        raise BackupError(f"恢复后的行数不符 / counts differ after the restore: {', '.join(wrong)}")
    await connection.execute("ANALYZE")
    return manifest


@asynccontextmanager
async def _unforced(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Let the tables' owner see every row of them inside the block; nothing of it stays.

    Their policies bind the owner too. The database is fresh and nobody else is in it.
    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        forced = await connection.fetch("SELECT oid::regclass::text AS name FROM pg_class WHERE relforcerowsecurity")
        for row in forced:
            await connection.execute(f"ALTER TABLE {row['name']} NO FORCE ROW LEVEL SECURITY")
        await connection.execute("SET LOCAL row_security = off")
        yield
    finally:
        await transaction.rollback()


def bring_back_roots(folder: Path, roots: Path) -> Path | None:
    """Put the backup's roots in their place; a file that is there is kept aside. Returns where."""
    aside = None
    if roots.exists():
        aside = roots.with_name(f"{roots.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        roots.rename(aside)
    if (folder / ROOTS).exists():
        roots.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        roots.write_bytes((folder / ROOTS).read_bytes())
        roots.chmod(0o600)
    return aside


__all__ = ["bring_back", "bring_back_roots"]

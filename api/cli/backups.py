"""``backup`` and ``restore``: of an installation's own embedded server, or of the one DATABASE_URL names."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.console import give_up, say, settings_or_exit
from api.cli.keyring import cipher_of
from api.cli.reaching import ServiceRuns, reached
from api.cli.seals import _verify as verify_seals
from api.settings import Settings
from persistence.backup.manifest import BackupError


def program(name: str) -> Path:
    """Return PostgreSQL's program: the one that came with the embedded server, else the system's."""
    from api.embedded import EmbeddedFailed, binary

    try:
        if (found := binary(name)).exists():
            return found
    except EmbeddedFailed:
        pass
    on_path = shutil.which(name)
    if on_path is None:
        raise BackupError(f"找不到 {name} / {name} is not installed")
    return Path(on_path)


async def back_up(settings: Settings, folder: Path) -> dict[str, Any]:
    """Write a backup and return its manifest."""
    from dataclasses import asdict

    from persistence.backup.dump import back_up as write
    from persistence.engine import connect

    async with reached(settings, alone=False) as known:
        connection = await connect(known.backup_url)
        try:
            keys = cipher_of(known).fingerprints()
            made = await write(connection, known.backup_url, program("pg_dump"), folder, known.roots_file, keys)
        finally:
            await connection.close()
    return asdict(made)


async def restore(settings: Settings, folder: Path) -> dict[str, Any]:
    """Bring a backup back into an empty database and return what the check of its seals says."""
    from api.cli.preparing import _ensure_database
    from persistence.backup.restore import bring_back, bring_back_roots
    from persistence.engine import connect

    async with reached(settings, alone=True) as known:
        await _ensure_database(known.owner_url)
        connection = await connect(known.owner_url)
        try:
            keys = cipher_of(known).fingerprints()
            await bring_back(connection, known.owner_url, program("pg_restore"), folder, keys)
        finally:
            await connection.close()
        aside = bring_back_roots(folder, known.roots_file)
        if aside is not None:
            say.print(f"原有根文件已另存 / the roots that were here are kept: {aside}", markup=False)
        return await verify_seals(known, known.roots_file if known.roots_file.exists() else None, 1)


def _backup(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """备份 / Back the database and the signed roots up, while the service runs. The master keys are not in it."""
    try:
        made = asyncio.run(back_up(settings_or_exit(), folder))
    except BackupError as error:
        give_up(str(error))
    print(json.dumps(made, ensure_ascii=False))  # noqa: T201 - the result
    rows = sum(made["tables"].values())
    say.print(f"备份完成 / backed up: {rows} rows, batch {made['batch']} → {folder}")
    say.print("主密钥不在备份中：keys export / the master keys are not in it: keys export", style="yellow")


def _restore(folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="What backup wrote.")]) -> None:
    """恢复 / Bring a backup back into an empty database, compare every count, check the whole history."""
    try:
        report = asyncio.run(restore(settings_or_exit(), folder))
    except (BackupError, ServiceRuns) as error:
        give_up(str(error))
    print(json.dumps(report, ensure_ascii=False))  # noqa: T201 - the result
    if report["found"]:
        give_up(f"历史校验发现 {report['found']} 处异常 / {report['found']} findings in the history")
    say.print(f"恢复完成，历史完好 / restored, history whole: {report['events']} events", style="green")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(_backup)
    app.command("restore")(_restore)


__all__ = ["back_up", "program", "register", "restore"]

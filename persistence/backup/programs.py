"""Runs PostgreSQL's own programs: ``pg_dump`` and ``pg_restore``."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from persistence.backup.manifest import BackupError


async def run(program: Path, dsn: str, arguments: Sequence[str]) -> None:
    """Run a program on a database; a password goes through the environment, where no list of processes shows it.

    Raises ``BackupError`` with its first complaint, which names objects and never a value.
    """
    parts = urlsplit(dsn)
    environment = dict(os.environ)
    if parts.password is not None:
        environment["PGPASSWORD"] = unquote(parts.password)
        user, _, place = parts.netloc.rpartition("@")
        parts = parts._replace(netloc=f"{user.partition(':')[0]}@{place}")
    process = await asyncio.create_subprocess_exec(
        str(program), f"--dbname={urlunsplit(parts)}", "--no-password", *arguments,
        env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, complaint = await process.communicate()
    if process.returncode:
        first = next((line for line in complaint.decode(errors="replace").splitlines() if "error" in line), "")
        raise BackupError(f"{program.name}: {first[:300] or process.returncode}")


__all__ = ["run"]

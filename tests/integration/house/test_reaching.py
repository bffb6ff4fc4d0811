"""Commands of an installation that runs its own server, while nothing runs."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from api.cli.preparing import _ensure_database
from api.embedded import OWNER, EmbeddedPostgres, working_in


async def run(folder: Path, *arguments: str) -> tuple[int | None, str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.cli", *arguments,
        env=kept | {"SHOUWANG_MODE": "demo", "SHOUWANG_DATA_DIR": str(folder)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await child.communicate()
    return child.returncode, said.decode()


async def test_the_steps_after_a_restore_start_its_server_and_stop_it_again() -> None:
    with tempfile.TemporaryDirectory(prefix="swr") as name:
        folder = Path(name) / "here"
        server = EmbeddedPostgres(folder)
        await server.start()
        await _ensure_database(server.dsn(OWNER))
        await server.stop()
        for arguments in (("migrate",), ("seal", "verify"), ("keys", "status")):
            code, said = await run(folder, *arguments)
            assert code == 0, (arguments, said)
            assert working_in(server.data) == []

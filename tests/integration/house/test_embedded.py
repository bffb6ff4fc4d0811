"""The embedded PostgreSQL: clean stops, kills at every moment, long paths."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from api.embedded import OWNER, EmbeddedPostgres, socket_folder, working_in


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of its own that is empty of processes afterwards."""
    with tempfile.TemporaryDirectory(prefix="swh") as name:
        yield Path(name) / "here"
        assert working_in(Path(name).resolve() / "here" / "postgres") == []


async def value(server: EmbeddedPostgres, query: str) -> object:
    connection = await asyncpg.connect(server.dsn(OWNER, "postgres"))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def until_gone(folder: Path, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while working_in(folder) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert working_in(folder) == []


async def test_it_keeps_its_data_over_a_clean_stop(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    await server.start()
    await value(server, "CREATE TABLE kept AS SELECT 42 AS n")
    settings = {name: await value(server, f"SHOW {name}") for name in ("fsync", "jit", "listen_addresses", "TimeZone")}
    assert settings == {"fsync": "on", "jit": "off", "listen_addresses": "", "TimeZone": "UTC"}
    await server.stop()
    assert working_in(server.data) == []
    assert not (server.data / "postmaster.pid").exists()
    await server.start()
    assert await value(server, "SELECT n FROM kept") == 42
    await server.stop()


async def test_only_its_owner_may_reach_it(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    await server.start()
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in (server.data, server.sockets, server.log)} == {
        "postgres": 0o700,
        "socket": 0o700,
        "postgres.log": 0o600,
    }
    await server.stop()


@pytest.mark.parametrize("again_at_once", [True, False])
async def test_it_recovers_from_kill_9(folder: Path, *, again_at_once: bool) -> None:
    server = EmbeddedPostgres(folder)
    await server.start()
    held = await asyncpg.connect(server.dsn(OWNER, "postgres"))
    await held.execute("CREATE TABLE kept AS SELECT 42 AS n")
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    if not again_at_once:
        await server.process.wait()
        await until_gone(server.data)
        # A process that has nothing to do with it got the number meanwhile.
        lines = (server.data / "postmaster.pid").read_text().splitlines()
        (server.data / "postmaster.pid").write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    again = EmbeddedPostgres(folder)
    await again.start()
    assert await value(again, "SELECT n FROM kept") == 42
    await again.stop()
    held.terminate()


async def test_it_ends_with_the_process_that_started_it(folder: Path) -> None:
    code = (
        "import asyncio, sys, pathlib\n"
        "from api.embedded import EmbeddedPostgres\n"
        "async def main():\n"
        "    server = EmbeddedPostgres(pathlib.Path(sys.argv[1]))\n"
        "    await server.start()\n"
        "    print('up', flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    data = folder.resolve() / "postgres"
    assert working_in(data) != []
    parent.kill()
    parent.wait()
    parent.stdout.close()
    await until_gone(data)
    assert not (data / "postmaster.pid").exists()  # it stopped cleanly: the kernel told it


async def test_an_interrupted_first_start_leaves_nothing_half_made(folder: Path) -> None:
    (folder / "postgres.new" / "base").mkdir(parents=True)
    server = EmbeddedPostgres(folder)
    await server.start()
    assert await value(server, "SELECT 1") == 1
    await server.stop()
    assert not (folder / "postgres.new").exists()


async def test_a_long_path_gets_a_short_socket_of_its_own(folder: Path) -> None:
    deep = folder / ("x" * 60) / ("y" * 60)
    server = EmbeddedPostgres(deep)
    assert server.sockets.parent == Path(tempfile.gettempdir())
    assert server.sockets == socket_folder(deep.resolve())
    assert server.sockets != socket_folder(deep.resolve() / "other")
    await server.start()
    assert await value(server, "SHOW unix_socket_directories") == str(server.sockets)
    await server.stop()
    server.sockets.rmdir()
